//! TLS of a gate's listener. The server performs it, with its own certificate.

use std::{io, net::IpAddr, pin::Pin};

use http::HeaderMap;
use jeton_model::Timestamp;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::client_stream::ClientStream;

/// TLS of a gate's listener.
pub trait Encryption: Send + Sync + 'static {
    /// Performs the handshake on an accepted connection.
    fn accept(&self, stream: ClientStream) -> Handshake;

    /// Returns the address of the client that a trusted proxy reports; `None` if it reports none that can be read.
    fn client_address(&self, proxy: IpAddr, headers: &HeaderMap) -> Option<IpAddr>;
}

/// The future of a handshake.
pub type Handshake = Pin<Box<dyn Future<Output = io::Result<Encrypted>> + Send>>;

/// A connection after its handshake.
pub struct Encrypted {
    /// The decrypted bytes.
    pub stream: Box<dyn Duplex>,
    /// The time until when the certificate is valid that makes the client a trusted proxy; `None` if it has shown none.
    pub certified_until: Option<Timestamp>,
}

/// A stream in both directions.
pub trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Duplex for S {}
