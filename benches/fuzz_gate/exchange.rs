//! One exchange, as bytes: an HTTP library would correct requests that are malformed on purpose.

use std::{net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

/// Maximum duration of an exchange.
const WITHIN: Duration = Duration::from_secs(60);
/// Maximum number of bytes of an answer that are read.
const LONGEST: u64 = 64 * 1024 * 1024;

/// Sends a request on a connection of its own; returns the answer, its body without the framing of chunks.
pub async fn exchange(address: SocketAddr, request: &[u8]) -> Result<String, &'static str> {
    let Ok(mut stream) = TcpStream::connect(address).await else { return Err("the gate accepts no connection") };
    // The gate may answer and close before it has read everything.
    drop(stream.write_all(request).await);
    let mut answer = Vec::new();
    let mut limited = stream.take(LONGEST);
    let reading = timeout(WITHIN, limited.read_to_end(&mut answer)).await;
    // A connection that is reset after the answer has still answered.
    drop(reading.map_err(|_| "the gate did not answer within a minute")?);
    Ok(text(&answer))
}

fn text(answer: &[u8]) -> String {
    let head = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").map_or(answer.len(), |at| at + 4);
    let (head, body) = answer.split_at(head);
    let mut text = String::from_utf8_lossy(head).into_owned();
    let is_chunked = text.to_ascii_lowercase().contains("\r\ntransfer-encoding: chunked\r\n");
    let body = if is_chunked { joined(body) } else { body.to_vec() };
    text.push_str(&String::from_utf8_lossy(&body));
    text
}

/// Joins the chunks of a body; bytes that are no chunk are kept unchanged.
fn joined(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some((size, after)) = chunk_size(rest) {
        let (chunk, more) = after.split_at(size.min(after.len()));
        body.extend(chunk);
        rest = more.strip_prefix(b"\r\n").unwrap_or(more);
    }
    body.extend(rest);
    body
}

fn chunk_size(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let end = bytes.windows(2).position(|pair| pair == b"\r\n")?;
    let size = std::str::from_utf8(&bytes[..end]).ok()?;
    Some((usize::from_str_radix(size, 16).ok()?, &bytes[end + 2..]))
}
