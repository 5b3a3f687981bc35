//! The stream of a client's connection: it refuses ambiguous framing, and reads a little more before it closes.

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Sleep, sleep},
};

use crate::{
    connection::Connection,
    framing::{AwaitedHead, Framing},
};

/// Maximum number of bytes that are read after a refusal.
const LINGER_BYTES: usize = 64 * 1024;
/// Maximum time for which they are read.
const LINGER_FOR: Duration = Duration::from_secs(1);

/// A byte that no head may contain, and the end of the head: the HTTP library answers it with 400 and closes.
const REFUSED: &[u8] = b"\0\r\n\r\n";

/// A stream that passes on no request with an ambiguous framing, and that fails if a head takes too long. If its
/// connection [lingers](Connection::linger), it ends its own half first and then discards what still arrives, up to a
/// limit: a client that is sending a body sees the answer rather than a reset.
#[derive(Debug)]
pub(crate) struct LingeringStream<S> {
    stream: S,
    connection: Arc<Connection>,
    framing: Framing,
    /// The bytes that are left to read after a request that was refused for its framing.
    refused: Option<&'static [u8]>,
    lingering: Option<Lingering>,
    /// Maximum time for the first byte of a connection, and then for the whole head of a request.
    head_within: Duration,
    /// The head that is awaited, and the end of its time.
    late: Option<(AwaitedHead, Pin<Box<Sleep>>)>,
}

#[derive(Debug)]
struct Lingering {
    left: usize,
    until: Pin<Box<Sleep>>,
}

impl<S> LingeringStream<S> {
    pub(crate) fn new(stream: S, connection: Arc<Connection>, head_within: Duration) -> Self {
        Self {
            stream,
            connection,
            framing: Framing::default(),
            refused: None,
            lingering: None,
            head_within,
            late: None,
        }
    }

    /// Fails if a head has been awaited for too long.
    fn poll_late(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Some(awaited) = self.framing.awaited_head() else {
            self.late = None;
            return Poll::Pending;
        };
        let timer = match self.late.take() {
            Some((head, timer)) if head == awaited => timer,
            _ => Box::pin(sleep(self.head_within)),
        };
        let (_, timer) = self.late.insert((awaited, timer));
        timer.as_mut().poll(context).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> LingeringStream<S> {
    /// Discards what arrives until the client closes, or a limit is reached.
    fn poll_discard(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let new = || Lingering { left: LINGER_BYTES, until: Box::pin(sleep(LINGER_FOR)) };
        let lingering = self.lingering.get_or_insert_with(new);
        let mut discarded = [0; 4096];
        while lingering.left > 0 && lingering.until.as_mut().poll(context).is_pending() {
            let mut buffer = ReadBuf::new(&mut discarded);
            let read = ready!(Pin::new(&mut self.stream).poll_read(context, &mut buffer));
            let count = buffer.filled().len();
            if read.is_err() || count == 0 {
                break;
            }
            lingering.left = lingering.left.saturating_sub(count);
        }
        Poll::Ready(())
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for LingeringStream<S> {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if let Some(rest) = &mut this.refused {
            put(buffer, rest);
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        let Poll::Ready(read) = Pin::new(&mut this.stream).poll_read(context, buffer) else {
            return this.poll_late(context);
        };
        read?;
        if let Err(readable) = this.framing.follow(&buffer.filled()[before..]) {
            this.connection.linger();
            buffer.set_filled(before + readable);
            put(buffer, this.refused.insert(REFUSED));
        }
        Poll::Ready(Ok(()))
    }
}

/// Moves the beginning of a text into a buffer, as far as it has room.
fn put(buffer: &mut ReadBuf<'_>, rest: &mut &'static [u8]) {
    let (now, later) = rest.split_at(rest.len().min(buffer.remaining()));
    buffer.put_slice(now);
    *rest = later;
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for LingeringStream<S> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write_vectored(context, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.lingering.is_none() {
            ready!(Pin::new(&mut this.stream).poll_shutdown(context))?;
        }
        if this.connection.lingers() {
            ready!(this.poll_discard(context));
        }
        Poll::Ready(Ok(()))
    }
}
