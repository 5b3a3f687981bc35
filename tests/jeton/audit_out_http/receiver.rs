//! A server that receives audit entries.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use http::request::Parts;
use http_body_util::{BodyExt as _, Empty};
use hyper::{
    Method, Request, Response,
    body::Incoming,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, LOCATION},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
};
use serde_json::Value;
use sqlx::Row as _;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpListener,
};
use tokio_rustls::TlsAcceptor;

use crate::{
    home::Home,
    support::{certificates::fixture, polling::poll_for},
};

/// An entry's sequence number and its hash.
pub type Entry = (i64, String);

/// The reply of a receiver to each request.
#[derive(Clone, Copy, Debug)]
pub enum Reply {
    /// A status.
    Status(u16),
    /// A redirect that keeps the method.
    Redirect(SocketAddr),
    /// A closed connection, after the request was read.
    Lost,
}

/// A POST request.
#[derive(Clone, Debug)]
pub struct Post {
    pub authorization: Option<String>,
    pub kind: Option<String>,
    pub entries: Vec<Entry>,
    is_accepted: bool,
}

/// The state of a receiver.
#[derive(Debug)]
pub struct State {
    reply: Reply,
    /// Number of all requests.
    pub requests: usize,
    pub posts: Vec<Post>,
}

/// A server that receives entries.
pub struct Receiver {
    pub address: SocketAddr,
    state: Arc<Mutex<State>>,
}

fn acceptor() -> TlsAcceptor {
    let chain = vec![CertificateDer::from_pem_file(fixture("first.crt")).unwrap()];
    let key = PrivateKeyDer::from_pem_file(fixture("first.key")).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    TlsAcceptor::from(Arc::new(config.with_single_cert(chain, key).unwrap()))
}

impl Receiver {
    pub async fn start() -> Self {
        Self::listening(None).await
    }

    /// Starts a receiver with a certificate, `first.crt`.
    pub async fn encrypted() -> Self {
        Self::listening(Some(acceptor())).await
    }

    async fn listening(acceptor: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(State { reply: Reply::Status(204), requests: 0, posts: Vec::new() }));
        let shared = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, state) = (acceptor.clone(), Arc::clone(&shared));
                tokio::spawn(async move {
                    match acceptor {
                        Some(acceptor) => {
                            if let Ok(stream) = acceptor.accept(stream).await {
                                converse(stream, state).await;
                            }
                        }
                        None => converse(stream, state).await,
                    }
                });
            }
        });
        Self { address, state }
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn reply(&self, reply: Reply) {
        self.state().reply = reply;
    }

    pub fn flag(&self) -> String {
        format!("--audit-http=http://{}/in", self.address)
    }

    /// Returns the entries of the accepted requests, in the order of their arrival.
    pub fn accepted(&self) -> Vec<Entry> {
        self.state().posts.iter().filter(|post| post.is_accepted).flat_map(|post| post.entries.clone()).collect()
    }

    /// Waits until the accepted entries are those of the database, each once and in order; returns their number.
    pub async fn has_all(&self, home: &Home) -> usize {
        let arrive = poll_for(async || {
            let rows = home.rows("SELECT seq, hash FROM audit_log ORDER BY seq").await;
            let logged: Vec<Entry> = rows.iter().map(|row| (row.get("seq"), row.get("hash"))).collect();
            (!logged.is_empty() && logged == self.accepted()).then_some(logged.len())
        });
        arrive.await.unwrap_or_else(|| panic!("entries do not arrive: {:?}", self.state()))
    }
}

/// Answers the requests of a connection.
async fn converse(stream: impl AsyncRead + AsyncWrite + Unpin, state: Arc<Mutex<State>>) {
    let service = service_fn(move |request| answer(Arc::clone(&state), request));
    drop(http1::Builder::new().serve_connection(TokioIo::new(stream), service).await);
}

async fn answer(state: Arc<Mutex<State>>, request: Request<Incoming>) -> io::Result<Response<Empty<Bytes>>> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
    state.requests += 1;
    let reply = state.reply;
    if head.method == Method::POST {
        state.posts.push(read(&head, &body, matches!(reply, Reply::Status(200..=299))));
    }
    let answer = match reply {
        Reply::Status(status) => Response::builder().status(status),
        Reply::Redirect(to) => Response::builder().status(307).header(LOCATION, format!("http://{to}/in")),
        Reply::Lost => return Err(io::ErrorKind::ConnectionReset.into()),
    };
    answer.body(Empty::new()).map_err(io::Error::other)
}

fn read(head: &Parts, body: &[u8], is_accepted: bool) -> Post {
    let text = std::str::from_utf8(body).unwrap();
    assert!(text.ends_with('\n'), "{text}");
    let entry = |line: &str| {
        let entry: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        (entry["seq"].as_i64().unwrap(), entry["hash"].as_str().unwrap().to_owned())
    };
    let header = |name: HeaderName| head.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
    let entries = text.lines().map(entry).collect();
    Post { authorization: header(AUTHORIZATION), kind: header(CONTENT_TYPE), entries, is_accepted }
}
