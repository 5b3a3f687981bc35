//! Changes to many tokens in one transaction.

use std::collections::BTreeSet;

use jeton_model::{Authorization, AuthorizationId, OrgId, Status, console::token_query::TokenQuery, tally::Tally};
use jeton_store::{
    authorization_filter::Filter,
    authorization_list::{Sort, Start},
};

use crate::{
    Caller, Error, Service,
    audit::{
        Event,
        detail::{
            token_changes::AuthorizationUpdated,
            tokens::{AuthorizationDeleted, CredentialName},
        },
    },
    auth::{
        account_control::{check_changeable, check_revocable},
        inherited_limits::Inheritance,
    },
    error::TokenError,
    transaction::AuditedTransaction,
};

use super::{
    console_list::{count, resolve},
    constraints::{AuthorizationChanges, check_switch, check_within},
    later_than,
    search_keys::keys,
};

/// Maximum number of tokens that are changed at once.
pub const MAX_AT_ONCE: u64 = 10_000;
/// Number of tokens that are read at once.
const PORTION: i64 = 1000;

/// The tokens of an organization to change.
#[derive(Clone, Debug)]
pub enum Targets {
    /// The tokens with these ids; if one is missing, nothing is changed.
    These(BTreeSet<AuthorizationId>),
    /// Everything that the query lists when it runs. `expected`: the number that the caller confirmed; if there are
    /// more by then, nothing is changed.
    Listed {
        /// The filters of the console's list; its page is ignored.
        query: TokenQuery,
        /// Number of tokens that the caller confirmed; `None` skips the check.
        expected: Option<u64>,
    },
}

/// The change to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BulkAction {
    /// Sets the status active.
    Activate,
    /// Sets the status inactive.
    Deactivate,
    /// Deletes the tokens with their records, permissions and usage.
    Delete,
}

impl Service {
    /// Counts the targets before a change.
    ///
    /// # Errors
    /// [`TokenError::NothingSelected`], [`TokenError::TooManySelected`]; the database may fail.
    pub async fn count_meant(&self, caller: &Caller, org: OrgId, which: &Targets) -> Result<u64, Error> {
        let count = match which {
            Targets::These(ids) => Tally::exact(ids.len() as u64),
            Targets::Listed { query, .. } => self.count_tokens(caller, org, query).await?,
        };
        check_number(count)
    }

    /// Activates, deactivates or deletes tokens of an organization, and returns how many it changed. Tokens that
    /// already have the status, and ended ones, are skipped; if a single one is missing or may not be changed, nothing
    /// is.
    ///
    /// # Errors
    /// [`TokenError::NothingSelected`], [`TokenError::TooManySelected`], [`TokenError::MoreMatch`],
    /// [`TokenError::NotFound`]; `AuthError::HoldsMore`, [`TokenError::Leaked`], `DelegationError::OutlivesCaller`,
    /// `DelegationError::ReachesBeyondCaller`; `AuthError::Unauthorized`; the database may fail.
    pub async fn change_tokens(
        &self,
        caller: &Caller,
        org: OrgId,
        which: &Targets,
        what: BulkAction,
    ) -> Result<u64, Error> {
        let (mut change, caller) = self.begin_alone(caller).await?;
        let now = change.now;
        let visible = caller.visible();
        let (filter, meant) = match which {
            Targets::These(ids) => {
                check_number(Tally::exact(ids.len() as u64))?;
                (Filter { visible, org: Some(org), ids: Some(ids.clone()), ..Filter::default() }, ids.len() as u64)
            }
            Targets::Listed { query, expected } => {
                let (filter, _) = resolve(&mut change, &caller, org, query, now).await?;
                let meant = check_number(count(&mut change, &filter).await?)?;
                if expected.is_some_and(|expected| meant > expected) {
                    return Err(Error::Token(TokenError::MoreMatch { now: meant }));
                }
                (filter, meant)
            }
        };
        let tokens = read(&mut change, &filter).await?;
        if (tokens.len() as u64) < meant {
            return Err(Error::Token(TokenError::NotFound));
        }
        for token in &tokens {
            match what {
                BulkAction::Activate => check_changeable(&mut change, &caller, token).await?,
                BulkAction::Deactivate | BulkAction::Delete => check_revocable(&mut change, &caller, token).await?,
            }
        }
        let changed = match what {
            BulkAction::Activate => {
                check_limits(&mut change, &caller, &tokens).await?;
                switch(&mut change, tokens, Status::Active).await?
            }
            BulkAction::Deactivate => switch(&mut change, tokens, Status::Inactive).await?,
            BulkAction::Delete => delete(&mut change, &tokens).await?,
        };
        change.commit().await?;
        Ok(changed)
    }
}

/// Rejects no targets and too many.
fn check_number(count: Tally) -> Result<u64, Error> {
    match count.known() {
        0 => Err(Error::Token(TokenError::NothingSelected)),
        known if count.is_more() || known > MAX_AT_ONCE => {
            Err(Error::Token(TokenError::TooManySelected { limit: MAX_AT_ONCE }))
        }
        known => Ok(known),
    }
}

/// Denies activating a token that exceeds the limits it would inherit from the caller.
async fn check_limits(change: &mut AuditedTransaction, caller: &Caller, tokens: &[Authorization]) -> Result<(), Error> {
    let now = change.now;
    let inheritance = Inheritance::of(change, caller, now).await?;
    let switched = tokens.iter().filter(|token| token.status == Status::Inactive && token.ended_at.is_none());
    for token in switched {
        check_switch(token, Status::Active)?;
        let wish = AuthorizationChanges::default().wish(token);
        let bounds = inheritance.bounds_of_change(change, token, &wish).await?;
        check_within(&bounds, token.expires_at, &token.networks)?;
    }
    Ok(())
}

async fn read(change: &mut AuditedTransaction, filter: &Filter) -> Result<Vec<Authorization>, Error> {
    let mut tokens: Vec<Authorization> = Vec::new();
    loop {
        let start = tokens.last().map_or(Start::Offset(0), |last| Start::After(last.id));
        let portion = jeton_store::authorization_list::list(change, filter, Sort::Id, start, PORTION).await?;
        let complete = portion.len() as i64 == PORTION;
        tokens.extend(portion);
        if !complete {
            return Ok(tokens);
        }
    }
}

async fn switch(change: &mut AuditedTransaction, tokens: Vec<Authorization>, status: Status) -> Result<u64, Error> {
    let mut changed = 0;
    for before in tokens.into_iter().filter(|token| token.status != status && token.ended_at.is_none()) {
        switch_one(change, before, status, Event::AuthorizationUpdated, None).await?;
        changed += 1;
    }
    Ok(changed)
}

/// Sets the status of one token, and records it as `event`. `descendant_of`: the token whose descendants are
/// deactivated.
///
/// # Errors
/// The database may fail.
pub(crate) async fn switch_one(
    change: &mut AuditedTransaction,
    before: Authorization,
    status: Status,
    event: Event,
    descendant_of: Option<AuthorizationId>,
) -> Result<(), Error> {
    let updated_at = later_than(before.updated_at, change.now);
    let after = Authorization { status, updated_at, ..before.clone() };
    jeton_store::authorizations::update(change, &after, &keys(&after)).await?;
    let detail = AuthorizationUpdated::of(&before, &after, descendant_of);
    change.record(event, Some(after.org), after.id, detail).await
}

async fn delete(change: &mut AuditedTransaction, tokens: &[Authorization]) -> Result<u64, Error> {
    for token in tokens {
        jeton_store::authorizations::delete(change, token.id).await?;
        let detail = AuthorizationDeleted::of(token, CredentialName::of_token(token));
        change.record(Event::AuthorizationDeleted, Some(token.org), token.id, detail).await?;
    }
    Ok(tokens.len() as u64)
}
