//! The guarded databases: their names, their markers, and their content as read without the gate.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{
    gate_proxy::{influxdb1_program::Influxd, victoriametrics_program::VictoriaMetrics},
    random::Random,
    support::server::{answer, client},
};

/// The names of the databases, as they are in the recordings.
pub const DATABASES: [&str; 6] = ["a", "b", "b1", "b2", "foreign", "spare"];

/// A program with the databases.
pub enum Program {
    Influxd(Influxd),
    VictoriaMetrics(VictoriaMetrics),
}

/// Texts that identify the rows of one database in an answer. No request contains them.
#[derive(Clone, Debug)]
pub struct Marker {
    /// The text in names of measurements, tags and fields, and in their values.
    text: String,
    /// The number in values of fields: 15 digits, which every database prints unchanged.
    number: u64,
}

impl Marker {
    fn new(random: &mut Random) -> Self {
        Self {
            text: format!("k{:016x}", random.number()),
            number: 100_000_000_000_000 + random.number() % 900_000_000_000_000,
        }
    }

    /// Returns whether a text shows rows of the database.
    pub fn is_in(&self, text: &str) -> bool {
        text.contains(&self.text) || text.contains(&self.number.to_string())
    }

    /// Returns rows of the line protocol. `tag`: one more tag, or nothing.
    fn rows(&self, tag: &str) -> String {
        let Self { text, number } = self;
        format!(
            "weather,room={text}{tag} temp={number} 1700000000000000000\n\
             m,host={text}{tag} v={number} 1700000000000000000\n\
             prom,host={text}{tag} value={number} 1700000000000000000\n\
             {text},{text}t={text}{tag} {text}f={number} 1700000000000000000\n"
        )
    }
}

/// Returns the marker of each database. Requests cannot contain them by chance: they are from another random sequence.
pub fn markers(seed: u64) -> BTreeMap<&'static str, Marker> {
    let mut random = Random::of(&[seed, u64::MAX]);
    DATABASES.map(|name| (name, Marker::new(&mut random))).into()
}

impl Program {
    /// Creates the databases and writes the rows with their markers.
    pub async fn fill(&self, markers: &BTreeMap<&'static str, Marker>) {
        for (name, marker) in markers {
            match self {
                Self::Influxd(influxd) => {
                    influxd.execute(&format!("CREATE DATABASE \"{name}\"")).await;
                    influxd.write(name, &marker.rows("")).await;
                }
                Self::VictoriaMetrics(metrics) => {
                    let write = client().post(format!("http://{}/write", metrics.address()));
                    answer(write.body(marker.rows(&format!(",db={name}")))).await.expect(204);
                }
            }
        }
    }

    /// Returns the content of all databases except those of these names: rows, series, and whatever else a request may
    /// create.
    pub async fn content(&self, but: &[&str]) -> Vec<String> {
        let mut content = match self {
            Self::Influxd(influxd) => of_results(&influxd.execute(&statements(but)).await),
            Self::VictoriaMetrics(metrics) => {
                let others: String = but.iter().map(|name| format!(",db!=\"{name}\"")).collect();
                of_series(&metrics.export(&format!("{{__name__=~\".+\"{others}}}")).await)
            }
        };
        content.sort();
        content
    }

    /// Returns whether a request of a method may write, if the program decides that by the method.
    pub fn may_be_written_by(&self, method: &str) -> bool {
        // InfluxDB 1.x executes `SELECT … INTO` of a GET request, too.
        matches!(self, Self::Influxd(_)) || method != "GET"
    }
}

/// Returns the statements that list the content of every database except those of these names.
fn statements(but: &[&str]) -> String {
    let mut text = "SHOW DATABASES; SHOW USERS; SHOW CONTINUOUS QUERIES; SHOW SUBSCRIPTIONS".to_owned();
    for name in DATABASES.iter().filter(|name| !but.contains(name)) {
        text += &format!(
            "; SHOW RETENTION POLICIES ON \"{name}\"; SHOW SERIES ON \"{name}\"; SHOW FIELD KEYS ON \"{name}\"; \
             SELECT * FROM \"{name}\"../.*/"
        );
    }
    text
}

/// Returns the rows of the answer to statements.
fn of_results(body: &str) -> Vec<String> {
    let answer: Value = serde_json::from_str(body).expect("JSON");
    let mut rows = Vec::new();
    for (number, result) in answer["results"].as_array().expect("results").iter().enumerate() {
        assert!(result["error"].is_null(), "the content of a database cannot be read: {result}");
        for series in result["series"].as_array().into_iter().flatten() {
            let head = format!("{number} {} {} {}", series["name"], series["tags"], series["columns"]);
            rows.extend(series["values"].as_array().into_iter().flatten().map(|row| format!("{head} {row}")));
        }
    }
    rows
}

/// Returns the rows of series, which may be in several parts.
fn of_series(series: &[Value]) -> Vec<String> {
    let mut rows = Vec::new();
    for part in series {
        let times = part["timestamps"].as_array().into_iter().flatten();
        let values = part["values"].as_array().into_iter().flatten();
        rows.extend(times.zip(values).map(|(time, value)| format!("{} {time} {value}", part["metric"])));
    }
    rows
}
