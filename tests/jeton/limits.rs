//! Input that is too large, too deep or malformed: a clear message, and never a server error.

use std::time::Duration;

use jeton_service::Clock;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

use crate::{
    home::{Home, on_each_database},
    support::server::{First, Server, answer, permission_in, permission_on, with_token},
};

/// Maximum time until a connection is closed, on a slow machine.
const WITHIN: Duration = Duration::from_secs(60);

#[tokio::test]
async fn more_than_4096_permissions_are_refused_and_4096_are_not() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let first = server.set_up().await;
        let permissions = |count: u64| -> Vec<Value> {
            (1..=count).map(|id| permission_on("read", "buckets", &format!("{id:016x}"), &first.org)).collect()
        };
        let refused = server.token(&first.token, &first.org, json!(permissions(4097))).await;
        assert_eq!(refused.refused(400), "authorization must not include more than 4096 permissions");
        // A repeated permission counts once; a long list is stored without duplicates.
        let asked = [permissions(4096), permissions(50)].concat();
        let created = server.token(&first.token, &first.org, json!(asked)).await.expect(201);
        assert_eq!(created["permissions"].as_array().map(Vec::len), Some(4096));
        let same = Value::from(vec![permission_in("read", "buckets", &first.org); 4097]);
        let created = server.token(&first.token, &first.org, same).await.expect(201);
        assert_eq!(created["permissions"].as_array().map(Vec::len), Some(1));
    })
    .await;
}

#[tokio::test]
async fn a_nul_in_a_text_is_refused_wherever_it_stands() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let first = server.set_up().await;
        let (org, user, bucket) = (&first.org, &first.user, &first.bucket);
        let permissions = json!([permission_in("read", "buckets", org)]);
        let bodies = [
            (
                "POST",
                "/api/v2/authorizations".into(),
                json!({"orgID": org, "description": "a\0b", "permissions": permissions}),
            ),
            ("PATCH", format!("/api/v2/authorizations/{}", first.authorization), json!({"description": "a\0b"})),
            ("POST", "/api/v2/users".into(), json!({"name": "a\0b"})),
            ("PATCH", format!("/api/v2/users/{user}"), json!({"name": "a\0b"})),
            ("POST", "/api/v2/orgs".into(), json!({"name": "a\0b"})),
            ("POST", "/api/v2/orgs".into(), json!({"name": "ab", "description": "a\0b"})),
            ("PATCH", format!("/api/v2/orgs/{org}"), json!({"name": "a\0b"})),
            ("POST", "/api/v2/buckets".into(), json!({"orgID": org, "name": "a\0b"})),
            ("POST", "/api/v2/buckets".into(), json!({"orgID": org, "name": "ab", "rp": "a\0b"})),
            ("PATCH", format!("/api/v2/buckets/{bucket}"), json!({"description": "a\0b"})),
            ("POST", "/api/v2/telegrafs".into(), json!({"orgID": org, "name": "a", "config": "a\0b"})),
            (
                "POST",
                "/api/v2/telegrafs".into(),
                json!({"orgID": org, "name": "a", "config": "b", "metadata": {"a": "a\0b"}}),
            ),
        ];
        for (method, path, body) in bodies {
            let request = with_token(server.request(method, &path), &first.token).json(&body);
            let message = answer(request).await.refused(400);
            assert!(message.ends_with("must not contain a NUL character"), "{method} {path}: {message}");
        }
        for path in
            ["authorizations?user=%00", "authorizations?q=a%00", "users?name=%00", "orgs?org=%00", "buckets?name=%00"]
        {
            let message = server.get(&format!("/api/v2/{path}"), &first.token).await.refused(400);
            assert_eq!(message, "a query parameter must not contain a NUL character", "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn texts_have_limits_that_are_named() {
    let home = Home::sqlite();
    let server = Server::start(&home).await;
    let first = server.set_up().await;
    let long = "é".repeat(600);
    let permissions = json!([permission_in("read", "buckets", &first.org)]);
    let body = json!({"orgID": first.org, "description": long, "permissions": permissions});
    let message = server.post("/api/v2/authorizations", &first.token, body).await.refused(400);
    assert_eq!(message, "description must not be longer than 1024 bytes");
    for (path, body) in [
        ("users", json!({"name": long})),
        ("orgs", json!({"name": long})),
        ("buckets", json!({"orgID": first.org, "name": long})),
    ] {
        let message = server.post(&format!("/api/v2/{path}"), &first.token, body).await.refused(400);
        assert_eq!(message, "name must not be longer than 255 bytes", "{path}");
    }
}

#[tokio::test]
async fn a_body_of_ten_megabytes_is_refused_before_it_was_read() {
    let home = Home::sqlite();
    let server = Server::start(&home).await;
    let fresh = refused_before_its_end(&server, "/api/v2/setup", "").await;
    assert_eq!(fresh, "HTTP/1.1 413");
    let first = server.set_up().await;
    for path in ["/api/v2/authorizations", "/api/v2/users"] {
        assert_eq!(refused_before_its_end(&server, path, &first.token).await, "HTTP/1.1 413", "{path}");
    }
}

/// Returns the status line of the response to a body of which a part is missing.
async fn refused_before_its_end(server: &Server, path: &str, token: &str) -> String {
    let mut stream = TcpStream::connect(server.address).await.expect("a connection");
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Token {token}\r\nContent-Length: 10000000\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.expect("a request");
    stream.write_all(&vec![b' '; 2 * 1024 * 1024 + 1]).await.expect("a part of its body");
    let mut said = [0; 12];
    stream.read_exact(&mut said).await.expect("an answer");
    String::from_utf8_lossy(&said).into_owned()
}

#[tokio::test]
async fn a_client_that_sends_everything_first_still_reads_why_it_was_refused() {
    let home = Home::sqlite();
    let server = Server::start(&home).await;
    let first = server.set_up().await;
    let request = with_token(server.request("POST", "/api/v2/users"), &first.token);
    let message = answer(request.body(vec![b' '; 10_000_000])).await.refused(413);
    assert_eq!(message, "the request body must not be larger than 2097152 bytes");
    assert_eq!(server.get("/api/v2/me", &first.token).await.status, 200);
}

#[tokio::test]
async fn what_is_not_the_json_asked_for_is_refused() {
    let home = Home::sqlite();
    let server = Server::start(&home).await;
    let first = server.set_up().await;
    let deep = "[".repeat(100_000);
    let deep_object = "{\"a\":".repeat(5000);
    let bodies = [
        &deep,
        &deep_object,
        "",
        "{",
        "7",
        "[]",
        "\"x\"",
        "{\"name\":1e999}",
        "{\"name\":\"\\ud800\"}",
        "{\"name\":{}}",
        "\u{feff}{}",
    ];
    let member = format!("/api/v2/orgs/{}/members", first.org);
    let label = format!("/api/v2/buckets/{}/labels", first.bucket);
    let paths =
        ["authorizations", "users", "orgs", "buckets", "telegrafs", "dbrps"].map(|kind| format!("/api/v2/{kind}"));
    for path in paths.iter().chain([&member, &label, &"/private/legacy/authorizations".into()]) {
        for body in bodies {
            let request = with_token(server.request("POST", path), &first.token);
            let answer = answer(request.body(body.to_owned())).await;
            assert_eq!(answer.status, 400, "{path} {:.20}: {}", body, answer.body);
        }
    }
}

/// Malformed ids, and well-formed ones that do not exist.
const IDS: [&str; 16] = [
    "0000000000000000",
    "0000000000000001",
    "ffffffffffffffff",
    "8000000000000000",
    "7fffffffffffffff",
    "FFFFFFFFFFFFFFFE",
    "00000000000000000",
    "abc",
    "xyzxyzxyzxyzxyzx",
    "%00",
    "%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00",
    "-000000000000001",
    "%20",
    "%ff%fe",
    "%F0%9F%92%A9%F0%9F%92%A9%F0%9F%92%A9%F0%9F%92%A9",
    "1'%20OR%20'1'='1",
];

async fn never_5xx(server: &Server, first: &First, method: &str, path: &str) {
    for id in IDS {
        let path = path.replace("ID", id);
        let request = with_token(server.request(method, &path), &first.token);
        let status = answer(request.body("{\"password\":\"password2\"}")).await.status;
        assert!((400..500).contains(&status) || matches!(status, 200 | 204), "{method} {path}: {status}");
    }
}

#[tokio::test]
async fn no_id_in_a_path_is_an_error_of_the_server() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let first = server.set_up().await;
        for kind in ["authorizations", "users", "orgs", "buckets", "telegrafs", "dbrps"] {
            for method in ["GET", "PATCH", "PUT", "DELETE"] {
                never_5xx(&server, &first, method, &format!("/api/v2/{kind}/ID")).await;
            }
        }
        for method in ["GET", "PATCH", "DELETE"] {
            never_5xx(&server, &first, method, "/private/legacy/authorizations/ID").await;
            never_5xx(&server, &first, method, &format!("/api/v2/dbrps/ID?orgID={}", first.org)).await;
        }
        let below = [
            ("POST", "users/ID/password"),
            ("GET", "users/ID/permissions"),
            ("GET", "orgs/ID/members"),
            ("POST", "orgs/ID/owners"),
            ("GET", "buckets/ID/members"),
            ("GET", "buckets/ID/labels"),
            ("POST", "telegrafs/ID/owners"),
            ("POST", "telegrafs/ID/labels"),
        ];
        for (method, path) in below {
            never_5xx(&server, &first, method, &format!("/api/v2/{path}")).await;
        }
        never_5xx(&server, &first, "DELETE", &format!("/api/v2/orgs/{}/members/ID", first.org)).await;
        assert_eq!(server.get("/api/v2/me", &first.token).await.status, 200, "and nothing was deleted");
    })
    .await;
}

#[tokio::test]
async fn no_query_is_an_error_of_the_server() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let first = server.set_up().await;
        for parameter in ["id", "userID", "orgID", "after"] {
            never_5xx(&server, &first, "GET", &format!("/api/v2/authorizations?{parameter}=ID")).await;
            never_5xx(&server, &first, "GET", &format!("/api/v2/buckets?{parameter}=ID")).await;
            never_5xx(&server, &first, "GET", &format!("/api/v2/users?{parameter}=ID")).await;
        }
        for path in [
            "authorizations?q=",
            "authorizations?user=",
            "authorizations?org=",
            "buckets?name=",
            "users?name=",
            "orgs?org=",
        ] {
            for long in ["%25".repeat(20_000), "a".repeat(60_000)] {
                let path = format!("/api/v2/{path}{long}");
                assert!(server.get(&path, &first.token).await.status < 500, "a long {path:.30}");
            }
        }
        for odd in
            ["limit=99999999999999999999", "limit=-1", "offset=99999999999", "offset=-5", "%ff=%fe&q=%ff", "&&=&"]
        {
            for kind in ["authorizations", "users", "orgs", "buckets"] {
                assert!(server.get(&format!("/api/v2/{kind}?{odd}"), &first.token).await.status < 500, "{kind}?{odd}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn whoever_connects_and_sends_nothing_is_hung_up_on() {
    let home = Home::sqlite();
    // Usually these are two minutes and ten seconds, as the tests of the configuration say.
    let server = Server::start_with(&home, Clock::System, &["--idle-timeout-ms=2000", "--head-timeout-ms=1000"]).await;
    let beginnings: [&[u8]; 3] = [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Half: "];
    let waiting = beginnings.map(|beginning| async {
        let mut stream = TcpStream::connect(server.address).await.expect("a connection");
        stream.write_all(beginning).await.expect("a beginning");
        let mut said = Vec::new();
        timeout(WITHIN, stream.read_to_end(&mut said)).await.expect("an end in time").expect("an end");
        String::from_utf8_lossy(&said).into_owned()
    });
    let [nothing, line, headers] = waiting;
    let (nothing, line, headers) = tokio::join!(nothing, line, headers);
    for said in [nothing, line, headers] {
        assert!(said.is_empty() || said.starts_with("HTTP/1.1 408"), "{said}");
    }
}

#[tokio::test]
async fn headers_that_are_too_large_are_refused_with_the_limit() {
    let server = Server::start(&Home::sqlite()).await;
    let answer = answer(server.request("GET", "/health").header("x-large", "x".repeat(65_536))).await;
    assert_eq!(answer.refused(413), "the request's headers must not be larger than 65536 bytes");
}

#[tokio::test]
async fn a_hundred_thousand_permissions_are_refused_with_the_limit() {
    let home = Home::sqlite();
    let server = Server::start(&home).await;
    let first = server.set_up().await;
    let permissions = Value::from(vec![permission_in("read", "buckets", &first.org); 100_000]);
    let message = server.token(&first.token, &first.org, permissions).await.refused(413);
    assert_eq!(message, "the request body must not be larger than 2097152 bytes");
    let list = server.get("/api/v2/authorizations", &first.token).await.expect(200);
    assert_eq!(list["authorizations"].as_array().map(Vec::len), Some(1), "and nothing was created");
}
