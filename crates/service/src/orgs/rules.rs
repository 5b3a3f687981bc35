//! The rules of organizations: reading and setting them.

use jeton_model::{Action, Org, OrgId, org_rules::OrgRules};
use jeton_store::Connection;

use crate::{
    Caller, Error, Service,
    audit::{
        Event,
        detail::{Change, orgs::RulesState},
    },
    auth::{lasting_permission::check_lasting, required_permissions},
    error::OrgError,
    orgs,
    transaction::AuditedTransaction,
};

use super::OrgUpdate;

impl Service {
    /// The rules of an organization that the caller may read.
    ///
    /// # Errors
    /// [`OrgError::NotFound`]; `AuthError::Unauthorized`; the database may fail.
    pub async fn org_rules(&self, caller: &Caller, org: OrgId) -> Result<OrgRules, Error> {
        caller.check(required_permissions::org(Action::Read, org))?;
        let mut reader = self.read().await?;
        jeton_store::orgs::by_id(&mut reader, org).await?.ok_or(Error::Org(OrgError::NotFound))?;
        rules_of(&mut reader, org).await
    }

    /// Replaces the rules of an organization. Existing tokens keep working.
    ///
    /// # Errors
    /// [`OrgError::NotFound`] and the errors of [`OrgRules::check`]; `AuthError::ExpiringTokenAllowsSelfRotation`;
    /// `AuthError::Unauthorized`; the database may fail.
    pub async fn set_org_rules(&self, caller: &Caller, org: OrgId, rules: OrgRules) -> Result<OrgRules, Error> {
        let (mut change, caller) = self.begin(caller).await?;
        set(&mut change, &caller, org, &rules).await?;
        change.commit().await?;
        Ok(rules)
    }

    /// Changes an organization and its rules, in one transaction.
    ///
    /// # Errors
    /// Those of [`Service::update_org`] and [`Service::set_org_rules`].
    pub async fn update_org_and_rules(
        &self,
        caller: &Caller,
        org: OrgId,
        update: OrgUpdate,
        rules: OrgRules,
    ) -> Result<Org, Error> {
        let (mut change, caller) = self.begin(caller).await?;
        let changed = orgs::update(&mut change, &caller, org, update).await?;
        if rules_of(&mut change, org).await? != rules {
            set(&mut change, &caller, org, &rules).await?;
        }
        change.commit().await?;
        Ok(changed)
    }
}

async fn set(change: &mut AuditedTransaction, caller: &Caller, org: OrgId, rules: &OrgRules) -> Result<(), Error> {
    caller.check(required_permissions::org(Action::Write, org))?;
    jeton_store::orgs::by_id(change, org).await?.ok_or(Error::Org(OrgError::NotFound))?;
    rules.check()?;
    let before = rules_of(change, org).await?;
    let now = change.now;
    if rules.self_rotation && !before.self_rotation {
        check_lasting(change, caller, &required_permissions::org(Action::Write, org), now).await?;
    }
    jeton_store::org_rules::set(change, org, rules, now).await?;
    let detail = Change { before: RulesState::of(&before), after: RulesState::of(rules) };
    change.record(Event::OrgRulesChanged, Some(org), org, detail).await
}

/// The rules of an organization; none by default.
///
/// # Errors
/// The database may fail.
pub(crate) async fn rules_of(connection: &mut Connection, org: OrgId) -> Result<OrgRules, Error> {
    Ok(jeton_store::org_rules::of_org(connection, org).await?.unwrap_or_default())
}
