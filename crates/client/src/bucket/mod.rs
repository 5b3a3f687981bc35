//! `jeton bucket` (docs/influxdb-compatibility.md §7.7).

mod change;
mod list;

use clap::Subcommand;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{duration::Span, error::Outcome, output::Shown};

/// The commands for buckets.
#[derive(Subcommand)]
pub enum Bucket {
    /// Create a bucket
    Create(Box<change::Create>),
    /// List buckets
    #[command(visible_aliases = ["find", "ls"])]
    List(Box<list::List>),
    /// Update a bucket
    #[command(visible_alias = "set")]
    Update(Box<change::Update>),
    /// Delete a bucket
    Delete(Box<change::Delete>),
}

impl Bucket {
    /// Runs the command.
    pub async fn run(self) -> Outcome {
        match self {
            Self::Create(create) => create.run().await,
            Self::List(list) => list.run().await,
            Self::Update(update) => update.run().await,
            Self::Delete(delete) => delete.run().await,
        }
    }
}

/// A bucket as the API returns it.
#[derive(Deserialize, Serialize)]
#[serde(transparent)]
struct Row(Value);

#[derive(Deserialize)]
struct Buckets {
    #[serde(default)]
    buckets: Vec<Row>,
}

impl Row {
    fn text(&self, name: &str) -> String {
        self.0.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    /// Returns a member of the one retention rule, in seconds.
    fn rule(&self, name: &str) -> i64 {
        let rule = self.0.get("retentionRules").and_then(|rules| rules.get(0));
        rule.and_then(|rule| rule.get(name)).and_then(Value::as_i64).unwrap_or_default()
    }
}

impl Shown for Row {
    fn columns() -> Vec<&'static str> {
        vec!["ID", "Name", "Retention", "Shard group duration", "Organization ID", "Schema Type"]
    }

    fn cells(&self) -> Vec<String> {
        let or = |seconds: i64, none: &str| if seconds == 0 { none.to_owned() } else { Span::of_seconds(seconds) };
        let schema = self.text("schemaType");
        vec![
            self.text("id"),
            self.text("name"),
            or(self.rule("everySeconds"), "infinite"),
            or(self.rule("shardGroupDurationSeconds"), "n/a"),
            self.text("orgID"),
            if schema.is_empty() { "implicit".into() } else { schema },
        ]
    }
}
