//! The status of a credential: whether it works, and if not, why. Nothing else decides this.

use std::{net::IpAddr, sync::Arc};

use jeton_model::{Authorization, Liveness, Status, Timestamp, User, presented_token::PresentedToken};
use jeton_store::Connection;

use crate::{Error, error::AuthError};

/// The place that a credential is presented from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PresentedFrom {
    /// A client with this address; `None` if the address is unknown.
    From(Option<IpAddr>),
    /// An unknown place: networks are not checked.
    Anywhere,
}

/// The status of a credential at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CredentialStatus {
    /// It works, for its owner.
    Live(Arc<User>),
    /// It was deactivated: it identifies its owner, but permits nothing (docs/influxdb-compatibility.md §2.2).
    Inactive(Arc<User>),
    /// It does not work.
    Invalid(InvalidReason),
}

/// The reason why a known credential does not work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidReason {
    /// Its owner does not exist any more.
    OwnerDeleted,
    /// Its owner was deactivated.
    OwnerInactive,
    /// Its owner or organization was deleted, even if the same id exists again.
    Ended,
    /// Its expiry has passed.
    Expired,
    /// The client's address is unknown or outside its networks.
    WrongNetwork,
}

impl InvalidReason {
    /// The error for the client: like an unknown token, or like influxd if the owner is the reason.
    pub const fn refusal(self) -> Error {
        match self {
            Self::OwnerDeleted | Self::OwnerInactive => Error::Auth(AuthError::UserInactive),
            Self::Ended | Self::Expired | Self::WrongNetwork => Error::Auth(AuthError::Unauthenticated),
        }
    }
}

/// The record of a token, whatever its status.
///
/// # Errors
/// The database may fail.
pub(crate) async fn by_token(
    connection: &mut Connection,
    token: &PresentedToken<'_>,
) -> Result<Option<Authorization>, Error> {
    // influxd treats anything like a JWT as one, and has no keys to verify it with.
    if token.is_jwt() {
        return Ok(None);
    }
    Ok(jeton_store::authorizations::by_token_hashes(connection, &token.hashes()).await?)
}

/// The record of a token, whatever its status, and its owner, `None` if they were deleted.
///
/// # Errors
/// The database may fail.
pub(crate) async fn by_token_with_owner(
    connection: &mut Connection,
    token: &PresentedToken<'_>,
) -> Result<Option<(Authorization, Option<User>)>, Error> {
    // See `by_token`.
    if token.is_jwt() {
        return Ok(None);
    }
    Ok(jeton_store::authorizations::with_owner_by_token_hashes(connection, &token.hashes()).await?)
}

/// Decides the status of a credential with its owner as the database has them.
///
/// # Errors
/// The database may fail.
pub(crate) async fn credential_status(
    connection: &mut Connection,
    authorization: &Authorization,
    place: PresentedFrom,
    now: Timestamp,
) -> Result<CredentialStatus, Error> {
    let owner = jeton_store::users::by_id(connection, authorization.user).await?.map(Arc::new);
    Ok(credential_status_with(owner.as_ref(), authorization, place, now))
}

/// Decides the status of a credential. The owner, `None` if deleted, is checked first, as in influxd.
pub(super) fn credential_status_with(
    owner: Option<&Arc<User>>,
    authorization: &Authorization,
    place: PresentedFrom,
    now: Timestamp,
) -> CredentialStatus {
    let Some(owner) = owner else { return CredentialStatus::Invalid(InvalidReason::OwnerDeleted) };
    if owner.status == Status::Inactive {
        return CredentialStatus::Invalid(InvalidReason::OwnerInactive);
    }
    let foreign = match place {
        PresentedFrom::From(address) => !authorization.networks.let_in(address),
        PresentedFrom::Anywhere => false,
    };
    match authorization.liveness(now) {
        Liveness::Ended => CredentialStatus::Invalid(InvalidReason::Ended),
        Liveness::Expired => CredentialStatus::Invalid(InvalidReason::Expired),
        Liveness::Live | Liveness::Inactive | Liveness::Leaked if foreign => {
            CredentialStatus::Invalid(InvalidReason::WrongNetwork)
        }
        Liveness::Inactive | Liveness::Leaked => CredentialStatus::Inactive(Arc::clone(owner)),
        Liveness::Live => CredentialStatus::Live(Arc::clone(owner)),
    }
}
