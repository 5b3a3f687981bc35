//! A certificate that an authority has issued, with its key.

use rustls::{
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    sign::CertifiedKey,
};
use secrecy::{ExposeSecret as _, SecretString};

use jeton_model::Timestamp;

use crate::server::certificate::{Validity, validity};

use super::error::AcmeError;

/// A certificate with those between it and the root, and its key, in PEM.
pub(super) struct Issued {
    pub(super) chain: String,
    pub(super) key: SecretString,
}

/// A certificate that TLS can use.
pub(super) struct Certificate {
    pub(super) key: CertifiedKey,
    pub(super) validity: Validity,
}

impl Issued {
    /// Checks that certificate and key belong together.
    ///
    /// # Errors
    /// Fails if they don't, or if one of them is none.
    pub(super) fn parsed(&self) -> Result<Certificate, AcmeError> {
        let chain = CertificateDer::pem_slice_iter(self.chain.as_bytes()).collect::<Result<Vec<_>, _>>();
        let chain = chain.map_err(|_| AcmeError::Unusable)?;
        let validity = chain.first().and_then(|first| validity(first)).ok_or(AcmeError::Unusable)?;
        let key = PrivateKeyDer::from_pem_slice(self.key.expose_secret().as_bytes());
        let key = key.map_err(|_| AcmeError::Unusable)?;
        let key = CertifiedKey::from_der(chain, key, &ring::default_provider()).map_err(|_| AcmeError::Unusable)?;
        Ok(Certificate { key, validity })
    }
}

/// Returns the time at which a certificate is renewed: after two thirds of its life, as authorities recommend.
pub fn renewal(validity: Validity) -> Timestamp {
    let life = validity.end.seconds_since(validity.start);
    validity.start.plus_seconds(life - life / 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_renewed_in_the_last_third_of_its_life_however_long_that_is() {
        let start = Timestamp::from_micros(1_800_000_000_000_000);
        for days in [1, 6, 90] {
            let validity = Validity { start, end: start.plus_seconds(days * 86_400) };
            assert_eq!(renewal(validity), start.plus_seconds(days * 57_600), "{days}");
        }
    }
}
