//! Rate limit for unknown tokens, per origin and hour.
//!
//! Each costs a look into the database, and nobody has to be known to cause it.

use std::time::Duration;

use moka::sync::Cache;

use crate::{
    model::{Authorization, Error, token::TokenHash},
    service::{Client, Service},
    store::Connection,
};

use super::{credential_status::by_token, rate_limit::RateLimit};

/// Maximum number in an hour. A program that goes on with a deleted token stays below it with two requests a second.
const AN_HOUR: usize = 10_000;
/// Maximum number of found tokens that are remembered; the least used are forgotten first.
const REMEMBERED: u64 = 50_000;
/// How long a token is remembered that nobody shows.
const REMEMBERED_FOR: Duration = Duration::from_secs(24 * 3600);

/// The tokens presented to this node, in bounded memory.
pub(crate) struct UnknownTokens {
    spent: RateLimit,
    /// Tokens that were found lately, by their hashes. They work on where an origin has spent its hour: a neighbour's
    /// guesses, or a program with a deleted token, lock nobody out who was there before. That a token is in here says
    /// nothing of whether it works: it is looked up as ever.
    found: Cache<TokenHash, ()>,
}

impl Default for UnknownTokens {
    fn default() -> Self {
        let found = Cache::builder().max_capacity(REMEMBERED).time_to_idle(REMEMBERED_FOR).build();
        Self { spent: RateLimit::new(AN_HOUR, 1), found }
    }
}

impl Service {
    /// Refuses, before anything is looked up, a token that is new here from an origin that has spent its hour.
    pub(crate) fn check_budget_for(&self, token: &str, client: &Client) -> Result<(), Error> {
        let tokens = &self.0.unknown_tokens;
        if tokens.found.get(&TokenHash::of(token)).is_some() {
            return Ok(());
        }
        tokens.spent.check(client.origin(), self.now())
    }

    /// The record of a token, whatever it is worth. A token that nobody has is noted and counted.
    pub(crate) async fn authorization_of(
        &self,
        connection: &mut Connection,
        token: &str,
        client: &Client,
    ) -> Result<Option<Authorization>, Error> {
        let found = by_token(connection, token).await?;
        let (tokens, hash) = (&self.0.unknown_tokens, TokenHash::of(token));
        if found.is_some() {
            tokens.found.insert(hash, ());
        } else {
            tokens.found.invalidate(&hash);
            // Requests at the same moment may go beyond it.
            drop(tokens.spent.spend(client.origin(), 1, self.now()));
            self.note_unknown(client);
        }
        Ok(found)
    }
}
