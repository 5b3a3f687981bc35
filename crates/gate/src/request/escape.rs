//! Percent-encoding, read strictly and written in one way.

use super::Malformed;

/// Decodes percent-encoding.
///
/// # Errors
/// Fails if an escape has not two hexadecimal digits, or if the result is not UTF-8.
pub(super) fn decode(text: &str) -> Result<String, Malformed> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(if byte == b'%' { escaped(&mut rest)? } else { byte });
    }
    String::from_utf8(bytes).map_err(|_| Malformed::Escape)
}

fn escaped(rest: &mut std::str::Bytes<'_>) -> Result<u8, Malformed> {
    let mut digit = || rest.next().and_then(|digit| char::from(digit).to_digit(16)).ok_or(Malformed::Escape);
    let value = digit()? * 16 + digit()?;
    u8::try_from(value).map_err(|_| Malformed::Escape)
}

/// Encodes a path segment: everything but unreserved characters is escaped.
pub(crate) fn segment(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// Encodes a request target: path and query string.
pub(crate) fn target(path: &str, query: &[(String, String)]) -> String {
    let path = path.split('/').map(segment).collect::<Vec<_>>().join("/");
    if query.is_empty() { path } else { format!("{path}?{}", pairs(query)) }
}

/// Encodes the pairs of a query string or of a form.
pub(crate) fn pairs(pairs: &[(String, String)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_have_two_digits() {
        assert_eq!(decode("%61b%C3%b6"), Ok("abö".into()));
        for text in ["%", "%6", "%6g", "%+6", "%-1", "%%61", "%ff"] {
            assert_eq!(decode(text), Err(Malformed::Escape), "{text}");
        }
    }

    #[test]
    fn a_segment_is_read_back() {
        for text in ["plain", "a b", "größe", "a+b", "100%", "x?y#z"] {
            assert_eq!(decode(&segment(text)).as_deref(), Ok(text));
        }
    }
}
