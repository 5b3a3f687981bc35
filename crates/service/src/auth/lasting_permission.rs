//! Permissions that do not end with a token, which allowing self-rotation requires.

use jeton_model::{Permission, Timestamp, permission::which_permits};
use jeton_store::{Connection, user_grants::LiveGrant};

use crate::{Caller, Error, error::AuthError};

use super::{authenticate::membership_permissions, caller::Credential};

/// Denies a caller whose `required` permission ends with a token: by self-rotation, that token would renew itself.
///
/// # Errors
/// [`AuthError::ExpiringTokenAllowsSelfRotation`]; the database may fail.
pub(crate) async fn check_lasting(
    connection: &mut Connection,
    caller: &Caller,
    required: &Permission,
    now: Timestamp,
) -> Result<(), Error> {
    let lasts = match caller.credential {
        Credential::Token(_) | Credential::V1(_) => caller.expires_at.is_none(),
        Credential::Session(_) => session_lasts(connection, caller, required, now).await?,
    };
    if lasts { Ok(()) } else { Err(Error::Auth(AuthError::ExpiringTokenAllowsSelfRotation)) }
}

/// Returns whether a membership, or a token without an expiry, gives a session this permission.
async fn session_lasts(
    connection: &mut Connection,
    caller: &Caller,
    required: &Permission,
    now: Timestamp,
) -> Result<bool, Error> {
    let own = membership_permissions(connection, caller.id()).await?;
    if which_permits(&own, required).is_some() {
        return Ok(true);
    }
    let grants = jeton_store::user_grants::live_grants_of_user(connection, caller.id(), now).await?;
    let gives = |grant: &LiveGrant| {
        grant.expires_at.is_none()
            && grant.networks.let_in(caller.client.address)
            && which_permits(&grant.permissions, required).is_some()
    };
    Ok(grants.iter().any(gives))
}
