//! What about an organization's tokens deserves attention.

use crate::{
    model::{Action, Error, OrgId, attention::AttentionCounts},
    store,
};

use super::{Caller, Service, required};

impl Service {
    /// How many tokens of an organization give each reason. Whoever may read its authorizations is told of all of them,
    /// also of those whose owners they may not read and which no list shows them.
    pub async fn attention(&self, caller: &Caller, org: OrgId) -> Result<AttentionCounts, Error> {
        caller.check(required::authorizations(Action::Read, org))?;
        let mut reader = self.read().await?;
        store::orgs::by_id(&mut reader, org).await?.ok_or(Error::OrgNotFound)?;
        Ok(store::attention::counts(&mut reader, org, self.now()).await?)
    }

    /// The same for a page, which goes without where the caller may not know.
    pub(super) async fn attention_seen(&self, caller: &Caller, org: OrgId) -> Result<Option<AttentionCounts>, Error> {
        if caller.check(required::authorizations(Action::Read, org)).is_err() {
            return Ok(None);
        }
        let mut reader = self.read().await?;
        Ok(Some(store::attention::counts(&mut reader, org, self.now()).await?))
    }
}
