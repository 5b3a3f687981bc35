//! The origin of the server's certificate.

use super::{acme::AcmeSettings, tls::TlsFiles};

/// The origin of the server's certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TlsSettings {
    /// Files, which another program renews.
    Files(TlsFiles),
    /// An authority, by ACME.
    Acme(AcmeSettings),
}
