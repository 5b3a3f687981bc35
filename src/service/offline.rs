//! The rules for whoever holds the database itself, without a running server.

use crate::{model::Error, store::Store};

use super::{AuditKey, Clock, Quotas, Service, audit::KeyError, transaction::AuditedTransaction};

/// Whoever holds the database. They could write into it whatever they like, so nothing is asked of them, but that all is
/// done by the rules and told to the audit log. It is made of an opened store and its key, never of a running
/// [`Service`], which keeps both to itself: no request can get at one. The command line makes it.
pub struct Offline {
    pub(super) service: Service,
}

impl Offline {
    /// Fails if the database was started with another audit key.
    pub async fn start(store: Store, clock: Clock, audit_key: AuditKey) -> Result<Self, KeyError> {
        Ok(Self { service: Service::start(store, clock, audit_key, Quotas::NONE).await? })
    }

    /// Waits for what is under way and closes the database.
    pub async fn close(self) {
        self.service.close().await;
    }

    /// Begins a change that nobody signed in makes: `via` says what does, in the audit log.
    pub(super) async fn begin(&self, via: &'static str) -> Result<AuditedTransaction, Error> {
        Ok(self.service.begin_as(None).await?.via(via))
    }
}
