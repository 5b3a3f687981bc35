//! Descendants of a token: authorizations created with it, directly or through others; and their deactivation in one
//! transaction.

use jeton_model::{
    Authorization, AuthorizationId, Status,
    console::lineage::{Descendant, Descendants},
};
use jeton_store::{
    Connection,
    lineage::{Page, PageStart},
};

use crate::{
    Caller, Error, Service,
    audit::Event,
    auth::account_control::check_revocable,
    error::{AuthError, TokenError},
    transaction::AuditedTransaction,
};

use super::{
    access::{check_visible, readable},
    bulk::{MAX_AT_ONCE, switch_one},
};

/// Maximum number of descendants that the console shows of one token.
const SHOWN: i64 = 20;

/// Paging of a token's descendants, by ascending ids.
#[derive(Clone, Copy, Debug)]
pub struct DescendantsQuery {
    /// Maximum number of descendants on a page.
    pub limit: u64,
    /// Restricts to descendants with a higher id than this one.
    pub after: Option<AuthorizationId>,
}

/// The result of deactivating descendants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deactivated {
    /// Number of descendants that this request deactivated.
    pub deactivated: u64,
    /// Number of descendants that are still live: more than [`MAX_AT_ONCE`] need several requests.
    pub live: u64,
}

impl Service {
    /// Lists the descendants of a token that the caller may see, and counts all.
    ///
    /// # Errors
    /// [`TokenError::NotFound`]; [`AuthError::Unauthorized`]; the database may fail.
    pub async fn descendants(
        &self,
        caller: &Caller,
        id: AuthorizationId,
        requested: DescendantsQuery,
    ) -> Result<Descendants, Error> {
        let mut reader = self.read().await?;
        readable(&mut reader, caller, id).await?;
        let limit = i64::try_from(requested.limit).unwrap_or(i64::MAX);
        self.part_of_descendants(&mut reader, caller, id, PageStart::After(requested.after), limit).await
    }

    /// The descendants that the console shows of a token that the caller may read.
    ///
    /// # Errors
    /// The database may fail.
    pub(crate) async fn shown_descendants(
        &self,
        reader: &mut Connection,
        caller: &Caller,
        id: AuthorizationId,
    ) -> Result<Descendants, Error> {
        self.part_of_descendants(reader, caller, id, PageStart::Live, SHOWN).await
    }

    async fn part_of_descendants(
        &self,
        reader: &mut Connection,
        caller: &Caller,
        id: AuthorizationId,
        start: PageStart,
        limit: i64,
    ) -> Result<Descendants, Error> {
        let now = self.now();
        let count = jeton_store::lineage::count(reader, id, now).await?;
        let part = Page { visible: Some(&caller.visible()), only_live: false, start, limit };
        // Most tokens have none: skip the query.
        let found =
            if count.total == 0 { Vec::new() } else { jeton_store::lineage::list(reader, id, part, now).await? };
        let rows = found.into_iter().map(|found| descendant(found, now)).collect();
        Ok(Descendants { total: count.total, live: count.live, rows })
    }

    /// Deactivates every live descendant of a token, up to [`MAX_AT_ONCE`], in one transaction. It needs the
    /// permissions to deactivate each of them. `expected`: the number that the caller confirmed; if there are more by
    /// then, nothing is changed.
    ///
    /// # Errors
    /// [`TokenError::NotFound`], [`TokenError::MoreMatch`], [`TokenError::DescendantsBeyond`];
    /// [`AuthError::Unauthorized`]; the database may fail.
    pub async fn deactivate_descendants(
        &self,
        caller: &Caller,
        id: AuthorizationId,
        expected: Option<u64>,
    ) -> Result<Deactivated, Error> {
        let (mut change, caller) = self.begin_alone(caller).await?;
        let now = change.now;
        readable(&mut change, &caller, id).await?;
        let before = jeton_store::lineage::count(&mut change, id, now).await?;
        if expected.is_some_and(|expected| before.live > expected) {
            return Err(Error::Token(TokenError::MoreMatch { now: before.live }));
        }
        let limit = i64::try_from(MAX_AT_ONCE).unwrap_or(i64::MAX);
        let part = Page { visible: None, only_live: true, start: PageStart::After(None), limit };
        let live = jeton_store::lineage::list(&mut change, id, part, now).await?;
        check_all_revocable(&mut change, &caller, live.iter().map(|one| &one.authorization)).await?;
        let deactivated = live.len() as u64;
        for one in live {
            deactivate(&mut change, id, one).await?;
        }
        let after = jeton_store::lineage::count(&mut change, id, now).await?;
        change.commit().await?;
        Ok(Deactivated { deactivated, live: after.live })
    }
}

/// Denies the deactivation without naming descendants that the caller may not read.
async fn check_all_revocable<'a>(
    connection: &mut Connection,
    caller: &Caller,
    all: impl Iterator<Item = &'a Authorization>,
) -> Result<(), Error> {
    let mut number = 0;
    for one in all {
        let checked = match check_visible(connection, caller, one).await {
            Ok(()) => check_revocable(connection, caller, one).await,
            refused => refused,
        };
        match checked {
            Ok(()) => {}
            Err(Error::Auth(AuthError::Unauthorized(_) | AuthError::HoldsMore(_))) => number += 1,
            Err(error) => return Err(error),
        }
    }
    if number == 0 { Ok(()) } else { Err(Error::Token(TokenError::DescendantsBeyond { number })) }
}

async fn deactivate(
    change: &mut AuditedTransaction,
    of: AuthorizationId,
    one: jeton_store::lineage::Descendant,
) -> Result<(), Error> {
    let event = match one.username {
        Some(_) => Event::V1AuthorizationUpdated,
        None => Event::AuthorizationUpdated,
    };
    switch_one(change, one.authorization, Status::Inactive, event, Some(of)).await
}

fn descendant(found: jeton_store::lineage::Descendant, now: jeton_model::Timestamp) -> Descendant {
    let jeton_store::lineage::Descendant { authorization, username } = found;
    Descendant {
        id: authorization.id,
        org: authorization.org,
        user: authorization.user,
        created_with: authorization.created_with,
        liveness: authorization.liveness(now),
        status: authorization.status,
        description: authorization.description,
        prefix: authorization.token_prefix,
        username,
        created_at: authorization.created_at,
        expires_at: authorization.expires_at,
        leaked_at: authorization.leaked_at,
    }
}
