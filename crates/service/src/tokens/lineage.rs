//! The lineage of a token: its usage, its rotations, and its descendants.

use jeton_model::{
    Authorization, AuthorizationId, Timestamp,
    console::lineage::{Lineage, Link},
};
use jeton_store::Connection;

use crate::{Caller, Error, Service};

use super::{
    access::{check_readable, readable},
    name_lookup::Names,
};

/// Maximum number of rotations that are followed in each direction.
const LINKS: usize = 10;

impl Service {
    /// The usage of a token, its descendants, and its chain of rotations as far as the caller may see it.
    ///
    /// # Errors
    /// `TokenError::NotFound`; `AuthError::Unauthorized`; the database may fail.
    pub async fn token_history(&self, caller: &Caller, id: AuthorizationId) -> Result<Lineage, Error> {
        let mut reader = self.read().await?;
        let now = self.now();
        let this = readable(&mut reader, caller, id).await?;
        let days = self.days_of(&mut reader, id, now).await?;
        let chain = chain(&mut reader, caller, this).await?;
        let chain = if chain.len() > 1 { self.links(&mut reader, chain, now).await? } else { Vec::new() };
        let descendants = self.shown_descendants(&mut reader, caller, id).await?;
        let gates = self.gate_uses_of(&mut reader, caller, id).await?;
        Ok(Lineage { days, chain, descendants, gates, now })
    }

    async fn links(
        &self,
        connection: &mut Connection,
        chain: Vec<Authorization>,
        now: Timestamp,
    ) -> Result<Vec<Link>, Error> {
        let names = Names::of(connection, &chain).await?;
        let mut links = Vec::with_capacity(chain.len());
        for one in chain {
            let today = self.days_of(connection, one.id, now).await?.last().map_or(0, |day| day.uses);
            let one = self.with_last_use(one);
            links.push(Link {
                id: one.id,
                liveness: one.liveness(now),
                creator: names.user(one.created_by).map(Into::into),
                description: one.description,
                prefix: one.token_prefix,
                created_at: one.created_at,
                expires_at: one.expires_at,
                last_use: one.last_use,
                today,
            });
        }
        Ok(links)
    }
}

/// The tokens before and after one, newest first. The chain ends at one that was deleted or that the caller may not
/// see.
async fn chain(connection: &mut Connection, caller: &Caller, this: Authorization) -> Result<Vec<Authorization>, Error> {
    let (mut newer, mut older) = (Vec::new(), Vec::new());
    let mut at = jeton_store::rotations::successor(connection, this.id).await?;
    while let Some(one) = seen(connection, caller, at, newer.len()).await? {
        at = jeton_store::rotations::successor(connection, one.id).await?;
        newer.push(one);
    }
    let mut at = this.replaces;
    while let Some(one) = seen(connection, caller, at, older.len()).await? {
        at = one.replaces;
        older.push(one);
    }
    newer.reverse();
    Ok(newer.into_iter().chain([this]).chain(older).collect())
}

async fn seen(
    connection: &mut Connection,
    caller: &Caller,
    id: Option<AuthorizationId>,
    so_far: usize,
) -> Result<Option<Authorization>, Error> {
    let Some(id) = id.filter(|_| so_far < LINKS) else { return Ok(None) };
    let found = jeton_store::authorizations::by_id(connection, id).await?;
    Ok(found.filter(|one| check_readable(caller, one).is_ok()))
}
