//! Two timeouts that the HTTP library measures with one timer: a connection may be idle for long, because a reverse
//! proxy reuses it, while a request's head must arrive soon after its first byte, because a client could otherwise hold
//! any number of connections with half of a request (slowloris).
//!
//! The library's timer limits the idle time, and with it the time of everything else that it waits for. The stream
//! limits the time of a head: it sees when bytes arrive, and the service, which shares the connection's [`Progress`],
//! notes when they have become a request and when that is over.
//!
//! With TLS, clients may choose HTTP/2, by ALPN or by their first bytes. Its requests are multiplexed, so that the
//! bytes do not show where a head begins: such a connection is closed when no byte has been transferred for the idle
//! time.
//!
//! A client that does not read its answers has a limited time too, below TLS: see [`ClientStream`].

mod body;
mod following;
mod server_stream;
mod stream;

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::extract::connect_info::IntoMakeServiceWithConnectInfo;
use axum_server::{Server, accept::Accept};
use jeton_proxy::ClientStream;
use tokio::net::TcpStream;

use crate::config::Timeouts;

use super::{acceptor::Acceptor, front::Front};

use following::Following;
use server_stream::ServerStream;
use stream::TimedStream;

/// Maximum number of requests at once on a connection of HTTP/2.
const MAX_STREAMS: u32 = 128;
/// Maximum number of bytes of the headers of a request of HTTP/2. It exceeds the limit for all versions of HTTP, so
/// that a request between the two gets an answer with the reason.
const HEADERS: u32 = 128 << 10;

/// A server that closes connections in time; its services follow the progress of requests.
pub type TimedServer = Server<SocketAddr, TimedAcceptor>;

/// The service of a listener. It passes the peer's address to handlers.
pub type MakeService = IntoMakeServiceWithConnectInfo<Front, SocketAddr>;

/// Limits the time for a request's head and the idle time of connections. `tls`: accepts connections with TLS.
pub fn timed(server: Server<SocketAddr>, timeouts: Timeouts, tls: Option<Acceptor>) -> TimedServer {
    let is_encrypted = tls.is_some();
    let server = server.acceptor(TimedAcceptor { timeouts, tls });
    let mut server = if is_encrypted {
        // hyper does not limit the time in which it waits for the bytes that determine the version of HTTP.
        server.first_request_timeout(timeouts.idle)
    } else {
        // Without TLS, browsers and InfluxDB's clients use nothing newer than HTTP/1.
        server.http1_only()
    };
    server.http_builder().http1().header_read_timeout(timeouts.idle);
    server.http_builder().http2().max_concurrent_streams(MAX_STREAMS).max_header_list_size(HEADERS);
    server
}

/// Returns the service of a [`TimedServer`].
pub fn service(front: Front) -> MakeService {
    // Any type of body does: the server has its own.
    axum::ServiceExt::<axum::extract::Request>::into_make_service_with_connect_info(front)
}

/// Lets stream and service of each connection share its progress.
#[derive(Clone)]
pub struct TimedAcceptor {
    timeouts: Timeouts,
    tls: Option<Acceptor>,
}

impl<S: Send + 'static> Accept<TcpStream, S> for TimedAcceptor {
    type Stream = TimedStream<ServerStream>;
    type Service = Following<S>;
    type Future = Pin<Box<dyn Future<Output = io::Result<(Self::Stream, Self::Service)>> + Send>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        // The rest of a long response does not wait until the client acknowledges the part before. If this fails, the
        // connection is gone, or merely slower.
        drop(stream.set_nodelay(true));
        let Self { timeouts, tls } = self.clone();
        let stream = ClientStream::new(stream, timeouts.write);
        Box::pin(async move {
            let stream = match tls {
                Some(tls) => ServerStream::encrypted(&tls, stream, timeouts.head).await?,
                None => ServerStream::Plain(stream),
            };
            let connection = Connection::default();
            if stream.is_multiplexed() {
                connection.multiplex();
            }
            let service = Following::new(service, connection.clone(), stream.certified_until());
            Ok((TimedStream::new(stream, connection, timeouts), service))
        })
    }
}

/// The progress of a connection, shared by its stream and its service.
#[derive(Clone, Debug, Default)]
pub struct Connection(Arc<Mutex<Progress>>);

#[derive(Debug, Default)]
struct Progress {
    phase: Phase,
    /// Number of the request that is being handled, from 1.
    request: u64,
    is_answered: bool,
    is_body_read: bool,
    /// True if the connection is multiplexed.
    is_multiplexed: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Phase {
    /// The next byte is the first of a request.
    #[default]
    Idle,
    /// A part of a request's head has arrived.
    Head,
    /// The head has arrived whole. This ends with both the answer and the last byte of the request's body: bytes of a
    /// body begin no head. If the body is not read to its end, it lasts until the next request.
    Request,
}

impl Connection {
    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that bytes have arrived; returns whether they begin a head.
    fn has_bytes(&self) -> bool {
        let mut progress = self.progress();
        let begins = progress.phase == Phase::Idle;
        if begins {
            progress.phase = Phase::Head;
        }
        begins
    }

    /// Returns whether a part of a head has arrived.
    fn is_in_head(&self) -> bool {
        self.progress().phase == Phase::Head
    }

    /// Marks the connection as multiplexed.
    fn multiplex(&self) {
        self.progress().is_multiplexed = true;
    }

    /// Returns whether the connection is multiplexed.
    fn is_multiplexed(&self) -> bool {
        self.progress().is_multiplexed
    }

    /// Notes that a request's head has arrived whole.
    fn begin(self) -> Exchange {
        let mut progress = self.progress();
        let (request, is_multiplexed) = (progress.request + 1, progress.is_multiplexed);
        *progress = Progress { phase: Phase::Request, request, is_multiplexed, ..Progress::default() };
        drop(progress);
        Exchange { connection: self, request }
    }
}

/// A request on a connection, and its answer. Once another request has begun, it changes nothing.
#[derive(Clone, Debug)]
struct Exchange {
    connection: Connection,
    request: u64,
}

impl Exchange {
    fn was_answered(&self) {
        self.note(|progress| progress.is_answered = true);
    }

    fn body_was_read(&self) {
        self.note(|progress| progress.is_body_read = true);
    }

    fn note(&self, change: impl FnOnce(&mut Progress)) {
        let mut progress = self.connection.progress();
        if progress.request != self.request || progress.phase != Phase::Request {
            return;
        }
        change(&mut progress);
        if progress.is_answered && progress.is_body_read {
            progress.phase = Phase::Idle;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_byte_after_an_idle_phase_begins_a_head() {
        let connection = Connection::default();
        assert!(!connection.is_in_head());
        assert!(connection.has_bytes());
        assert!(connection.is_in_head());
        assert!(!connection.has_bytes(), "the second byte does not begin it again");
        let exchange = connection.clone().begin();
        assert!(!connection.is_in_head());
        exchange.body_was_read();
        exchange.was_answered();
        assert!(connection.has_bytes());
    }

    #[test]
    fn bytes_of_a_body_begin_no_head() {
        let connection = Connection::default();
        connection.has_bytes();
        let exchange = connection.clone().begin();
        assert!(!connection.has_bytes());
        exchange.was_answered();
        assert!(!connection.has_bytes(), "answered before its body has arrived");
        exchange.body_was_read();
        assert!(connection.has_bytes());
    }

    #[test]
    fn a_late_end_of_a_body_does_not_end_the_next_request() {
        let connection = Connection::default();
        let first = connection.clone().begin();
        first.was_answered();
        let second = connection.clone().begin();
        first.body_was_read();
        second.was_answered();
        assert!(!connection.has_bytes());
        second.body_was_read();
        assert!(connection.has_bytes());
    }
}
