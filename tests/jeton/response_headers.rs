//! Headers of all responses, and endpoints for monitoring.

use serde_json::json;

use crate::{
    home::{Home, on_each_database},
    support::server::{Answer, NAME, PASSWORD, Server, answer},
};

async fn answers_of_all_kinds(server: &Server, token: &str) -> Vec<(&'static str, Answer)> {
    let mut answers = Vec::new();
    for path in [
        "/api/v2/me",
        "/api/v2/buckets",
        "/api/v2/setup",
        "/api/v2/nothing",
        "/api/v2",
        "/health",
        "/ready",
        "/ping",
        "/metrics",
    ] {
        answers.push((path, server.get(path, token).await));
    }
    answers.push(("without a token", server.get("/api/v2/me", "").await));
    answers.push(("a bad body", server.post("/api/v2/users", token, json!(7)).await));
    let foreign = server.request("POST", "/api/v2/setup").header("origin", "http://evil.example");
    answers.push(("a foreign origin", answer(foreign).await));
    answers
}

#[tokio::test]
async fn every_answer_tells_browsers_to_trust_nothing_else() {
    let home = Home::sqlite();
    let server = Server::start(&home).await;
    let first = server.set_up().await;
    for (what, answer) in answers_of_all_kinds(&server, &first.token).await {
        let policy = answer.header("content-security-policy");
        assert_eq!(
            policy, "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            "{what} is no page"
        );
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{what}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{what}");
        assert_eq!(answer.header("cache-control"), "no-store", "{what}");
        assert_eq!(answer.header("x-influxdb-build"), "OSS", "{what}");
        assert!(answer.header("x-influxdb-version").starts_with("v2."), "{what}");
    }
}

#[tokio::test]
async fn the_nonce_of_the_policy_is_never_used_again() {
    let home = Home::sqlite();
    let server = Server::start(&home).await;
    // Before the set-up, every page is a redirect to it.
    server.set_up().await;
    let policy = async || server.get("/sign-in", "").await.header("content-security-policy");
    for directive in ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"] {
        assert!(policy().await.split("; ").any(|said| said == directive), "{directive}");
    }
    assert!(policy().await.contains("; style-src 'self' 'nonce-"));
    assert!(!policy().await.contains("'unsafe-") && !policy().await.contains('*'));
    assert_ne!(policy().await, policy().await);
}

#[tokio::test]
async fn monitors_need_no_credentials() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        for method in ["GET", "HEAD"] {
            let pinged = answer(server.request(method, "/ping")).await;
            assert_eq!((pinged.status, pinged.body.as_str()), (204, ""), "{method}");
            assert!(pinged.header("x-influxdb-version").starts_with("v2."));
        }
        let health = server.get("/health", "").await.expect(200);
        assert_eq!((&health["name"], &health["status"]), (&json!("influxdb"), &json!("pass")));
        let ready = server.get("/ready", "").await.expect(200);
        assert_eq!((&ready["status"], ready["started"].is_string()), (&json!("ready"), true));
    })
    .await;
}

#[tokio::test]
async fn metrics_count_requests_sign_ins_and_tokens() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let first = server.set_up().await;
        server.sign_in(NAME, PASSWORD).await.cookie();
        server.sign_in(NAME, "wrong password").await.refused(401);
        server.get(&format!("/api/v2/buckets/{}", first.bucket), &first.token).await.expect(200);
        let metrics = server.get("/metrics", "").await;
        assert_eq!(metrics.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
        for series in [
            "jeton_http_requests_total{method=\"GET\",route=\"/api/v2/buckets/{bucketID}\",status=\"200\"}",
            "jeton_http_requests_total{method=\"POST\",route=\"/api/v2/setup\",status=\"201\"}",
            "jeton_sign_ins_total{outcome=\"accepted\"}",
            "jeton_sign_ins_total{outcome=\"refused\"}",
            "jeton_tokens{state=\"active\"}",
            "jeton_tokens{state=\"inactive\"}",
            "jeton_tokens{state=\"ended\"}",
        ] {
            assert!(metrics.body.lines().any(|line| line.starts_with(series)), "{series}");
        }
    })
    .await;
}

#[tokio::test]
async fn requests_without_a_route_are_counted_by_the_part_that_refuses_them() {
    let home = Home::sqlite();
    let server = Server::start(&home).await;
    let first = server.set_up().await;
    server.get("/api/v2/me", "").await.refused(401);
    server.get("/api/v2/no-such-path", &first.token).await.refused(404);
    assert_eq!(server.get("/no-such-path", "").await.status, 404);
    assert_eq!(answer(server.request("GET", "/ping")).await.status, 204);
    let metrics = server.get("/metrics", "").await.body;
    for series in [
        "jeton_http_requests_total{method=\"GET\",route=\"/api/v2/{*path}\",status=\"401\"}",
        "jeton_http_requests_total{method=\"GET\",route=\"/api/v2/{*path}\",status=\"404\"}",
        "jeton_http_requests_total{method=\"GET\",route=\"unmatched\",status=\"404\"}",
        "jeton_http_requests_total{method=\"GET\",route=\"/ping\",status=\"204\"}",
        "jeton_http_request_seconds_count{method=\"GET\",route=\"/ping\"}",
    ] {
        assert!(metrics.lines().any(|line| line.starts_with(series)), "{series}");
    }
}

#[tokio::test]
async fn metrics_hold_nothing_that_a_client_made_up() {
    let home = Home::sqlite();
    let server = Server::start(&home).await;
    let first = server.set_up().await;
    answer(server.request("XYZZY", "/health")).await;
    server.get("/made-up-path", "").await;
    server.get("/api/v2/made-up-path?made-up-query", &first.token).await;
    let metrics = server.get("/metrics", "").await.body;
    for made_up in ["XYZZY", "made-up", &first.token, &first.user] {
        assert!(!metrics.contains(made_up), "{made_up}");
    }
    assert!(metrics.contains("method=\"other\""));
}

#[tokio::test]
async fn the_types_of_resources_are_listed_for_whoever_has_a_token() {
    let home = Home::sqlite();
    let server = Server::start(&home).await;
    let first = server.set_up().await;
    assert_eq!(server.get("/api/v2/resources", "").await.status, 401);
    let listed = server.get("/api/v2/resources", &first.token).await;
    assert_eq!(listed.header("content-type"), "application/json");
    let listed = listed.expect(200);
    let types = listed.as_array().expect("a list");
    assert_eq!(types.len(), 23);
    assert_eq!(types[..3], ["authorizations", "buckets", "dashboards"]);
}
