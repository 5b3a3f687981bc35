//! A request's body that tells when it was read to its end.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use axum::{
    BoxError,
    body::{Body, Bytes},
};
use http_body::{Frame, SizeHint};

use super::Exchange;

/// Returns the body of a request; the exchange learns when its last byte was read.
pub(super) fn watched<B>(body: B, exchange: Exchange) -> Body
where
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    if body.is_end_stream() {
        exchange.body_was_read();
        return Body::empty();
    }
    Body::new(WatchedBody { body: Body::new(body), exchange })
}

struct WatchedBody {
    body: Body,
    exchange: Exchange,
}

impl http_body::Body for WatchedBody {
    type Data = <Body as http_body::Body>::Data;
    type Error = <Body as http_body::Body>::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let this = self.get_mut();
        let frame = ready!(Pin::new(&mut this.body).poll_frame(context));
        if frame.is_none() || this.is_end_stream() {
            this.exchange.body_was_read();
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
