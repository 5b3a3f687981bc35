//! The acceptor of TLS connections, which also answers challenges of ACME (TLS-ALPN-01, RFC 8737).

use std::{io, sync::Arc};

use jeton_model::Timestamp;
use jeton_service::Clock;
use rustls::{
    ServerConfig,
    server::{self, ClientHello},
};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio_rustls::{LazyConfigAcceptor, TlsAcceptor, server::TlsStream};

use super::certificate::not_after;

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

/// Returns the time until when the certificate is valid that the client of a connection has shown, and that is accepted;
/// `None` if it has shown none. To be called after the handshake.
pub fn certified_until<S>(stream: &TlsStream<S>) -> Option<Timestamp> {
    let chain = stream.get_ref().1.peer_certificates()?;
    let ends = chain.iter().map(|certificate| not_after(certificate).unwrap_or(Timestamp::from_micros(0)));
    first_end(ends, Clock::System.now())
}

/// Returns the end of validity of a chain, whose first certificate is the client's. One that has expired already was not
/// needed for the handshake.
fn first_end(mut ends: impl Iterator<Item = Timestamp>, now: Timestamp) -> Option<Timestamp> {
    let own = ends.next()?;
    Some(ends.filter(|end| *end >= now).fold(own, Timestamp::min))
}

fn is_challenge(hello: &ClientHello<'_>) -> bool {
    hello.alpn().is_some_and(|mut offered| offered.next() == Some(CHALLENGE) && offered.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(ends: &[i64]) -> Option<i64> {
        let ends = ends.iter().map(|end| Timestamp::from_micros(*end));
        first_end(ends, Timestamp::from_micros(10)).map(Timestamp::micros)
    }

    #[test]
    fn a_chain_ends_with_the_first_of_its_certificates() {
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[20]), Some(20));
        assert_eq!(of(&[20, 15, 30]), Some(15));
        assert_eq!(of(&[20, 5]), Some(20), "it was not needed");
        assert_eq!(of(&[0, 20]), Some(0), "no certificate");
    }
}
