//! The two bodies of an exchange, which end with an error if the gate ends the exchange.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt as _;

use crate::body::{AnyBody, BodyError};

use super::{Exchange, State};

/// Returns the body of an answer. If the gate ends the exchange, it fails, so that the client sees no regular end.
pub(crate) fn guarded(body: AnyBody, exchange: Exchange) -> AnyBody {
    exchange.state.answer.hold(body);
    GuardedAnswer(exchange).boxed_unsync()
}

/// Returns the body of a request. If the gate ends the exchange, it fails, so that the database gets nothing more.
pub(super) fn guarded_upload(body: AnyBody, state: Arc<State>) -> AnyBody {
    state.upload.hold(body);
    GuardedUpload(state).boxed_unsync()
}

struct GuardedAnswer(Exchange);

impl Body for GuardedAnswer {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        self.0.state.answer.poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.0.state.answer.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.state.answer.size_hint()
    }
}

struct GuardedUpload(Arc<State>);

impl Body for GuardedUpload {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        self.0.upload.poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.0.upload.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.upload.size_hint()
    }
}

impl Drop for GuardedUpload {
    fn drop(&mut self) {
        self.0.upload.take_away();
    }
}
