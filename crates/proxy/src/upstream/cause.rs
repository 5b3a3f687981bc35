//! The causes of failed requests to the database, for the log.

use std::{error::Error, io};

use rustls::{AlertDescription, CertificateError};

use super::connector::LateHandshake;

/// Returns an error and its causes, outermost first. They contain no part of the request.
pub(super) fn causes(error: &(dyn Error + 'static)) -> String {
    let mut texts = vec![error.to_string()];
    let mut source = error.source();
    while let Some(error) = source {
        texts.push(error.to_string());
        source = error.source();
    }
    texts.dedup();
    texts.join(": ")
}

/// Returns the remedy of a TLS error; `None` for another error.
pub(super) fn advice(error: &(dyn Error + 'static)) -> Option<&'static str> {
    if find::<LateHandshake>(error).is_some() {
        return Some("the port of upstream may not be one with TLS: name one, or write http://");
    }
    find::<rustls::Error>(error).map(|error| match error {
        rustls::Error::InvalidCertificate(flaw) => certificate_advice(flaw),
        rustls::Error::InvalidMessage(_) => "the port of upstream speaks no TLS: name one that does, or write http://",
        rustls::Error::AlertReceived(AlertDescription::NoApplicationProtocol) => {
            "let the database, or the proxy before it, offer HTTP/1.1"
        }
        _ => "let the database accept TLS 1.2 or 1.3, without a certificate of its clients",
    })
}

fn certificate_advice(flaw: &CertificateError) -> &'static str {
    match flaw {
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            "set upstream-ca-file to the certificate of the authority that issued the certificate of the database"
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "write a host in upstream that is in the certificate of the database"
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "renew the certificate of the database",
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "set the clock of this machine, or give the database a certificate that is valid now"
        }
        _ => "give the database a certificate for servers, issued by an authority",
    }
}

/// Returns the first error of type `E` in the chain of an error's causes. The error inside an [`io::Error`] is not its
/// source, so that it is followed explicitly.
fn find<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<E>() {
            return Some(found);
        }
        next = match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => {
                let inner: &(dyn Error + 'static) = inner;
                Some(inner)
            }
            None => error.source(),
        };
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An error as the connector passes it on.
    fn passed_on(error: rustls::Error) -> io::Error {
        io::Error::other(io::Error::new(io::ErrorKind::InvalidData, error))
    }

    #[test]
    fn the_log_says_what_to_do_about_a_certificate_that_is_not_accepted() {
        for (flaw, begins) in [
            (CertificateError::UnknownIssuer, "set upstream-ca-file"),
            (CertificateError::NotValidForName, "write a host in upstream"),
            (CertificateError::Expired, "renew the certificate"),
            (CertificateError::NotValidYet, "set the clock"),
            (CertificateError::Revoked, "give the database a certificate"),
        ] {
            let said = advice(&passed_on(rustls::Error::InvalidCertificate(flaw.clone())));
            assert!(said.is_some_and(|said| said.starts_with(begins)), "{flaw:?}: {said:?}");
        }
    }

    #[test]
    fn the_log_says_what_to_do_about_a_port_without_tls_and_nothing_about_other_failures() {
        let garbled = rustls::Error::InvalidMessage(rustls::InvalidMessage::InvalidContentType);
        assert!(advice(&passed_on(garbled)).is_some_and(|said| said.contains("speaks no TLS")));
        assert!(advice(&LateHandshake).is_some_and(|said| said.contains("http://")));
        assert_eq!(advice(&io::Error::from(io::ErrorKind::ConnectionRefused)), None);
    }
}
