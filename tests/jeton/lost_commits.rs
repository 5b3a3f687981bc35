//! A commit of PostgreSQL whose answer is lost: the change may have been made, and nobody is told otherwise.

use jeton_service::Clock;
use serde_json::json;

use crate::{
    home::Home,
    support::{
        lossy_relay::LossyRelay,
        server::{Server, permission_in, text},
    },
};

#[tokio::test]
async fn a_change_that_may_have_been_made_is_answered_so_and_is_seen_if_it_was() {
    let Some(home) = Home::postgres().await else { return };
    let relay = LossyRelay::before(&home.url()).await;
    let server = Server::start_with(&home, Clock::System, &[&format!("--database-url={}", relay.url)]).await;
    let first = server.set_up().await;
    let permissions = json!([permission_in("read", "buckets", &first.org)]);
    let created = server.token(&first.token, &first.org, permissions).await.expect(201);
    let (token, id) = (text(&created["token"]), text(&created["id"]));
    server.get("/api/v2/buckets", &token).await.expect(200);
    relay.lose_answers_to("COMMIT");
    let answer = server.delete(&format!("/api/v2/authorizations/{id}"), &first.token).await;
    relay.lose_nothing();
    assert_eq!((answer.status, answer.header("retry-after").as_str()), (503, ""), "{}", answer.body);
    assert!(answer.body.contains("unknown whether the change was made"), "{}", answer.body);
    // What is remembered of the token is not used.
    server.get("/api/v2/buckets", &token).await.expect(401);
    server.stop().await;
}
