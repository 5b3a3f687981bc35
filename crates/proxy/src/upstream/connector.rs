//! Connections to the database, with TLS for an `https` URL.

use std::{
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use futures_util::future::BoxFuture;
use http::Uri;
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::{client::legacy::connect::HttpConnector, rt::TokioIo};
use rustls::{ClientConfig, RootCertStore, crypto::ring};
use tokio::{net::TcpStream, time::timeout};
use tower_service::Service;

use crate::{
    authorities,
    body::BodyError,
    config::{ConfigError, GateConfig},
};

/// Maximum time for a connection to the database.
const CONNECT_WITHIN: Duration = Duration::from_secs(3);
/// Maximum time for a connection together with the handshake of TLS.
const SECURE_WITHIN: Duration = Duration::from_secs(4);
/// The only protocol offered in ALPN. In HTTP/1.1, the end of one exchange cannot end another.
const PROTOCOL: &[u8] = b"http/1.1";

/// The connector to the database of a gate. With TLS, the certificate is always verified.
#[derive(Clone)]
pub(super) struct Connector(HttpsConnector<HttpConnector>);

/// The error of a TLS handshake that took longer than [`SECURE_WITHIN`].
#[derive(Debug, thiserror::Error)]
#[error("the handshake of TLS took too long")]
pub(super) struct LateHandshake;

impl Connector {
    /// Returns the connector of a configuration. `is_secure`: whether the database is reached with TLS.
    pub(super) fn new(config: &GateConfig, is_secure: bool) -> Result<Self, ConfigError> {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_connect_timeout(Some(CONNECT_WITHIN));
        tcp.set_nodelay(true);
        // Without TLS, no CA is needed.
        let roots = if is_secure { roots(config)? } else { RootCertStore::empty() };
        Ok(Self(HttpsConnector::from((tcp, tls(config, roots)?))))
    }
}

impl Service<Uri> for Connector {
    type Response = MaybeHttpsStream<TokioIo<TcpStream>>;
    type Error = BodyError;
    type Future = BoxFuture<'static, Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, address: Uri) -> Self::Future {
        let connecting = self.0.call(address);
        Box::pin(async move {
            match timeout(SECURE_WITHIN, connecting).await {
                Ok(connected) => connected,
                Err(_) => Err(LateHandshake.into()),
            }
        })
    }
}

fn tls(config: &GateConfig, roots: RootCertStore) -> Result<ClientConfig, ConfigError> {
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions();
    let builder = builder.map_err(|error| ConfigError::Tls(config.name.clone(), error.to_string()))?;
    let mut tls = builder.with_root_certificates(roots).with_no_client_auth();
    tls.alpn_protocols = vec![PROTOCOL.to_vec()];
    Ok(tls)
}

/// Returns the trusted CAs: only those of the configuration, if it names some, else those of the operating system.
fn roots(config: &GateConfig) -> Result<RootCertStore, ConfigError> {
    match &config.upstream_ca {
        Some(pem) => authorities::in_pem(pem).ok_or_else(|| ConfigError::UpstreamCa(config.name.clone())),
        None => authorities::of_machine().ok_or_else(|| ConfigError::NoAuthorities(config.name.clone())),
    }
}
