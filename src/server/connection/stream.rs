//! A stream with a timeout for a request's head and an idle timeout.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Sleep, sleep},
};

use crate::config::Timeouts;

use super::Connection;

/// A stream that fails with [`io::ErrorKind::TimedOut`] after its limit: that of a request's head in HTTP/1, where
/// requests follow each other, and that of idle time in HTTP/2, where they are multiplexed.
#[derive(Debug)]
pub struct TimedStream<S> {
    stream: S,
    connection: Connection,
    limits: Timeouts,
    /// The timer of the head of which a part has arrived; none while no more of it is awaited.
    timer: Option<Pin<Box<Sleep>>>,
    /// The idle timer, once the connection is multiplexed.
    silence: Option<Pin<Box<Sleep>>>,
    /// True if bytes were transferred since the idle timer was set.
    has_moved: bool,
}

impl<S> TimedStream<S> {
    pub(super) const fn new(stream: S, connection: Connection, limits: Timeouts) -> Self {
        Self { stream, connection, limits, timer: None, silence: None, has_moved: false }
    }

    /// Fails if the head of a request takes longer than the limit.
    fn poll_timer(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.connection.is_multiplexed() {
            self.poll_silence(self.limits.idle, context)
        } else {
            self.poll_head(self.limits.head, context)
        }
    }

    fn poll_head(&mut self, limit: Duration, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !self.connection.is_in_head() {
            self.timer = None;
            return Poll::Pending;
        }
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep(limit)));
        timer.as_mut().poll(context).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }

    /// Fails after one to two times the limit without a byte: resetting the timer for each byte would be expensive.
    fn poll_silence(&mut self, limit: Duration, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            let timer = self.silence.get_or_insert_with(|| Box::pin(sleep(limit)));
            ready!(timer.as_mut().poll(context));
            if !self.has_moved {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
            self.has_moved = false;
            self.silence = None;
        }
    }

    /// Records that bytes were read.
    fn note_read(&mut self) {
        self.has_moved = true;
        if !self.connection.is_multiplexed() && self.connection.has_bytes() {
            self.timer = None;
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
            return this.poll_timer(context);
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
