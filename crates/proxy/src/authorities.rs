//! The certificate authorities (CAs) that are trusted for a database's TLS certificate.

use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, pem::PemObject as _},
};

/// Parses the CA certificates of a file; `None` if it has none, or one that cannot be used.
pub(crate) fn in_pem(pem: &[u8]) -> Option<RootCertStore> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        roots.add(certificate.ok()?).ok()?;
    }
    (!roots.is_empty()).then_some(roots)
}

/// Returns the CAs that the operating system trusts; `None` if there are none.
pub(crate) fn of_machine() -> Option<RootCertStore> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    (!roots.is_empty()).then_some(roots)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A certificate of the server's tests.
    const CERTIFICATE: &[u8] = include_bytes!("../../../tests/jeton/tls/first.crt");
    const BROKEN: &[u8] = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

    fn number(pem: &[u8]) -> Option<usize> {
        in_pem(pem).map(|roots| roots.len())
    }

    #[test]
    fn every_certificate_of_a_file_is_an_authority_and_what_is_none_is_refused() {
        assert_eq!(number(CERTIFICATE), Some(1));
        assert_eq!(number(&[CERTIFICATE, CERTIFICATE].concat()), Some(2));
        assert_eq!(number(b""), None);
        assert_eq!(number(b"no certificate"), None);
        assert_eq!(number(BROKEN), None);
        assert_eq!(number(&[CERTIFICATE, BROKEN].concat()), None, "one that cannot be used is not left out");
    }
}
