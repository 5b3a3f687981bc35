//! Counts of tokens that need attention.

use jeton_model::{
    Action, OrgId, console::attention_filter::AttentionCounts, org_rules::OrgRules, tally::ATTENTION_COUNTED_UP_TO,
};

use crate::{Caller, Error, Service, auth::required_permissions, error::OrgError};

impl Service {
    /// Counts the tokens of an organization by reason. A caller who may read its authorizations gets the counts of all,
    /// including those of owners whom they may not read, which no list shows them.
    ///
    /// # Errors
    /// [`OrgError::NotFound`]; `AuthError::Unauthorized`; the database may fail.
    pub async fn attention(&self, caller: &Caller, org: OrgId) -> Result<AttentionCounts, Error> {
        caller.check(required_permissions::authorizations(Action::Read, org))?;
        let mut reader = self.read().await?;
        jeton_store::orgs::by_id(&mut reader, org).await?.ok_or(Error::Org(OrgError::NotFound))?;
        Ok(jeton_store::attention::counts(&mut reader, org, self.now()).await?)
    }

    /// The counts for a page, each up to [`ATTENTION_COUNTED_UP_TO`]; `None` without permission.
    ///
    /// # Errors
    /// The database may fail.
    pub(crate) async fn attention_seen(&self, caller: &Caller, org: OrgId) -> Result<Option<AttentionCounts>, Error> {
        if caller.check(required_permissions::authorizations(Action::Read, org)).is_err() {
            return Ok(None);
        }
        let mut reader = self.read().await?;
        let limit = ATTENTION_COUNTED_UP_TO;
        Ok(Some(jeton_store::attention::counts_up_to(&mut reader, org, self.now(), limit).await?))
    }

    /// Counts the tokens of an organization that break its rules, or would break `rules` instead, which requires
    /// permission to set them. `None` for a caller who may not read its authorizations.
    ///
    /// # Errors
    /// `AuthError::Unauthorized`; the errors of [`OrgRules::check`]; the database may fail.
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
        Ok(Some(jeton_store::attention::out_of_line(&mut reader, org, rules, self.now()).await?))
    }
}
