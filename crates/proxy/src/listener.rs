//! The listener of a gate: HTTP/1.1 and HTTP/2, with or without TLS. Clients choose HTTP/2 by ALPN, or begin with it.

use std::{convert::Infallible, io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use hyper::service::service_fn;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    task::JoinSet,
    time::{Instant, sleep, timeout},
};

use crate::{
    client_stream::ClientStream, comparison::keep_comparing, config::Limits, connection::Connection,
    encryption::Encrypted, exchange, gate::ProxyGate, handle::handle, lingering::LingeringStream, peer::Peer,
    policies::keep_policies_current, workers,
};

/// Maximum time for a client to end an unused connection of HTTP/2 itself.
const CLOSE_WITHIN: Duration = Duration::from_secs(5);
/// Maximum time for the deletion of the authorizations or users that the gate created.
const DELETE_WITHIN: Duration = Duration::from_secs(2);
/// Maximum number of bytes of a head, and of what is buffered of a body.
const BUFFER: usize = 128 * 1024;
/// Time between two pings of HTTP/2, which find connections that are gone.
const PING_EVERY: Duration = Duration::from_secs(30);
/// Maximum number of exchanges at once on a connection of HTTP/2.
const MAX_STREAMS: u32 = 128;
/// Pause after a failure to accept a connection, for example because there are too many open files.
const ACCEPT_AGAIN: Duration = Duration::from_millis(50);

/// Serves a gate until `shutdown` resolves and the running exchanges have finished. `finish`: the time that they have
/// for it.
pub async fn serve(
    listener: TcpListener,
    gate: ProxyGate,
    shutdown: impl Future<Output = ()> + Send,
    finish: Duration,
) {
    let (stop, stopped) = watch::channel(());
    let permits = Arc::new(Semaphore::new(gate.limits().max_connections));
    let mut connections = JoinSet::new();
    gate.upstream().probe(gate.service()).await;
    let mut watching = pin!(watch(&gate));
    let mut shutdown = pin!(shutdown);
    loop {
        tokio::select! {
            // A gate that stops accepts nothing more: another one may listen on the same address already.
            biased;
            () = shutdown.as_mut() => break,
            () = watching.as_mut() => break,
            Some(_) = connections.join_next() => {}
            accepted = accept(&listener, &permits) => {
                if let Some((stream, peer, permit)) = accepted {
                    workers::spawn(&mut connections, connection(gate.clone(), stream, peer, stopped.clone(), permit));
                }
            }
        }
    }
    drop((listener, stop));
    let finished = timeout(finish, async { while connections.join_next().await.is_some() {} });
    tokio::select! {
        finished = finished => if finished.is_err() {
            tracing::warn!(gate = gate.name(), "some exchanges were still running when the gate stopped");
        },
        () = watching => {}
    }
    end_shadows(&gate).await;
}

/// Deletes the authorizations or users that the gate created in the database, unless a replacement of the gate has taken
/// them over. Those that cannot be deleted now are deleted at the next start.
pub async fn end_shadows(gate: &ProxyGate) {
    let Some(shadows) = gate.own_shadows() else { return };
    if timeout(DELETE_WITHIN, shadows.end(gate.upstream())).await.is_err() {
        tracing::warn!(
            gate = gate.name(),
            "some credentials of the gate are deleted from its database at the next start"
        );
    }
}

/// Watches over the running exchanges and the database. It never returns.
async fn watch(gate: &ProxyGate) {
    let exchanges = exchange::watch(gate.exchanges(), gate.service(), gate.directories(), gate.counters());
    let shadows = async {
        if let Some(shadows) = gate.shadows() {
            shadows.keep_clean(gate.upstream()).await;
        }
    };
    let probing = gate.upstream().keep_probing(gate.service());
    tokio::join!(exchanges, probing, keep_policies_current(gate), keep_comparing(gate), shadows);
}

/// Accepts a connection once there is a place for it; returns `None` after a failure, which is that of one connection
/// or passes. The stream belongs to no runtime yet.
async fn accept(
    listener: &TcpListener,
    permits: &Arc<Semaphore>,
) -> Option<(std::net::TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let permit = Arc::clone(permits).acquire_owned().await.ok()?;
    let accepted = listener.accept().await.and_then(|(stream, peer)| Ok((stream.into_std()?, peer)));
    match accepted {
        Ok((stream, peer)) => Some((stream, peer, permit)),
        Err(error) => {
            if error.kind() != io::ErrorKind::ConnectionAborted {
                tracing::warn!(%error, "a gate could not accept a connection");
                sleep(ACCEPT_AGAIN).await;
            }
            None
        }
    }
}

/// Serves a connection until it ends, after the handshake if the gate has TLS. `stopped`: changes when the gate stops.
/// `_permit`: its place.
async fn connection(
    gate: ProxyGate,
    stream: std::net::TcpStream,
    peer: SocketAddr,
    mut stopped: watch::Receiver<()>,
    _permit: OwnedSemaphorePermit,
) {
    let stream = match TcpStream::from_std(stream) {
        Ok(stream) => stream,
        Err(error) => {
            tracing::warn!(gate = gate.name(), %error, "a gate could not serve a connection");
            return;
        }
    };
    // Small answers are sent at once. A failure only delays them.
    drop(stream.set_nodelay(true));
    let stream = ClientStream::new(stream, gate.limits().write);
    let address = peer.ip();
    let Some(encryption) = gate.encryption().cloned() else {
        exchanges(gate, stream, Peer::client(address), stopped).await;
        return;
    };
    let handshake = timeout(gate.limits().head, encryption.accept(stream));
    let accepted = tokio::select! {
        accepted = handshake => accepted.unwrap_or_else(|late| Err(late.into())),
        _ = stopped.changed() => return,
    };
    match accepted {
        Ok(Encrypted { stream, certified_until }) => {
            let peer = match certified_until {
                Some(until) => Peer::proxy(address, encryption, until),
                None => Peer::client(address),
            };
            exchanges(gate, stream, peer, stopped).await;
        }
        Err(error) => tracing::debug!(gate = gate.name(), %error, "a TLS handshake failed"),
    }
}

/// Serves the exchanges of a connection until it ends.
async fn exchanges<S>(gate: ProxyGate, stream: S, peer: Peer, mut stopped: watch::Receiver<()>)
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let connection = Arc::new(Connection::default());
    let limits = gate.limits();
    let io = TokioIo::new(LingeringStream::new(stream, connection.clone(), limits.head));
    let (serving, line) = (gate.clone(), connection.clone());
    let service = service_fn(move |request| {
        let answered = handle(serving.clone(), peer.clone(), line.clone(), request);
        async move { Ok::<_, Infallible>(answered.await) }
    });
    let builder = builder(limits);
    let mut served = pin!(builder.serve_connection(io, service));
    let mut unused = pin!(connection.unused(limits.idle));
    let mut closed = pin!(sleep(CLOSE_WITHIN));
    let (mut stops, mut closes) = (false, false);
    loop {
        tokio::select! {
            ended = served.as_mut() => {
                if let Err(error) = ended {
                    tracing::debug!(gate = gate.name(), %error, "a connection ended early");
                }
                return;
            }
            () = connection.aborted() => return,
            () = unused.as_mut(), if !closes => {
                // Announced to the client first. A request that it has just sent is still answered.
                closes = true;
                served.as_mut().graceful_shutdown();
                closed.as_mut().reset(Instant::now() + CLOSE_WITHIN);
            }
            () = closed.as_mut(), if closes => {
                if !connection.is_used() {
                    return;
                }
                closed.as_mut().reset(Instant::now() + CLOSE_WITHIN);
            }
            _ = stopped.changed(), if !stops => {
                stops = true;
                served.as_mut().graceful_shutdown();
            }
        }
    }
}

fn builder(limits: Limits) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(limits.idle).max_buf_size(BUFFER);
    let mut http2 = builder.http2();
    http2.timer(TokioTimer::new()).keep_alive_interval(PING_EVERY).max_concurrent_streams(MAX_STREAMS);
    builder
}
