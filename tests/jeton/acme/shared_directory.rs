//! Two servers on one PostgreSQL, which are given the audit key and the same data directory.

use jeton_service::Clock;

use crate::{home::Home, support::server::Server};

use super::flags;

const KEY: &str = "--audit-key=00112233445566778899aabbccddeeff";

#[tokio::test]
async fn a_second_server_does_not_replace_the_certificate_of_the_first() {
    let Some(home) = Home::postgres().await else { return };
    // Nobody answers at this port.
    let acme = flags(1);
    let acme = [&acme.each_ref().map(String::as_str)[..], &[KEY]].concat();
    let first = Server::start_with(&home, Clock::System, &acme).await;
    let refusal = Server::try_start(&home, Clock::System, &acme).await.err().expect("a refusal").to_string();
    assert!(refusal.starts_with("another server uses the certificate by ACME in "), "{refusal}");
    assert!(refusal.contains("--data"), "{refusal}");
    // Without a certificate by ACME, nothing in the directory is shared.
    Server::start_with(&home, Clock::System, &[KEY]).await.stop().await;
    first.stop().await;
    Server::start_with(&home, Clock::System, &acme).await.stop().await;
}
