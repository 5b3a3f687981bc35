//! Addresses to listen on, as deployments write them.

use jeton_service::Clock;

use crate::{
    home::Home,
    support::server::{Server, answer, client},
};

async fn answers_on_loopback(path: &str, port: u16) -> bool {
    answer(client().get(format!("http://127.0.0.1:{port}{path}"))).await.status == 200
}

#[tokio::test]
async fn a_port_alone_listens_on_every_interface() {
    let home = Home::sqlite();
    let server = Server::start_with(&home, Clock::System, &["--addr=:0", "--metrics-addr=:0"]).await;
    assert!(server.address.ip().is_unspecified(), "{}", server.address);
    assert!(answers_on_loopback("/health", server.address.port()).await);
    let metrics = server.metrics_address().expect("a listener for the metrics");
    assert!(metrics.ip().is_unspecified(), "{metrics}");
    assert!(answers_on_loopback("/metrics", metrics.port()).await);
}

#[tokio::test]
async fn localhost_listens_on_the_loopback_interface_alone() {
    let home = Home::sqlite();
    let server = Server::start_with(&home, Clock::System, &["--addr=localhost:0"]).await;
    assert!(server.address.ip().is_loopback(), "{}", server.address);
    assert_eq!(server.get("/health", "").await.status, 200);
}

#[tokio::test]
async fn a_taken_port_of_localhost_is_not_replaced_by_the_other_kind_of_address() {
    let (first, second) = (Home::sqlite(), Home::sqlite());
    let server = Server::start_with(&first, Clock::System, &["--addr=localhost:0"]).await;
    let taken = format!("--addr=localhost:{}", server.address.port());
    let refused = Server::try_start(&second, Clock::System, &[&taken]).await.err().map(|error| error.to_string());
    let sentence = format!(
        "the address {} is in use by another program; stop it or choose another address with --addr",
        server.address
    );
    assert_eq!(refused, Some(sentence));
}
