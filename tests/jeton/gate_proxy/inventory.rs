//! The list of databases that a gate reads from its upstream, and the health of the upstream.

use jeton_gate::Kind;
use jeton_model::binding::{FoundDatabase, UpstreamHealth};

use crate::home::Home;

use super::{
    gated::{Gated, before_played},
    influxdb1_program::Influxd,
    victoriametrics_program::VictoriaMetrics,
};

/// Returns the retention policies of a database, if it was found.
fn policies(found: &[FoundDatabase], name: &str) -> Option<Vec<String>> {
    found.iter().find(|database| database.name == name).map(|database| database.policies.clone())
}

fn names(names: &[&str]) -> Option<Vec<String>> {
    Some(names.iter().map(ToString::to_string).collect())
}

#[tokio::test]
async fn influxd_tells_its_databases_with_their_retention_policies() {
    let Some(database) = Influxd::start().await else { return };
    let home = Home::sqlite();
    for statement in [
        "CREATE DATABASE a",
        "CREATE RETENTION POLICY \"week\" ON a DURATION 7d REPLICATION 1",
        "CREATE DATABASE \"it's; \\\"quoted\\\"\"",
    ] {
        database.execute(statement).await;
    }
    let gated = Gated::new(&home, Kind::Influxdb1, database.address()).await;
    assert_eq!(gated.gate.health(), UpstreamHealth::Unknown);
    let found = gated.gate.inventory().await.expect("a list");
    assert_eq!(policies(&found, "a"), names(&["autogen", "week"]));
    assert_eq!(policies(&found, "it's; \"quoted\""), names(&["autogen"]));
    assert_eq!(gated.gate.health(), UpstreamHealth::Healthy);
}

#[tokio::test]
async fn victoriametrics_tells_the_values_of_its_label() {
    let Some(database) = VictoriaMetrics::start().await else { return };
    let home = Home::sqlite();
    let gated = Gated::new(&home, Kind::Victoriametrics, database.address()).await;
    let writer = gated.token(&["write a"]).await.secret;
    assert_eq!(gated.post("/write?db=a", &writer, "temp value=1 1600000000000000000").await.status, 204);
    // Makes written rows visible to queries.
    drop(database.series().await);
    let found = gated.gate.inventory().await.expect("a list");
    assert_eq!(
        found.iter().map(|database| database.name.as_str()).collect::<Vec<_>>(),
        ["a"],
        "rows of 2020 count too"
    );
}

#[tokio::test]
async fn a_database_that_refuses_the_gate_tells_nothing() {
    let (_home, mut database, gated) = before_played(|_| {}).await;
    for (status, body, health) in [
        ("401 Unauthorized", "{}", UpstreamHealth::Unauthorized),
        ("500 Internal Server Error", "{}", UpstreamHealth::Healthy),
        ("200 OK", "{\"status\":\"error\"}", UpstreamHealth::Healthy),
    ] {
        let asked = async { database.next().await.answer(status, "", body).await };
        let (found, ()) = tokio::join!(gated.gate.inventory(), asked);
        assert_eq!((found, gated.gate.health()), (None, health), "{status}");
    }
}
