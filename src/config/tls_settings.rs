//! The origin of the server's certificate.

use super::{acme::AcmeSettings, acme_eab::ExternalAccount, tls::TlsFiles};

/// The origin of the server's certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TlsSettings {
    /// Files, which another program renews.
    Files(TlsFiles),
    /// An authority, by ACME.
    Acme(AcmeSettings),
}

impl TlsSettings {
    /// Returns the external account at the authority; `None` without one.
    pub const fn external_account(&self) -> Option<&ExternalAccount> {
        match self {
            Self::Files(_) => None,
            Self::Acme(settings) => settings.external_account.as_ref(),
        }
    }
}
