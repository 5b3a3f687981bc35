//! Guesses of passwords at a gate: they cost a bounded number of verifications, tell nothing, and concern nobody else.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use jeton_gate::Kind;
use jeton_service::{
    Client, Clock, Error,
    auth::v1_login::{Strangers, V1Login},
};
use serde_json::{Value, json};

use crate::{
    audit_log::details,
    home::{Home, on_each_database},
    support::server::{Server, answer},
};

use super::{
    failures::seen,
    gated::{Gated, V1_PASSWORD, before_played},
    played::Played,
    v1_credentials::{FORMS, presented, write},
};

/// Sends a guess for a user name.
async fn guess_once(gated: &Gated, user: &str, number: usize) -> u16 {
    let password = format!("guess-number-{number}");
    answer(presented(gated, "basic", "POST /write?db=a", user, &password).body("m v=1")).await.status
}

fn count(answered: &[u16], statuses: [u16; 2]) -> [usize; 2] {
    statuses.map(|status| answered.iter().filter(|answer| **answer == status).count())
}

/// Sends this many guesses for a user name, one after the other; returns the number of answers with each of these
/// statuses.
async fn guess(gated: &Gated, user: &str, guesses: usize, statuses: [u16; 2]) -> [usize; 2] {
    let mut answered = Vec::new();
    for number in 0..guesses {
        answered.push(guess_once(gated, user, number).await);
    }
    count(&answered, statuses)
}

/// Sends this many guesses for a user name at once; returns the number of answers with each of these statuses.
async fn guess_at_once(gated: &Gated, user: &str, guesses: usize, statuses: [u16; 2]) -> [usize; 2] {
    let answered = join_all((0..guesses).map(|number| guess_once(gated, user, number))).await;
    count(&answered, statuses)
}

#[tokio::test]
async fn an_unknown_name_and_a_wrong_password_are_answered_alike_and_cost_the_same() {
    let (home, mut database, gated) = before_played(|_| {}).await;
    gated.v1("grafana", &["write a"], json!({})).await;
    let unknown = gated.post("/write?db=a", "unknown", "m v=1").await;
    assert_eq!(unknown.status, 401, "{}", unknown.body);
    for user in ["grafana", "nobody"] {
        let before = gated.server.service.password_verifications();
        for form in FORMS {
            let line = "POST /write?db=a";
            let refused = answer(presented(&gated, form, line, user, "wrong-password").body("m v=1")).await;
            assert_eq!(seen(&refused), seen(&unknown), "{user} {form}");
        }
        let cost = gated.server.service.password_verifications() - before;
        assert_eq!(cost, 1, "{user}: one verification, whose result is remembered");
    }
    // A wrong password of one name tells nothing about another one.
    let before = gated.server.service.password_verifications();
    guess(&gated, "grafana", 1, [401, 503]).await;
    guess(&gated, "nobody", 1, [401, 503]).await;
    guess(&gated, "somebody", 1, [401, 503]).await;
    assert_eq!(gated.server.service.password_verifications() - before, 3);
    assert!(database.is_idle());
    gated.server.service.write_refusals().await.expect("written");
    let denied = details(&home, "1.x credential refused").await;
    assert_eq!(denied.iter().map(|detail| &detail["reason"]).collect::<Vec<&Value>>(), ["wrong password"]);
    assert_eq!(details(&home, "unknown token refused").await.len(), 1, "once a minute for an address");
}

#[tokio::test]
async fn guesses_cost_few_verifications_and_requests_with_tokens_none() {
    let (_home, mut database, gated) = before_played(|_| {}).await;
    gated.v1("grafana", &["write a"], json!({})).await;
    let token = gated.token(&["write a"]).await.secret;
    let verifications = || gated.server.service.password_verifications();
    let before = verifications();
    let with_token = async {
        for form in FORMS {
            assert_eq!(write(&gated, &mut database, form, "grafana", &token).await, 204, "{form}");
        }
    };
    let (answered, ()) = tokio::join!(guess(&gated, "grafana", 10, [401, 503]), with_token);
    assert_eq!(answered, [5, 5], "after five, the name waits");
    assert_eq!(verifications() - before, 5, "those of the five guesses");
    assert_eq!(guess(&gated, "nobody", 10, [401, 503]).await, [5, 5], "as one that nobody has");
    assert_eq!(verifications() - before, 10);
    assert!(database.is_idle());
}

#[tokio::test]
async fn guesses_at_once_cost_no_more_verifications() {
    let (_home, mut database, gated) = before_played(|_| {}).await;
    gated.v1("grafana", &["write a"], json!({})).await;
    let verifications = || gated.server.service.password_verifications();
    for user in ["grafana", "nobody"] {
        let before = verifications();
        let [verified, denied] = guess_at_once(&gated, user, 40, [401, 503]).await;
        assert!((1..=5).contains(&verified) && verified + denied == 40, "{user}: {verified} {denied}");
        assert_eq!(verifications() - before, verified as u64, "{user}: the others are told to come back");
    }
    assert!(database.is_idle());
}

#[tokio::test]
async fn guesses_do_not_stop_a_client_whose_password_was_right() {
    let (_home, mut database, gated) = before_played(|_| {}).await;
    gated.v1("grafana", &["write a"], json!({})).await;
    assert_eq!(write(&gated, &mut database, "basic", "grafana", V1_PASSWORD).await, 204);
    let before = gated.server.service.password_verifications();
    assert_eq!(guess(&gated, "grafana", 10, [401, 503]).await, [5, 5]);
    assert_eq!(write(&gated, &mut database, "query", "grafana", V1_PASSWORD).await, 204);
    assert_eq!(gated.server.service.password_verifications() - before, 5);
}

#[tokio::test]
async fn without_jetons_database_a_neighbour_does_not_guess_without_end_either() {
    on_each_database(async |home: Home| {
        let database = Played::start().await;
        let server = Server::start_with(&home, Clock::System, &["--stale-reads=1h"]).await;
        let gated = Gated::on(server, Kind::Victoriametrics, database.address, |_| {}).await;
        gated.v1("grafana", &["write a"], json!({})).await;
        let service = &gated.server.service;
        let present = async |password: &str| {
            let client = Client { address: "192.0.2.1".parse().ok(), ..Client::default() };
            let login = V1Login { username: "grafana".into(), password: password.to_owned().into() };
            let holder = service.holder_of_login(password, &login, client, Strangers::Refused).await;
            holder.map(|holder| holder.is_some())
        };
        assert_eq!(present(V1_PASSWORD).await, Ok(true));
        service.close().await;
        // Longer than memory is used without being compared.
        let closed = Instant::now();
        while closed.elapsed() < Duration::from_secs(1) {
            assert_eq!(present(V1_PASSWORD).await, Ok(true));
        }
        for guess in 0..1000 {
            assert_eq!(present(V1_PASSWORD).await, Ok(true), "after {guess}");
            assert_eq!(present(&format!("guess-number-{guess}")).await, Err(Error::Unavailable));
        }
        assert_eq!(present(V1_PASSWORD).await, Err(Error::Unavailable), "nobody learns that it is right");
    })
    .await;
}
