//! Authorizations: creating, reading, changing and deleting the records of tokens.

pub(crate) mod access;
pub mod api_list;
mod attention;
pub(crate) mod backfill;
pub mod bulk;
pub(crate) mod console_list;
mod constraints;
pub(crate) mod create;
pub mod descendants;
mod expired;
mod expiry_notice;
pub mod gauges;
pub(crate) mod idempotency;
pub mod introspection;
pub mod leaked;
mod lineage;
pub mod name_lookup;
mod narrowing;
pub mod picker;
mod prefill;
mod prepare;
pub(crate) mod quotas;
mod request;
mod resource_names;
pub mod rotation;
pub(crate) mod search_keys;
mod self_rotation;
pub mod simulate;
mod successor;
mod supplied;
pub(crate) mod usage;
pub mod v1;

use jeton_model::{Authorization, AuthorizationId, Liveness, Timestamp, console::tokens::Details};

use crate::{
    Caller, Error, Service,
    audit::{
        Event,
        detail::{
            token_changes::AuthorizationUpdated,
            tokens::{AuthorizationDeleted, CredentialName},
        },
    },
    auth::{account_control::check_revocable, inherited_limits::Inheritance},
    error::TokenError,
    orgs::rules::rules_of,
    transaction::AuditedTransaction,
};

use access::{check_may_change, existing, readable, refuse_orphan};
use constraints::AuthorizationChanges;
use name_lookup::Names;
use request::parse_changes;
use search_keys::keys;

pub use create::Created;
pub use request::{AuthorizationUpdate, CreateAuthorization, RequestedPermission, ResourceNames, TokenOptions};
pub use supplied::SuppliedToken;

impl Service {
    /// An authorization that the caller may read (docs/influxdb-compatibility.md §4.4).
    ///
    /// # Errors
    /// [`TokenError::NotFound`]; `UserError::NotFound` or `OrgError::NotFound` if it ended;
    /// `AuthError::Unauthorized`; the database may fail.
    pub async fn authorization(&self, caller: &Caller, id: AuthorizationId) -> Result<Details, Error> {
        let mut reader = self.read().await?;
        let authorization = self.with_last_use(readable(&mut reader, caller, id).await?);
        let names = Names::of(&mut reader, std::slice::from_ref(&authorization)).await?;
        refuse_orphan(&names, &authorization)?;
        Ok(names.details(authorization, self.now()))
    }

    /// An authorization for the console, also if it ended; with the rules that it breaks while it can still be used.
    ///
    /// # Errors
    /// [`TokenError::NotFound`]; `AuthError::Unauthorized`; the database may fail.
    pub async fn token_details(&self, caller: &Caller, id: AuthorizationId) -> Result<Details, Error> {
        let mut reader = self.read().await?;
        let authorization = self.with_last_use(readable(&mut reader, caller, id).await?);
        let names = Names::of(&mut reader, std::slice::from_ref(&authorization)).await?;
        let mut details = names.details(authorization, self.now());
        if matches!(details.liveness, Liveness::Live | Liveness::Inactive) {
            let rules = rules_of(&mut reader, details.authorization.org).await?;
            details.out_of_line = rules.broken_by(&details.authorization);
        }
        Ok(details)
    }

    /// Changes description, status, expiry and networks; permissions are immutable (docs/influxdb-compatibility.md
    /// §4.5). Ended authorizations cannot be changed, expired ones not revived.
    ///
    /// # Errors
    /// [`TokenError::NotFound`]; `UserError::NotFound` or `OrgError::NotFound` if it ended; `AuthError::HoldsMore`,
    /// [`TokenError::Status`], [`TokenError::Leaked`], [`TokenError::Expired`], [`TokenError::ExpiryPast`],
    /// [`TokenError::RuleBroken`], `DelegationError::OutlivesCaller`, `DelegationError::ReachesBeyondCaller`;
    /// `AuthError::Unauthorized`; the database may fail.
    pub async fn update_authorization(
        &self,
        caller: &Caller,
        id: AuthorizationId,
        update: AuthorizationUpdate,
    ) -> Result<Details, Error> {
        let (mut change, caller) = self.begin(caller).await?;
        let before = readable(&mut change, &caller, id).await?;
        check_may_change(&mut change, &caller, &before, &update).await?;
        let names = Names::of(&mut change, std::slice::from_ref(&before)).await?;
        refuse_orphan(&names, &before)?;
        let changes = parse_changes(update, Error::Token(TokenError::Status))?;
        let mut after = changed(&mut change, &caller, &before, changes).await?;
        after.updated_at = later_than(before.updated_at, change.now);
        jeton_store::authorizations::update(&mut change, &after, &keys(&after)).await?;
        self_rotation::restore(&mut change, &caller, &before, &after).await?;
        let detail = AuthorizationUpdated::of(&before, &after, None);
        change.record(Event::AuthorizationUpdated, Some(after.org), id, detail).await?;
        let now = change.now;
        change.commit().await?;
        Ok(names.details(after, now))
    }

    /// Deletes an authorization: its token is denied from the next request on.
    ///
    /// # Errors
    /// [`TokenError::NotFound`], `AuthError::HoldsMore`; `AuthError::Unauthorized`; the database may fail.
    pub async fn delete_authorization(&self, caller: &Caller, id: AuthorizationId) -> Result<Authorization, Error> {
        let (mut change, caller) = self.begin(caller).await?;
        let authorization = existing(&mut change, id).await?;
        check_revocable(&mut change, &caller, &authorization).await?;
        jeton_store::authorizations::delete(&mut change, id).await?;
        let detail = AuthorizationDeleted::of(&authorization, CredentialName::of_token(&authorization));
        change.record(Event::AuthorizationDeleted, Some(authorization.org), id, detail).await?;
        change.commit().await?;
        Ok(authorization)
    }
}

/// An authorization after a change, within the rules of its organization and the limits that it inherits.
///
/// # Errors
/// Those of `constraints::changed`; the database may fail.
pub(super) async fn changed(
    change: &mut AuditedTransaction,
    caller: &Caller,
    before: &Authorization,
    changes: AuthorizationChanges,
) -> Result<Authorization, Error> {
    let rules = rules_of(change, before.org).await?;
    let now = change.now;
    let mut bounds = Vec::new();
    if changes.are_limited(before) {
        let inheritance = Inheritance::of(change, caller, now).await?;
        bounds = inheritance.bounds_of_change(change, before, &changes.wish(before)).await?;
    }
    constraints::changed(&bounds, &rules, before, changes, now)
}

/// The time of a change, later than the one before: two changes in one microsecond keep their order.
pub(super) fn later_than(before: Timestamp, now: Timestamp) -> Timestamp {
    now.max(Timestamp::from_micros(before.micros() + 1))
}
