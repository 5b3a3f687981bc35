//! The organization of a gate.

use crate::{
    home::on_each_database,
    offline::jeton,
    support::server::{Server, text},
};

#[tokio::test]
async fn an_organization_named_like_the_id_of_another_does_not_get_its_gate() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let first = server.set_up().await;
        let other = server.org(&first.token, &first.org).await;
        let found = server.service.gate_org(&first.org).await.expect("an organization");
        assert_eq!(found.to_string(), first.org);
        assert_eq!(server.service.gate_org("acme").await.expect("by its name"), found);
        assert_ne!(other, first.org);
        server.stop().await;
        let gate = format!("--gate hall --kind influxdb1 --org {} --upstream http://localhost:8087", first.org);
        let bound = jeton(&home, &format!("gate bind {gate} --bucket iot --database a --json"), "").await.json();
        assert_eq!(text(&bound["orgID"]), first.org);
    })
    .await;
}
