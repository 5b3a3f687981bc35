//! The stream of a connection, with or without TLS.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use jeton_model::Timestamp;
use jeton_proxy::ClientStream;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::timeout,
};
use tokio_rustls::server::TlsStream;

use crate::server::{
    acceptor::{Acceptor, certified_until},
    tls_config::HTTP2,
};

/// The stream of a connection.
pub enum ServerStream {
    /// Without TLS.
    Plain(ClientStream),
    /// With TLS.
    Encrypted(Box<TlsStream<ClientStream>>),
}

impl ServerStream {
    /// Performs the TLS handshake on an accepted connection.
    ///
    /// # Errors
    /// Fails if the client does not finish the handshake in time.
    pub(super) async fn encrypted(tls: &Acceptor, stream: ClientStream, within: Duration) -> io::Result<Self> {
        let accepted = timeout(within, tls.accept(stream)).await.map_err(io::Error::from)?;
        Ok(Self::Encrypted(Box::new(accepted?)))
    }

    /// Returns the time until when the certificate is valid that the client has shown; `None` if it has shown none.
    pub(super) fn certified_until(&self) -> Option<Timestamp> {
        match self {
            Self::Plain(_) => None,
            Self::Encrypted(stream) => certified_until(stream),
        }
    }

    /// Returns whether client and server agreed on HTTP/2, which carries many requests at once.
    pub(super) fn is_multiplexed(&self) -> bool {
        match self {
            Self::Plain(_) => false,
            Self::Encrypted(stream) => stream.get_ref().1.alpn_protocol() == Some(HTTP2),
        }
    }
}

impl AsyncRead for ServerStream {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            Self::Encrypted(stream) => Pin::new(stream).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for ServerStream {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            Self::Encrypted(stream) => Pin::new(stream).poll_write(context, bytes),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write_vectored(context, parts),
            Self::Encrypted(stream) => Pin::new(stream).poll_write_vectored(context, parts),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Self::Plain(stream) => stream.is_write_vectored(),
            Self::Encrypted(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(context),
            Self::Encrypted(stream) => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Self::Encrypted(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }
}
