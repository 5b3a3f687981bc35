//! Bodies that are sent, to clients and to databases.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http::Version;
use http_body::{Body, Frame, SizeHint};
use http_body_util::{BodyExt as _, Empty, Full, combinators::UnsyncBoxBody};
use hyper::body::Incoming;

/// The error of a body that cannot be continued.
pub type BodyError = Box<dyn std::error::Error + Send + Sync>;

/// A body of any origin.
pub type AnyBody = UnsyncBoxBody<Bytes, BodyError>;

/// Returns a body without bytes.
pub(crate) fn empty() -> AnyBody {
    Empty::<Bytes>::new().map_err(|never| match never {}).boxed_unsync()
}

/// Returns a body of these bytes.
pub(crate) fn full(bytes: impl Into<Bytes>) -> AnyBody {
    Full::new(bytes.into()).map_err(|never| match never {}).boxed_unsync()
}

/// Returns a body of another type.
pub fn boxed<B>(body: B) -> AnyBody
where
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BodyError>,
{
    body.map_err(Into::into).boxed_unsync()
}

/// Returns a body that passes on the data of an answer as they arrive.
pub(crate) fn streamed(body: Incoming) -> AnyBody {
    DataOnly { body, is_http2: false, is_cut: Arc::default() }.boxed_unsync()
}

/// Returns a body that passes on the data of a request of this version as they arrive. `is_cut` becomes true if the
/// client does not send it to its end.
pub(crate) fn uploaded(body: Incoming, version: Version, is_cut: Arc<AtomicBool>) -> AnyBody {
    DataOnly { body, is_http2: version == Version::HTTP_2, is_cut }.boxed_unsync()
}

/// A body without its trailers, which are unchecked headers.
struct DataOnly {
    body: Incoming,
    is_http2: bool,
    is_cut: Arc<AtomicBool>,
}

/// The client of HTTP/2 reset the stream without an error code, which the library takes for the end of the body.
#[derive(Debug, thiserror::Error)]
#[error("the stream was reset before the end of the body")]
struct Reset;

impl Body for DataOnly {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let this = self.get_mut();
        let error: BodyError = match ready!(Pin::new(&mut this.body).poll_frame(context)) {
            Some(Ok(frame)) => return Poll::Ready(frame.is_data().then_some(Ok(frame))),
            Some(Err(error)) => error.into(),
            None if this.is_http2 && !this.body.is_end_stream() => Reset.into(),
            None => return Poll::Ready(None),
        };
        this.is_cut.store(true, Ordering::SeqCst);
        Poll::Ready(Some(Err(error)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
