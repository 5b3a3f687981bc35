//! The throttle of sign-ins: guessing passwords is slow, and locks nobody else out.

use jeton_model::Timestamp;
use jeton_service::Clock;

use crate::{
    home::Home,
    support::server::{Answer, NAME, PASSWORD, Server, answer},
};

async fn behind_a_proxy(home: &Home) -> Server {
    let clock = Clock::manual(Timestamp::from_micros(1_800_000_000_000_000));
    let server = Server::start_with(home, clock, &["--trusted-proxies=127.0.0.1/32"]).await;
    server.set_up().await;
    server
}

async fn sign_in_from(server: &Server, address: &str, name: &str, password: &str) -> Answer {
    let request = server.request("POST", "/api/v2/signin").header("x-forwarded-for", address);
    answer(request.basic_auth(name, Some(password))).await
}

async fn guess_five_times(server: &Server, address: &str) {
    for _ in 0..5 {
        assert_eq!(sign_in_from(server, address, NAME, "wrong password").await.status, 401);
    }
}

#[tokio::test]
async fn the_sixth_guess_is_told_when_to_come_back() {
    let home = Home::sqlite();
    let server = behind_a_proxy(&home).await;
    guess_five_times(&server, "192.0.2.1").await;
    let refused = sign_in_from(&server, "192.0.2.1", NAME, PASSWORD).await;
    let seconds: i64 = refused.header("retry-after").parse().expect("seconds");
    assert!((40..=41).contains(&seconds), "{seconds}");
    assert_eq!(refused.refused(429), format!("too many attempts; try again in {seconds} seconds"));
    server.clock.advance(seconds);
    assert_eq!(sign_in_from(&server, "192.0.2.1", NAME, PASSWORD).await.status, 204);
}

#[tokio::test]
async fn other_addresses_and_other_names_are_not_locked_out() {
    let home = Home::sqlite();
    let server = behind_a_proxy(&home).await;
    guess_five_times(&server, "192.0.2.1").await;
    assert_eq!(sign_in_from(&server, "192.0.2.1", NAME, PASSWORD).await.status, 429);
    assert_eq!(sign_in_from(&server, "192.0.2.2", NAME, PASSWORD).await.status, 204);
    assert_eq!(sign_in_from(&server, "192.0.2.1", "bob", PASSWORD).await.status, 401);
}

#[tokio::test]
async fn without_a_trusted_proxy_nobody_chooses_their_address() {
    let home = Home::sqlite();
    let server = Server::start_at_rest(&home).await;
    server.set_up().await;
    for guess in 0..5 {
        let address = format!("192.0.2.{guess}");
        assert_eq!(sign_in_from(&server, &address, NAME, "wrong password").await.status, 401);
    }
    assert_eq!(sign_in_from(&server, "192.0.2.9", NAME, PASSWORD).await.status, 429);
}

#[tokio::test]
async fn what_stands_left_of_the_proxys_own_word_is_not_believed() {
    let home = Home::sqlite();
    let server = behind_a_proxy(&home).await;
    for guess in 0..5 {
        let said = format!("10.9.8.{guess}, 192.0.2.1");
        assert_eq!(sign_in_from(&server, &said, NAME, "wrong password").await.status, 401);
    }
    assert_eq!(sign_in_from(&server, "10.9.8.7, 192.0.2.1", NAME, PASSWORD).await.status, 429);
}

#[tokio::test]
async fn guessing_the_old_password_is_as_slow() {
    let home = Home::sqlite();
    let server = behind_a_proxy(&home).await;
    let cookie = server.sign_in(NAME, PASSWORD).await.cookie();
    let change = async || {
        let request = server.request("PUT", "/api/v2/me/password").header("cookie", &cookie);
        let request = request.basic_auth(NAME, Some("wrong password")).body(r#"{"password":"password2"}"#);
        answer(request).await.status
    };
    for _ in 0..5 {
        assert_eq!(change().await, 403);
    }
    assert_eq!(change().await, 429);
}
