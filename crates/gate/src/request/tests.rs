use super::*;

fn parse(method: &str, target: &str, headers: &[(&str, &str)]) -> Result<CanonicalRequest, Malformed> {
    let headers: Vec<(&str, &[u8])> = headers.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
    CanonicalRequest::parse(&Head { method, target, headers: &headers })
}

#[test]
fn a_target_that_programs_read_differently_is_refused() {
    for target in ["/write?db=a#x", "http://h/write", "/wr ite", "/write?q=ö", "/write?a;b", "/write\0", "*"] {
        assert!(parse("POST", target, &[]).is_err(), "{target}");
    }
    assert_eq!(parse("post", "/write", &[]), Err(Malformed::Method));
    assert_eq!(parse("TRACE", "/write", &[]), Err(Malformed::Method));
}

#[test]
fn a_header_that_decides_occurs_once() {
    for name in ["Authorization", "Content-Type", "Content-Length", "Host", "Transfer-Encoding", "Content-Encoding"] {
        let refused = parse("POST", "/write", &[(name, "1"), (&name.to_lowercase(), "1")]);
        assert_eq!(refused, Err(Malformed::RepeatedHeader(name)));
    }
}

#[test]
fn a_body_has_one_length() {
    let refused: [&[(&str, &str)]; 7] = [
        &[("Content-Length", "1"), ("Transfer-Encoding", "chunked")],
        &[("Transfer-Encoding", "gzip, chunked")],
        &[("Transfer-Encoding", "Chunked")],
        &[("Transfer-Encoding", "identity")],
        &[("Content-Length", "+1")],
        &[("Content-Length", "1,1")],
        &[("Content-Length", "")],
    ];
    for headers in refused {
        assert!(parse("POST", "/write", headers).is_err(), "{headers:?}");
    }
    assert!(parse("POST", "/write", &[("Transfer-Encoding", "chunked")]).unwrap().content().has_body());
}

#[test]
fn a_get_has_no_body() {
    for method in ["GET", "HEAD"] {
        assert_eq!(parse(method, "/query", &[("Content-Length", "1")]), Err(Malformed::BodyOnGet));
        assert_eq!(parse(method, "/query", &[("Transfer-Encoding", "chunked")]), Err(Malformed::BodyOnGet));
        assert!(parse(method, "/query", &[("Content-Length", "0")]).is_ok());
    }
}

#[test]
fn a_charset_does_not_change_what_is_read() {
    assert!(parse("POST", "/", &[("Content-Type", "application/json; charset=utf-16")]).is_err());
    assert!(parse("POST", "/", &[("Content-Type", "json")]).is_err());
    let json = parse("POST", "/", &[("Content-Type", "Application/JSON; charset=UTF-8")]).unwrap();
    assert_eq!(json.content().media(), &Media::Json);
}

#[test]
fn only_listed_headers_go_on() {
    let headers = [
        ("Authorization", "Token t"),
        ("Cookie", "session=x"),
        ("X-Forwarded-For", "127.0.0.1"),
        ("X-Original-URI", "/x"),
        ("X-Jeton-User", "x"),
        ("X-Gate-Args", "x"),
        ("X-HTTP-Method-Override", "DELETE"),
        ("Upgrade", "h2c"),
        ("HTTP2-Settings", "x"),
        ("Connection", "x-keep"),
        ("Accept", "application/csv"),
    ];
    let request = parse("GET", "/query?u=x&p=t", &headers).unwrap();
    assert_eq!(request.forwarded(), [("accept", "application/csv".to_owned())]);
    assert_eq!(request.query().pairs(), []);
}

#[test]
fn what_names_a_request_in_traces_goes_on_if_it_is_valid() {
    let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let forwarded = |headers: &[(&str, &str)]| parse("GET", "/query", headers).unwrap().forwarded().to_vec();
    let valid = [("X-Request-Id", "a-1"), ("Traceparent", parent), ("Tracestate", "a=1"), ("Tracestate", "b=2")];
    let expected = [("x-request-id", "a-1"), ("traceparent", parent), ("tracestate", "a=1"), ("tracestate", "b=2")];
    assert_eq!(forwarded(&valid), expected.map(|(name, value)| (name, value.to_owned())));
    for ignored in [
        vec![("X-Request-Id", "a 1")],
        vec![("X-Request-Id", "a"), ("X-Request-Id", "b")],
        vec![("Traceparent", "00-1-2-01"), ("Tracestate", "a=1")],
        vec![("Traceparent", parent), ("Traceparent", parent), ("Tracestate", "a=1")],
    ] {
        assert!(forwarded(&ignored).is_empty(), "{ignored:?}");
    }
    let token = format!("jtn_{}", "a".repeat(49));
    assert_eq!(
        forwarded(&[("Traceparent", parent), ("Tracestate", &format!("a={token}"))]),
        [("traceparent", parent.to_owned())]
    );
    let later = format!("cc{}-{token}", &parent[2..]);
    assert!(forwarded(&[("Traceparent", &later), ("X-Request-Id", &token)]).is_empty());
    let long = "x".repeat(513);
    assert_eq!(forwarded(&[("Traceparent", parent), ("Tracestate", &long)]), [("traceparent", parent.to_owned())]);
}
