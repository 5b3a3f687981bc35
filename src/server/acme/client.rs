//! The HTTP client of the ACME directory.

use std::{error, pin::Pin, time::Duration};

use axum::body::{Body, Bytes, to_bytes};
use http::{Request, Response};
use instant_acme::{BodyWrapper, BytesResponse, Error, HttpClient};
use reqwest::{Certificate, Client, redirect::Policy};

use crate::{config::AcmeSettings, server::ring_provider::use_ring};

use super::error::AcmeError;

/// Timeouts of connecting, and of a request with its answer.
const CONNECT_WITHIN: Duration = Duration::from_secs(10);
const ANSWER_WITHIN: Duration = Duration::from_secs(30);
/// Maximum number of bytes of the body of a request, and of an answer.
const LARGEST: usize = 1 << 20;

/// The HTTP client of the ACME directory. It follows no redirect.
pub(super) struct Http(Client);

impl Http {
    /// Returns a client that trusts the authorities of the settings, or those of the machine.
    ///
    /// # Errors
    /// Fails if the authorities can't be read or used.
    pub(super) fn new(settings: &AcmeSettings) -> Result<Self, AcmeError> {
        use_ring();
        let builder = Client::builder().user_agent(concat!("jeton/", env!("CARGO_PKG_VERSION")));
        let builder = builder.redirect(Policy::none()).connect_timeout(CONNECT_WITHIN).timeout(ANSWER_WITHIN);
        let builder = match settings.authorities()? {
            Some(trusted) => {
                let trusted = trusted.iter().map(|der| Certificate::from_der(der)).collect::<Result<Vec<_>, _>>()?;
                builder.tls_certs_only(trusted)
            }
            None => builder,
        };
        Ok(Self(builder.build()?))
    }
}

impl HttpClient for Http {
    fn request(
        &self,
        request: Request<BodyWrapper<Bytes>>,
    ) -> Pin<Box<dyn Future<Output = Result<BytesResponse, Error>> + Send>> {
        let client = self.0.clone();
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let body = to_bytes(Body::new(body), LARGEST).await.map_err(other)?;
            let request = client.request(head.method, head.uri.to_string()).headers(head.headers).body(body);
            let answer = Response::<reqwest::Body>::from(request.send().await.map_err(other)?);
            let (parts, body) = answer.into_parts();
            let body = to_bytes(Body::new(body), LARGEST).await.map_err(other)?;
            Ok(BytesResponse { parts, body: Box::new(body) })
        })
    }
}

fn other(error: impl error::Error + Send + Sync + 'static) -> Error {
    Error::Other(Box::new(error))
}

#[cfg(test)]
mod tests {
    use crate::server::acme::played::Played;

    use super::*;

    /// Returns whether an answer with a body of this length is read.
    async fn is_read(length: usize) -> bool {
        let authority = Played::answering(" ".repeat(length)).await;
        let request = Request::get(authority.settings.directory.as_str()).body(BodyWrapper::default()).unwrap();
        Http::new(&authority.settings).unwrap().request(request).await.is_ok()
    }

    #[tokio::test]
    async fn an_answer_that_is_too_large_is_not_read_to_its_end() {
        assert!(is_read(LARGEST).await);
        assert!(!is_read(LARGEST + 1).await);
    }
}
