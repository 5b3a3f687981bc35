//! Rate limit for unknown tokens, per origin and hour. Each costs a look-up in the database, without authentication.

use std::sync::Arc;

use jeton_model::presented_token::PresentedToken;

use crate::{Client, Error, Service};

use super::{
    rate_limit::RateLimit,
    verifier::{KnownToken, Recalled},
};

/// Maximum number per hour. A program that continues with a deleted token stays below it with two requests per second.
const AN_HOUR: usize = 10_000;

/// The unknown tokens presented to this node, in bounded memory.
pub(crate) struct UnknownTokens(RateLimit);

impl Default for UnknownTokens {
    fn default() -> Self {
        Self(RateLimit::new(AN_HOUR, 1))
    }
}

impl Service {
    /// Counts an unknown token, or one that a creation supplies, or denies it if the hour is used up.
    ///
    /// # Errors
    /// `AuthError::TooManyAttempts`.
    pub(crate) fn count_as_unknown(&self, client: &Client) -> Result<(), Error> {
        self.0.unknown_tokens.0.spend(client.origin(), 1, self.now())
    }

    /// The record of a token that a client presents, whatever its status. An unknown token is counted, and recorded as
    /// a denial. One that is new here is denied, before any look-up, if its origin has used up its hour.
    ///
    /// # Errors
    /// `AuthError::TooManyAttempts`; the database may fail.
    pub(crate) async fn token_of_client(
        &self,
        token: &PresentedToken<'_>,
        client: &Client,
    ) -> Result<Option<Arc<KnownToken>>, Error> {
        let found = match self.recall(token).await {
            Recalled::Known(known) => return Ok(Some(known)),
            Recalled::Unknown => {
                self.check_budget_for(token, client)?;
                None
            }
            Recalled::Nothing => {
                self.check_budget_for(token, client)?;
                Box::pin(self.read_token(token)).await?
            }
        };
        if found.is_none() {
            // Concurrent requests may exceed the limit.
            drop(self.count_as_unknown(client));
            self.note_unknown(client);
        }
        Ok(found)
    }

    /// Returns whether the database has a token that a client presents where unknown ones are not denied. An unknown one
    /// is no denial there, and counts only if it was looked up.
    ///
    /// # Errors
    /// `AuthError::TooManyAttempts`; the database may fail.
    pub(crate) async fn has_token(&self, token: &PresentedToken<'_>, client: &Client) -> Result<bool, Error> {
        match self.recall(token).await {
            Recalled::Known(_) => Ok(true),
            Recalled::Unknown => Ok(false),
            Recalled::Nothing => {
                self.check_budget_for(token, client)?;
                let is_known = self.read_token(token).await?.is_some();
                if !is_known {
                    // Concurrent requests may exceed the limit.
                    drop(self.count_as_unknown(client));
                }
                Ok(is_known)
            }
        }
    }

    /// Denies a token that is new here from an origin that has used up its hour. Tokens that were found here are
    /// exempt: a neighbour's guesses, or a program with a deleted token, must not lock out known clients. They may
    /// still not work.
    ///
    /// # Errors
    /// `AuthError::TooManyAttempts`.
    pub(super) fn check_budget_for(&self, token: &PresentedToken<'_>, client: &Client) -> Result<(), Error> {
        if self.0.verifier.has_seen(token) {
            return Ok(());
        }
        self.0.unknown_tokens.0.check(client.origin(), self.now())
    }
}
