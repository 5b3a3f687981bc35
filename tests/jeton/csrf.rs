//! Cross-site requests (CSRF), and host names that an attacker points here (DNS rebinding).

use reqwest::RequestBuilder;
use serde_json::json;

use crate::{
    home::Home,
    support::server::{Answer, NAME, PASSWORD, Server, answer, set_up_body},
};

fn set_up(server: &Server) -> RequestBuilder {
    server.request("POST", "/api/v2/setup").json(&set_up_body())
}

fn sign_in(server: &Server) -> RequestBuilder {
    server.request("POST", "/api/v2/signin").basic_auth(NAME, Some(PASSWORD))
}

/// Headers that browsers send with cross-site requests.
const FOREIGN: [(&str, &str); 6] = [
    ("origin", "http://evil.example"),
    ("origin", "null"),
    ("origin", "https://127.0.0.1"),
    ("sec-fetch-site", "cross-site"),
    ("sec-fetch-site", "same-site"),
    ("sec-fetch-site", "nonsense"),
];

async fn refused_as_foreign(request: RequestBuilder) {
    let message = answer(request).await.refused(403);
    assert_eq!(message, "this request comes from another site; open Jeton itself and try again");
}

#[tokio::test]
async fn no_other_site_sets_up_a_fresh_server() {
    let home = Home::sqlite();
    let server = Server::start(&home).await;
    for (name, value) in FOREIGN {
        refused_as_foreign(set_up(&server).header(name, value)).await;
        assert_eq!(server.get("/api/v2/setup", "").await.expect(200)["allowed"], true, "{name}: {value}");
    }
    let own = format!("http://{}", server.address);
    assert_eq!(answer(set_up(&server).header("origin", own)).await.status, 201);
}

#[tokio::test]
async fn no_other_site_signs_in() {
    let home = Home::sqlite();
    let server = Server::start(&home).await;
    server.set_up().await;
    for (name, value) in FOREIGN {
        refused_as_foreign(sign_in(&server).header(name, value)).await;
    }
    for site in ["same-origin", "none"] {
        assert_eq!(answer(sign_in(&server).header("sec-fetch-site", site)).await.status, 204, "{site}");
    }
}

#[tokio::test]
async fn no_other_site_acts_with_the_cookie_of_a_session() {
    let home = Home::sqlite();
    let server = Server::start(&home).await;
    let first = server.set_up().await;
    let cookie = server.sign_in(NAME, PASSWORD).await.cookie();
    let body = json!({"name": "mallory"});
    for (name, value) in FOREIGN {
        for method in ["POST", "PATCH", "PUT", "DELETE"] {
            let request = server.request(method, "/api/v2/users").header("cookie", &cookie).header(name, value);
            refused_as_foreign(request.json(&body)).await;
        }
    }
    let own = server.request("POST", "/api/v2/users").header("cookie", &cookie).header("sec-fetch-site", "same-origin");
    assert_eq!(answer(own.json(&body)).await.status, 201);
    let with_token = server.request("POST", "/api/v2/orgs").header("authorization", format!("Token {}", first.token));
    let elsewhere = with_token.header("origin", "http://dashboards.example").json(&body);
    let allowed = answer(elsewhere).await;
    assert_eq!(
        allowed.header("access-control-allow-origin"),
        "http://dashboards.example",
        "pages elsewhere may use tokens"
    );
    assert_eq!(allowed.header("access-control-allow-credentials"), "", "but no cookies");
    assert_eq!(allowed.status, 201);
}

#[tokio::test]
async fn a_name_that_a_stranger_points_here_sets_nothing_up() {
    let home = Home::sqlite();
    let server = Server::start(&home).await;
    let from = async |host: String| -> Answer { answer(set_up(&server).header("host", host)).await };
    let port = server.address.port();
    for host in ["evil.example", "localhost.evil.example", "tokens.example.com"] {
        let message = from(format!("{host}:{port}")).await.refused(403);
        assert_eq!(
            message,
            "set-up answers only under localhost, an IP address or a public URL; open Jeton under one of these, or set \
             --public-url (JETON_PUBLIC_URL) to the URL that you open, such as http://jeton:8086"
        );
    }
    assert_eq!(server.get("/api/v2/setup", "").await.expect(200)["allowed"], true);
    assert_eq!(from(format!("localhost:{port}")).await.status, 201);
}

#[tokio::test]
async fn the_public_url_is_the_one_name_more_and_the_one_origin() {
    let home = Home::sqlite();
    let server =
        Server::start_with(&home, jeton_service::Clock::System, &["--public-url=https://tokens.example.com"]).await;
    refused_as_foreign(set_up(&server).header("origin", "http://tokens.example.com")).await;
    let public = set_up(&server).header("host", "tokens.example.com").header("origin", "https://tokens.example.com");
    assert_eq!(answer(public).await.status, 201);
}

#[tokio::test]
async fn the_cookie_of_a_session_is_for_this_server_and_no_script() {
    let home = Home::sqlite();
    let server = Server::start(&home).await;
    server.set_up().await;
    let cookie = server.sign_in(NAME, PASSWORD).await.header("set-cookie");
    let attributes: Vec<&str> =
        cookie.split("; ").skip(1).filter(|attribute| !attribute.starts_with("Expires=")).collect();
    assert_eq!(attributes, ["Path=/api/", "HttpOnly", "SameSite=Strict"]);
}

#[tokio::test]
async fn behind_https_the_cookie_never_goes_in_the_clear() {
    let home = Home::sqlite();
    let server =
        Server::start_with(&home, jeton_service::Clock::System, &["--public-url=https://tokens.example.com"]).await;
    server.set_up().await;
    let cookie = server.sign_in(NAME, PASSWORD).await.header("set-cookie");
    assert!(cookie.ends_with("; HttpOnly; Secure; SameSite=Strict"), "{cookie}");
}

#[tokio::test]
async fn where_a_public_url_is_set_nobody_signs_in_under_a_strangers_name() {
    let home = Home::sqlite();
    let server =
        Server::start_with(&home, jeton_service::Clock::System, &["--public-url=https://tokens.example.com"]).await;
    server.set_up().await;
    let form = format!("username={NAME}&password={PASSWORD}");
    let by_console = async |host: &str| {
        let request = server.request("POST", "/sign-in").header("host", host).body(form.clone());
        answer(request.header("content-type", "application/x-www-form-urlencoded")).await
    };
    let by_function = async |host: &str| {
        let fields = json!([["username", NAME], ["password", PASSWORD]]);
        let request = server.request("POST", "/fn/submit").header("host", host);
        answer(request.json(&json!({"address": "/sign-in", "fields": fields}))).await
    };
    for host in ["evil.example", "localhost.evil.example", "tokens.example.com.evil.example:8086"] {
        let message = answer(sign_in(&server).header("host", host)).await.refused(403);
        assert_eq!(
            message,
            "signing in answers only under localhost, an IP address or a public URL; open Jeton under one of these, or \
             set --public-url (JETON_PUBLIC_URL) to the URL that you open, such as http://jeton:8086"
        );
        for refused in [by_console(host).await, by_function(host).await] {
            assert_eq!((refused.status, refused.header("set-cookie")), (403, String::new()), "{host}");
        }
    }
    for host in ["tokens.example.com", "localhost:8086", "127.0.0.1", "[::1]:8086"] {
        assert_eq!(answer(sign_in(&server).header("host", host)).await.status, 204, "{host}");
        assert_eq!(by_console(host).await.status, 303, "{host}");
        assert_eq!(by_function(host).await.status, 200, "{host}");
    }
}

#[tokio::test]
async fn without_a_public_url_people_sign_in_under_any_name() {
    let home = Home::sqlite();
    let server = Server::start(&home).await;
    server.set_up().await;
    assert_eq!(answer(sign_in(&server).header("host", "tokens.internal")).await.status, 204);
}

#[tokio::test]
async fn behind_https_a_browser_is_told_to_come_by_nothing_else() {
    let home = Home::sqlite();
    let said = async |url: &[&str]| {
        let server = Server::start_with(&home, jeton_service::Clock::System, url).await;
        let mut said = Vec::new();
        for path in ["/setup", "/api/v2/setup", "/api/v2/me", "/nowhere", "/docs"] {
            said.push(server.get(path, "").await.header("strict-transport-security"));
        }
        server.stop().await;
        said
    };
    assert_eq!(said(&["--public-url=https://tokens.example.com"]).await, ["max-age=31536000"; 5]);
    assert_eq!(said(&["--public-url=http://tokens.example.com"]).await, [""; 5]);
    assert_eq!(said(&[]).await, [""; 5]);
}
