//! The client's address behind proxies: a hop without an address is in no network.

use jeton_model::Timestamp;
use jeton_service::Clock;

use crate::{
    home::{Home, on_each_database},
    support::{
        nginx::Nginx,
        server::{Answer, First, NAME, PASSWORD, Server, answer, permission, text, with_token},
    },
};

use reqwest::{RequestBuilder, header::HeaderValue};
use serde_json::{Value, json};

/// Starts a server that trusts this test as a proxy.
async fn behind_a_proxy(home: &Home, flags: &[&str]) -> (Server, First) {
    let clock = Clock::manual(Timestamp::from_micros(1_800_000_000_000_000));
    let server = Server::start_with(home, clock, &[&["--trusted-proxies=127.0.0.1"], flags].concat()).await;
    let first = server.set_up().await;
    (server, first)
}

/// Creates a token that is bound to these networks; returns it and its id.
async fn bound(server: &Server, first: &First, networks: &[&str]) -> (String, String) {
    let permissions = ["authorizations", "users"].map(|kind| permission("read", kind));
    let body = json!({"orgID": first.org, "permissions": permissions, "allowedNetworks": networks});
    let made = server.post("/api/v2/authorizations", &first.token, body).await.expect(201);
    (text(&made["token"]), text(&made["id"]))
}

fn saying(request: RequestBuilder, header: &str, values: &[&[u8]]) -> RequestBuilder {
    values.iter().fold(request, |request, value| {
        request.header(header, HeaderValue::from_bytes(value).expect("a header's value"))
    })
}

async fn me(server: &Server, token: &str, header: &str, values: &[&[u8]]) -> Answer {
    answer(saying(with_token(server.request("GET", "/api/v2/me"), token), header, values)).await
}

/// Texts that proxies and their clients send in the place of an address.
const NO_ADDRESSES: [&[u8]; 12] = [
    b"\x80",
    b"10.0.0.1\xff",
    b"unknown",
    b"",
    b"10.0.0.1,",
    b"10.0.0.1, unknown",
    b"10.0.0.1, \xc3\xa9",
    b"fe80::1%eth0",
    b"[fe80::1%1]:80",
    b"\"10.0.0.1\"",
    b"_hidden",
    b"for=10.0.0.1",
];

#[tokio::test]
async fn a_hop_that_is_no_address_is_in_no_network() {
    on_each_database(async |home| {
        let (server, first) = behind_a_proxy(&home, &[]).await;
        let (token, _) = bound(&server, &first, &["127.0.0.0/8", "10.0.0.0/8"]).await;
        for said in NO_ADDRESSES {
            let refused = me(&server, &token, "x-forwarded-for", &[said]).await;
            assert_eq!(refused.status, 401, "{}", said.escape_ascii());
            assert_eq!(me(&server, &first.token, "x-forwarded-for", &[said]).await.status, 200, "bound to nothing");
        }
        for said in
            [b"10.0.0.1".as_slice(), b"10.0.0.1:80", b"\xff, unknown,, 10.0.0.1", b"203.0.113.9, [::ffff:10.0.0.1]:80"]
        {
            let accepted = me(&server, &token, "x-forwarded-for", &[said]).await;
            assert_eq!(accepted.status, 200, "{}", said.escape_ascii());
        }
        let lines: [&[u8]; 2] = [b"10.0.0.1", b"unknown"];
        assert_eq!(me(&server, &token, "x-forwarded-for", &lines).await.status, 401, "the last line counts");
        assert_eq!(me(&server, &token, "x-forwarded-for", &[]).await.status, 200, "the proxy asks for itself");
    })
    .await;
}

#[tokio::test]
async fn the_standard_header_is_read_and_what_it_hides_is_unknown() {
    let home = Home::sqlite();
    let (server, first) = behind_a_proxy(&home, &["--forwarded-header=Forwarded"]).await;
    let (token, _) = bound(&server, &first, &["127.0.0.0/8", "10.0.0.0/8", "2001:db8::/32"]).await;
    let status = async |said: &[u8]| me(&server, &token, "forwarded", &[said]).await.status;
    for known in
        [b"for=10.0.0.1".as_slice(), b"proto=http;For=\"[2001:db8::1]:80\";by=_proxy", b"for=\"x\xff\", for=10.0.0.1"]
    {
        assert_eq!(status(known).await, 200, "{}", known.escape_ascii());
    }
    for unknown in [
        b"for=unknown".as_slice(),
        b"for=_hidden",
        b"for=10.0.0.1, for=\"_x:80\"",
        b"for=10.0.0.1, proto=http",
        b"for=10.0.0.1;x=\xff",
        b"for=10.0.0.1;for=10.0.0.2",
        b"for=\", for=\"[2001:db8::1]\"",
        b"10.0.0.1",
        b"",
    ] {
        assert_eq!(status(unknown).await, 401, "{}", unknown.escape_ascii());
    }
    assert_eq!(me(&server, &token, "x-forwarded-for", &[b"203.0.113.9"]).await.status, 200, "nobody asked that header");
}

#[tokio::test]
async fn an_unknown_address_is_not_told_as_the_proxys() {
    on_each_database(async |home| {
        let (server, first) = behind_a_proxy(&home, &[]).await;
        let (token, id) = bound(&server, &first, &[]).await;
        let used_from = async || {
            let path = format!("/api/v2/authorizations/{id}");
            let found = server.get(&path, &first.token).await.expect(200);
            (found["lastUsedAt"].is_string(), found["lastUsedFrom"].clone())
        };
        assert_eq!(me(&server, &token, "x-forwarded-for", &[b"192.0.2.7"]).await.status, 200);
        assert_eq!(used_from().await, (true, json!("192.0.2.7")));
        server.clock.advance(1);
        assert_eq!(me(&server, &token, "x-forwarded-for", &[b"unknown"]).await.status, 200);
        assert_eq!(used_from().await, (true, Value::Null));
        server.service.write_uses().await.expect("a write");
        assert_eq!(used_from().await, (true, Value::Null));
        let signed_in = sign_in(&server, b"\x80", PASSWORD).await;
        assert_eq!(signed_in.status, 204);
        let log = server.get("/api/v2/audit?action=signed+in", &first.token).await.expect(200);
        assert!(!log["entries"][0].to_string().contains("127.0.0.1"), "{log}");
    })
    .await;
}

async fn sign_in(server: &Server, from: &[u8], password: &str) -> Answer {
    let request = server.request("POST", "/api/v2/signin").basic_auth(NAME, Some(password));
    answer(saying(request, "x-forwarded-for", &[from])).await
}

#[tokio::test]
async fn guesses_from_unknown_addresses_are_counted_together_and_lock_nobody_else_out() {
    let home = Home::sqlite();
    let (server, _) = behind_a_proxy(&home, &[]).await;
    for from in &NO_ADDRESSES[..5] {
        assert_eq!(sign_in(&server, from, "wrong password").await.status, 401);
    }
    assert_eq!(sign_in(&server, b"another", PASSWORD).await.status, 429);
    assert_eq!(sign_in(&server, b"192.0.2.1", PASSWORD).await.status, 204);
    assert_eq!(sign_in(&server, b"127.0.0.1", PASSWORD).await.status, 204, "the proxy itself");
}

#[tokio::test]
async fn behind_nginx_a_client_opens_no_network_with_odd_bytes() {
    let home = Home::sqlite();
    let (server, first) = behind_a_proxy(&home, &[]).await;
    let (of_proxy, _) = bound(&server, &first, &["127.0.0.1/32", "10.0.0.0/8"]).await;
    let (of_client, _) = bound(&server, &first, &["127.0.0.2/32"]).await;
    let Some(nginx) = Nginx::before(server.address) else { return };
    let client = reqwest::Client::builder().no_proxy().local_address(Some([127, 0, 0, 2].into())).build();
    let client = client.expect("a client with an address of its own");
    let status = async |token: &str, said: &[&[u8]]| {
        let request = client.get(format!("http://{}/api/v2/me", nginx.address));
        answer(saying(with_token(request, token), "x-forwarded-for", said)).await.status
    };
    let said: [&[&[u8]]; 6] =
        [&[], &[b"\x80"], &[b"10.0.0.1\xff"], &[b"10.0.0.1"], &[b"unknown"], &[b"10.0.0.1", b"\x80"]];
    for said in said {
        assert_eq!(status(&of_proxy, said).await, 401, "{said:?}");
        assert_eq!(status(&of_client, said).await, 200, "{said:?}");
    }
}
