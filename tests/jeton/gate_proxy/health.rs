//! The metric of the health of the database behind a gate.

use jeton_gate::Kind;

use crate::home::Home;

use super::{gated::Gated, played::Played};

#[tokio::test]
async fn a_gate_knows_whether_its_database_answered_last() {
    let home = Home::sqlite();
    let mut database = Played::start().await;
    let gated = Gated::new(&home, Kind::Victoriametrics, database.address).await;
    let token = gated.token(&["write a"]).await.secret;
    assert!(gated.gate.upstream_is_up(), "nothing has failed");

    let write = gated.post("/write?db=a", &token, "m v=1");
    let (refused, ()) = tokio::join!(write, async { drop(database.next().await) });
    assert_eq!(refused.status, 502);
    assert!(!gated.gate.upstream_is_up(), "it ended the connection");

    let write = gated.post("/write?db=a", &token, "m v=1");
    let (written, ()) = tokio::join!(write, async { database.next().await.answer("204 No Content", "", "").await });
    assert_eq!(written.status, 204);
    assert!(gated.gate.upstream_is_up());
}

#[tokio::test]
async fn a_database_that_refuses_the_credential_of_its_gate_is_down() {
    let home = Home::sqlite();
    let mut database = Played::start().await;
    let gated = Gated::new(&home, Kind::Victoriametrics, database.address).await;
    let token = gated.token(&["write a"]).await.secret;
    let write = gated.post("/write?db=a", &token, "m v=1");
    let (refused, ()) = tokio::join!(write, async { database.next().await.answer("401 Unauthorized", "", "").await });
    assert_eq!(refused.status, 503);
    assert!(!gated.gate.upstream_is_up());
}
