use super::*;

const GET: &str = "GET /ping HTTP/1.1\r\nHost: x\r\n\r\n";

/// Follows the text whole, and byte by byte.
fn is_plain(text: &str) -> bool {
    let whole = Framing::default().follow(text.as_bytes()).is_ok();
    let mut framing = Framing::default();
    let split = text.as_bytes().iter().all(|byte| framing.follow(&[*byte]).is_ok());
    assert_eq!(whole, split, "{text:?}");
    whole
}

#[test]
fn requests_follow_each_other() {
    let sized = "POST /write HTTP/1.1\r\ncontent-length: 5\r\n\r\na\nb#c";
    let chunked = "POST /write HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\na\r\n#b\r\n0\r\nX-T: 1\r\n\r\n";
    assert!(is_plain(&[GET, sized, chunked, "\r\n", GET, chunked, sized, GET].concat()));
}

#[test]
fn what_can_be_read_in_two_ways_is_refused() {
    for headers in [
        "Content-Length: 1\r\nContent-Length: 1",
        "Content-Length: 1\r\nTransfer-Encoding: chunked",
        "transfer-encoding: chunked\r\nCONTENT-LENGTH: 1",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: gzip, chunked",
        "Transfer-Encoding: Chunked",
        "Content-Length: +1",
        "Content-Length:",
        "Content-Length: 1, 1",
    ] {
        assert!(!is_plain(&format!("POST /write HTTP/1.1\r\n{headers}\r\n\r\n")), "{headers}");
        assert!(!is_plain(&format!("{GET}POST /write HTTP/1.1\nHost: x\n{headers}\n\n")), "{headers}");
    }
    assert!(!is_plain("GET /ping#x HTTP/1.1\r\n\r\n"));
    let long = format!("Content-Length: {}1", "0".repeat(300));
    assert!(!is_plain(&format!("POST /write HTTP/1.1\r\n{long}\r\n\r\n")));
}

#[test]
fn chunks_that_can_be_read_in_two_ways_are_refused() {
    let chunked = |body: &str| is_plain(&format!("POST /write HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n{body}"));
    assert!(chunked("1\r\na\r\n0\r\nX: 1\r\n\r\n"));
    assert!(chunked("1;x=y \r\na\r\n0\r\n\r\n"));
    for body in [
        "1\na\r\n0\r\n\r\n",
        "1;x\na\r\n0\r\n\r\n",
        "1\r\na\n0\r\n\r\n",
        "1\r\na\r\n0\n\r\n",
        "0\r\nX: 1\n\r\n",
        "0\r\n\n",
        "+1\r\na\r\n0\r\n\r\n",
        "\r\n",
    ] {
        assert!(!chunked(body), "{body:?}");
    }
    let size = format!("{}1\r\na\r\n0\r\n\r\n", "0".repeat(KEPT));
    assert!(!chunked(&size), "a size with more digits than are kept");
    assert!(!chunked(&format!("1;{}\r\na\r\n0\r\n\r\n", "x".repeat(KEPT))));
    assert!(chunked(&format!("0\r\nX: {}\r\n\r\n", "x".repeat(KEPT))), "a long trailer decides nothing");
}

#[test]
fn what_precedes_a_refused_request_may_be_read() {
    let text = format!("{GET}GET /#x HTTP/1.1\r\n\r\n");
    assert_eq!(Framing::default().follow(text.as_bytes()), Err(GET.len()));
    let sized = "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc";
    let text = format!("{sized}POST / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\n");
    assert_eq!(Framing::default().follow(text.as_bytes()), Err(sized.len()));
}

#[test]
fn http_2_is_not_followed() {
    assert!(is_plain("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0#\r\n"));
    assert!(!is_plain(&format!("{GET}PRI * HTTP/2.0\r\nContent-Length: x\r\n\r\n")), "only at the begin");
    assert!(!is_plain("PRI * HTTP/2.0\r\nContent-Length: x\r\n\r\n"), "only the whole preface");
}

#[test]
fn a_head_is_awaited_first_and_from_its_first_byte() {
    let awaited = |text: &str| {
        let mut framing = Framing::default();
        framing.follow(text.as_bytes()).unwrap();
        framing.awaited_head().map(|head| (head.number, head.has_part))
    };
    assert_eq!(awaited(""), Some((0, false)));
    assert_eq!(awaited("\r\n"), Some((0, false)));
    assert_eq!(awaited("G"), Some((0, true)));
    assert_eq!(awaited("GET /ping HTTP/1.1\r\n"), Some((0, true)));
    assert_eq!(awaited("PRI * HTTP/2.0\r\n\r\nSM\r\n\r"), Some((0, true)));
    assert_eq!(awaited("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), None);
    assert_eq!(awaited(GET), None, "between two requests");
    assert_eq!(awaited("POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\na"), None, "a body");
    assert_eq!(awaited(&format!("{GET}G")), Some((1, true)));
}
