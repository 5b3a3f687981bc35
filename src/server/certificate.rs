//! The validity of an X.509 certificate.

use jeton_model::Timestamp;

const INTEGER: u8 = 0x02;
const SEQUENCE: u8 = 0x30;
/// The optional version of a certificate.
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// The time in which a certificate is valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// The beginning (`notBefore`).
    pub start: Timestamp,
    /// The end (`notAfter`).
    pub end: Timestamp,
}

/// Returns the end of validity of a certificate in DER; `None` if it is no certificate.
pub fn not_after(der: &[u8]) -> Option<Timestamp> {
    validity(der).map(|validity| validity.end)
}

/// Returns the validity of a certificate in DER; `None` if it is no certificate.
pub fn validity(der: &[u8]) -> Option<Validity> {
    let (certificate, _) = read(der, SEQUENCE)?;
    let (mut fields, _) = read(certificate, SEQUENCE)?;
    if fields.first() == Some(&VERSION) {
        fields = read(fields, VERSION)?.1;
    }
    // Serial number, signature algorithm, issuer.
    for tag in [INTEGER, SEQUENCE, SEQUENCE] {
        fields = read(fields, tag)?.1;
    }
    let (validity, _) = read(fields, SEQUENCE)?;
    let (first, start, after_the_first) = read_any(validity)?;
    let (second, end, _) = read_any(after_the_first)?;
    let parsed = |tag: u8, text: &[u8]| time(tag, std::str::from_utf8(text).ok()?);
    Some(Validity { start: parsed(first, start)?, end: parsed(second, end)? })
}

/// Reads an element with a tag; returns its content, and the remaining bytes.
fn read(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (found, content, rest) = read_any(bytes)?;
    (found == tag).then_some((content, rest))
}

/// Reads any element; returns its tag, its content, and the remaining bytes.
fn read_any(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = bytes.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = match usize::from(*first) {
        short @ 0..0x80 => (short, rest),
        long => {
            let (digits, rest) = rest.split_at_checked(long - 0x80).filter(|(digits, _)| digits.len() <= 4)?;
            (digits.iter().fold(0, |length, digit| (length << 8) | usize::from(*digit)), rest)
        }
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((*tag, content, rest))
}

/// Parses a time such as `491231235959Z` or `20501231235959Z`.
fn time(tag: u8, text: &str) -> Option<Timestamp> {
    let text = match tag {
        UTC_TIME => format!("{}{text}", if text < "5" { "20" } else { "19" }),
        GENERALIZED_TIME => text.to_owned(),
        _ => return None,
    };
    let part = |from: usize, to: usize| text.get(from..to);
    let (year, month, day) = (part(0, 4)?, part(4, 6)?, part(6, 8)?);
    let (hour, minute, second) = (part(8, 10)?, part(10, 12)?, part(12, 14)?);
    format!("{year}-{month}-{day}T{hour}:{minute}:{second}Z").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_times_are_read() {
        let of = |tag, text| time(tag, text).map(|time| time.to_string());
        assert_eq!(of(UTC_TIME, "491231235959Z").as_deref(), Some("2049-12-31T23:59:59Z"));
        assert_eq!(of(UTC_TIME, "500101000000Z").as_deref(), Some("1950-01-01T00:00:00Z"));
        assert_eq!(of(GENERALIZED_TIME, "20500102030405Z").as_deref(), Some("2050-01-02T03:04:05Z"));
        assert_eq!(of(GENERALIZED_TIME, "2050"), None);
        assert_eq!(of(INTEGER, "20500102030405Z"), None);
    }

    #[test]
    fn what_is_cut_off_or_too_long_is_no_certificate() {
        for bytes in [b"".as_slice(), b"\x30", b"\x30\x05\x30", b"\x30\x84\xff\xff\xff\xff", b"\x30\x80\x00"] {
            assert_eq!(not_after(bytes), None, "{bytes:?}");
        }
    }
}
