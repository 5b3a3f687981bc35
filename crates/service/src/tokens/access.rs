//! Access to authorizations: the checks before one is read or changed.

use jeton_model::{Action, Authorization, AuthorizationId, Error};
use jeton_store::Connection;

use super::{AuthorizationUpdate, name_lookup::Names};
use crate::{
    Caller,
    auth::{
        account_control::{check_changeable, check_revocable, reaches_owned},
        required_permissions,
    },
};

/// An authorization, whoever may see it.
///
/// # Errors
/// [`Error::AuthorizationNotFound`]; the database may fail.
pub(crate) async fn existing(connection: &mut Connection, id: AuthorizationId) -> Result<Authorization, Error> {
    jeton_store::authorizations::by_id(connection, id).await?.ok_or(Error::AuthorizationNotFound)
}

/// An authorization that the caller may see.
///
/// # Errors
/// [`Error::AuthorizationNotFound`]; [`Error::Unauthorized`]; the database may fail.
pub(crate) async fn readable(
    connection: &mut Connection,
    caller: &Caller,
    id: AuthorizationId,
) -> Result<Authorization, Error> {
    let authorization = existing(connection, id).await?;
    check_visible(connection, caller, &authorization).await?;
    Ok(authorization)
}

/// Denies a caller who may not read an authorization and owns no organization that it names.
///
/// # Errors
/// [`Error::Unauthorized`]; the database may fail.
pub(crate) async fn check_visible(
    connection: &mut Connection,
    caller: &Caller,
    authorization: &Authorization,
) -> Result<(), Error> {
    match check_readable(caller, authorization) {
        Err(refusal @ Error::Unauthorized(_)) => {
            if reaches_owned(connection, caller, authorization).await? {
                Ok(())
            } else {
                Err(refusal)
            }
        }
        decided => decided,
    }
}

/// Denies a change that the caller may not make; owners of an organization that it names may deactivate it.
///
/// # Errors
/// [`Error::HoldsMore`]; [`Error::Unauthorized`]; the database may fail.
pub(crate) async fn check_may_change(
    connection: &mut Connection,
    caller: &Caller,
    before: &Authorization,
    update: &AuthorizationUpdate,
) -> Result<(), Error> {
    if update.only_deactivates() {
        check_revocable(connection, caller, before).await
    } else {
        check_changeable(connection, caller, before).await
    }
}

/// Denies a caller who may not read both the record and its owner.
///
/// # Errors
/// [`Error::Unauthorized`].
pub(crate) fn check_readable(caller: &Caller, authorization: &Authorization) -> Result<(), Error> {
    caller.check(required_permissions::authorization(Action::Read, authorization.id, authorization.org))?;
    caller.check(required_permissions::user(Action::Read, authorization.user))
}

/// Denies an authorization whose owner or organization was deleted, even if the same id exists again.
///
/// # Errors
/// [`Error::UserNotFound`], [`Error::OrgNotFound`].
pub(crate) fn refuse_orphan(names: &Names, authorization: &Authorization) -> Result<(), Error> {
    if names.user(authorization.user).is_none() {
        return Err(Error::UserNotFound);
    }
    if names.org(authorization.org).is_none() {
        return Err(Error::OrgNotFound);
    }
    if authorization.ended_at.is_some() { Err(Error::UserNotFound) } else { Ok(()) }
}
