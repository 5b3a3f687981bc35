//! The check for operations that only operators may do: a binding gives the tokens of a bucket access to data, for as
//! long as they live.

use jeton_model::{Timestamp, grant::is_operator};
use jeton_store::{Connection, user_grants::LiveGrant};

use crate::{
    Caller, Error,
    auth::{authenticate::membership_permissions, caller::Credential},
    error::GateError,
};

/// Denies a caller who is no operator, or who is one only by a token with an expiry or networks: the data would be
/// accessible to tokens without these limits.
///
/// # Errors
/// [`GateError::OperatorRequired`]; [`GateError::LimitedOperator`]; the database may fail.
pub(super) async fn check_operator(connection: &mut Connection, caller: &Caller, now: Timestamp) -> Result<(), Error> {
    if !is_operator(caller.permissions()) {
        return Err(Error::Gate(GateError::OperatorRequired));
    }
    let is_unlimited = match caller.credential {
        Credential::Token(_) | Credential::V1(_) => caller.expires_at.is_none() && caller.networks.is_everywhere(),
        Credential::Session(_) => is_operator_without_limits(connection, caller, now).await?,
    };
    if is_unlimited { Ok(()) } else { Err(Error::Gate(GateError::LimitedOperator)) }
}

/// Returns whether memberships, or one token without limits, make a session an operator's.
async fn is_operator_without_limits(
    connection: &mut Connection,
    caller: &Caller,
    now: Timestamp,
) -> Result<bool, Error> {
    if is_operator(&membership_permissions(connection, caller.id()).await?) {
        return Ok(true);
    }
    let grants = jeton_store::user_grants::live_grants_of_user(connection, caller.id(), now).await?;
    let suffices = |grant: &LiveGrant| {
        grant.expires_at.is_none() && grant.networks.is_everywhere() && is_operator(&grant.permissions)
    };
    Ok(grants.iter().any(suffices))
}
