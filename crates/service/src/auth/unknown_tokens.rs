//! Rate limit for unknown tokens, per origin and hour. Each costs a look-up in the database, without authentication.

use std::time::Duration;

use moka::sync::Cache;

use jeton_model::{Authorization, token::TokenHash};
use jeton_store::Connection;

use crate::{Client, Error, Service};

use super::{credential_status::by_token, rate_limit::RateLimit};

/// Maximum number per hour. A program that continues with a deleted token stays below it with two requests per second.
const AN_HOUR: usize = 10_000;
/// Maximum number of known tokens that are remembered; the least used are forgotten first.
const REMEMBERED: u64 = 50_000;
/// Time without use after which a known token is forgotten.
const REMEMBERED_FOR: Duration = Duration::from_secs(24 * 3600);

/// The tokens presented to this node, in bounded memory.
pub(crate) struct UnknownTokens {
    spent: RateLimit,
    /// Recently found tokens, by their hashes. They are exempt from the limit: a neighbour's guesses, or a program with
    /// a deleted token, must not lock out known clients. They are still looked up, and may not work.
    found: Cache<TokenHash, ()>,
}

impl Default for UnknownTokens {
    fn default() -> Self {
        let found = Cache::builder().max_capacity(REMEMBERED).time_to_idle(REMEMBERED_FOR).build();
        Self { spent: RateLimit::new(AN_HOUR, 1), found }
    }
}

impl Service {
    /// Denies, before any look-up, a token that is new here from an origin that has used up its hour.
    ///
    /// # Errors
    /// `AuthError::TooManyAttempts`.
    pub(crate) fn check_budget_for(&self, token: &str, client: &Client) -> Result<(), Error> {
        let tokens = &self.0.unknown_tokens;
        if tokens.found.get(&TokenHash::of(token)).is_some() {
            return Ok(());
        }
        tokens.spent.check(client.origin(), self.now())
    }

    /// The record of a token, whatever its status. An unknown token is counted, and recorded as a denial.
    ///
    /// # Errors
    /// The database may fail.
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
            // Concurrent requests may exceed the limit.
            drop(tokens.spent.spend(client.origin(), 1, self.now()));
            self.note_unknown(client);
        }
        Ok(found)
    }
}
