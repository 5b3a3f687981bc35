//! The framing of requests of HTTP/1, read beside the HTTP library, which tolerates what programs before or behind it
//! could read differently: two lengths, a length beside chunks, a fragment in the request line.

/// Maximum number of bytes that are kept of a line; the lines that decide are shorter.
const KEPT: usize = 256;
/// The first bytes of a connection of HTTP/2.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Follows the bytes of a connection from one head to the next.
#[derive(Debug, Default)]
pub(crate) struct Framing {
    part: Part,
    head: Head,
    line: Vec<u8>,
    is_long: bool,
    /// The last byte of the line so far.
    last: u8,
    has_fragment: bool,
    /// True once the first bytes were not those of HTTP/2.
    is_http1: bool,
    /// Number of the first bytes that were those of HTTP/2.
    preface: usize,
    /// Number of whole heads.
    heads: u64,
}

/// A head that is awaited: its number on the connection, and whether a part of it has arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AwaitedHead {
    number: u64,
    has_part: bool,
}

/// The part of a request to which the next byte belongs.
#[derive(Clone, Copy, Debug, Default)]
enum Part {
    #[default]
    Head,
    Body(u64),
    ChunkSize,
    Chunk(u64),
    ChunkEnd,
    Trailers,
    /// HTTP/2 frames without lines.
    Http2,
}

#[derive(Debug, Default)]
struct Head {
    has_line: bool,
    length: Option<u64>,
    is_chunked: bool,
}

/// The framing can be read in two ways, or in none.
struct Ambiguous;

impl Framing {
    /// Follows received bytes.
    ///
    /// # Errors
    /// Fails with the number of bytes that may be read, if the ones after them begin a request that is refused.
    pub(crate) fn follow(&mut self, bytes: &[u8]) -> Result<(), usize> {
        if self.is_http1 {
            return self.follow_http1(bytes);
        }
        let awaited = &PREFACE[self.preface..];
        let count = awaited.len().min(bytes.len());
        if bytes[..count] != awaited[..count] {
            self.is_http1 = true;
            self.follow_http1(&PREFACE[..self.preface]).map_err(|_| 0_usize)?;
            return self.follow_http1(bytes);
        }
        self.preface += count;
        if self.preface == PREFACE.len() {
            self.part = Part::Http2;
        }
        Ok(())
    }

    /// Returns the head that the client is sending, or that it must send first; `None` while a body is sent, between
    /// two requests, and in HTTP/2.
    pub(crate) fn awaited_head(&self) -> Option<AwaitedHead> {
        let opens = !self.is_http1 && self.preface > 0;
        let has_part = opens || self.head.has_line || !self.line.is_empty();
        let is_awaited = matches!(self.part, Part::Head) && (has_part || self.heads == 0);
        is_awaited.then_some(AwaitedHead { number: self.heads, has_part })
    }

    fn follow_http1(&mut self, bytes: &[u8]) -> Result<(), usize> {
        let (mut at, mut begin) = (0, 0);
        while at < bytes.len() {
            if self.line.is_empty() && !self.head.has_line {
                begin = at;
            }
            at += match self.part {
                Part::Http2 => return Ok(()),
                Part::Body(left) => self.skip(left, bytes.len() - at, Part::Body, Part::Head),
                Part::Chunk(left) => self.skip(left, bytes.len() - at, Part::Chunk, Part::ChunkEnd),
                _ => self.take_line(&bytes[at..]).map_err(|Ambiguous| begin)?,
            };
        }
        Ok(())
    }

    /// Skips bytes of a body; returns their number.
    fn skip(&mut self, left: u64, available: usize, same: fn(u64) -> Part, then: Part) -> usize {
        let count = usize::try_from(left).unwrap_or(usize::MAX).min(available);
        let left = left.saturating_sub(count as u64);
        self.part = if left == 0 { then } else { same(left) };
        count
    }

    /// Reads to the end of the line; returns the number of bytes.
    fn take_line(&mut self, bytes: &[u8]) -> Result<usize, Ambiguous> {
        let end = bytes.iter().position(|byte| *byte == b'\n');
        let part = &bytes[..end.unwrap_or(bytes.len())];
        self.has_fragment |= part.contains(&b'#');
        let length = part.len().min(KEPT.saturating_sub(self.line.len()));
        self.line.extend_from_slice(&part[..length]);
        self.is_long |= length < part.len();
        self.last = part.last().copied().unwrap_or(self.last);
        let Some(end) = end else { return Ok(bytes.len()) };
        let mut line = std::mem::take(&mut self.line);
        let is_bare = self.last != b'\r';
        if !self.is_long && !is_bare {
            line.pop();
        }
        let line = Line { text: &line, is_long: self.is_long, is_bare, has_fragment: self.has_fragment };
        self.part = self.after(&line)?;
        (self.is_long, self.last, self.has_fragment) = (false, 0, false);
        Ok(end + 1)
    }

    /// Returns the part that follows a line.
    fn after(&mut self, line: &Line<'_>) -> Result<Part, Ambiguous> {
        match self.part {
            // Within chunks, the library takes no line that ends with a line feed alone.
            Part::ChunkSize | Part::ChunkEnd | Part::Trailers if line.is_bare => Err(Ambiguous),
            Part::Head if !self.head.has_line => self.after_request_line(line),
            Part::Head if line.text.is_empty() => {
                self.heads += 1;
                Ok(std::mem::take(&mut self.head).body())
            }
            Part::Head => self.head.read(line).map(|()| Part::Head),
            Part::ChunkSize => Ok(match line.chunk_size()? {
                0 => Part::Trailers,
                size => Part::Chunk(size),
            }),
            Part::ChunkEnd if line.text.is_empty() => Ok(Part::ChunkSize),
            Part::ChunkEnd => Err(Ambiguous),
            Part::Trailers if line.text.is_empty() => Ok(Part::Head),
            part => Ok(part),
        }
    }

    fn after_request_line(&mut self, line: &Line<'_>) -> Result<Part, Ambiguous> {
        // The library skips empty lines before a request.
        if line.text.is_empty() {
            return Ok(Part::Head);
        }
        self.head.has_line = true;
        if line.has_fragment { Err(Ambiguous) } else { Ok(Part::Head) }
    }
}

impl Head {
    /// Reads a header.
    fn read(&mut self, line: &Line<'_>) -> Result<(), Ambiguous> {
        let Some(colon) = line.text.iter().position(|byte| *byte == b':') else { return Ok(()) };
        let (name, value) = (&line.text[..colon], line.text[colon + 1..].trim_ascii());
        let (is_length, is_encoding) =
            (name.eq_ignore_ascii_case(b"content-length"), name.eq_ignore_ascii_case(b"transfer-encoding"));
        if !is_length && !is_encoding {
            return Ok(());
        }
        if line.is_long || self.is_chunked || self.length.is_some() {
            return Err(Ambiguous);
        }
        if is_encoding {
            self.is_chunked = true;
            return if value == b"chunked" { Ok(()) } else { Err(Ambiguous) };
        }
        self.length = Some(number(value, 10)?);
        Ok(())
    }

    /// Returns the part after the head.
    fn body(self) -> Part {
        match self.length {
            _ if self.is_chunked => Part::ChunkSize,
            Some(length) if length > 0 => Part::Body(length),
            _ => Part::Head,
        }
    }
}

/// A line without its end.
struct Line<'a> {
    text: &'a [u8],
    is_long: bool,
    /// True if the line ends with a line feed alone.
    is_bare: bool,
    has_fragment: bool,
}

impl Line<'_> {
    /// Returns the size of a chunk, without its extensions.
    fn chunk_size(&self) -> Result<u64, Ambiguous> {
        // The part that was not kept may have more digits.
        if self.is_long {
            return Err(Ambiguous);
        }
        let end = self.text.iter().position(|byte| *byte == b';').unwrap_or(self.text.len());
        number(self.text[..end].trim_ascii_end(), 16)
    }
}

/// Reads a number without a sign.
fn number(text: &[u8], radix: u32) -> Result<u64, Ambiguous> {
    let text = std::str::from_utf8(text).map_err(|_| Ambiguous)?;
    let is_plain = text.chars().all(|digit| digit.is_digit(radix));
    u64::from_str_radix(text, radix).ok().filter(|_| is_plain).ok_or(Ambiguous)
}

#[cfg(test)]
mod tests;
