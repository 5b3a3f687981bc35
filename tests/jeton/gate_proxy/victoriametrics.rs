//! VictoriaMetrics behind the gate: a token writes and reads its buckets, whatever the client sends beside it.

use std::collections::BTreeSet;

use jeton_gate::Kind;
use jeton_proxy::{Outcome, UpstreamFailure};
use serde_json::json;

use crate::{
    home::Home,
    support::server::{Answer, answer},
};

use super::{gated::Gated, victoriametrics_program::VictoriaMetrics};

/// A gate with a row in each bucket: `temp_value{host="own"}` in `a`, `temp_value{host="foreign"}` in `b`.
async fn with_rows(database: &VictoriaMetrics) -> (Home, Gated) {
    let home = Home::sqlite();
    let gated = Gated::new(&home, Kind::Victoriametrics, database.address()).await;
    let writer = gated.token(&["write a", "write b"]).await.secret;
    // Queries leave out rows of the last second.
    let time = 1000 * (gated.server.clock.now().micros() - 30_000_000);
    for (bucket, host) in [("a", "own"), ("b", "foreign")] {
        let row = format!("temp,host={host} value=1 {time}");
        let written = gated.post(&format!("/write?db={bucket}"), &writer, &row).await;
        assert_eq!(written.status, 204, "{}", written.body);
    }
    assert_eq!(database.series().await.len(), 2);
    (home, gated)
}

#[tokio::test]
async fn a_token_writes_its_bucket_and_no_other() {
    let Some(database) = VictoriaMetrics::start().await else { return };
    let home = Home::sqlite();
    let gated = Gated::new(&home, Kind::Victoriametrics, database.address()).await;
    let writer = gated.token(&["write a"]).await.secret;
    assert_eq!(gated.post("/write?db=a", &writer, "temp value=1").await.status, 204);
    let refused = gated.post("/write?db=b", &writer, "temp value=2").await;
    assert_eq!((refused.status, refused.body.as_str()), (403, "the token has no permission to write b"));
    assert_eq!(refused.header("content-type"), "text/plain; charset=utf-8");
    let unknown = gated.post("/write?db=nope", &writer, "temp value=2").await;
    assert_eq!(unknown.status, 404);
    let reader = gated.token(&["read a"]).await.secret;
    assert_eq!(gated.post("/write?db=a", &reader, "temp value=2").await.status, 403);
    assert_eq!(database.databases().await, BTreeSet::from([("temp_value".to_owned(), "a".to_owned())]));
    assert_eq!(gated.gate.counters().decisions(Outcome::Allowed), 1);
    assert_eq!(gated.gate.counters().decisions(Outcome::Refused), 3);
}

#[tokio::test]
async fn no_label_of_the_client_leaves_the_bucket() {
    let Some(database) = VictoriaMetrics::start().await else { return };
    let home = Home::sqlite();
    let gated = Gated::new(&home, Kind::Victoriametrics, database.address()).await;
    let writer = gated.token(&["write a"]).await.secret;
    let import = r#"{"metric":{"__name__":"w4","db":"b"},"values":[1],"timestamps":[1700000000000]}"#;
    let writes = [
        ("/write?db=a", "w1,db=b value=1"),
        ("/write?db=a&extra_label=db=b", "w2 value=1"),
        ("/write?db=a&extra_label=db=b&extra%5Flabel=db=b", "w3,db=b value=1"),
        ("/api/v1/import?db=a&extra_label=db=b", import),
        ("/api/v1/import/prometheus?db=a", "w5{db=\"b\"} 1\n"),
        ("/api/v1/import/csv?db=a&format=1:metric:w6,2:label:db", "1,b\n"),
        ("/influx/write?db=a", "w7,db=b value=1"),
        ("/api/v2/write?bucket=a&org=acme", "w8,db=b value=1"),
        ("/write", "w9,db=b value=1"),
    ];
    for (target, body) in writes {
        let written = gated.post(target, &writer, body).await;
        assert_eq!(written.status / 100, 2, "{target}: {}", written.body);
    }
    let form = gated.form("/write?db=a", &writer, "w10,db=b value=1").await;
    assert_eq!(form.status, 204, "{}", form.body);
    let names = ["w1_value", "w2_value", "w3_value", "w4", "w5", "w6", "w7_value", "w8_value", "w9_value", "w10_value"];
    let expected = names.map(|name| (name.to_owned(), "a".to_owned()));
    assert_eq!(database.databases().await, BTreeSet::from(expected));
}

#[tokio::test]
async fn no_parameter_of_the_client_widens_a_read() {
    let Some(database) = VictoriaMetrics::start().await else { return };
    let (_home, gated) = with_rows(&database).await;
    let reader = gated.token(&["read a"]).await.secret;
    let every = "match[]={__name__=~\".%2B\"}";
    let widening = [
        "",
        "&extra_label=db=b",
        "&extra_label=db=a&extra_label=db=b",
        "&extra_filters={db=\"b\"}",
        "&extra_filters[]={db=\"b\"}",
        "&extra_filters[]={db=\"a\"}&extra_filters[]={db=\"b\"}",
        "&extra%5Ffilters%5B%5D={db=\"b\"}",
        "&match[]={db=\"b\"}",
        "&match={db=\"b\"}",
    ];
    for more in widening {
        sees_its_own(&gated.get(&format!("/api/v1/export?{every}{more}"), &reader).await, more);
        sees_its_own(&gated.get(&format!("/prometheus/api/v1/series?{every}{more}"), &reader).await, more);
        sees_its_own(&gated.form("/api/v1/export", &reader, &format!("{every}{more}")).await, more);
        let query = format!("query=temp_value or {{db=\"b\"}}{more}").replace(' ', "%20");
        sees_its_own(&gated.get(&format!("/api/v1/query?{query}"), &reader).await, more);
        sees_its_own(&gated.form(&format!("/api/v1/query?{more}"), &reader, &query).await, more);
        let hosts = gated.get(&format!("/api/v1/label/host/values?{more}"), &reader).await.expect(200);
        assert!([json!(["own"]), json!([])].contains(&hosts["data"]), "{more}: {hosts}");
        sees_its_own(&gated.get(&format!("/federate?{every}{more}"), &reader).await, more);
    }
    let foreign = gated.get("/api/v1/query?query=temp_value{db=\"b\"}", &reader).await.expect(200);
    assert_eq!(foreign["data"]["result"], json!([]));
}

#[track_caller]
fn sees_its_own(answer: &Answer, what: &str) {
    assert_eq!(answer.status, 200, "{what}: {}", answer.body);
    assert!(answer.body.contains("own"), "{what}: {}", answer.body);
    assert!(!answer.body.contains("foreign"), "{what}: {}", answer.body);
}

#[tokio::test]
async fn who_reads_two_buckets_sees_both_and_who_reads_none_is_refused() {
    let Some(database) = VictoriaMetrics::start().await else { return };
    let (_home, gated) = with_rows(&database).await;
    let both = gated.token(&["read a", "read b"]).await.secret;
    let hosts = gated.get("/api/v1/label/host/values", &both).await.expect(200);
    assert_eq!(hosts["data"], json!(["foreign", "own"]));
    let writer = gated.token(&["write a"]).await.secret;
    let refused = gated.get("/api/v1/query?query=temp_value", &writer).await;
    assert_eq!(refused.header("content-type"), "application/json");
    let refused = refused.expect(403);
    assert_eq!((&refused["status"], &refused["errorType"]), (&json!("error"), &json!("403")));
}

#[tokio::test]
async fn what_ignores_filters_or_is_read_in_two_ways_is_refused() {
    let Some(database) = VictoriaMetrics::start().await else { return };
    let (_home, gated) = with_rows(&database).await;
    let all = gated.token(&["read a", "read b", "write a", "write b"]).await.secret;
    for path in ["/api/v1/series/count", "/api/v1/status/tsdb", "/api/v1/admin/tsdb/delete_series", "/metrics"] {
        assert_eq!(gated.get(path, &all).await.status, 403, "{path}");
    }
    assert_eq!(gated.get("/api/v1/series/count", &gated.first.token).await.status, 200, "an operator");
    let put = gated.request("PUT /api/v1/query", &all).header("content-type", "application/x-www-form-urlencoded");
    assert_eq!(answer(put.body("query=up")).await.status, 405);
    assert_eq!(gated.post("/api/v1/query", &all, "query=up").await.status, 415, "a body without a type");
    let multipart = gated.request("POST /api/v1/query", &all).header("content-type", "multipart/form-data; boundary=x");
    assert_eq!(answer(multipart.body("--x--")).await.status, 415);
    assert_eq!(gated.get("//api/v1/labels", &all).await.status, 400);
    assert_eq!(gated.get("/api/v1%2Flabels", &all).await.status, 400);
    assert_eq!(gated.post("/write?db=a&db=b", &all, "temp value=1").await.status, 400);
    let body_on_get = gated.request("GET /api/v1/labels", &all).body("extra_label=db=b");
    assert_eq!(answer(body_on_get).await.status, 400);
}

#[tokio::test]
async fn a_database_that_is_down_is_503_and_says_when_to_try_again() {
    let Some(database) = VictoriaMetrics::start().await else { return };
    let (_home, gated) = with_rows(&database).await;
    let token = gated.token(&["read a", "write a"]).await.secret;
    drop(database);
    let (write, read) =
        (gated.post("/write?db=a", &token, "temp value=1").await, gated.get("/api/v1/labels", &token).await);
    for refused in [write, read] {
        assert_eq!((refused.status, refused.header("retry-after").as_str()), (503, "1"), "{}", refused.body);
    }
    assert_eq!(gated.gate.counters().failures(UpstreamFailure::Unreachable), 2);
}
