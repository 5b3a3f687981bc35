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
pub enum Place {
    /// A client with this address shows it; `None`: its address is not known.
    From(Option<IpAddr>),
    /// Somebody asks about it who does not know where it is shown.
    Anywhere,
}

/// What a credential is worth at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It works, for its owner.
    Live(User),
    /// It was switched off: it still says who asks, but permits nothing (contract §2.2).
    Inactive(User),
    Dead(Death),
}

/// Why a credential that is on record does not work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Death {
    OwnerGone,
    OwnerInactive,
    /// Its owner or organization was deleted, whatever is there under the same id by now.
    Ended,
    Expired,
    ForeignNetwork,
}

impl Death {
    /// What the client is told: of a token no more than of an unknown one, of its owner what influxd says.
    pub const fn refusal(self) -> Error {
        match self {
            Self::OwnerGone | Self::OwnerInactive => Error::UserInactive,
            Self::Ended | Self::Expired | Self::ForeignNetwork => Error::Unauthenticated,
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
pub(crate) async fn standing(
    connection: &mut Connection,
    authorization: &Authorization,
    place: Place,
    now: Timestamp,
) -> Result<Standing, Error> {
    let Some(owner) = store::users::by_id(connection, authorization.user).await? else {
        return Ok(Standing::Dead(Death::OwnerGone));
    };
    Ok(standing_with(owner, authorization, place, now))
}

fn standing_with(owner: User, authorization: &Authorization, place: Place, now: Timestamp) -> Standing {
    if owner.status == Status::Inactive {
        return Standing::Dead(Death::OwnerInactive);
    }
    let foreign = match place {
        Place::From(address) => !authorization.networks.let_in(address),
        Place::Anywhere => false,
    };
    match authorization.liveness(now) {
        Liveness::Ended => Standing::Dead(Death::Ended),
        Liveness::Expired => Standing::Dead(Death::Expired),
        Liveness::Live | Liveness::Inactive | Liveness::Leaked if foreign => Standing::Dead(Death::ForeignNetwork),
        Liveness::Inactive | Liveness::Leaked => Standing::Inactive(owner),
        Liveness::Live => Standing::Live(owner),
    }
}
