//! Bodies of the type `multipart/mixed`, such as influxd's backup of its records.

/// Returns the content of the part with this name; `None` if there is none, or if it was cut off. `kind`: the header
/// `Content-Type` of the body.
pub fn part<'a>(kind: &str, body: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let boundary = kind.split(';').find_map(|parameter| parameter.trim().strip_prefix("boundary="))?.trim_matches('"');
    if !kind.trim_start().starts_with("multipart/") || boundary.is_empty() {
        return None;
    }
    let delimiter = format!("\r\n--{boundary}");
    let mut rest = body.strip_prefix(delimiter.trim_start().as_bytes())?;
    loop {
        // After the last part, the delimiter ends with two hyphens.
        let (head, content) = split(rest.strip_prefix(b"\r\n")?, b"\r\n\r\n")?;
        let (content, next) = split(content, delimiter.as_bytes())?;
        if is_named(head, name) {
            return Some(content);
        }
        rest = next;
    }
}

/// Splits bytes at the first occurrence of others.
fn split<'a>(bytes: &'a [u8], at: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let found = bytes.windows(at.len()).position(|part| part == at)?;
    Some((&bytes[..found], &bytes[found + at.len()..]))
}

/// Returns whether the headers of a part name it.
fn is_named(head: &[u8], name: &str) -> bool {
    let head = String::from_utf8_lossy(head);
    let disposition = head.lines().filter_map(|line| line.split_once(':'));
    let mut disposition = disposition.filter(|(header, _)| header.trim().eq_ignore_ascii_case("content-disposition"));
    disposition.any(|(_, value)| {
        let names = value.split(';').filter_map(|parameter| parameter.trim().strip_prefix("name="));
        names.map(|found| found.trim_matches('"')).any(|found| found == name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIND: &str = "multipart/mixed; boundary=b0b";

    fn body() -> Vec<u8> {
        let text = "--b0b\r\nContent-Disposition: attachment; name=\"kv\"\r\nContent-Type: application/octet-stream\r\n\r\n\
                    one\r\n\r\ntwo\r\n-b0b\r\n--b0b\r\ncontent-disposition: attachment; name=\"sql\"\r\n\r\n\r\n--b0b--\r\n";
        text.as_bytes().to_vec()
    }

    #[test]
    fn parts_are_found_by_their_names() {
        assert_eq!(part(KIND, &body(), "kv"), Some(b"one\r\n\r\ntwo\r\n-b0b".as_slice()));
        assert_eq!(part("multipart/mixed; boundary=\"b0b\"", &body(), "sql"), Some(b"".as_slice()));
        assert_eq!(part(KIND, &body(), "buckets"), None);
    }

    #[test]
    fn a_part_that_was_cut_off_is_none() {
        let whole = body();
        let end = whole.len() - "\r\n--b0b--\r\n".len();
        for length in 0..end {
            assert_eq!(part(KIND, &whole[..length], "sql"), None, "{length}");
        }
    }

    #[test]
    fn other_types_have_no_parts() {
        for kind in
            ["", "application/json", "multipart/mixed", "multipart/mixed; boundary=", "text/plain; boundary=b0b"]
        {
            assert_eq!(part(kind, &body(), "kv"), None, "{kind}");
        }
    }
}
