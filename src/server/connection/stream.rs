//! A stream with a timeout for a request's head and an idle timeout.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep, sleep},
};

use crate::config::Timeouts;

use super::{Awaited, Connection};

/// A stream that fails with [`io::ErrorKind::TimedOut`] after its limit: that of a request's head in HTTP/1, where
/// requests follow each other, and that of idle time.
#[derive(Debug)]
pub struct TimedStream<S> {
    stream: S,
    connection: Connection,
    limits: Timeouts,
    /// The timer of the head of which a part has arrived; none while no more of it is awaited.
    head: Option<Pin<Box<Sleep>>>,
    /// The timer of idle time, once anything was awaited.
    idle: Option<Pin<Box<Sleep>>>,
    /// True if bytes were transferred since the timer of idle time was set.
    has_moved: bool,
}

impl<S> TimedStream<S> {
    pub(super) const fn new(stream: S, connection: Connection, limits: Timeouts) -> Self {
        Self { stream, connection, limits, head: None, idle: None, has_moved: false }
    }

    /// Fails if what is awaited takes longer than its limit.
    fn poll_timers(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let awaited = self.connection.awaited();
        if awaited == Awaited::RestOfHead {
            let limit = self.limits.head;
            let timer = self.head.get_or_insert_with(|| Box::pin(sleep(limit)));
            if timer.as_mut().poll(context).is_ready() {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
        } else {
            self.head = None;
        }
        self.poll_idle(awaited, context)
    }

    /// Fails after one to two times the limit without a byte: setting the timer anew for each byte, or each request,
    /// would be expensive.
    fn poll_idle(&mut self, awaited: Awaited, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let limit = self.limits.idle;
        let timer = self.idle.get_or_insert_with(|| Box::pin(sleep(limit)));
        loop {
            ready!(timer.as_mut().poll(context));
            if !self.has_moved && awaited != Awaited::Nothing {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
            self.has_moved = false;
            timer.as_mut().reset(Instant::now() + limit);
        }
    }

    /// Records that bytes were read.
    fn note_read(&mut self) {
        self.has_moved = true;
        if self.connection.has_bytes() {
            self.head = None;
        }
    }

    /// Records the outcome of a write.
    fn note_written(&mut self, written: &Poll<io::Result<usize>>) {
        self.has_moved |= matches!(written, Poll::Ready(Ok(1..)));
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for TimedStream<S> {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        let Poll::Ready(read) = Pin::new(&mut this.stream).poll_read(context, buffer) else {
            return this.poll_timers(context);
        };
        if buffer.filled().len() > before {
            this.note_read();
        }
        Poll::Ready(read)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for TimedStream<S> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write(context, bytes);
        this.note_written(&written);
        written
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write_vectored(context, parts);
        this.note_written(&written);
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}
