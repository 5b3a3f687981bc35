//! A body that can be taken away from whoever sends it on.

use std::{
    mem,
    pin::Pin,
    sync::{Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use futures_util::task::AtomicWaker;
use http_body::{Body as _, Frame, SizeHint};

use crate::body::{AnyBody, BodyError};

/// A body that is sent from here, frame by frame. Its sender may not ask for more for a long time: a client of
/// HTTP/2 that does not read makes the library wait for it. Therefore the body is not owned by its sender.
#[derive(Debug, Default)]
pub(super) struct HeldBody {
    slot: Mutex<Slot>,
    waker: AtomicWaker,
}

#[derive(Debug, Default)]
enum Slot {
    /// There is no body yet, or it was sent to its end.
    #[default]
    Empty,
    Body(AnyBody),
    TakenAway,
}

#[derive(Debug, thiserror::Error)]
#[error("the gate ended the exchange")]
struct TakenAway;

impl HeldBody {
    fn slot(&self) -> MutexGuard<'_, Slot> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Holds a body. After [`Self::take_away`], it is dropped instead.
    pub(super) fn hold(&self, body: AnyBody) {
        let mut slot = self.slot();
        if !matches!(*slot, Slot::TakenAway) {
            *slot = Slot::Body(body);
        }
    }

    /// Drops the body, and lets its sender fail, now or when it asks for more.
    pub(super) fn take_away(&self) {
        let taken = mem::replace(&mut *self.slot(), Slot::TakenAway);
        drop(taken);
        self.waker.wake();
    }

    pub(super) fn poll_frame(&self, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        self.waker.register(context.waker());
        let mut slot = self.slot();
        let frame = match &mut *slot {
            Slot::Empty => None,
            Slot::Body(body) => ready!(Pin::new(body).poll_frame(context)),
            Slot::TakenAway => Some(Err(TakenAway.into())),
        };
        if frame.is_none() {
            *slot = Slot::Empty;
        }
        Poll::Ready(frame)
    }

    pub(super) fn is_end_stream(&self) -> bool {
        match &*self.slot() {
            Slot::Empty => true,
            Slot::Body(body) => body.is_end_stream(),
            Slot::TakenAway => false,
        }
    }

    pub(super) fn size_hint(&self) -> SizeHint {
        match &*self.slot() {
            Slot::Empty => SizeHint::with_exact(0),
            Slot::Body(body) => body.size_hint(),
            Slot::TakenAway => SizeHint::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use crate::body;

    use super::*;

    #[tokio::test]
    async fn a_body_that_was_taken_away_has_no_regular_end() {
        let held = HeldBody::default();
        held.hold(body::full("text"));
        held.take_away();
        assert!(!held.is_end_stream());
        assert!(poll_fn(|context| held.poll_frame(context)).await.unwrap().is_err());
        held.hold(body::full("more"));
        assert!(poll_fn(|context| held.poll_frame(context)).await.unwrap().is_err(), "nothing follows the end");
    }

    #[tokio::test]
    async fn a_body_that_is_held_is_sent_to_its_end() {
        let held = HeldBody::default();
        held.hold(body::full("text"));
        assert_eq!(held.size_hint().exact(), Some(4));
        let frame = poll_fn(|context| held.poll_frame(context)).await.unwrap().unwrap();
        assert_eq!(frame.into_data().unwrap(), "text");
        assert!(poll_fn(|context| held.poll_frame(context)).await.is_none());
        assert!(held.is_end_stream());
    }
}
