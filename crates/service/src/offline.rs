//! The service for commands that administer the database of a stopped server.

use jeton_store::Store;

use crate::{AuditKey, Clock, Error, Quotas, Service, audit::KeyError, transaction::AuditedTransaction};

/// The operations that need access to the database and no credential.
///
/// Access to the database permits every change, so nothing is authorized; but the rules hold, and every change is
/// recorded. It is made of an opened store and its key, never of a running [`Service`], which keeps both private: no
/// request can obtain one. Only the command line makes it.
pub struct Offline {
    pub(super) service: Service,
}

impl Offline {
    /// Starts the service on a store, without quotas.
    ///
    /// # Errors
    /// [`KeyError::Other`] if the database belongs to another audit key; the database may fail.
    pub async fn start(store: Store, clock: Clock, audit_key: AuditKey) -> Result<Self, KeyError> {
        Ok(Self { service: Service::start(store, clock, audit_key, Quotas::NONE).await? })
    }

    /// Waits for running transactions and closes the database.
    pub async fn close(self) {
        self.service.close().await;
    }

    /// Begins a transaction without a caller; the audit log names `via` as the origin.
    ///
    /// # Errors
    /// The database may fail.
    pub(super) async fn begin(&self, via: &'static str) -> Result<AuditedTransaction, Error> {
        Ok(self.service.begin_job().await?.via(via))
    }
}
