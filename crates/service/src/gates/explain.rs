//! Data for decisions about requests for data, which are explained without being sent.

use std::sync::Arc;

use jeton_model::{
    Authorization, AuthorizationId, OrgId, Permission, Timestamp, binding::DirectoryRecord,
    console::databases::GateToken, presented_token::PresentedToken,
};
use jeton_store::{
    Connection,
    authorization_filter::Filter,
    authorization_list::{Sort, Start, list},
};

use crate::{
    Caller, Error, Offline, Service,
    auth::credential_status::{CredentialStatus, PresentedFrom, by_token, credential_status},
    error::GateError,
    tokens::access::readable,
};

use super::{
    offline::{GateSettings, OfflineGateError, identity},
    running::VisibleGate,
};

/// Maximum number of tokens that are offered; others are given by their id.
const OFFERED: usize = 100;

/// A token that works, from a network that it is accepted from.
#[derive(Clone, Debug)]
pub struct LiveToken {
    /// The organization of the token.
    pub org: OrgId,
    /// The permissions of the token.
    pub permissions: Vec<Permission>,
}

impl Offline {
    /// Returns the stored records about the buckets of a gate.
    ///
    /// # Errors
    /// [`OfflineGateError::NoOrg`] and the errors of an invalid name; the database may fail.
    pub async fn gate_directory(&self, gate: GateSettings) -> Result<Arc<DirectoryRecord>, OfflineGateError> {
        let gate = identity(&mut *self.service.read().await?, gate).await?;
        Ok(self.service.gate_directory(&gate).await?)
    }

    /// A token, if it works. Its networks are not checked, and this is not one of its uses.
    ///
    /// # Errors
    /// The database may fail.
    pub async fn live_token(&self, token: &str) -> Result<Option<LiveToken>, Error> {
        let mut reader = self.service.read().await?;
        let Some(found) = by_token(&mut reader, &PresentedToken::new(token)).await? else { return Ok(None) };
        live(&mut reader, found, self.service.now()).await
    }
}

impl Service {
    /// The token of a question about a gate of an organization, if it works. Its networks are not checked, and this is
    /// not one of its uses.
    ///
    /// # Errors
    /// [`GateError::NotFound`] if the gate is another organization's; `TokenError::NotFound`; `AuthError::Unauthorized`
    /// for a token that the caller may not see; the database may fail.
    pub async fn token_of_question(
        &self,
        caller: &Caller,
        org: OrgId,
        gate: &VisibleGate,
        token: Option<AuthorizationId>,
    ) -> Result<Option<LiveToken>, Error> {
        if gate.identity.org != org {
            return Err(Error::Gate(GateError::NotFound { name: gate.identity.name.clone() }));
        }
        let Some(id) = token else { return Ok(None) };
        let mut reader = self.read().await?;
        let found = readable(&mut reader, caller, id).await?;
        live(&mut reader, found, self.now()).await
    }

    /// The first tokens of an organization that the caller may see, by their descriptions, and whether there are more.
    ///
    /// # Errors
    /// The database may fail.
    pub(super) async fn offered_tokens(
        &self,
        connection: &mut Connection,
        caller: &Caller,
        org: OrgId,
    ) -> Result<(Vec<GateToken>, bool), Error> {
        let seen = Filter { visible: caller.visible(), org: Some(org), live_at: Some(self.now()), ..Filter::default() };
        let limit = i64::try_from(OFFERED + 1).unwrap_or(i64::MAX);
        let mut found = list(connection, &seen, Sort::Description, Start::Offset(0), limit).await?;
        let has_more = found.len() > OFFERED;
        found.truncate(OFFERED);
        Ok((found.into_iter().map(offered).collect(), has_more))
    }
}

async fn live(connection: &mut Connection, found: Authorization, now: Timestamp) -> Result<Option<LiveToken>, Error> {
    let status = credential_status(connection, &found, PresentedFrom::Anywhere, now).await?;
    let is_live = matches!(status, CredentialStatus::Live(_));
    Ok(is_live.then_some(LiveToken { org: found.org, permissions: found.permissions }))
}

fn offered(token: Authorization) -> GateToken {
    GateToken { id: token.id, description: token.description, prefix: token.token_prefix, used_at: None }
}
