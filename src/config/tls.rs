//! The flags of TLS.

use std::path::PathBuf;

/// The files of a certificate and of its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate, followed by those between it and the root.
    pub cert: PathBuf,
    /// The private key.
    pub key: PathBuf,
    /// The certificates that clients may show.
    pub clients: Option<TlsClients>,
}

/// The certificates that clients may show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsClients {
    /// The file with the certificates of the authorities that issue them.
    pub ca: PathBuf,
    /// True if every client must show one.
    pub required: bool,
}

/// The reason why the flags are inconsistent, in one sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TlsFlagsError {
    /// There is a certificate without a key.
    #[error("--tls-cert needs the key of the certificate; set --tls-key too")]
    NoKey,
    /// There is a key without a certificate.
    #[error("--tls-key needs the certificate of the key; set --tls-cert too")]
    NoCertificate,
    /// There is a certificate of files and one by ACME.
    #[error("--acme-domain obtains the certificate of the server; remove it, or --tls-cert and --tls-key")]
    TwoCertificates,
    /// There are settings of ACME without a domain.
    #[error("{0} belongs to a certificate by ACME; set --acme-domain too, or remove it")]
    NoAcmeDomain(&'static str),
    /// There is the identifier of an external account without its key.
    #[error("--acme-eab-kid needs the key of the external account; set --acme-eab-key-file too")]
    NoEabKey,
    /// There is the key of an external account without its identifier.
    #[error("--acme-eab-key-file needs the identifier of the key; set --acme-eab-kid too")]
    NoEabKid,
    /// There is a redirect to a listener without TLS.
    #[error("--redirect-addr redirects to https; set --tls-cert and --tls-key too, or --acme-domain, or remove it")]
    NothingToRedirectTo,
    /// There are certificates of clients for a listener without TLS.
    #[error(
        "--tls-client-ca accepts certificates of clients over TLS; set --tls-cert and --tls-key too, or --acme-domain, or remove it"
    )]
    NoTlsForClients,
    /// Certificates of clients are required, and nobody issues them.
    #[error("--tls-client-required needs the authority that issues certificates of clients; set --tls-client-ca too")]
    NoClientCa,
}
