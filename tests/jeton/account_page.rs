//! The Account page: changing one's password, and listing one's sessions.

use reqwest::RequestBuilder;
use secrecy::ExposeSecret as _;
use serde_json::json;
use sqlx::Row as _;

use jeton_model::{ValidationError, console::session::UserSessions, session_kind::SessionKind};
use jeton_service::{Caller, Client, Error, error::AuthError, users::sessions::Which};

use crate::{
    home::{Home, on_each_database},
    support::server::{NAME, PASSWORD, Server, answer},
};

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";

/// Begins a session from this address with this program, and returns its key.
async fn begin(server: &Server, name: &str, kind: SessionKind, address: &str, agent: &str) -> String {
    let client = Client { address: address.parse().ok(), agent: Some(agent.into()), ..Client::default() };
    let signed_in = server.service.sign_in(name, &PASSWORD.into(), kind, &client).await;
    signed_in.expect("a session").key.expose_secret().into()
}

/// Returns the caller with this key, in whichever place it is valid.
async fn caller(server: &Server, key: &str) -> Result<Caller, Error> {
    match server.service.caller_by_session(key, SessionKind::Console, Client::default()).await {
        Err(Error::Auth(AuthError::Unauthenticated)) => {
            server.service.caller_by_session(key, SessionKind::Api, Client::default()).await
        }
        known => known,
    }
}

async fn own(server: &Server, key: &str) -> UserSessions {
    let caller = caller(server, key).await.expect("a caller");
    server.service.own_sessions(&caller).await.expect("sessions")
}

async fn end(server: &Server, key: &str, which: Which<'_>) -> Result<usize, Error> {
    let caller = caller(server, key).await?;
    server.service.end_sessions(&caller, which).await
}

async fn ended_rows(home: &Home) -> Vec<String> {
    let rows = home.rows("SELECT detail FROM audit_log WHERE action = 'sessions ended' ORDER BY seq").await;
    rows.iter().map(|row| row.get("detail")).collect()
}

/// A request with a form, as a browser without JavaScript sends it.
fn form(server: &Server, key: &str, path: &str, fields: &str) -> RequestBuilder {
    let request = server.request("POST", path).header("cookie", format!("jeton={key}"));
    request.header("content-type", "application/x-www-form-urlencoded").body(fields.to_owned())
}

#[tokio::test]
async fn one_sees_ones_own_sessions_and_nobody_elses() {
    on_each_database(async |home| {
        let server = Server::start_at_rest(&home).await;
        let first = server.set_up().await;
        let bob = server.user(&first.token, "bob").await;
        let path = format!("/api/v2/users/{bob}/password");
        server.post(&path, &first.token, json!({"password": PASSWORD})).await.expect(204);
        begin(&server, "bob", SessionKind::Console, "192.0.2.9", FIREFOX).await;
        let here = begin(&server, NAME, SessionKind::Console, "192.0.2.1", FIREFOX).await;
        server.clock.advance(60);
        let there = begin(&server, NAME, SessionKind::Api, "2001:db8::7", "Telegraf/1.30").await;
        let sessions = own(&server, &here).await;
        assert_eq!((sessions.total, sessions.rows.len()), (2, 2));
        let [current, other] = sessions.rows.as_slice() else { panic!("two sessions") };
        assert!(current.is_current && current.from_console);
        assert_eq!((current.agent.as_str(), current.address.as_deref()), ("Firefox on Linux", Some("192.0.2.1")));
        assert!(!other.is_current && !other.from_console);
        assert_eq!((other.agent.as_str(), other.address.as_deref()), ("Telegraf", Some("2001:db8::7")));
        assert!(own(&server, &there).await.rows[0].key == other.key, "whoever asks comes first");
        server.clock.advance(3600);
        let later = begin(&server, NAME, SessionKind::Console, "192.0.2.1", FIREFOX).await;
        assert_eq!(own(&server, &later).await.total, 1, "what has expired is no session");
    })
    .await;
}

#[tokio::test]
async fn no_page_tells_a_key_or_its_hash() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let first = server.set_up().await;
        let here = begin(&server, NAME, SessionKind::Console, "192.0.2.1", FIREFOX).await;
        begin(&server, NAME, SessionKind::Console, "192.0.2.2", FIREFOX).await;
        let path = format!("/orgs/{}/account", first.org);
        let page = answer(server.request("GET", &path).header("cookie", format!("jeton={here}"))).await;
        assert_eq!(page.status, 200);
        let rows = own(&server, &here).await.rows;
        assert!(rows.iter().all(|row| row.key.len() == 16) && page.body.contains(&rows[1].key));
        for row in home.rows("SELECT key_hash FROM sessions").await {
            let hash: String = row.get("key_hash");
            assert!(!page.body.contains(hash.trim_start_matches("$influxdb2-sha256$").trim_end_matches('=')));
        }
        assert!(!page.body.contains(here.trim_end_matches('=')));
    })
    .await;
}

#[tokio::test]
async fn signing_out_elsewhere_keeps_the_session_that_asks() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let first = server.set_up().await;
        let mut others = Vec::new();
        let here = begin(&server, NAME, SessionKind::Console, "192.0.2.1", FIREFOX).await;
        for kind in [SessionKind::Console, SessionKind::Api] {
            others.push(begin(&server, NAME, kind, "192.0.2.2", "curl/8").await);
        }
        assert_eq!(end(&server, &here, Which::Others).await, Ok(2));
        assert!(caller(&server, &here).await.is_ok());
        for other in &others {
            assert!(caller(&server, other).await.is_err());
        }
        assert_eq!(end(&server, &here, Which::Others).await, Ok(0));
        assert_eq!(ended_rows(&home).await, [r#"{"count":2}"#], "nothing ended, nothing logged");
        assert_eq!(server.get("/api/v2/me", &first.token).await.status, 200, "tokens are no sessions");
        assert!(server.check_audit_log().await.1);
    })
    .await;
}

#[tokio::test]
async fn a_single_session_is_signed_out_by_its_owner() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let first = server.set_up().await;
        let bob = server.user(&first.token, "bob").await;
        let path = format!("/api/v2/users/{bob}/password");
        server.post(&path, &first.token, json!({"password": PASSWORD})).await.expect(204);
        let here = begin(&server, NAME, SessionKind::Console, "192.0.2.1", FIREFOX).await;
        let there = begin(&server, NAME, SessionKind::Console, "192.0.2.2", FIREFOX).await;
        let bobs = begin(&server, "bob", SessionKind::Console, "192.0.2.3", FIREFOX).await;
        let rows = own(&server, &here).await.rows;
        let (own_key, other) = (rows[0].key.as_str(), rows[1].key.as_str());
        for foreign in [own(&server, &bobs).await.rows[0].key.as_str(), "", "0123456789abcdef", &here] {
            assert_eq!(
                end(&server, &here, Which::One(foreign)).await,
                Err(Error::Auth(AuthError::SessionNotFound)),
                "{foreign}"
            );
        }
        assert_eq!(end(&server, &bobs, Which::One(other)).await, Err(Error::Auth(AuthError::SessionNotFound)));
        assert!(matches!(
            end(&server, &here, Which::One(own_key)).await,
            Err(Error::Validation(ValidationError::Field { .. }))
        ));
        assert_eq!(end(&server, &here, Which::One(other)).await, Ok(1));
        assert_eq!(end(&server, &here, Which::One(other)).await, Err(Error::Auth(AuthError::SessionNotFound)));
        assert!(caller(&server, &there).await.is_err());
        assert!(caller(&server, &here).await.is_ok() && caller(&server, &bobs).await.is_ok());
        assert_eq!(ended_rows(&home).await, [r#"{"count":1}"#]);
    })
    .await;
}

#[tokio::test]
async fn a_token_of_an_organization_signs_nobody_out() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let first = server.set_up().await;
        let here = begin(&server, NAME, SessionKind::Console, "192.0.2.1", FIREFOX).await;
        let permissions = json!([crate::support::server::permission_in("read", "buckets", &first.org)]);
        let made = server.token(&first.token, &first.org, permissions).await.expect(201);
        let weak = server.caller(made["token"].as_str().expect("a token")).await;
        assert!(matches!(server.service.own_sessions(&weak).await, Err(Error::Auth(AuthError::Unauthorized(_)))));
        assert!(matches!(
            server.service.end_sessions(&weak, Which::Others).await,
            Err(Error::Auth(AuthError::Unauthorized(_)))
        ));
        assert!(caller(&server, &here).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn forms_change_the_password_and_sign_out_without_script() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let first = server.set_up().await;
        let here = begin(&server, NAME, SessionKind::Console, "192.0.2.1", FIREFOX).await;
        let there = begin(&server, NAME, SessionKind::Console, "192.0.2.2", FIREFOX).await;
        let path = format!("/orgs/{}/account", first.org);
        let refusals = [
            ("old=password1&password=password2&confirm=password3", 422, "The passwords differ."),
            ("old=wrong-one&password=password2&confirm=password2", 403, "This is not your password."),
            ("old=password1&password=short&confirm=short", 422, "Use 8 to 72 characters."),
        ];
        for (fields, status, sentence) in refusals {
            let refused = answer(form(&server, &here, &path, fields)).await;
            assert_eq!(refused.status, status, "{fields}");
            assert!(refused.body.contains(sentence) && !refused.body.contains("The sign-out failed"), "{fields}");
            for secret in ["password1", "password2", "password3", "wrong-one"] {
                assert!(!refused.body.contains(secret), "passwords are not sent back");
            }
        }
        assert!(caller(&server, &there).await.is_ok());
        let fields = "old=password1&password=password2&confirm=password2";
        let done = answer(form(&server, &here, &path, fields)).await;
        assert_eq!((done.status, done.header("location")), (303, format!("{path}?done=password-set")));
        assert!(caller(&server, &here).await.is_ok() && caller(&server, &there).await.is_err());
        assert_eq!(server.sign_in(NAME, "password2").await.status, 204);

        let gone = answer(form(&server, &here, &path, "session=0123456789abcdef")).await;
        assert_eq!(gone.status, 404);
        assert!(gone.body.contains("The session has already ended. Reload the page."));
        let done = answer(form(&server, &here, &path, "session=others")).await;
        assert_eq!(done.header("location"), format!("{path}?done=sessions-ended"));
        assert_eq!(own(&server, &here).await.total, 1);
    })
    .await;
}

#[tokio::test]
async fn the_about_page_says_what_runs_here() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let first = server.set_up().await;
        let here = begin(&server, NAME, SessionKind::Console, "192.0.2.1", FIREFOX).await;
        let path = format!("/orgs/{}/about", first.org);
        let page = answer(server.request("GET", &path).header("cookie", format!("jeton={here}"))).await;
        assert_eq!(page.status, 200);
        let database = if home.is_sqlite() { "SQLite" } else { "PostgreSQL" };
        for expected in [env!("CARGO_PKG_VERSION"), "v2.9.1", database, "Healthy", "/docs", "/api/v2/openapi.json"] {
            assert!(page.body.contains(expected), "{expected}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_a_form_did_is_said_once_on_every_page() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let first = server.set_up().await;
        let here = begin(&server, NAME, SessionKind::Console, "192.0.2.1", FIREFOX).await;
        for path in ["load-data/tokens", "settings/organizations", "account", "about"] {
            let path = format!("/orgs/{}/{path}?done=organization-created", first.org);
            let page = answer(server.request("GET", &path).header("cookie", format!("jeton={here}"))).await;
            assert_eq!(page.body.matches("The organization was created").count(), 1, "{path}");
        }
    })
    .await;
}
