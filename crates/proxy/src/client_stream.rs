//! The TCP connection of a client, which ends if the client does not accept what is sent.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Sleep, sleep},
};

/// The TCP connection of a client. It fails with [`io::ErrorKind::TimedOut`] if its socket accepts no byte for a
/// limited time while there is something to send: a client that reads no answer must not hold it, and what the answer
/// needs, for as long as it likes. Only a write that waits has a timer.
#[derive(Debug)]
pub struct ClientStream {
    stream: TcpStream,
    timeout: WriteTimeout,
}

impl ClientStream {
    /// Returns the stream of an accepted connection. `limit`: maximum time without an accepted byte.
    pub const fn new(stream: TcpStream, limit: Duration) -> Self {
        Self { stream, timeout: WriteTimeout { limit, timer: None } }
    }
}

impl AsyncRead for ClientStream {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for ClientStream {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let Self { stream, timeout } = self.get_mut();
        let written = Pin::new(&mut *stream).poll_write(context, bytes);
        timeout.apply(written, context, || write_now(stream, bytes))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let Self { stream, timeout } = self.get_mut();
        let written = Pin::new(&mut *stream).poll_write_vectored(context, parts);
        let first = parts.iter().find(|part| !part.is_empty()).map_or(&[][..], |part| &part[..]);
        timeout.apply(written, context, || write_now(stream, first))
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

/// The limit of the time in which a write waits.
#[derive(Debug)]
struct WriteTimeout {
    limit: Duration,
    /// The timer of the write that waits.
    timer: Option<Pin<Box<Sleep>>>,
}

impl WriteTimeout {
    /// Fails a write that has waited for the limit. `again`: attempts it once more before it fails.
    fn apply(
        &mut self,
        written: Poll<io::Result<usize>>,
        context: &mut Context<'_>,
        again: impl FnOnce() -> io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        if written.is_ready() {
            self.timer = None;
            return written;
        }
        let limit = self.limit;
        ready!(self.timer.get_or_insert_with(|| Box::pin(sleep(limit))).as_mut().poll(context));
        self.timer = None;
        Poll::Ready(match again() {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Err(io::ErrorKind::TimedOut.into()),
            written => written,
        })
    }
}

/// Writes without asking the runtime whether there is room. Linux reports room only once a third of the socket's buffer
/// is free: a slow client that reads all the time may take longer for that than the limit.
#[cfg(unix)]
fn write_now(stream: &TcpStream, bytes: &[u8]) -> io::Result<usize> {
    use std::{io::Write as _, os::fd::AsFd as _};
    std::net::TcpStream::from(stream.as_fd().try_clone_to_owned()?).write(bytes)
}

/// Attempts nothing: the stream can't be cloned.
#[cfg(not(unix))]
fn write_now(_: &TcpStream, _: &[u8]) -> io::Result<usize> {
    Err(io::ErrorKind::WouldBlock.into())
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use tokio::{io::AsyncReadExt as _, net::TcpListener};

    use super::*;

    fn timeout(limit: Duration) -> WriteTimeout {
        WriteTimeout { limit, timer: None }
    }

    fn refuse() -> io::Result<usize> {
        Err(io::ErrorKind::WouldBlock.into())
    }

    #[tokio::test]
    async fn a_write_that_waits_for_too_long_fails() {
        let mut timeout = timeout(Duration::from_millis(1));
        let failed = poll_fn(|context| timeout.apply(Poll::Pending, context, refuse)).await;
        assert_eq!(failed.unwrap_err().kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn a_client_that_has_read_at_least_something_has_the_whole_time_again() {
        let mut timeout = timeout(Duration::from_millis(1));
        let written = poll_fn(|context| timeout.apply(Poll::Pending, context, || Ok(3))).await;
        assert_eq!((written.unwrap(), timeout.timer.is_none()), (3, true));
    }

    #[tokio::test]
    async fn only_a_write_that_waits_has_a_timer() {
        let mut timeout = timeout(Duration::from_secs(3600));
        let mut has_timer = async |written: Option<usize>| {
            let apply = |context: &mut Context<'_>| {
                let written = written.map_or(Poll::Pending, |count| Poll::Ready(Ok(count)));
                Poll::Ready(timeout.apply(written, context, refuse).is_pending())
            };
            let waits = poll_fn(apply).await;
            (waits, timeout.timer.is_some())
        };
        assert_eq!(has_timer(Some(1)).await, (false, false));
        assert_eq!(has_timer(None).await, (true, true));
        assert_eq!(has_timer(Some(1)).await, (false, false), "the next write has the whole time");
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn the_last_attempt_writes_in_order_and_waits_for_nothing() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let stream = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (mut client, _) = listener.accept().await.unwrap();
        assert_eq!(write_now(&stream, b"abc").unwrap(), 3);
        let mut read = [0; 3];
        client.read_exact(&mut read).await.unwrap();
        assert_eq!(&read, b"abc");
        let refused = loop {
            if let Err(error) = write_now(&stream, &[0; 65536]) {
                break error;
            }
        };
        assert_eq!(refused.kind(), io::ErrorKind::WouldBlock);
    }
}
