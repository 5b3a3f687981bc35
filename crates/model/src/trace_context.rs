//! The names of a request in logs and traces: its id (`X-Request-Id`) and its `traceparent`, as
//! [W3C Trace Context](https://www.w3.org/TR/trace-context/) defines it.

use crate::token::contains_token;

/// Maximum number of characters of the id of a request.
const MAX_ID: usize = 64;
/// Number of characters of a `traceparent` of version 00; those of later versions begin in the same form.
const LENGTH: usize = 55;
/// Maximum number of characters of a `traceparent` of a later version.
const MAX_LENGTH: usize = 256;

/// Returns the id of a request, if its value is one: at most 64 letters, digits and `-_.:+/=`, which no log reads in
/// another way. What contains a token is none: it would be in the log.
pub fn request_id(value: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(value).ok()?;
    let is_plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:+/=".contains(&byte));
    (is_plain && (1..=MAX_ID).contains(&text.len()) && !contains_token(text)).then_some(text)
}

/// The place of a request in a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceParent<'a>(&'a str);

impl<'a> TraceParent<'a> {
    /// Parses the value of the one `traceparent` of a request; `None` if it is not valid.
    pub fn parse(value: &'a [u8]) -> Option<Self> {
        let text = std::str::from_utf8(value).ok()?;
        let (version, trace) = (digits(text, 0, 2)?, digits(text, 3, 32)?);
        let (parent, _flags) = (digits(text, 36, 16)?, digits(text, 53, 2)?);
        let is_separated = [2, 35, 52].iter().all(|&at| value.get(at) == Some(&b'-'));
        let is_valid = is_separated && version != "ff" && !is_zero(trace) && !is_zero(parent);
        (is_valid && ends_well(version, value)).then_some(Self(text))
    }

    /// Returns the value as it was received.
    pub fn as_str(&self) -> &'a str {
        self.0
    }

    /// Returns the id of the trace, 32 hexadecimal digits.
    pub fn trace_id(&self) -> &'a str {
        self.0.get(3..35).unwrap_or_default()
    }
}

/// Returns lower-case hexadecimal digits at a place.
fn digits(text: &str, at: usize, count: usize) -> Option<&str> {
    let digits = text.get(at..at + count)?;
    digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')).then_some(digits)
}

fn is_zero(digits: &str) -> bool {
    digits.bytes().all(|byte| byte == b'0')
}

/// Returns whether the value ends where its version allows. Later versions may add fields behind another `-`.
fn ends_well(version: &str, value: &[u8]) -> bool {
    match value.get(LENGTH) {
        None => true,
        Some(_) if version == "00" => false,
        Some(next) => *next == b'-' && value.len() <= MAX_LENGTH && value.iter().all(u8::is_ascii_graphic),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::NewToken;

    const VALID: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    fn is_valid(text: &str) -> bool {
        TraceParent::parse(text.as_bytes()).is_some()
    }

    #[test]
    fn a_valid_traceparent_names_its_trace() {
        let parsed = TraceParent::parse(VALID.as_bytes()).unwrap();
        assert_eq!((parsed.as_str(), parsed.trace_id()), (VALID, "0af7651916cd43dd8448eb211c80319c"));
        assert!(is_valid(&VALID.replace("-01", "-ff")), "flags that are not known yet");
    }

    #[test]
    fn what_the_recommendation_calls_invalid_is_none() {
        let zero_trace = VALID.replace("0af7651916cd43dd8448eb211c80319c", &"0".repeat(32));
        let zero_parent = VALID.replace("b7ad6b7169203331", &"0".repeat(16));
        for bad in [
            "",
            "00",
            &VALID.to_uppercase(),
            &VALID[..54],
            &format!("{VALID}-"),
            &format!("{VALID}0"),
            &format!(" {VALID}"),
            &VALID.replace('-', "_"),
            &VALID.replacen("00", "ff", 1),
            &VALID.replacen("00", "0g", 1),
            &VALID.replace("-01", "-0x"),
            &VALID.replace("-01", "-0ä"),
            &zero_trace,
            &zero_parent,
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
        assert!(TraceParent::parse(&[0xff; 55]).is_none());
    }

    #[test]
    fn a_later_version_may_add_fields() {
        let later = VALID.replacen("00", "cc", 1);
        for valid in [later.clone(), format!("{later}-what-the-future-holds")] {
            assert!(is_valid(&valid), "{valid}");
        }
        for bad in [format!("{later}."), format!("{later}-a\r\nb"), format!("{later}-{}", "x".repeat(300))] {
            assert!(!is_valid(&bad), "{bad}");
        }
    }

    #[test]
    fn an_id_is_short_plain_and_no_token() {
        for id in ["7", "2f1ccb1a-8f62-4d0c-9d7e-0f9b5e3f2a11", "Root=1-67891233:a/b+c", &"a".repeat(64)] {
            assert_eq!(request_id(id.as_bytes()), Some(id));
        }
        let token = NewToken::generate([7; 32]);
        let tokens = [token.expose().to_owned(), format!("Token={}", token.expose()), format!("x{}.1", token.expose())];
        let long = "a".repeat(65);
        let bad = ["", "a b", "a\tb", "a\nb", "a\"b", "ä", long.as_str()];
        for bad in bad.into_iter().chain(tokens.iter().map(String::as_str)) {
            assert_eq!(request_id(bad.as_bytes()), None, "{bad}");
        }
    }
}
