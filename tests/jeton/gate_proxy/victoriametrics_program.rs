//! A real VictoriaMetrics.

use std::{collections::BTreeSet, net::SocketAddr, path::Path, process::Command};

use serde_json::Value;

use crate::support::server::answer;

use super::program::Program;

/// A VictoriaMetrics without authentication.
pub struct VictoriaMetrics(Program);

impl VictoriaMetrics {
    /// Starts it; `None` if it is not installed.
    pub async fn start() -> Option<Self> {
        Program::start("victoria-metrics", "/health", configure).await.map(Self)
    }

    pub fn address(&self) -> SocketAddr {
        self.0.address
    }

    /// Returns the labels of every series, past the gate.
    pub async fn series(&self) -> Vec<Value> {
        self.export("{__name__=~\".+\"}").await.iter().map(|row| row["metric"].clone()).collect()
    }

    /// Returns the selected series with their values, past the gate. A series may be in several parts.
    pub async fn export(&self, selector: &str) -> Vec<Value> {
        let http = &self.0.http;
        answer(http.get(self.0.url("/internal/force_flush"))).await.expect(200);
        let export = http.get(self.0.url("/api/v1/export"));
        // Without an end, rows of the last second are left out.
        let rows = answer(export.query(&[("match[]", selector), ("end", "4102444800")])).await;
        assert_eq!(rows.status, 200, "{}", rows.body);
        rows.body.lines().map(|row| serde_json::from_str(row).unwrap()).collect()
    }

    /// Returns name and `db` of every series, past the gate.
    pub async fn databases(&self) -> BTreeSet<(String, String)> {
        let label = |series: &Value, name: &str| series[name].as_str().unwrap_or_default().to_owned();
        self.series().await.iter().map(|series| (label(series, "__name__"), label(series, "db"))).collect()
    }
}

fn configure(command: &mut Command, address: SocketAddr, directory: &Path) {
    command.arg(format!("-storageDataPath={}", directory.display()));
    command.arg(format!("-httpListenAddr={address}"));
    // Rows that were written a moment ago are found.
    command.args(["-retentionPeriod=100y", "-search.latencyOffset=0s", "-search.disableCache"]);
}
