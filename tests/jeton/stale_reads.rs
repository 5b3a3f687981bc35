//! `--stale-reads`: while the database can't be asked, tokens in memory are answered for that long, and nothing else is.

use std::{
    fs,
    time::{Duration, Instant},
};

use jeton_model::Timestamp;
use jeton_service::{Client, Clock, Error, error::AuthError};
use serde_json::json;

use crate::{
    home::{Home, on_each_database},
    support::server::{First, Server, permission_in, text},
};

/// The shortest time that can be allowed, and a margin for noticing that it is over.
const SHORT: Duration = Duration::from_secs(1);
const MARGIN: Duration = Duration::from_secs(5);

async fn start(home: &Home, allowed: &str) -> (Server, First) {
    let clock = Clock::manual(Timestamp::from_micros(1_800_000_000_000_000));
    let server = Server::start_with(home, clock, &[&format!("--stale-reads={allowed}")]).await;
    let first = server.set_up().await;
    (server, first)
}

/// A token that expires in two minutes, with the path of its record.
async fn token(server: &Server, first: &First) -> (String, String) {
    let end = server.clock.now().plus_seconds(120).to_string();
    let permissions = json!([permission_in("read", "buckets", &first.org)]);
    let body = json!({"orgID": first.org, "permissions": permissions, "expiresAt": end});
    let made = server.post("/api/v2/authorizations", &first.token, body).await.expect(201);
    (text(&made["token"]), format!("/api/v2/authorizations/{}", text(&made["id"])))
}

/// Returns the refusal of a token; `None` if it is accepted.
async fn refusal(server: &Server, token: &str) -> Option<Error> {
    server.service.caller_by_token(token, Client::default()).await.err()
}

fn is_failure(refused: Option<&Error>) -> bool {
    matches!(refused, Some(Error::Busy | Error::Unavailable))
}

#[tokio::test]
async fn without_its_database_a_server_accepts_tokens_that_were_used_until_they_expire() {
    on_each_database(async |home| {
        let (server, first) = start(&home, "1h").await;
        let (used, _) = token(&server, &first).await;
        for token in [&used, &first.token] {
            assert_eq!(refusal(&server, token).await, None);
        }
        server.service.close().await;
        // Longer than memory is used without being compared.
        let closed = Instant::now();
        while closed.elapsed() < SHORT {
            assert_eq!(refusal(&server, &used).await, None);
        }
        server.get("/api/v2/me", &first.token).await.expect(200);
        let refused = server.get("/api/v2/buckets", &first.token).await;
        assert_eq!((refused.status, refused.header("retry-after").as_str()), (503, "1"), "{}", refused.body);
        server.clock.advance(121);
        assert_eq!(refusal(&server, &used).await, Some(Error::Auth(AuthError::Unauthenticated)));
    })
    .await;
}

#[tokio::test]
async fn without_its_database_a_server_accepts_no_token_that_is_new_or_was_revoked() {
    on_each_database(async |home| {
        let (server, first) = start(&home, "1h").await;
        let (unused, _) = token(&server, &first).await;
        let (revoked, path) = token(&server, &first).await;
        assert_eq!(refusal(&server, &revoked).await, None);
        server.delete(&path, &first.token).await.expect(204);
        server.service.close().await;
        for token in [unused.as_str(), &revoked, "no-token"] {
            let refused = refusal(&server, token).await;
            assert!(is_failure(refused.as_ref()), "{refused:?}: nobody knows whether it works");
        }
    })
    .await;
}

#[tokio::test]
async fn without_its_database_a_server_accepts_no_token_for_longer_than_it_may() {
    on_each_database(async |home| {
        let (server, first) = start(&home, "1s").await;
        assert_eq!(refusal(&server, &first.token).await, None);
        server.service.close().await;
        let closed = Instant::now();
        let refused = loop {
            match refusal(&server, &first.token).await {
                None => assert!(closed.elapsed() < SHORT + MARGIN, "a token is accepted for too long"),
                refused => break refused,
            }
        };
        assert!(is_failure(refused.as_ref()), "{refused:?}");
    })
    .await;
}

#[tokio::test]
async fn while_the_database_answers_a_revocation_on_another_node_is_not_late() {
    let Some(home) = Home::postgres().await else { return };
    let (server, first) = start(&home, "1h").await;
    let (used, path) = token(&server, &first).await;
    assert_eq!(refusal(&server, &used).await, None);
    // A node that was given the key locks nothing.
    let key = fs::read_to_string(home.path().join("audit.key")).expect("a key");
    let node = Server::start_with(&home, server.clock.clone(), &[&format!("--audit-key={key}")]).await;
    node.delete(&path, &first.token).await.expect(204);
    let revoked = Instant::now();
    let refused = loop {
        match refusal(&server, &used).await {
            None => assert!(revoked.elapsed() < MARGIN, "a revoked token is accepted for too long"),
            refused => break refused,
        }
    };
    assert_eq!(refused, Some(Error::Auth(AuthError::Unauthenticated)));
}
