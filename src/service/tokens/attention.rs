//! What about an organization's tokens deserves attention.

use crate::{
    model::{Action, Error, OrgId, attention::AttentionCounts, org_rules::OrgRules},
    service::{Caller, Service, auth::required_permissions},
    store,
};

impl Service {
    /// How many tokens of an organization give each reason. Whoever may read its authorizations is told of all of them,
    /// also of those whose owners they may not read and which no list shows them.
    pub async fn attention(&self, caller: &Caller, org: OrgId) -> Result<AttentionCounts, Error> {
        caller.check(required_permissions::authorizations(Action::Read, org))?;
        let mut reader = self.read().await?;
        store::orgs::by_id(&mut reader, org).await?.ok_or(Error::OrgNotFound)?;
        Ok(store::attention::counts(&mut reader, org, self.now()).await?)
    }

    /// The same for a page, which goes without where the caller may not know.
    pub(crate) async fn attention_seen(&self, caller: &Caller, org: OrgId) -> Result<Option<AttentionCounts>, Error> {
        if caller.check(required_permissions::authorizations(Action::Read, org)).is_err() {
            return Ok(None);
        }
        let mut reader = self.read().await?;
        Ok(Some(store::attention::counts(&mut reader, org, self.now()).await?))
    }

    /// How many tokens of an organization break its rules, or would break `rules` in their place: that is for whoever
    /// may set them to know. `None` for whoever may not read its authorizations.
    pub async fn out_of_line(
        &self,
        caller: &Caller,
        org: OrgId,
        rules: Option<&OrgRules>,
    ) -> Result<Option<u64>, Error> {
        let needed = if rules.is_some() { Action::Write } else { Action::Read };
        caller.check(required_permissions::org(needed, org))?;
        if caller.check(required_permissions::authorizations(Action::Read, org)).is_err() {
            return Ok(None);
        }
        rules.map_or(Ok(()), OrgRules::check)?;
        let mut reader = self.read().await?;
        Ok(Some(store::attention::out_of_line(&mut reader, org, rules, self.now()).await?))
    }
}
