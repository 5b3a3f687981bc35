//! The tokens and 1.x credentials that are used through a gate.

use jeton_model::{
    console::databases::{GateToken, GateV1Credential, IN_USE_DAYS},
    duration::DAY,
    tally::{COUNTED_UP_TO, Tally},
};
use jeton_store::{Connection, gate_tokens::UsedAt};

use crate::{Caller, Error, Service};

/// Maximum number of tokens, and of 1.x credentials, that the drawer of a gate lists.
const LISTED: i64 = 20;

impl Service {
    /// Counts the tokens in use at a gate that the caller may see. Uses since the last flush are not among them.
    ///
    /// # Errors
    /// The database may fail.
    pub(super) async fn count_in_use(
        &self,
        connection: &mut Connection,
        caller: &Caller,
        gate: &str,
    ) -> Result<Tally, Error> {
        let visible = caller.visible();
        let used = UsedAt { gate, since: self.now().plus_seconds(-IN_USE_DAYS * DAY), visible: &visible };
        let counted = jeton_store::gate_tokens::count(connection, &used, COUNTED_UP_TO).await?;
        Ok(Tally::up_to(COUNTED_UP_TO, counted))
    }

    /// The tokens in use at a gate that the caller may see, the last used one first.
    ///
    /// # Errors
    /// The database may fail.
    pub(super) async fn in_use(
        &self,
        connection: &mut Connection,
        caller: &Caller,
        gate: &str,
    ) -> Result<Vec<GateToken>, Error> {
        let visible = caller.visible();
        let used = UsedAt { gate, since: self.now().plus_seconds(-IN_USE_DAYS * DAY), visible: &visible };
        Ok(jeton_store::gate_tokens::list(connection, &used, LISTED).await?)
    }

    /// The 1.x credentials in use at a gate that the caller may see, the last used one first.
    ///
    /// # Errors
    /// The database may fail.
    pub(super) async fn v1_in_use(
        &self,
        connection: &mut Connection,
        caller: &Caller,
        gate: &str,
    ) -> Result<Vec<GateV1Credential>, Error> {
        let visible = caller.visible();
        let used = UsedAt { gate, since: self.now().plus_seconds(-IN_USE_DAYS * DAY), visible: &visible };
        Ok(jeton_store::gate_tokens::v1_credentials(connection, &used, LISTED).await?)
    }
}
