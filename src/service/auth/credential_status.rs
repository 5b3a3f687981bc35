//! Whether a credential works, and if not, why. Nothing else decides this.

use std::net::IpAddr;

use crate::{
    model::{
        Authorization, Error, Liveness, Status, Timestamp, User,
        token::{TokenHash, is_jwt},
    },
    store::{self, Connection},
};

/// Where a credential is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PresentedFrom {
    /// A client with this address shows it; `None`: its address is not known.
    From(Option<IpAddr>),
    /// Somebody asks about it who does not know where it is shown.
    Anywhere,
}

/// What a credential is worth at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CredentialStatus {
    /// It works, for its owner.
    Live(User),
    /// It was switched off: it still says who asks, but permits nothing (contract §2.2).
    Inactive(User),
    Invalid(InvalidReason),
}

/// Why a credential that is on record does not work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidReason {
    OwnerDeleted,
    OwnerInactive,
    /// Its owner or organization was deleted, whatever is there under the same id by now.
    Ended,
    Expired,
    WrongNetwork,
}

impl InvalidReason {
    /// What the client is told: of a token no more than of an unknown one, of its owner what influxd says.
    pub const fn refusal(self) -> Error {
        match self {
            Self::OwnerDeleted | Self::OwnerInactive => Error::UserInactive,
            Self::Ended | Self::Expired | Self::WrongNetwork => Error::Unauthenticated,
        }
    }
}

/// The record of a token, whatever it is worth.
pub(crate) async fn by_token(connection: &mut Connection, token: &str) -> Result<Option<Authorization>, Error> {
    // influxd takes whatever looks like a JWT for one, and has no keys to check one with.
    if is_jwt(token) {
        return Ok(None);
    }
    Ok(store::authorizations::by_token_hash(connection, &TokenHash::of(token)).await?)
}

/// Decides. The owner comes first, as in influxd.
pub(crate) async fn credential_status(
    connection: &mut Connection,
    authorization: &Authorization,
    place: PresentedFrom,
    now: Timestamp,
) -> Result<CredentialStatus, Error> {
    let Some(owner) = store::users::by_id(connection, authorization.user).await? else {
        return Ok(CredentialStatus::Invalid(InvalidReason::OwnerDeleted));
    };
    Ok(credential_status_with(owner, authorization, place, now))
}

fn credential_status_with(
    owner: User,
    authorization: &Authorization,
    place: PresentedFrom,
    now: Timestamp,
) -> CredentialStatus {
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
        Liveness::Inactive | Liveness::Leaked => CredentialStatus::Inactive(owner),
        Liveness::Live => CredentialStatus::Live(owner),
    }
}
