//! The requests that are listed, by their canonical path.

use crate::{content_type, request::Media};

/// A path that writes.
pub(super) struct Write {
    path: &'static str,
    /// The parameter that names the bucket.
    pub(super) named_by: &'static str,
    /// The parameters that go on.
    pub(super) parameters: &'static [&'static str],
    body: BodyType,
}

/// The content types of a body. The received one is not passed on, so that no body is read as a form.
enum BodyType {
    /// One content type, whatever the client says.
    Fixed(&'static str),
    /// JSON or Protocol Buffers.
    JsonOrProtobuf,
}

impl Write {
    /// Returns the content type under which the body goes on.
    pub(super) fn content_type(&self, received: &Media) -> Option<&'static str> {
        match (&self.body, received) {
            (BodyType::Fixed(content_type), _) => Some(content_type),
            (BodyType::JsonOrProtobuf, Media::Json | Media::Missing) => Some(content_type::JSON),
            (BodyType::JsonOrProtobuf, Media::Other(name)) if name == content_type::PROTOBUF => {
                Some(content_type::PROTOBUF)
            }
            (BodyType::JsonOrProtobuf, _) => None,
        }
    }
}

const fn row(path: &'static str, named_by: &'static str, parameters: &'static [&'static str], body: BodyType) -> Write {
    Write { path, named_by, parameters, body }
}

const TEXT: BodyType = BodyType::Fixed(content_type::TEXT);
const JSON: BodyType = BodyType::Fixed(content_type::JSON);
const BYTES: BodyType = BodyType::Fixed(content_type::BYTES);
const PROTOBUF: BodyType = BodyType::Fixed(content_type::PROTOBUF);

static WRITES: [Write; 11] = [
    row("/write", "db", &["precision"], TEXT),
    row("/api/v2/write", "bucket", &["precision"], TEXT),
    row("/api/v1/write", "db", &[], PROTOBUF),
    row("/api/v1/import", "db", &[], JSON),
    row("/api/v1/import/csv", "db", &["format"], TEXT),
    row("/api/v1/import/native", "db", &[], BYTES),
    row("/api/v1/import/prometheus", "db", &["timestamp"], TEXT),
    row("/opentelemetry/v1/metrics", "db", &[], BodyType::JsonOrProtobuf),
    row("/datadog/api/v1/series", "db", &[], JSON),
    row("/datadog/api/v2/series", "db", &[], BodyType::JsonOrProtobuf),
    row("/newrelic/infra/v2/metrics/events/bulk", "db", &[], JSON),
];

const READS: [&str; 8] = [
    "/api/v1/query",
    "/api/v1/query_range",
    "/api/v1/series",
    "/api/v1/labels",
    "/api/v1/export",
    "/api/v1/export/csv",
    "/api/v1/export/native",
    "/federate",
];

/// The parameters that occur once and go on with a read. `extra_label`, `extra_filters` and `extra_filters[]` are not
/// among them.
pub(super) const READ_PARAMETERS: [&str; 15] = [
    "query",
    "time",
    "start",
    "end",
    "step",
    "timeout",
    "limit",
    "nocache",
    "round_digits",
    "max_lookback",
    "latency_offset",
    "format",
    "max_rows_per_line",
    "reduce_mem_usage",
    "trace",
];

/// Returns the listed path that writes.
pub(super) fn write(path: &str) -> Option<&'static Write> {
    WRITES.iter().find(|route| route.path == path)
}

/// Returns whether a path is listed as one that reads: one of [`READS`], or the values of a label of any name.
pub(super) fn is_read(path: &str) -> bool {
    let label = path.strip_prefix("/api/v1/label/").and_then(|rest| rest.strip_suffix("/values"));
    READS.contains(&path) || label.is_some_and(|name| !name.is_empty() && !name.contains('/'))
}
