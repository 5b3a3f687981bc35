//! The checks that the creation of a token and that of a 1.x credential share.

use std::sync::Arc;

use jeton_model::{
    Action, OrgId, Permission, User, UserId, authorization::MAX_DESCRIPTION, org_rules::OrgRules, user::check_text,
};
use jeton_store::{Connection, org_rules::TokenHome, token_counts::TokenCounts};

use crate::{
    Caller, Error, Service,
    auth::{
        account_control::check_things_in_org,
        delegation::{check_grantable, check_scope},
        inherited_limits::{Inheritance, LimitBounds},
        permitted_things::PermittedThings,
        required_permissions,
    },
    error::CreationError,
    transaction::AuditedTransaction,
};

use super::{
    constraints::{self, EffectiveLimits, RequestedLimits},
    request::RequestedPermission,
};

impl Service {
    /// Checks that the caller may create an authorization of `owner`, begins the transaction and resolves the names in
    /// the permissions. Returns the caller as they are now.
    ///
    /// # Errors
    /// `AuthError::Unauthorized`; the error of an unknown name, such as [`CreationError::NoSuchNamedOrg`]; the database
    /// may fail.
    pub(super) async fn begin_creation(
        &self,
        caller: &Caller,
        org: OrgId,
        owner: UserId,
        permissions: Vec<RequestedPermission>,
    ) -> Result<(AuditedTransaction, Caller, Vec<Permission>), Error> {
        // Skip the look-up for a caller who may not create anyway.
        check_may_create(caller, org, owner)?;
        let mut things = self.look_up(caller, &permissions, org).await?;
        let (mut change, caller) = self.begin(caller).await?;
        check_may_create(&caller, org, owner)?;
        things.keep_readable(&mut change, &caller, org).await?;
        let permissions = things.resolve(permissions, org)?;
        Ok((change, caller, permissions))
    }
}

fn check_may_create(caller: &Caller, org: OrgId, owner: UserId) -> Result<(), Error> {
    caller.check(required_permissions::authorizations(Action::Write, org))?;
    caller.check(required_permissions::user(Action::Write, owner))
}

/// Checks the description and what is delegated. Returns what the permissions name.
///
/// # Errors
/// `ValidationError::TextTooLong`, `ValidationError::TextNul`; `DelegationError::NotGrantable`,
/// `DelegationError::InstanceNotGrantable`, `DelegationError::PermissionForOtherOrg`; the database may fail.
pub(super) async fn check_content(
    connection: &mut Connection,
    caller: &Caller,
    org: OrgId,
    description: &str,
    permissions: &[Permission],
) -> Result<PermittedThings, Error> {
    check_text("description", description, MAX_DESCRIPTION)?;
    check_grantable(connection, caller, permissions).await?;
    check_scope(permissions, org)?;
    check_things_in_org(connection, permissions, org).await
}

/// The owner of a new authorization, and its organization with its rules; the counters of both.
pub(super) struct Home {
    /// The owner.
    pub owner: Arc<User>,
    /// The name of the organization.
    pub org_name: String,
    /// The rules of the organization.
    pub rules: OrgRules,
    /// The counters of the owner.
    pub of_user: TokenCounts,
    /// The counters of the organization.
    pub of_org: TokenCounts,
}

impl Home {
    /// Reads them. `caller`: as read in the same transaction, so that they are not read again if they are the owner.
    ///
    /// # Errors
    /// [`CreationError::UnableToCreateToken`] if one does not exist; the database may fail.
    pub async fn of(connection: &mut Connection, caller: &Caller, owner: UserId, org: OrgId) -> Result<Self, Error> {
        let owner = if owner == caller.id() {
            Some(caller.user.clone())
        } else {
            jeton_store::users::by_id(connection, owner).await?.map(Arc::new)
        };
        let Some(owner) = owner else { return Err(Error::Creation(CreationError::UnableToCreateToken)) };
        let found = jeton_store::org_rules::token_home(connection, org, owner.id).await?;
        let TokenHome { org_name, rules, of_user, of_org } =
            found.ok_or(Error::Creation(CreationError::UnableToCreateToken))?;
        Ok(Self { owner, org_name, rules: rules.unwrap_or_default(), of_user, of_org })
    }
}

/// The limits of a new authorization: the rules of its organization, and the limits of what the caller holds.
pub(super) struct Constraints {
    /// The rules of its organization.
    pub rules: OrgRules,
    /// The limits that it inherits.
    pub bounds: Vec<LimitBounds>,
}

impl Constraints {
    /// Reads the inherited limits of a requested authorization. `rules`: those of its organization.
    ///
    /// # Errors
    /// The database may fail.
    pub async fn of(
        connection: &mut Connection,
        caller: &Caller,
        rules: OrgRules,
        requested: &RequestedLimits<'_>,
    ) -> Result<Self, Error> {
        let inheritance = Inheritance::of(connection, caller, requested.now).await?;
        let bounds = inheritance.bounds(connection, requested.permissions, &requested.wish(), requested.org).await?;
        Ok(Self { rules, bounds })
    }

    /// Returns the expiry and the networks that it gets.
    ///
    /// # Errors
    /// Those of [`constraints::effective_limits`].
    pub fn limits(&self, caller: &Caller, requested: RequestedLimits<'_>) -> Result<EffectiveLimits, Error> {
        constraints::effective_limits(caller, &self.bounds, &self.rules, requested)
    }
}
