//! Access to authorizations: the checks before one is read or changed.

use jeton_model::{Action, Authorization, AuthorizationId};
use jeton_store::Connection;

use crate::{
    Caller, Error,
    auth::{
        account_control::{check_changeable, check_revocable, reaches_owned},
        required_permissions,
    },
    error::{AuthError, OrgError, TokenError, UserError},
};

use super::{AuthorizationUpdate, name_lookup::Names};

/// An authorization, whoever may see it.
///
/// # Errors
/// [`TokenError::NotFound`]; the database may fail.
pub(crate) async fn existing(connection: &mut Connection, id: AuthorizationId) -> Result<Authorization, Error> {
    jeton_store::authorizations::by_id(connection, id).await?.ok_or(Error::Token(TokenError::NotFound))
}

/// An authorization that the caller may see.
///
/// # Errors
/// [`TokenError::NotFound`]; [`AuthError::Unauthorized`]; the database may fail.
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
/// [`AuthError::Unauthorized`]; the database may fail.
pub(crate) async fn check_visible(
    connection: &mut Connection,
    caller: &Caller,
    authorization: &Authorization,
) -> Result<(), Error> {
    match check_readable(caller, authorization) {
        Err(refusal @ Error::Auth(AuthError::Unauthorized(_))) => {
            if reaches_owned(connection, caller, authorization).await? { Ok(()) } else { Err(refusal) }
        }
        decided => decided,
    }
}

/// Denies a change that the caller may not make; owners of an organization that it names may deactivate it.
///
/// # Errors
/// [`AuthError::HoldsMore`]; [`AuthError::Unauthorized`]; the database may fail.
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
/// [`AuthError::Unauthorized`].
pub(crate) fn check_readable(caller: &Caller, authorization: &Authorization) -> Result<(), Error> {
    caller.check(required_permissions::authorization(Action::Read, authorization.id, authorization.org))?;
    caller.check(required_permissions::user(Action::Read, authorization.user))
}

/// Denies an authorization whose owner or organization was deleted, even if the same id exists again.
///
/// # Errors
/// [`UserError::NotFound`], [`OrgError::NotFound`].
pub(crate) fn refuse_orphan(names: &Names, authorization: &Authorization) -> Result<(), Error> {
    if names.user(authorization.user).is_none() {
        return Err(Error::User(UserError::NotFound));
    }
    if names.org(authorization.org).is_none() {
        return Err(Error::Org(OrgError::NotFound));
    }
    if authorization.ended_at.is_some() { Err(Error::User(UserError::NotFound)) } else { Ok(()) }
}
