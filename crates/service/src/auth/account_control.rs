//! Permissions that others get through a caller: what a token must hold to give permissions to a user, and what a
//! caller must hold to change an authorization.

use jeton_model::{
    Action, Authorization, OrgId, Permission, ResourceType, Timestamp, UserId,
    grant::{Coverage, Holdings, is_operator},
    permission::which_permits,
};
use jeton_store::{Connection, user_grants::LiveGrant};

use crate::{
    Caller, Error,
    error::{AuthError, DelegationError},
};

use super::{
    authenticate::membership_permissions, caller::Credential, delegation::ResourceOrgs,
    permitted_things::PermittedThings, required_permissions,
};

/// Returns the first of `wanted` that `held` does not cover. Operators cover everything: `instance` is not compared,
/// because set-up's token does not hold it (docs/influxdb-compatibility.md §4.10).
///
/// # Errors
/// The database may fail.
pub(crate) async fn first_uncovered(
    connection: &mut Connection,
    held: &[Permission],
    wanted: &[Permission],
) -> Result<Option<Permission>, Error> {
    if is_operator(held) {
        return Ok(None);
    }
    let holdings = Holdings::of(held);
    let coverages: Vec<Coverage> = wanted.iter().map(|permission| holdings.coverage(permission)).collect();
    let places = ResourceOrgs::of(connection, &coverages).await?;
    let uncovered = wanted.iter().zip(coverages).find(|(_, coverage)| !places.allow(*coverage));
    Ok(uncovered.map(|(permission, _)| *permission))
}

/// Checks that a caller may decide what a user's session holds: set the password, change memberships, roles or status.
///
/// A session outlives a token, comes from any network and holds all that its user holds. So a token may do this only if
/// it has neither expiry nor networks and holds everything that the user's session would hold; likewise a session whose
/// `required` permission comes only from a token. Call this after a change that grants something, and before one that
/// revokes something, in the same transaction.
///
/// # Errors
/// [`AuthError::LimitedTokenEmpowers`] for a token with limits; [`AuthError::TokenEmpowersMore`] for one that holds less; the
/// database may fail.
pub(crate) async fn check_account_control(
    connection: &mut Connection,
    caller: &Caller,
    required: &Permission,
    user: UserId,
    now: Timestamp,
) -> Result<(), Error> {
    match caller.credential {
        Credential::Session(_) => {
            let own = membership_permissions(connection, caller.id()).await?;
            if which_permits(&own, required).is_some() {
                return Ok(());
            }
            check_any_grant_controls(connection, caller, required, user, now).await
        }
        Credential::Token(_) | Credential::V1(_) => {
            if caller.expires_at.is_some() || !caller.networks.is_everywhere() {
                return Err(Error::Auth(AuthError::LimitedTokenEmpowers));
            }
            // Operators cover every session: there is no need to read it.
            if is_operator(caller.permissions()) {
                return Ok(());
            }
            let wanted = session_permissions(connection, user, now).await?;
            match first_uncovered(connection, caller.permissions(), &wanted).await? {
                None => Ok(()),
                Some(permission) => Err(Error::Auth(AuthError::TokenEmpowersMore(permission))),
            }
        }
    }
}

/// [`check_account_control`] for a session that is permitted this only by its user's tokens: one of them must suffice
/// by itself.
async fn check_any_grant_controls(
    connection: &mut Connection,
    caller: &Caller,
    required: &Permission,
    user: UserId,
    now: Timestamp,
) -> Result<(), Error> {
    let grants = jeton_store::user_grants::live_grants_of_user(connection, caller.id(), now).await?;
    let wanted = session_permissions(connection, user, now).await?;
    let mut refusal = Error::Auth(AuthError::LimitedTokenEmpowers);
    for LiveGrant { expires_at, networks, permissions, .. } in &grants {
        let is_limited = expires_at.is_some() || !networks.is_everywhere();
        if is_limited || which_permits(permissions, required).is_none() {
            continue;
        }
        match first_uncovered(connection, permissions, &wanted).await? {
            None => return Ok(()),
            Some(permission) => refusal = Error::Auth(AuthError::TokenEmpowersMore(permission)),
        }
    }
    Err(refusal)
}

/// Everything that a user's session holds or can obtain: memberships, and all tokens and 1.x credentials of the user,
/// from any network, including inactive ones, which the user may activate.
async fn session_permissions(
    connection: &mut Connection,
    user: UserId,
    now: Timestamp,
) -> Result<Vec<Permission>, Error> {
    let mut permissions = membership_permissions(connection, user).await?;
    for grants in jeton_store::user_grants::obtainable_permissions_of_user(connection, user, now).await? {
        permissions.extend(grants);
    }
    permissions.sort_unstable();
    permissions.dedup();
    Ok(permissions)
}

/// Checks that a caller may change an authorization, or the password of a 1.x credential: it must not hold more than
/// they do. A session of its owner is always allowed.
///
/// # Errors
/// Those of [`check_writable`]; [`AuthError::HoldsMore`]; the database may fail.
pub(crate) async fn check_changeable(
    connection: &mut Connection,
    caller: &Caller,
    authorization: &Authorization,
) -> Result<(), Error> {
    check_writable(caller, authorization)?;
    check_holds_no_more(connection, caller, authorization).await
}

/// The second half of [`check_changeable`].
///
/// # Errors
/// [`AuthError::HoldsMore`]; the database may fail.
pub(crate) async fn check_holds_no_more(
    connection: &mut Connection,
    caller: &Caller,
    authorization: &Authorization,
) -> Result<(), Error> {
    let is_owner = caller.has_session() && caller.id() == authorization.user;
    let is_itself = caller.credential == Credential::Token(authorization.id);
    if is_owner || is_itself {
        return Ok(());
    }
    match first_uncovered(connection, caller.permissions(), &authorization.permissions).await? {
        None => Ok(()),
        Some(permission) => Err(Error::Auth(AuthError::HoldsMore(permission))),
    }
}

/// Checks that a caller may deactivate or delete an authorization: they may change it, or own an organization that it
/// names.
///
/// # Errors
/// Those of [`check_changeable`].
pub(crate) async fn check_revocable(
    connection: &mut Connection,
    caller: &Caller,
    authorization: &Authorization,
) -> Result<(), Error> {
    match check_changeable(connection, caller, authorization).await {
        Err(refusal @ Error::Auth(AuthError::Unauthorized(_) | AuthError::HoldsMore(_))) => {
            let may = !reaches_everywhere(authorization) && reaches_owned(connection, caller, authorization).await?;
            if may { Ok(()) } else { Err(refusal) }
        }
        decided => decided,
    }
}

/// Returns whether the caller owns the organization of an authorization and may therefore revoke it.
pub(crate) fn is_revocable_by_owner(caller: &Caller, authorization: &Authorization) -> bool {
    !reaches_everywhere(authorization) && caller.owned_orgs().contains(&authorization.org)
}

/// Returns whether an authorization covers every organization: only operators revoke it.
fn reaches_everywhere(authorization: &Authorization) -> bool {
    authorization.permissions.iter().any(|one| one.resource.id.is_none() && one.resource.org.is_none())
}

/// Returns whether an authorization names an organization that the caller owns, or a bucket or telegraf configuration
/// in it.
///
/// # Errors
/// The database may fail.
pub(crate) async fn reaches_owned(
    connection: &mut Connection,
    caller: &Caller,
    authorization: &Authorization,
) -> Result<bool, Error> {
    let owned = caller.owned_orgs();
    if owned.is_empty() {
        return Ok(false);
    }
    if owned.contains(&authorization.org) {
        return Ok(true);
    }
    let names_org = |one: &Permission| match (one.resource.kind, one.resource.id) {
        (ResourceType::Orgs, Some(id)) => owned.contains(&OrgId(id)),
        (_, None) => one.resource.org.is_some_and(|org| owned.contains(&org)),
        (_, Some(_)) => false,
    };
    if authorization.permissions.iter().any(names_org) {
        return Ok(true);
    }
    let orgs = jeton_store::orgs::of_things(connection, &authorization.permissions).await?;
    Ok(orgs.values().any(|org| owned.contains(org)))
}

/// Denies a permission on one bucket or telegraf configuration of another organization: its owners would neither see
/// nor revoke it. An unknown id is granted as recorded (docs/influxdb-compatibility.md §4.2). Returns what the
/// permissions name.
///
/// # Errors
/// [`DelegationError::PermissionForOtherOrg`]; the database may fail.
pub(crate) async fn check_things_in_org(
    connection: &mut Connection,
    permissions: &[Permission],
    org: OrgId,
) -> Result<PermittedThings, Error> {
    let things = PermittedThings::of(connection, permissions).await?;
    match things.first_outside(permissions, org) {
        Some(permission) => Err(Error::Delegation(DelegationError::PermissionForOtherOrg(*permission, org))),
        None => Ok(things),
    }
}

/// Checks that a caller may write an authorization and its owner.
///
/// # Errors
/// [`AuthError::Unauthorized`].
pub(crate) fn check_writable(caller: &Caller, authorization: &Authorization) -> Result<(), Error> {
    caller.check(required_permissions::authorization(Action::Write, authorization.id, authorization.org))?;
    caller.check(required_permissions::user(Action::Write, authorization.user))
}
