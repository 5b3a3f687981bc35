//! The body's framing, type and encoding, without its bytes.

use super::{Malformed, headers::Headers};
use crate::content_type;

/// The body's length, type and encoding according to the head of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    has_body: bool,
    length: Option<u64>,
    media: Media,
    encoding: Option<String>,
}

/// The media type of a body, as far as it decides anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Media {
    /// No `Content-Type`.
    Missing,
    /// `application/json`
    Json,
    /// `application/x-www-form-urlencoded`
    Form,
    /// `application/vnd.flux`
    Flux,
    /// `application/grpc` and its variants.
    Grpc,
    /// Any other, in lower case and without parameters.
    Other(String),
}

impl Media {
    /// Returns the media type, or that of any bytes.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Missing => content_type::BYTES,
            Self::Json => content_type::JSON,
            Self::Form => content_type::FORM,
            Self::Flux => "application/vnd.flux",
            Self::Grpc => "application/grpc",
            Self::Other(name) => name,
        }
    }
}

impl Content {
    pub(super) fn parse(headers: &Headers<'_>) -> Result<Self, Malformed> {
        let length = headers.single("content-length")?.map(count).transpose()?;
        let has_body = match (length, headers.single("transfer-encoding")?) {
            (None, None) => false,
            (None, Some("chunked")) => true,
            (Some(length), None) => length > 0,
            _ => return Err(Malformed::Framing),
        };
        let media = headers.single("content-type")?.map_or(Ok(Media::Missing), media)?;
        let encoding = headers.single("content-encoding")?.map(str::to_ascii_lowercase);
        Ok(Self { has_body, length, media, encoding: encoding.filter(|encoding| encoding != "identity") })
    }

    /// Returns whether there are bytes to read.
    pub fn has_body(&self) -> bool {
        self.has_body
    }

    /// Returns the number of bytes, if the head says it.
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// Returns the media type.
    pub fn media(&self) -> &Media {
        &self.media
    }

    /// Returns the encoding other than `identity`, in lower case.
    pub fn encoding(&self) -> Option<&str> {
        self.encoding.as_deref()
    }
}

fn count(text: &str) -> Result<u64, Malformed> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits).ok_or(Malformed::HeaderValue("Content-Length"))
}

/// Reads a media type. A charset other than UTF-8 is refused: it would change what the bytes say.
fn media(text: &str) -> Result<Media, Malformed> {
    let refused = Malformed::HeaderValue("Content-Type");
    let mut parts = text.split(';').map(|part| part.split_whitespace().collect::<String>().to_ascii_lowercase());
    let essence = parts.next().filter(|essence| is_essence(essence)).ok_or(refused.clone())?;
    let strange = |part: String| part.strip_prefix("charset=").is_some_and(|set| set.trim_matches('"') != "utf-8");
    if parts.any(strange) {
        return Err(refused);
    }
    Ok(match essence.as_str() {
        content_type::JSON => Media::Json,
        content_type::FORM => Media::Form,
        "application/vnd.flux" => Media::Flux,
        grpc if grpc.starts_with("application/grpc") => Media::Grpc,
        _ => Media::Other(essence),
    })
}

fn is_essence(text: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&byte))
    };
    text.split_once('/').is_some_and(|(kind, subtype)| is_part(kind) && is_part(subtype))
}
