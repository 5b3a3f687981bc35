//! The health of the server's own certificate.

use std::sync::{Arc, PoisonError, RwLock};

/// A problem of the server's own certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateProblem {
    /// There is none yet: TLS handshakes are refused.
    Missing,
    /// It could not be renewed.
    NotRenewed,
}

impl CertificateProblem {
    /// Returns the message of `/health`.
    pub const fn message(self) -> &'static str {
        match self {
            Self::Missing => "there is no certificate yet; the log of the server has the reason",
            Self::NotRenewed => "the certificate could not be renewed; the log of the server has the reason",
        }
    }
}

/// The problem of the server's own certificate; none unless one is set. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct CertificateHealth(Arc<RwLock<Option<CertificateProblem>>>);

impl CertificateHealth {
    /// Sets the problem, or that there is none any more.
    pub fn set(&self, problem: Option<CertificateProblem>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = problem;
    }

    /// Returns the problem; `None` if there is none.
    pub fn problem(&self) -> Option<CertificateProblem> {
        *self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns whether there is no certificate, so that TLS handshakes are refused.
    pub fn is_missing(&self) -> bool {
        self.problem() == Some(CertificateProblem::Missing)
    }
}
