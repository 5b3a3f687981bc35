//! Several public URLs: the host of a request decides which one applies to it.

use jeton_service::Clock;
use reqwest::RequestBuilder;

use crate::{
    home::Home,
    support::server::{Answer, NAME, PASSWORD, Server, answer, set_up_body},
};

const BOTH: [&str; 2] = ["--public-url=https://tokens.example.com", "--public-url=http://jeton:8086"];

fn under(server: &Server, host: &str, method: &str, path: &str) -> RequestBuilder {
    server.request(method, path).header("host", host)
}

/// Starts a server with both URLs, and sets it up under the second.
async fn with_both(home: &Home) -> Server {
    let server = Server::start_with(home, Clock::System, &BOTH).await;
    let set_up = under(&server, "jeton:8086", "POST", "/api/v2/setup").json(&set_up_body());
    assert_eq!(answer(set_up).await.status, 201);
    server
}

async fn sign_in(server: &Server, host: &str) -> Answer {
    let request = under(server, host, "POST", "/sign-in").body(format!("username={NAME}&password={PASSWORD}"));
    answer(request.header("content-type", "application/x-www-form-urlencoded")).await
}

#[tokio::test]
async fn the_host_decides_about_hsts_and_secure_cookies() {
    let home = Home::sqlite();
    let server = with_both(&home).await;
    for (host, is_https) in [("tokens.example.com", true), ("jeton:8086", false), ("127.0.0.1:8086", true)] {
        let health = answer(under(&server, host, "GET", "/health")).await;
        let hsts = if is_https { "max-age=31536000" } else { "" };
        assert_eq!(health.header("strict-transport-security"), hsts, "{host}");
        let api = under(&server, host, "POST", "/api/v2/signin").basic_auth(NAME, Some(PASSWORD));
        let cookie = answer(api).await.header("set-cookie");
        assert!(cookie.starts_with("influxdb-oss-session="), "{host}: {cookie}");
        assert_eq!(cookie.contains("; Secure"), is_https, "{host}");
        let cookie = sign_in(&server, host).await.header("set-cookie");
        let name = if is_https { "__Host-jeton=" } else { "jeton=" };
        assert!(cookie.starts_with(name), "{host}: {cookie}");
        assert_eq!(cookie.contains("; Secure"), is_https, "{host}");
    }
}

#[tokio::test]
async fn a_session_of_one_host_is_none_of_the_other() {
    let home = Home::sqlite();
    let server = with_both(&home).await;
    let hosts = ["tokens.example.com", "jeton:8086"];
    for host in hosts {
        let set = sign_in(&server, host).await.header("set-cookie");
        let cookie = set.split(';').next().unwrap_or_default();
        for other in hosts {
            let start = answer(under(&server, other, "GET", "/").header("cookie", cookie)).await;
            assert_eq!(start.header("location").starts_with("/orgs/"), host == other, "{host}, {other}");
        }
    }
}

#[tokio::test]
async fn a_page_of_one_public_url_is_foreign_to_the_other() {
    let home = Home::sqlite();
    let server = with_both(&home).await;
    let status = async |host: &str, origin: &str| {
        let request = under(&server, host, "POST", "/api/v2/signin").basic_auth(NAME, Some(PASSWORD));
        answer(request.header("origin", origin)).await.status
    };
    assert_eq!(status("jeton:8086", "http://jeton:8086").await, 204);
    assert_eq!(status("tokens.example.com", "https://tokens.example.com").await, 204);
    assert_eq!(status("jeton:8086", "https://tokens.example.com").await, 403);
    assert_eq!(status("tokens.example.com", "http://jeton:8086").await, 403);
    assert_eq!(status("evil.example", "http://evil.example").await, 403);
}

#[tokio::test]
async fn below_a_path_the_host_decides_about_the_prefix_of_the_cookie() {
    let home = Home::sqlite();
    let urls = ["--public-url=https://example.com/jeton,http://jeton:8086/jeton"];
    let server = Server::start_with(&home, Clock::System, &urls).await;
    server.set_up().await;
    for (host, cookie) in [("example.com", "__Secure-jeton="), ("jeton:8086", "jeton=")] {
        let set = sign_in(&server, host).await.header("set-cookie");
        assert!(set.starts_with(cookie), "{host}: {set}");
        assert!(set.contains("; Path=/jeton/; "), "{host}: {set}");
        assert_eq!(set.contains("; Secure"), host == "example.com", "{host}: {set}");
    }
}

/// Starts a server that refuses to start; returns why.
async fn refusal(home: &Home, urls: &str) -> String {
    let refused = Server::try_start(home, Clock::System, &[&format!("--public-url={urls}")]).await;
    assert!(!home.path().join("jeton.db").exists(), "nothing was created");
    refused.err().expect("a refusal").to_string()
}

#[tokio::test]
async fn urls_that_no_request_tells_apart_stop_the_start() {
    assert_eq!(
        refusal(&Home::sqlite(), "https://tokens.example.com,http://tokens.example.com").await,
        "the public URLs https://tokens.example.com and http://tokens.example.com differ in their scheme only, which \
         no request shows; remove one of them"
    );
}

#[tokio::test]
async fn urls_of_different_paths_stop_the_start() {
    assert_eq!(
        refusal(&Home::sqlite(), "https://example.com/jeton,http://jeton:8086").await,
        "the public URLs https://example.com/jeton and http://jeton:8086 have different paths; give all of them the \
         same path"
    );
}
