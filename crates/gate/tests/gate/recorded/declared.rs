//! Declared deviations from the decisions of the database. An entry is a prefix of the names of steps.

use std::{cell::RefCell, collections::BTreeSet};

/// Steps that the database answered and the gate refuses.
pub const STRICTER: [&str; 36] = [
    // A deciding value is given twice.
    "write.v2.twice",
    "keys.case",
    "sql.post.db-in-url-too",
    "influxql.v1.post.db-in-body",
    "get-with-body",
    "sql.get-with-body",
    // Bodies that are not of the type that they say.
    "keys.text-plain",
    "sql.array",
    "sql.text-plain",
    // Databases and organizations that are not the token's, have no binding, or are not named by a parameter.
    "influxql.v1.no-db:",
    "influxql.v3.no-db:",
    "sql._internal",
    "write.b",
    "write.v1.rp",
    "write.foreign",
    // Buckets by id.
    "bucketID.b2.",
    "bucketID.foreign-org",
    "bucketID.escaped-key",
    "bucketID.alias",
    "bucketID.vnd-flux",
    // System tables.
    "sql.get: SELECT query_text FROM system.",
    "sql.get: SELECT * FROM \"system\"",
    "sql.get: SELECT * FROM SYSTEM.",
    "sql.get: SELECT * FROM public.system.",
    "sql.get: WITH q AS (SELECT * FROM system.",
    "sql.escaped",
    "sql.system:",
    // Requests for operators.
    "delete.w1",
    "influxql.w1: DROP MEASUREMENT",
    "get.r1: /api/v2/",
    "get.none: /api/v2/",
    "database.create",
    "database.delete",
    "table.delete",
    "get: /metrics",
    "get: /api/v1/health",
];

/// Steps that the database refused, and the gate leaves to it: errors of the query or the data, and names in Flux,
/// which the delegated credential decides.
pub const LEFT_TO_THE_DATABASE: [&str; 17] = [
    "write.v2.bad-line",
    "write.bad-line",
    "analyze",
    "flux.other",
    "flux.computed-name",
    "flux.to.",
    "flux.union",
    "flux.unknown-bucket",
    "sql.get: ",
    "influxql.v3: SELECT * FROM weather; ",
    "influxql.v1: SELECT * FROM weather; ",
    "influxql.v3: SELECT temp INTO x",
    "influxql.v1: SELECT temp INTO x",
    // A path that the database does not decode, and the gate does.
    "write.encoded",
    // With the gate's own credential.
    "ping.before",
    "get.no-token: /health",
    "get.no-token: /ping",
];

/// Steps that both refuse, with another status.
pub const OTHER_STATUS: [&str; 25] = [
    // A token that does not see a mapped bucket is told of the missing permission.
    "write.v1.none",
    "write.v1.other",
    // Requests that no client of the database sends by itself.
    "influxql.post.db-in-body",
    "write.slashes",
    "write.dots",
    "write.trailing",
    // Refused for what they are, not for what the database makes of them.
    "bucketID.cardinality",
    "bucketID.to",
    "import.",
    "task.needs-permission",
    "get.r1: /api/v2/",
    "get.none: /api/v2/",
    "get: /",
    "sql.get: SELECT * FROM system.",
    "sql.get: SELECT token_id, name FROM system.",
    "influxql.v3: SELECT * FROM \"b\"",
    "influxql.v1: SELECT * FROM \"b\"",
    "influxql.v3: SHOW MEASUREMENTS ON b",
    "influxql.v1: SHOW MEASUREMENTS ON b",
    "influxql.v3: SHOW TAG KEYS ON b",
    "influxql.v1: SHOW TAG KEYS ON b",
    "influxql.v3: DROP MEASUREMENT",
    "influxql.v1: DROP MEASUREMENT",
    "influxql.v3: CREATE DATABASE",
    "influxql.v1: CREATE DATABASE",
];

/// Steps whose answer Jeton filters.
pub const FILTERED: [&str; 3] = ["influxql.v3: SHOW DATABASES", "influxql.v3.no-db", "databases.list"];

/// Steps whose error has the recorded text.
pub const SAME_TEXT: [&str; 15] = [
    "write.v2.r1",
    "write.v2.none",
    "write.v2.other-bucket",
    "write.v2.unknown-bucket",
    "write.v2.unknown-org",
    "write.v2.no-token",
    "write.v1.r1",
    "write.v1.unknown",
    "write.v1.no-db",
    "flux.no-token",
    "flux.no-org",
    "influxql.r1: SELECT * FROM \"b2\"",
    "influxql.w1: SHOW SERIES",
    "influxql.unknown-db",
    "sql.unknown-db",
];

/// The declarations, and which of them were used.
#[derive(Default)]
pub struct Declared(RefCell<BTreeSet<&'static str>>);

impl Declared {
    /// Returns whether a list declares the step.
    pub fn has(&self, list: &'static [&'static str], name: &str) -> bool {
        let found = list.iter().find(|one| name.starts_with(**one));
        self.0.borrow_mut().extend(found);
        found.is_some()
    }

    /// Returns the declarations that no step needed.
    pub fn unneeded(&self) -> Vec<String> {
        let used = self.0.borrow();
        let lists: [&[&str]; 5] = [&STRICTER, &LEFT_TO_THE_DATABASE, &OTHER_STATUS, &FILTERED, &SAME_TEXT];
        let unused = lists.concat().into_iter().filter(|one| !used.contains(one));
        unused.map(|one| format!("{one} is declared without need")).collect()
    }
}
