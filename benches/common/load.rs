//! A load generator: connections with keep-alive that send prepared bytes and count the responses.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use memchr::{memchr_iter, memmem};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinSet,
    time::sleep_until,
};

use super::Result;

/// A request in bytes, and the status that its responses must have.
#[derive(Clone, Debug)]
pub struct Request {
    bytes: Vec<u8>,
    status: u16,
}

impl Request {
    /// Returns a request without a body.
    pub fn get(path: &str, headers: &[(&str, &str)], status: u16) -> Self {
        Self::new("GET", path, headers, "", status)
    }

    /// Returns a request with a body.
    pub fn post(path: &str, headers: &[(&str, &str)], body: &str, status: u16) -> Self {
        Self::new("POST", path, headers, body, status)
    }

    /// Returns a request with this method.
    pub fn new(method: &str, path: &str, headers: &[(&str, &str)], body: &str, status: u16) -> Self {
        let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let length = if body.is_empty() { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
        let text = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\n{headers}{length}\r\n{body}");
        Self { bytes: text.into_bytes(), status }
    }

    /// Returns the same request, whose responses must have this status.
    pub fn expecting(self, status: u16) -> Self {
        Self { status, ..self }
    }
}

/// A response.
#[derive(Debug)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// The lines before the body.
    pub head: String,
    /// The body; with chunks, it contains their sizes.
    pub body: String,
}

impl Response {
    /// Returns the body, parsed as JSON.
    pub fn json(&self) -> Result<Value> {
        Ok(serde_json::from_str(&self.body)?)
    }
}

/// A connection with keep-alive.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    /// Connects to a server.
    pub async fn to(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(16 * 1024) })
    }

    /// Sends a request and waits for its whole response; fails if its status is another.
    pub async fn send(&mut self, request: &Request) -> Result<Response> {
        let extent = self.exchange(request).await?;
        Ok(self.response(extent))
    }

    /// Sends a request and waits for its whole response, whatever its status is.
    pub async fn ask(&mut self, request: &Request) -> Result<Response> {
        let extent = self.answered(request).await?;
        Ok(self.response(extent))
    }

    fn response(&self, extent: Extent) -> Response {
        let head = String::from_utf8_lossy(&self.buffer[..extent.head]).into_owned();
        let body = String::from_utf8_lossy(&self.buffer[extent.head..extent.end]).into_owned();
        Response { status: extent.status, head, body }
    }

    async fn answered(&mut self, request: &Request) -> Result<Extent> {
        self.stream.write_all(&request.bytes).await?;
        self.buffer.clear();
        loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err("the server closed the connection".into());
            }
            if let Some(extent) = Extent::of(&self.buffer)? {
                return Ok(extent);
            }
        }
    }

    async fn exchange(&mut self, request: &Request) -> Result<Extent> {
        let extent = self.answered(request).await?;
        if extent.status == request.status {
            return Ok(extent);
        }
        let asked = String::from_utf8_lossy(request.bytes.split(|byte| *byte == b'\r').next().unwrap_or_default());
        let said = String::from_utf8_lossy(&self.buffer);
        Err(format!("{asked} was answered with {} instead of {}: {said}", extent.status, request.status).into())
    }

    /// Sends a request, and waits until its response contains a text; the rest of the response is not awaited.
    pub async fn begin(&mut self, request: &Request, text: &str) -> Result<()> {
        self.stream.write_all(&request.bytes).await?;
        self.buffer.clear();
        self.next(text).await
    }

    /// Waits until the response contains a text.
    pub async fn next(&mut self, text: &str) -> Result<()> {
        while !self.buffer.windows(text.len()).any(|bytes| bytes == text.as_bytes()) {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err("the server closed the connection".into());
            }
        }
        Ok(())
    }

    /// Sends a request, and discards this number of bytes of its response, which must be 200.
    pub async fn discard(&mut self, request: &Request, bytes: u64) -> Result<()> {
        self.begin(request, "\r\n\r\n").await?;
        if !self.buffer.starts_with(b"HTTP/1.1 200 ") {
            return Err(format!("no stream, but {}", String::from_utf8_lossy(&self.buffer)).into());
        }
        let rest = bytes.saturating_sub(u64::try_from(self.buffer.len())?);
        let copied = tokio::io::copy(&mut (&mut self.stream).take(rest), &mut tokio::io::sink()).await?;
        if copied == rest { Ok(()) } else { Err("the response ended early".into()) }
    }

    /// Sends a request at intervals until a time; returns the duration of each response. A late response delays the
    /// next request.
    async fn at_intervals(
        mut self,
        request: Request,
        begun: Instant,
        every: Duration,
        until: Instant,
    ) -> Result<Vec<Duration>> {
        let (mut due, mut times) = (begun, Vec::new());
        while due < until {
            sleep_until(due.into()).await;
            times.push(duration(&mut self, &request).await?);
            due += every;
        }
        Ok(times)
    }

    /// Sends a request again and again; returns the number of responses until then.
    async fn repeat(mut self, request: Request, until: Instant) -> Result<u64> {
        let mut count = 0;
        while Instant::now() < until {
            self.exchange(&request).await?;
            count += 1;
        }
        Ok(count)
    }
}

/// The size of a response that has arrived whole.
#[derive(Clone, Copy, Debug)]
struct Extent {
    status: u16,
    head: usize,
    end: usize,
}

impl Extent {
    /// Returns the extent of the response in the buffer; `None` until it has arrived whole.
    fn of(buffer: &[u8]) -> Result<Option<Self>> {
        let Some(head) = memmem::find(buffer, b"\r\n\r\n").map(|at| at + 4) else {
            return Ok(None);
        };
        let status = buffer.get(9..12).and_then(|digits| std::str::from_utf8(digits).ok());
        let status: u16 = status.and_then(|digits| digits.parse().ok()).ok_or("a response without a status")?;
        let end = match status {
            204 | 304 => head,
            _ => match length(&buffer[..head])? {
                Some(length) => head + length,
                None if buffer.ends_with(b"0\r\n\r\n") => buffer.len(),
                None => return Ok(None),
            },
        };
        Ok((buffer.len() >= end).then_some(Self { status, head, end }))
    }
}

/// Returns the length of a body; `None` if it comes in chunks.
fn length(head: &[u8]) -> Result<Option<usize>> {
    const NAME: &[u8] = b"content-length:";
    let ends = memchr_iter(b'\n', head);
    let mut begin = 0;
    let mut lines = ends.map(|end| &head[std::mem::replace(&mut begin, end + 1)..end]);
    let value = lines.find_map(|line| {
        let (name, value) = line.split_at_checked(NAME.len())?;
        name.eq_ignore_ascii_case(NAME).then(|| value.trim_ascii())
    });
    Ok(value.map(std::str::from_utf8).transpose()?.map(str::parse).transpose()?)
}

/// Returns connections on which a request was answered: the first one opens what the server opens lazily.
async fn opened(address: SocketAddr, request: &Request, connections: usize) -> Result<Vec<Connection>> {
    let mut open = Vec::new();
    for _ in 0..connections {
        let mut connection = Connection::to(address).await?;
        connection.exchange(request).await?;
        open.push(connection);
    }
    Ok(open)
}

/// Sends a request on many connections for a time; returns the responses per second.
pub async fn rate(address: SocketAddr, request: &Request, connections: usize, time: Duration) -> Result<f64> {
    let open = opened(address, request, connections).await?;
    let begun = Instant::now();
    let mut running: JoinSet<Result<u64>> =
        open.into_iter().map(|connection| connection.repeat(request.clone(), begun + time)).collect();
    let mut count = 0;
    while let Some(done) = running.join_next().await {
        count += done??;
    }
    #[expect(clippy::cast_precision_loss, reason = "no run has 2^52 responses")]
    let count = count as f64;
    Ok(count / begun.elapsed().as_secs_f64())
}

/// Sends a request at a rate per second, on many connections in turn; returns the duration of each response.
pub async fn durations_at(
    rate: f64,
    address: SocketAddr,
    request: &Request,
    connections: usize,
    time: Duration,
) -> Result<Vec<Duration>> {
    let open = opened(address, request, connections).await?;
    let (step, begun) = (Duration::try_from_secs_f64(1.0 / rate)?, Instant::now());
    let every = step * u32::try_from(connections)?;
    let mut running: JoinSet<Result<Vec<Duration>>> = JoinSet::new();
    let mut first = begun;
    for connection in open {
        running.spawn(connection.at_intervals(request.clone(), first, every, begun + time));
        first += step;
    }
    let mut times = Vec::new();
    while let Some(done) = running.join_next().await {
        times.extend(done??);
    }
    Ok(times)
}

/// Returns how long a request takes.
pub async fn duration(connection: &mut Connection, request: &Request) -> Result<Duration> {
    let begun = Instant::now();
    connection.exchange(request).await?;
    Ok(begun.elapsed())
}
