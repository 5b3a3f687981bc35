//! The announcement that the presented token expires soon.

use jeton_model::{Timestamp, duration::DAY};

use crate::{Caller, Service};

/// Number of seconds before a token's expiry from which on it is announced.
const AHEAD: i64 = 30 * DAY;

impl Service {
    /// The expiry of the caller's token, if it is near; `None` for sessions.
    pub fn expiry_to_announce(&self, caller: &Caller) -> Option<Timestamp> {
        caller.accepted_token()?;
        caller.expires_at.filter(|end| *end <= self.now().plus_seconds(AHEAD))
    }
}
