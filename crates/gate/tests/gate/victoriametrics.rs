//! VictoriaMetrics: what is written carries the bucket, and what is read is asked for it.

use jeton_gate::{Body, Kind, Malformed, OperatorOnly, Reason};
use jeton_model::Action;

use crate::support::{built, request, setup};

const WRITER: &[&str] = &["write a"];
const READER: &[&str] = &["read a"];

#[test]
fn a_write_carries_its_bucket_and_nothing_of_the_clients_labels() {
    let setup = setup(Kind::Victoriametrics);
    let line = "POST /write?db=a&precision=s&extra_label=db=b&extra_label=x=y&extra_filters[]={}&extra_filters={}";
    let sent = setup.allow(&request(line).body("text/plain", "m v=1"), WRITER);
    assert_eq!(sent.request.target(), "/write?precision=s&extra_label=db%3Da");
    assert_eq!(sent.request.body(), &Body::Streamed);
    assert!(sent.buckets.iter().all(|(action, _)| *action == Action::Write));
}

#[test]
fn every_listed_write_is_labelled() {
    let setup = setup(Kind::Victoriametrics);
    let paths = [
        "/write?db=a",
        "/influx/write?db=a",
        "/api/v2/write?bucket=a&org=any",
        "/influx/api/v2/write?bucket=a",
        "/api/v1/write",
        "/prometheus/api/v1/write",
        "/api/v1/import",
        "/api/v1/import/csv?format=1:metric:m",
        "/api/v1/import/native",
        "/api/v1/import/prometheus",
        "/opentelemetry/v1/metrics",
        "/datadog/api/v1/series",
        "/datadog/api/v2/series",
        "/newrelic/infra/v2/metrics/events/bulk",
    ];
    for path in paths {
        let write = request(&format!("POST {path}")).body("application/json", "x");
        let sent = setup.allow(&write, WRITER).request;
        let labels: Vec<_> = sent.parameters().iter().filter(|(name, _)| name == "extra_label").collect();
        assert_eq!(labels, [&("extra_label".to_owned(), "db=a".to_owned())], "{path}");
        assert_eq!(setup.refuse(&write, &["none"]).status() / 100, 4, "{path}");
    }
}

#[test]
fn a_body_is_never_sent_under_a_type_that_is_read_as_parameters() {
    let setup = setup(Kind::Victoriametrics);
    for content_type in ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"] {
        let write = request("POST /write?db=a").body(content_type, "extra_label=db=b");
        let sent = setup.allow(&write, WRITER).request;
        assert!(sent.headers().contains(&("content-type", "text/plain; charset=utf-8".into())), "{content_type}");
    }
}

#[test]
fn a_write_without_a_name_goes_to_the_only_bucket() {
    let setup = setup(Kind::Victoriametrics);
    let write = request("POST /api/v1/import").body("", "{}");
    assert_eq!(setup.allow(&write, WRITER).request.target(), "/api/v1/import?extra_label=db%3Da");
    assert_eq!(setup.refuse(&write, &["write a", "write b"]), Reason::NotOneWritable);
    assert_eq!(setup.refuse(&write, READER), Reason::NotOneWritable);
}

#[test]
fn a_write_to_another_bucket_is_refused() {
    let setup = setup(Kind::Victoriametrics);
    assert_eq!(setup.refuse(&request("POST /write?db=b"), WRITER), Reason::Missing(Action::Write, "b".into()));
    assert_eq!(setup.refuse(&request("POST /write?db=nope"), &["write *"]), Reason::UnknownDatabase("nope".into()));
    assert_eq!(setup.refuse(&request("POST /write?db=a"), READER), Reason::Missing(Action::Write, "a".into()));
    let twice = Reason::Malformed(Malformed::Repeated("db".into()));
    assert_eq!(setup.refuse(&request("POST /write?db=a&db=b"), WRITER), twice);
    assert_eq!(setup.refuse(&request("POST /write?db=a&d%62=a"), WRITER), twice);
}

#[test]
fn a_read_is_filtered_by_one_label() {
    let setup = setup(Kind::Victoriametrics);
    let line =
        "GET /api/v1/query?query=up&extra_filters[]={db=%22b%22}&extra_filters={db=%22b%22}&extra_label=db=b&time=1";
    let sent = setup.allow(&request(line), READER).request;
    assert_eq!(sent.target(), "/api/v1/query?query=up&time=1&extra_label=db%3Da");
    let spelled = line.replace("extra_filters[]", "extra%5Ffilters%5B%5D").replace("extra_label", "%65xtra_label");
    assert_eq!(setup.allow(&request(&spelled), READER).request.target(), sent.target());
}

#[test]
fn several_buckets_are_values_and_never_patterns() {
    let setup = setup(Kind::Victoriametrics);
    let sent = setup.allow(&request("GET /api/v1/labels"), &["read a", "read .*"]).request;
    let filters: Vec<_> = sent.parameters().iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(filters, [("extra_filters[]", "{db=\"a\"}"), ("extra_filters[]", "{db=\".*\"}")]);
    let one = setup.allow(&request("GET /api/v1/labels"), &["read .*"]).request;
    assert_eq!(one.target(), "/api/v1/labels?extra_label=db%3D.*");
}

#[test]
fn a_form_is_rebuilt_and_the_filter_stands_in_the_url() {
    let setup = setup(Kind::Victoriametrics);
    let read = request("POST /prometheus/api/v1/series?start=1").form("match[]=up&match[]=x&extra_filters[]={}&end=2");
    let sent = setup.allow(&read, READER);
    assert_eq!(sent.request.target(), "/api/v1/series?extra_label=db%3Da");
    assert_eq!(built(&sent), "start=1&end=2&match%5B%5D=up&match%5B%5D=x");
}

#[test]
fn other_methods_and_bodies_do_not_read() {
    let setup = setup(Kind::Victoriametrics);
    assert_eq!(setup.refuse(&request("PUT /api/v1/query").form("query=up"), READER), Reason::Method);
    assert_eq!(setup.refuse(&request("DELETE /api/v1/series"), READER), Reason::Method);
    for content_type in ["multipart/form-data; boundary=x", "application/json", "text/plain", ""] {
        let read = request("POST /api/v1/query").body(content_type, "query=up");
        assert_eq!(setup.refuse(&read, READER), Reason::Media, "{content_type}");
    }
    let zipped = request("POST /api/v1/query").form("query=up").header("Content-Encoding", "gzip");
    assert_eq!(setup.refuse(&zipped, READER), Reason::Media);
    let body_on_get = request("GET /api/v1/query?query=up").form("extra_label=db=b");
    assert_eq!(setup.refuse(&body_on_get, READER), Reason::Malformed(Malformed::BodyOnGet));
}

#[test]
fn who_reads_nothing_is_refused() {
    let setup = setup(Kind::Victoriametrics);
    for caller in [&["write a"][..], &["none"]] {
        assert_eq!(setup.refuse(&request("GET /api/v1/query?query=up"), caller), Reason::NothingReadable);
    }
}

#[test]
fn paths_that_ignore_filters_are_for_operators() {
    let setup = setup(Kind::Victoriametrics);
    let everything = ["read *", "write *"];
    for path in
        ["/api/v1/series/count", "/api/v1/status/tsdb", "/api/v1/admin/tsdb/delete_series", "/metrics", "/flags"]
    {
        let read = request(&format!("GET {path}"));
        assert_eq!(setup.refuse(&read, &everything), Reason::Operator(OperatorOnly::Unlisted), "{path}");
        setup.allow(&read, &["operator"]);
    }
    for path in ["/api/v1/label//values", "/api/v1/label/a/b/values", "/api/v1/label/values", "/api/v1/query/"] {
        assert!(setup.refuse(&request(&format!("GET {path}")), &everything).status() >= 400, "{path}");
    }
}

#[test]
fn a_label_of_any_name_is_read() {
    let setup = setup(Kind::Victoriametrics);
    let sent = setup.allow(&request("GET /api/v1/label/gr%C3%B6%C3%9Fe/values"), READER).request;
    assert_eq!(sent.target(), "/api/v1/label/gr%C3%B6%C3%9Fe/values?extra_label=db%3Da");
}
