//! The acceptor of TLS connections, which also answers challenges of ACME (TLS-ALPN-01, RFC 8737).

use std::{io, sync::Arc};

use rustls::{
    ServerConfig,
    server::{self, ClientHello},
};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio_rustls::{LazyConfigAcceptor, TlsAcceptor, server::TlsStream};

/// The only protocol that an authority offers in the handshake of a challenge.
pub const CHALLENGE: &[u8] = b"acme-tls/1";

/// The acceptor of TLS connections. Clones share their configurations.
#[derive(Clone)]
pub struct Acceptor {
    usual: TlsAcceptor,
    /// The configuration for challenges, which asks for no certificate of the client.
    challenges: Option<Arc<ServerConfig>>,
}

impl Acceptor {
    /// Returns an acceptor. `challenges`: the configuration for challenges of ACME, if any are answered.
    pub fn new(usual: ServerConfig, challenges: Option<Arc<ServerConfig>>) -> Self {
        Self { usual: TlsAcceptor::from(Arc::new(usual)), challenges }
    }

    /// Returns the configuration of connections that are no challenges.
    pub fn config(&self) -> &Arc<ServerConfig> {
        self.usual.config()
    }

    /// Performs the handshake. A challenge is answered by the handshake alone, and its connection closed.
    ///
    /// # Errors
    /// Fails if the handshake fails, and after a challenge.
    pub async fn accept<S: AsyncRead + AsyncWrite + Unpin>(&self, stream: S) -> io::Result<TlsStream<S>> {
        let Some(challenges) = &self.challenges else { return self.usual.accept(stream).await };
        let begun = LazyConfigAcceptor::new(server::Acceptor::default(), stream).await?;
        if is_challenge(&begun.client_hello()) {
            begun.into_stream(Arc::clone(challenges)).await?.shutdown().await?;
            return Err(io::Error::other("the connection was a challenge of ACME"));
        }
        begun.into_stream(Arc::clone(self.config())).await
    }
}

/// Returns whether the client of a connection has shown a certificate that is accepted.
pub fn is_certified<S>(stream: &TlsStream<S>) -> bool {
    stream.get_ref().1.peer_certificates().is_some_and(|chain| !chain.is_empty())
}

fn is_challenge(hello: &ClientHello<'_>) -> bool {
    hello.alpn().is_some_and(|mut offered| offered.next() == Some(CHALLENGE) && offered.next().is_none())
}
