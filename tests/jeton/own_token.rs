//! `--echo-own-token`: programs that look for themselves in the list by value find themselves, and nobody else.

use serde_json::{Value, json};

use crate::{
    home::{Home, on_each_database},
    support::server::{First, NAME, PASSWORD, Server, answer, permission, permission_in, text},
};

const LIST: &str = "/api/v2/authorizations";

/// Creates a token that reads all authorizations and users; returns its id and itself.
async fn reader(server: &Server, first: &First) -> (String, String) {
    let held = ["authorizations", "users"].map(|kind| permission("read", kind));
    let made = server.token(&first.token, &first.org, json!(held)).await.expect(201);
    (text(&made["id"]), text(&made["token"]))
}

/// Returns the ids of the authorizations in a list that are shown with a token, and the tokens.
fn shown(list: &Value) -> Vec<(String, String)> {
    let all = list["authorizations"].as_array().expect("a list").iter();
    all.map(|one| (text(&one["id"]), text(&one["token"]))).filter(|(_, token)| !token.is_empty()).collect()
}

#[tokio::test]
async fn only_the_token_of_the_request_is_repeated_and_nothing_may_be_cached() {
    on_each_database(async |home| {
        let server = Server::start_at_rest(&home).await;
        let first = server.set_up().await;
        server.stop().await;
        let clock = jeton_service::Clock::manual(jeton_model::Timestamp::from_micros(1_800_000_060_000_000));
        let server = Server::start_with(&home, clock, &["--echo-own-token"]).await;
        let (id, token) = reader(&server, &first).await;
        let (other, _) = reader(&server, &first).await;
        for scheme in ["Token", "bearer"] {
            let request = server.request("GET", LIST).header("authorization", format!("{scheme} {token}"));
            let said = answer(request).await;
            assert_eq!(said.header("cache-control"), "no-store");
            assert_eq!(shown(&said.expect(200)), [(id.clone(), token.clone())]);
        }
        let own = server.get(&format!("{LIST}/{id}"), &token).await;
        assert_eq!(own.header("cache-control"), "no-store");
        assert_eq!(own.expect(200)["token"], token.as_str());
        assert_eq!(server.get(&format!("{LIST}/{other}"), &token).await.expect(200)["token"], "");
        assert_eq!(
            shown(&server.get(LIST, &first.token).await.expect(200)),
            [(first.authorization.clone(), first.token.clone())]
        );
        let cookie = server.sign_in(NAME, PASSWORD).await.cookie();
        let in_session = answer(server.request("GET", LIST).header("cookie", cookie)).await.expect(200);
        assert!(shown(&in_session).is_empty(), "a session has no token");
        let body = json!({"description": "changed"});
        let changed = server.patch(&format!("{LIST}/{}", first.authorization), &first.token, body).await.expect(200);
        assert_eq!(changed["token"], "", "only what is read is asked for");
    })
    .await;
}

#[tokio::test]
async fn without_the_flag_no_token_is_ever_repeated() {
    let home = Home::sqlite();
    let server = Server::start_at_rest(&home).await;
    let first = server.set_up().await;
    let (id, token) = reader(&server, &first).await;
    assert!(shown(&server.get(LIST, &token).await.expect(200)).is_empty());
    assert_eq!(server.get(&format!("{LIST}/{id}"), &token).await.expect(200)["token"], "");
    let writer = json!([permission_in("write", "tasks", &first.org)]);
    let writer = text(&server.token(&first.token, &first.org, writer).await.expect(201)["token"]);
    assert!(shown(&server.get(LIST, &writer).await.expect(200)).is_empty());
}
