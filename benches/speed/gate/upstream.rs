//! A fake database that discards writes, streams reads, and pauses answers until [`Upstream::end_answers`].

use std::{convert::Infallible, net::SocketAddr};

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use http_body_util::{BodyExt as _, Empty, StreamBody, combinators::UnsyncBoxBody};
use hyper::{
    Request, Response, StatusCode,
    body::{Frame, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
};

use crate::common;

/// The target of a read that streams [`STREAMED`] bytes.
pub const STREAM: &str = "/api/v1/export?match[]=up";
/// The target of a read whose answer is [`FIRST`], and [`LAST`] after [`Upstream::end_answers`].
pub const HOLD: &str = "/api/v1/labels";
/// Number of bytes of a stream: 1 GiB.
pub const STREAMED: u64 = CHUNK as u64 * CHUNKS as u64;
/// The first part of a paused answer.
pub const FIRST: &str = "the first part";
/// The last part of a paused answer.
pub const LAST: &str = "the last part";

const CHUNK: usize = 64 * 1024;
const CHUNKS: usize = 16 * 1024;

type Body = UnsyncBoxBody<Bytes, Infallible>;

/// A running database.
pub struct Upstream {
    /// Its address.
    pub address: SocketAddr,
    ends: watch::Sender<bool>,
}

impl Upstream {
    /// Starts it on a free port.
    pub async fn start() -> common::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (ends, ended) = watch::channel(false);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, ended.clone()));
            }
        });
        Ok(Self { address, ends })
    }

    /// Completes the paused answers, and all later ones without a pause.
    pub fn end_answers(&self) {
        self.ends.send_replace(true);
    }
}

async fn serve(stream: TcpStream, ended: watch::Receiver<bool>) {
    drop(stream.set_nodelay(true));
    let service = service_fn(move |request| answer(request, ended.clone()));
    drop(http1::Builder::new().serve_connection(TokioIo::new(stream), service).await);
}

async fn answer(request: Request<Incoming>, ended: watch::Receiver<bool>) -> Result<Response<Body>, Infallible> {
    let body = match request.uri().path() {
        "/api/v1/export" => streamed(),
        HOLD => begun(ended),
        _ => {
            drop(request.into_body().collect().await);
            let mut accepted = Response::new(Empty::new().boxed_unsync());
            *accepted.status_mut() = StatusCode::NO_CONTENT;
            return Ok(accepted);
        }
    };
    Ok(Response::new(body))
}

fn streamed() -> Body {
    let chunk = Bytes::from_static(&[b'x'; CHUNK]);
    StreamBody::new(stream::iter(std::iter::repeat_n(chunk, CHUNKS).map(part))).boxed_unsync()
}

fn begun(mut ended: watch::Receiver<bool>) -> Body {
    let first = stream::once(async { part(Bytes::from_static(FIRST.as_bytes())) });
    let last = stream::once(async move {
        drop(ended.wait_for(|ends| *ends).await);
        part(Bytes::from_static(LAST.as_bytes()))
    });
    StreamBody::new(first.chain(last)).boxed_unsync()
}

fn part(bytes: Bytes) -> Result<Frame<Bytes>, Infallible> {
    Ok(Frame::data(bytes))
}
