//! Invalid queries are client errors: no list answers with a server error.

use serde_json::Value;

use crate::{
    home::{Home, on_each_database},
    support::server::{First, NAME, PASSWORD, Server, answer, text},
};

/// Returns every query parameter: the path with ids filled in, and the parameter's name.
async fn parameters(server: &Server, first: &First) -> Vec<(String, String)> {
    let description = server.get("/api/v2/openapi.json", "").await.expect(200);
    let mut found = Vec::new();
    for (path, item) in description["paths"].as_object().expect("paths") {
        let filled = path.replace("{userID}", &first.user).replace("{orgID}", &first.org);
        let filled = filled.replace("{bucketID}", &first.bucket).replace("{authID}", &first.authorization);
        let filled = filled.replace("{dbrpID}", &first.bucket);
        let parameters = item["get"]["parameters"].as_array().into_iter().flatten();
        let in_query = parameters.filter(|parameter| parameter["in"] == "query");
        found.extend(in_query.map(|parameter| (filled.clone(), text(&parameter["name"]))));
    }
    assert!(found.len() > 40, "{found:?}");
    found
}

#[tokio::test]
async fn no_parameter_of_a_list_makes_it_fail() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let first = server.set_up().await;
        for (path, name) in parameters(&server, &first).await {
            for (what, value) in [
                ("50 KB", "x".repeat(50_000)),
                ("50 KB of wildcards", "%25".repeat(16_000)),
                ("more than a limit", "y".repeat(1025)),
                ("NUL", "a%00b".into()),
                ("half an escape", "%".into()),
                ("no escape", "%zz".into()),
                ("no UTF-8", "%ff%c3".into()),
            ] {
                let answer = server.get(&format!("{path}?{name}={value}"), &first.token).await;
                assert_eq!(answer.status, 400, "{path}?{name} with {what}: {}", answer.body);
            }
            for value in ["-1", "99999999999999999999", "1e9", "true", "%F0%9F%92%A9", "%25", "_", "'", "\\", "1024"] {
                let status = server.get(&format!("{path}?{name}={value}"), &first.token).await.status;
                assert!(status < 500, "{path}?{name}={value}: {status}");
            }
        }
        let long = format!("/api/v2/audit?about={}", "a".repeat(50_000));
        let message = server.get(&long, &first.token).await.refused(400);
        assert_eq!(message, "a query parameter must not be longer than 1024 bytes");
        for name in ["actor", "action", "about"] {
            let with = |length| format!("/api/v2/audit?{name}={}", "a".repeat(length));
            let message = server.get(&with(256), &first.token).await.refused(400);
            assert_eq!(message, format!("{name} must not be longer than 255 bytes"));
            server.get(&with(255), &first.token).await.expect(200);
        }
    })
    .await;
}

/// Returns the cookie of a console session.
async fn console_cookie(server: &Server) -> String {
    let request = server.request("POST", "/sign-in").header("content-type", "application/x-www-form-urlencoded");
    let cookie = answer(request.body(format!("username={NAME}&password={PASSWORD}"))).await.header("set-cookie");
    cookie.split(';').next().expect("a cookie").to_owned()
}

#[tokio::test]
async fn no_address_of_the_console_makes_it_fail() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let first = server.set_up().await;
        let cookie = console_cookie(&server).await;
        let lists = [
            ("audit", ["actor", "action", "target", "searchTerm"].as_slice()),
            ("load-data/tokens", &["searchTerm", "owner", "createdBy", "bucket", "telegraf", "page", "perPage"]),
            ("load-data/buckets", &["searchTerm", "page", "perPage"]),
            ("load-data/telegrafs", &["searchTerm"]),
            ("members", &["searchTerm"]),
            ("users", &["searchTerm"]),
            ("orgs", &["searchTerm"]),
        ];
        for (list, names) in lists {
            for name in names {
                for value in ["x".repeat(40_000), "%25".repeat(13_000), "a%00b".into(), "%ff%zz%".into()] {
                    let path = format!("/orgs/{}/{list}?{name}={value}", first.org);
                    let status = answer(server.request("GET", &path).header("cookie", &cookie)).await.status;
                    assert!(status < 500, "{list}?{name}={value:.20}: {status}");
                }
            }
        }
    })
    .await;
}

/// A server function's query is as untrusted as the API's.
#[tokio::test]
async fn no_query_that_a_program_sends_makes_the_console_fail() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let first = server.set_up().await;
        let cookie = console_cookie(&server).await;
        let call = async |name: &str, arguments: Value| {
            let request = server.request("POST", &format!("/fn/{name}")).header("cookie", &cookie);
            answer(request.json(&arguments)).await
        };
        let audit = |about: &str, action: &str| {
            serde_json::json!({"org": first.org, "query": {
                "span": null, "from": null, "to": null, "actor": about, "action": action, "target": action, "about": about,
                "org": null, "after": null, "before": null,
            }})
        };
        let list = |filter: &str, size: u64| {
            serde_json::json!({"org": first.org, "query": {
                "filter": filter, "role": null, "status": null, "descending": false, "page": u64::MAX, "page_size": size,
            }})
        };
        let long = "%".repeat(60_000);
        for (about, action) in [(long.as_str(), long.as_str()), ("a\0b", "a\0b"), ("x", "x")] {
            assert_eq!(call("load_audit", audit(about, action)).await.status, 200);
        }
        for (filter, size) in [(long.as_str(), 25), ("a\0b", 25), ("", 0), ("", u64::MAX)] {
            for name in ["load_buckets", "load_members", "load_users", "load_orgs", "load_telegrafs"] {
                let answer = call(name, list(filter, size)).await;
                assert_eq!(answer.status, 200, "{name}: {filter:.5} {size}: {}", answer.body);
            }
        }
        let search = |text: &str| serde_json::json!({"org": first.org, "search": text, "part": text, "ticked": []});
        for name in ["load_picker", "load_addable"] {
            assert_eq!(call(name, search("%")).await.status, 200, "{name}");
            for bad in ["a\0b", &long] {
                let answer = call(name, search(bad)).await;
                assert_eq!(answer.status, 400, "{name}: {}", answer.body);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn an_empty_parameter_is_absent() {
    let home = Home::sqlite();
    let server = Server::start(&home).await;
    let first = server.set_up().await;
    server.get("/api/v2/audit?about=&actor=&&limit=", &first.token).await.expect(200);
}
