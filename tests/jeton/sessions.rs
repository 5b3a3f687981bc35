//! Sessions: their lifetime, and what ends them.

use jeton_model::session_kind::SessionKind;
use jeton_service::Client;

use crate::{
    audit_log::details,
    home::on_each_database,
    support::server::{NAME, PASSWORD, Server, answer},
};

use secrecy::ExposeSecret as _;
use serde_json::json;

const MINUTE: i64 = 60;

/// Begins a session and returns its key.
async fn begin(server: &Server, kind: SessionKind) -> String {
    let signed_in = server.service.sign_in(NAME, &PASSWORD.into(), kind, &Client::default()).await;
    signed_in.expect("a session").key.expose_secret().into()
}

async fn lives(server: &Server, key: &str, kind: SessionKind) -> bool {
    server.service.caller_by_session(key, kind, Client::default()).await.is_ok()
}

#[tokio::test]
async fn a_session_ends_sixty_minutes_after_its_last_use() {
    on_each_database(async |home| {
        let server = Server::start_at_rest(&home).await;
        server.set_up().await;
        let (used, unused) = (begin(&server, SessionKind::Console).await, begin(&server, SessionKind::Console).await);
        server.clock.advance(59 * MINUTE);
        assert!(lives(&server, &used, SessionKind::Console).await);
        server.clock.advance(MINUTE);
        assert!(!lives(&server, &unused, SessionKind::Console).await);
        server.clock.advance(58 * MINUTE);
        assert!(lives(&server, &used, SessionKind::Console).await);
        server.clock.advance(60 * MINUTE);
        assert!(!lives(&server, &used, SessionKind::Console).await);
    })
    .await;
}

#[tokio::test]
async fn no_use_renews_a_session_beyond_twelve_hours() {
    on_each_database(async |home| {
        let server = Server::start_at_rest(&home).await;
        server.set_up().await;
        let key = begin(&server, SessionKind::Console).await;
        for half_hour in 1..24 {
            server.clock.advance(30 * MINUTE);
            assert!(lives(&server, &key, SessionKind::Console).await, "after {half_hour} half hours");
        }
        server.clock.advance(30 * MINUTE);
        assert!(!lives(&server, &key, SessionKind::Console).await);
    })
    .await;
}

#[tokio::test]
async fn a_session_of_the_api_is_renewed_by_five_minutes_near_its_end() {
    on_each_database(async |home| {
        let server = Server::start_at_rest(&home).await;
        server.set_up().await;
        let key = begin(&server, SessionKind::Api).await;
        server.clock.advance(58 * MINUTE);
        assert!(lives(&server, &key, SessionKind::Api).await);
        server.clock.advance(4 * MINUTE);
        assert!(lives(&server, &key, SessionKind::Api).await);
        server.clock.advance(5 * MINUTE);
        assert!(!lives(&server, &key, SessionKind::Api).await);
    })
    .await;
}

#[tokio::test]
async fn sessions_and_tokens_survive_a_restart() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let first = server.set_up().await;
        let cookie = server.sign_in(NAME, PASSWORD).await.cookie();
        let before = server.check_audit_log().await;
        server.stop().await;

        let server = Server::start(&home).await;
        assert_eq!(server.me(&cookie).await.expect(200)["name"], NAME);
        assert_eq!(server.get("/api/v2/me", &first.token).await.status, 200);
        assert_eq!(server.get("/api/v2/setup", "").await.expect(200)["allowed"], false);
        assert_eq!(server.check_audit_log().await, before);
    })
    .await;
}

#[tokio::test]
async fn changing_ones_password_ends_the_other_sessions() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let first = server.set_up().await;
        let (own, other) =
            (server.sign_in(NAME, PASSWORD).await.cookie(), server.sign_in(NAME, PASSWORD).await.cookie());
        let request =
            server.request("PUT", "/api/v2/me/password").header("cookie", &own).basic_auth(NAME, Some(PASSWORD));
        answer(request.json(&json!({"password": "password2"}))).await.expect(204);
        assert_eq!(server.me(&own).await.status, 200);
        assert_eq!(server.me(&other).await.status, 401);
        assert_eq!(server.sign_in(NAME, PASSWORD).await.status, 401);
        assert_eq!(server.sign_in(NAME, "password2").await.status, 204);
        assert_eq!(server.get("/api/v2/me", &first.token).await.status, 200, "tokens are not passwords");
    })
    .await;
}

#[tokio::test]
async fn an_administrator_who_sets_a_password_ends_all_sessions() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let first = server.set_up().await;
        let cookie = server.sign_in(NAME, PASSWORD).await.cookie();
        let path = format!("/api/v2/users/{}/password", first.user);
        server.post(&path, &first.token, json!({"password": "password2"})).await.expect(204);
        assert_eq!(server.me(&cookie).await.status, 401);
    })
    .await;
}

#[tokio::test]
async fn who_signs_out_is_signed_out_here_and_nowhere_else() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        server.set_up().await;
        let (here, there) =
            (server.sign_in(NAME, PASSWORD).await.cookie(), server.sign_in(NAME, PASSWORD).await.cookie());
        let sign_out = || answer(server.request("POST", "/api/v2/signout").header("cookie", &here));
        assert_eq!(sign_out().await.status, 204);
        assert_eq!(sign_out().await.status, 401);
        assert_eq!(server.me(&here).await.status, 401);
        assert_eq!(server.me(&there).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn whoever_was_deactivated_can_still_sign_out() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let first = server.set_up().await;
        let bob = server.user(&first.token, "bob").await;
        let path = format!("/api/v2/users/{bob}");
        server.post(&format!("{path}/password"), &first.token, json!({"password": PASSWORD})).await.expect(204);
        let cookie = server.sign_in("bob", PASSWORD).await.cookie();
        server.patch(&path, &first.token, json!({"status": "inactive"})).await.expect(200);
        let sign_out = answer(server.request("POST", "/api/v2/signout").header("cookie", &cookie)).await;
        assert_eq!(sign_out.status, 204);
        server.patch(&path, &first.token, json!({"status": "active"})).await.expect(200);
        assert_eq!(server.me(&cookie).await.status, 401);
    })
    .await;
}

#[tokio::test]
async fn a_wrong_name_and_a_wrong_password_are_told_alike() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        server.set_up().await;
        let refused = server.sign_in(NAME, "wrong password").await.refused(401);
        for name in ["nobody", "ALICE", "alice ", "", "a\0b", &"x".repeat(5000)] {
            assert_eq!(server.sign_in(name, PASSWORD).await.refused(401), refused, "{name:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_key_is_valid_only_where_it_was_made() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let first = server.set_up().await;
        let (console, api) = (begin(&server, SessionKind::Console).await, begin(&server, SessionKind::Api).await);
        assert_eq!(server.me(&format!("influxdb-oss-session={console}")).await.refused(401), "unauthorized access");
        let page = async |key: &str| {
            let path = format!("/orgs/{}/account", first.org);
            answer(server.request("GET", &path).header("cookie", format!("jeton={key}"))).await.status
        };
        assert_eq!((page(&console).await, page(&api).await), (200, 303));
        let out = server.request("POST", "/api/v2/signout").header("cookie", format!("influxdb-oss-session={console}"));
        assert_eq!(answer(out).await.status, 401);
        assert!(lives(&server, &console, SessionKind::Console).await && lives(&server, &api, SessionKind::Api).await);
        server.service.write_refusals().await.expect("written");
        let found = details(&home, "session refused").await;
        assert_eq!(found.len(), 2);
        assert!(found.iter().all(|detail| detail["reason"] == "surface" && detail["name"] == NAME));
    })
    .await;
}

#[tokio::test]
async fn deactivation_ends_sessions_and_activation_revives_none() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let first = server.set_up().await;
        let bob = server.user(&first.token, "bob").await;
        let path = format!("/api/v2/users/{bob}");
        server.post(&format!("{path}/password"), &first.token, json!({"password": PASSWORD})).await.expect(204);
        let set = async |status: &str| {
            server.patch(&path, &first.token, json!({"status": status})).await.expect(200);
        };
        let before = server.sign_in("bob", PASSWORD).await.cookie();
        let console = server.service.sign_in("bob", &PASSWORD.into(), SessionKind::Console, &Client::default()).await;
        let console: String = console.expect("a session").key.expose_secret().into();
        set("active").await;
        assert_eq!(server.me(&before).await.status, 200, "nothing has changed");
        set("inactive").await;
        assert_eq!(server.me(&before).await.refused(403), "User is inactive", "as influxd says it");
        let listed = server.get(&format!("{path}/sessions"), &first.token).await.expect(200);
        assert_eq!(listed["total"], 0);
        // As in influxd, an inactive user can sign in at the API, but is then refused.
        let meanwhile = server.sign_in("bob", PASSWORD).await.cookie();
        assert_eq!(server.me(&meanwhile).await.status, 403);
        set("active").await;
        for cookie in [&before, &meanwhile] {
            assert_eq!(server.me(cookie).await.refused(401), "unauthorized access");
        }
        assert!(!lives(&server, &console, SessionKind::Console).await);
        let after = server.sign_in("bob", PASSWORD).await.cookie();
        assert_eq!(server.me(&after).await.status, 200);
    })
    .await;
}
