//! Creation and deletion of shadows in a kind of database.

use futures_util::future::BoxFuture;
use jeton_gate::Authority;

use crate::upstream::{NoResponse, Upstream};

use super::Shadow;

/// The future of an answer of the database about shadows.
pub(super) type Answer<'a, T> = BoxFuture<'a, Result<T, NoResponse>>;

/// Creates and deletes shadows in a kind of database, with the credential of the gate.
pub(super) trait Issuer: Send + Sync {
    /// Returns the mark by which this gate of this instance of Jeton recognizes its own shadows. No other gate has it.
    fn mark(&self) -> &str;

    /// Creates a shadow with at most the permissions of an authority. No other one is created meanwhile.
    fn create<'a>(&'a self, upstream: &'a Upstream, authority: &'a Authority) -> Answer<'a, Shadow>;

    /// Returns whether a shadow gets the permissions of an authority in several requests, which may take long.
    fn takes_long(&self, authority: &Authority) -> bool;

    /// Gives a new shadow the permissions that it lacks. Others are created meanwhile, because it may take long.
    fn complete<'a>(&'a self, upstream: &'a Upstream, id: &'a str, authority: &'a Authority) -> Answer<'a, ()>;

    /// Returns the ids of the shadows with the mark.
    fn list<'a>(&'a self, upstream: &'a Upstream) -> Answer<'a, Vec<String>>;

    /// Deletes a shadow. One that does not exist counts as deleted.
    fn delete<'a>(&'a self, upstream: &'a Upstream, id: &'a str) -> Answer<'a, ()>;

    /// Returns whether a shadow is in the database as it was created with the permissions of an authority.
    fn is_active<'a>(&'a self, upstream: &'a Upstream, id: &'a str, authority: &'a Authority) -> Answer<'a, bool>;
}
