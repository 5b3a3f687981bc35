//! Requests that a reverse proxy passes on itself, after asking.

use jeton_gate::{Args, Body, Caller, ForwardApproval, Head, Kind, ProxyOnly, Reason, Refusal};

use crate::{
    listed::listed,
    support::{org, permissions, request, setup},
};

const CALLERS: [&[&str]; 5] =
    [&["read a"], &["write a"], &["read a", "write b"], &["read *", "write *"], &["operator"]];
const QUERY: &str = "db=a&bucket=a&org=acme&q=SELECT%20v%20FROM%20m&query=up&extra_label=db=b";

/// Asks about the request of a line such as `GET /api/v1/labels`; those that may have a body have one.
fn ask(kind: Kind, line: &str, caller: &Caller<'_>, args: Args) -> Result<ForwardApproval, Refusal> {
    let (setup, request) = (setup(kind), request(line));
    let framing: &[(&str, &[u8])] = match request.method.as_str() {
        "GET" | "HEAD" | "OPTIONS" => &[],
        _ => &[("transfer-encoding", b"chunked")],
    };
    let head = Head { method: &request.method, target: &request.target, headers: framing };
    let forwarded = setup.gate.forwarded(&head, args)?;
    setup.gate.decide_forwarded(&forwarded, caller, &setup.directory)
}

fn ask_for(kind: Kind, line: &str, names: &[&str], args: Args) -> Result<ForwardApproval, Reason> {
    let caller = Caller::Token { org: org(), permissions: &permissions(names) };
    ask(kind, line, &caller, args).map_err(|refusal| refusal.reason)
}

#[test]
fn an_allowed_request_passes_with_the_query_string_that_was_decided() {
    for (kind, line, names, args) in [
        (Kind::Influxdb1, "POST /write?junk=1&db=b&precision=s", "write b", "db=b&precision=s"),
        (Kind::Influxdb1, "GET /query?db=b&q=SELECT v FROM m", "read b", "db=b&q=SELECT+v+FROM+m"),
        (Kind::Influxdb3, "GET /api/v3/query_sql?q=SELECT v FROM m&db=a", "read a", "db=a&q=SELECT+v+FROM+m"),
        (Kind::Influxdb3, "POST /write?db=a&rp=week", "write a/week", "db=a%2Fweek"),
        (Kind::Victoriametrics, "POST /write?extra_label=db=b", "write a", "extra_label=db%3Da"),
        (Kind::Victoriametrics, "GET /api/v1/query?query=up&extra_label=db=b", "read a", "query=up&extra_label=db%3Da"),
        (Kind::Victoriametrics, "GET /api/v1/labels", "read .*", "extra_label=db%3D.*"),
    ] {
        assert_eq!(ask_for(kind, line, &[names], Args::Rewritten).map(|passed| passed.args), Ok(args.into()), "{line}");
        let kept = ask_for(kind, line, &[names], Args::Kept).map(|passed| passed.args);
        let is_unchanged = kind != Kind::Victoriametrics && !line.contains("junk") && !line.contains("rp=");
        let expected = if is_unchanged { Ok(args.into()) } else { Err(Reason::ProxyOnly(ProxyOnly::Parameters)) };
        assert_eq!(kept, expected, "{line}");
    }
}

#[test]
fn what_a_reverse_proxy_cannot_do_is_left_to_the_proxy() {
    let table: [(Kind, &str, &[&str], ProxyOnly); 12] = [
        (Kind::Influxdb1, "POST /query?db=b&q=SELECT v FROM m", &["read b"], ProxyOnly::Body),
        (Kind::Influxdb1, "GET /query?q=SHOW DATABASES", &["read b"], ProxyOnly::Answer),
        (Kind::Influxdb1, "POST /write?db=b&u=any&p=t", &["write b"], ProxyOnly::Credential),
        (Kind::Influxdb1, "POST /write?db=b&u=&p=", &["write b"], ProxyOnly::Credential),
        (Kind::Influxdb2, "POST /api/v2/query?org=acme", &["read a"], ProxyOnly::Body),
        (Kind::Influxdb2, "POST /write?db=b", &["write b"], ProxyOnly::Target),
        (Kind::Influxdb2, "POST /api/v2/write?bucket=a", &["write a"], ProxyOnly::Authority),
        (Kind::Influxdb2, "GET /api/v2/buckets", &["read a"], ProxyOnly::Answer),
        (Kind::Influxdb3, "GET /api/v3/configure/database", &["read a"], ProxyOnly::Answer),
        (Kind::Influxdb3, "POST /api/v3/query_sql", &["read a"], ProxyOnly::Body),
        (Kind::Victoriametrics, "GET /api/v1/labels", &["read a", "read b"], ProxyOnly::Several),
        (Kind::Victoriametrics, "GET /influx/api/v1/labels", &["read a"], ProxyOnly::Target),
    ];
    for (kind, line, names, why) in table {
        assert_eq!(ask_for(kind, line, names, Args::Rewritten), Err(Reason::ProxyOnly(why)), "{kind:?} {line}");
    }
}

/// A form is refused even without a declared body: the reverse proxy relies on the declaration, the database on the
/// content type.
#[test]
fn a_form_is_refused_where_it_is_said_to_be_empty() {
    let (setup, request) = (setup(Kind::Influxdb1), request("POST /write?db=b"));
    let reason = |media: &[u8]| {
        let headers: [(&str, &[u8]); 2] = [("content-type", media), ("content-length", b"0")];
        let head = Head { method: &request.method, target: &request.target, headers: &headers };
        let forwarded = setup.gate.forwarded(&head, Args::Kept).unwrap();
        let caller = Caller::Token { org: org(), permissions: &permissions(&["write b"]) };
        setup.gate.decide_forwarded(&forwarded, &caller, &setup.directory).map_err(|refusal| refusal.reason).err()
    };
    for form in ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"] {
        assert_eq!(reason(form.as_bytes()), Some(Reason::ProxyOnly(ProxyOnly::Form)), "{form}");
    }
    assert_eq!(reason(b"text/plain"), None);
}

#[test]
fn who_shows_no_token_is_told_nothing_else() {
    for line in ["POST /query?db=b", "POST /write?db=b", "GET /query?db=b&q=SELECT v FROM m", "GET /debug/vars"] {
        let refusal = ask(Kind::Influxdb1, line, &Caller::Anonymous, Args::Rewritten).unwrap_err();
        assert_eq!(
            (refusal.reason.clone(), refusal.answer_to_proxy().status),
            (Reason::Unauthenticated, 401),
            "{line}"
        );
    }
}

#[test]
fn the_answer_to_a_reverse_proxy_is_401_403_or_503() {
    let status = |kind, line: &str, names: &[&str]| {
        let caller = Caller::Token { org: org(), permissions: &permissions(names) };
        ask(kind, line, &caller, Args::Rewritten).unwrap_err().answer_to_proxy().status
    };
    assert_eq!(status(Kind::Influxdb1, "GET /query?db=a&q=SELECT v FROM b..m", &["read a"]), 403, "200 in the proxy");
    assert_eq!(status(Kind::Influxdb1, "POST /write?db=missing", &["write a"]), 403, "404 in the proxy");
    assert_eq!(status(Kind::Influxdb1, "POST /write", &["write a"]), 403, "400 in the proxy");
    assert_eq!(status(Kind::Victoriametrics, "HEAD /api/v1/labels", &["read a"]), 403, "405 in the proxy");
    assert_eq!(status(Kind::Influxdb3, "POST /arrow.flight.protocol.FlightService/DoGet", &["read a"]), 403, "gRPC");
    let refusal = setup(Kind::Influxdb3).gate.failure().answer_to_proxy();
    assert_eq!((refusal.status, refusal.headers.iter().any(|(name, _)| *name == "retry-after")), (503, true));
}

#[test]
fn what_passes_is_what_the_proxy_would_send() {
    let mut count = 0;
    for kind in Kind::ALL {
        for (methods, path) in listed(kind) {
            for method in methods.split(' ') {
                count += CALLERS.iter().filter(|names| passes(kind, method, &path.replace('*', "x"), names)).count();
            }
        }
    }
    assert!(count > 20, "{count}");
}

/// Returns whether a request passes, and compares it with that of the proxy if it does.
fn passes(kind: Kind, method: &str, path: &str, names: &[&str]) -> bool {
    let line = format!("{method} {path}?{QUERY}");
    let Ok(passed) = ask_for(kind, &line, names, Args::Rewritten) else { return false };
    let allowed = setup(kind).allow(&request(&line), names);
    let target = if passed.args.is_empty() { path.to_owned() } else { format!("{path}?{}", passed.args) };
    assert_eq!(allowed.request.target(), target);
    assert!(!matches!(allowed.request.body(), Body::Built(_)), "{line}");
    true
}
