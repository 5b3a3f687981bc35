//! The paths that are listed, written once more, so that one that is added without thought is noticed.

use jeton_gate::Kind;

/// Methods with a path; `*` stands for one segment of any name.
type Listed = (&'static str, &'static str);

const INFLUXDB1: [Listed; 8] = [
    ("POST", "/write"),
    ("POST", "/api/v2/write"),
    ("POST", "/api/v1/prom/write"),
    ("POST", "/api/v1/prom/read"),
    ("GET POST", "/query"),
    ("GET HEAD", "/ping"),
    ("GET HEAD", "/health"),
    ("GET HEAD", "/status"),
];

const INFLUXDB2: [Listed; 11] = [
    ("POST", "/api/v2/write"),
    ("POST", "/write"),
    ("POST", "/api/v2/query"),
    ("POST", "/api/v2/query/ast"),
    ("POST", "/api/v2/query/analyze"),
    ("GET", "/api/v2/query/suggestions"),
    ("POST", "/api/v2/delete"),
    ("GET POST", "/query"),
    ("GET HEAD", "/ping"),
    ("GET HEAD", "/health"),
    ("GET HEAD", "/ready"),
];

const INFLUXDB3: [Listed; 9] = [
    ("POST", "/api/v3/write_lp"),
    ("POST", "/api/v2/write"),
    ("POST", "/write"),
    ("GET POST", "/api/v3/query_sql"),
    ("GET POST", "/api/v3/query_influxql"),
    ("GET POST", "/query"),
    ("GET", "/api/v3/configure/database"),
    ("GET HEAD", "/ping"),
    ("GET HEAD", "/health"),
];

const VICTORIAMETRICS: [Listed; 20] = [
    ("POST", "/write"),
    ("POST", "/api/v2/write"),
    ("POST", "/api/v1/write"),
    ("POST", "/api/v1/import"),
    ("POST", "/api/v1/import/csv"),
    ("POST", "/api/v1/import/native"),
    ("POST", "/api/v1/import/prometheus"),
    ("POST", "/opentelemetry/v1/metrics"),
    ("POST", "/datadog/api/v1/series"),
    ("POST", "/datadog/api/v2/series"),
    ("POST", "/newrelic/infra/v2/metrics/events/bulk"),
    ("GET POST", "/api/v1/query"),
    ("GET POST", "/api/v1/query_range"),
    ("GET POST", "/api/v1/series"),
    ("GET POST", "/api/v1/labels"),
    ("GET POST", "/api/v1/label/*/values"),
    ("GET POST", "/api/v1/export"),
    ("GET POST", "/api/v1/export/csv"),
    ("GET POST", "/api/v1/export/native"),
    ("GET POST", "/federate"),
];

/// Returns the listed paths of a kind.
pub fn listed(kind: Kind) -> &'static [Listed] {
    match kind {
        Kind::Influxdb1 => &INFLUXDB1,
        Kind::Influxdb2 => &INFLUXDB2,
        Kind::Influxdb3 => &INFLUXDB3,
        Kind::Victoriametrics => &VICTORIAMETRICS,
    }
}

/// Returns whether a method and a path of a kind are listed.
pub fn is_listed(kind: Kind, method: &str, path: &str) -> bool {
    let path = match kind {
        Kind::Victoriametrics => {
            let rest = path.strip_prefix("/prometheus").or_else(|| path.strip_prefix("/influx"));
            rest.filter(|rest| rest.starts_with('/')).unwrap_or(path)
        }
        _ => path,
    };
    let is_same = |listed: &str| match listed.split_once('*') {
        None => listed == path,
        Some((before, after)) => {
            let name = path.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
            name.is_some_and(|name| !name.is_empty() && !name.contains('/'))
        }
    };
    listed(kind).iter().any(|(methods, listed)| methods.split(' ').any(|one| one == method) && is_same(listed))
}
