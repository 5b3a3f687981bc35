//! The health of the server's own certificate.

use std::sync::{Arc, PoisonError, RwLock};

/// The problem of the server's own certificate that `/health` reports; none unless one is set. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct CertificateHealth(Arc<RwLock<Option<&'static str>>>);

impl CertificateHealth {
    /// Sets the problem, or that there is none any more. Everyone can read it.
    pub fn set(&self, problem: Option<&'static str>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = problem;
    }

    /// Returns the problem; `None` if there is none.
    pub fn problem(&self) -> Option<&'static str> {
        *self.0.read().unwrap_or_else(PoisonError::into_inner)
    }
}
