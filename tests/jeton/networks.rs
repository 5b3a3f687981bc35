//! Networks: a token that is bound to some is unknown everywhere else.

use reqwest::RequestBuilder;
use serde_json::{Value, json};

use jeton_service::{Client, Error, error::DelegationError};

use crate::{
    home::{Home, on_each_database},
    support::server::{Answer, First, Server, answer, members, permission, permission_in, text, with_token},
};

/// Starts a server that trusts the test as a proxy.
async fn set_up(home: &Home) -> (Server, First) {
    let clock = jeton_service::Clock::manual(jeton_model::Timestamp::from_micros(1_800_000_000_000_000));
    let server = Server::start_with(home, clock, &["--trusted-proxies=127.0.0.0/8"]).await;
    let first = server.set_up().await;
    (server, first)
}

fn from(request: RequestBuilder, address: &str) -> RequestBuilder {
    request.header("x-forwarded-for", address)
}

async fn me(server: &Server, token: &str, address: &str) -> Answer {
    answer(from(with_token(server.request("GET", "/api/v2/me"), token), address)).await
}

async fn make(server: &Server, by: &str, org: &str, networks: Value, address: &str) -> Answer {
    let kinds = ["authorizations", "users"];
    let permissions: Vec<Value> =
        kinds.iter().flat_map(|kind| ["read", "write"].map(|action| permission(action, kind))).collect();
    let body = json!({"orgID": org, "permissions": permissions, "allowedNetworks": networks});
    answer(from(with_token(server.request("POST", "/api/v2/authorizations"), by), address).json(&body)).await
}

#[tokio::test]
async fn a_token_is_accepted_from_its_networks_alone_v4_and_v6() {
    on_each_database(async |home| {
        let (server, first) = set_up(&home).await;
        let networks = json!(["10.40.0.0/16", "2001:db8:40::/48", "192.0.2.7"]);
        let made = make(&server, &first.token, &first.org, networks, "203.0.113.9").await.expect(201);
        assert_eq!(made["allowedNetworks"], json!(["10.40.0.0/16", "2001:db8:40::/48", "192.0.2.7/32"]));
        let token = text(&made["token"]);
        for inside in ["10.40.2.17", "::ffff:10.40.0.1", "2001:db8:40:1::5", "192.0.2.7"] {
            assert_eq!(me(&server, &token, inside).await.status, 200, "{inside}");
        }
        let unknown = me(&server, "jtn_unknown", "10.41.0.1").await.body;
        for outside in ["10.41.0.1", "2001:db8:41::1", "192.0.2.8", "127.0.0.1"] {
            let refused = me(&server, &token, outside).await;
            assert_eq!((refused.status, &refused.body), (401, &unknown), "{outside}");
        }
        assert!(server.service.caller_by_token(&token, Client::default()).await.is_err(), "from nowhere known");
    })
    .await;
}

#[tokio::test]
async fn networks_are_named_so_that_they_mean_something() {
    on_each_database(async |home| {
        let (server, first) = set_up(&home).await;
        let refused = async |networks: Value, status| {
            make(&server, &first.token, &first.org, networks, "10.0.0.1").await.refused(status)
        };
        assert!(refused(json!(["office"]), 422).await.contains("\"office\" is no network"));
        assert!(refused(json!(["10.0.0.0/33"]), 422).await.contains("is no network"));
        refused(json!("10.0.0.0/8"), 400).await;
        refused(json!([7]), 400).await;
        let many: Vec<String> = (0..65).map(|n| format!("10.0.{n}.0/24")).collect();
        assert_eq!(refused(json!(many), 422).await, "a token may have at most 64 networks");
        make(&server, &first.token, &first.org, json!(many[..64]), "10.0.0.1").await.expect(201);
        let everywhere = make(&server, &first.token, &first.org, json!([]), "10.0.0.1").await.expect(201);
        assert!(everywhere.get("allowedNetworks").is_none(), "what is not bound is answered as before");
    })
    .await;
}

#[tokio::test]
async fn networks_are_changed_and_what_is_left_out_stays() {
    on_each_database(async |home| {
        let (server, first) = set_up(&home).await;
        let made = make(&server, &first.token, &first.org, json!(["10.0.0.0/8"]), "10.0.0.1").await.expect(201);
        let path = format!("/api/v2/authorizations/{}", text(&made["id"]));
        let patch = async |body: Value| server.patch(&path, &first.token, body).await;
        let kept = patch(json!({"description": "x", "allowedNetworks": null})).await.expect(200);
        assert_eq!(kept["allowedNetworks"], json!(["10.0.0.0/8"]));
        patch(json!({"allowedNetworks": ["192.168.0.0/16"]})).await.expect(200);
        let token = text(&made["token"]);
        assert_eq!(me(&server, &token, "10.0.0.1").await.status, 401, "with the next request");
        assert_eq!(me(&server, &token, "192.168.3.4").await.status, 200);
        assert_eq!(patch(json!({"allowedNetworks": ["x"]})).await.status, 422);
        patch(json!({"allowedNetworks": []})).await.expect(200);
        assert_eq!(me(&server, &token, "203.0.113.9").await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn what_a_token_makes_or_changes_is_accepted_from_nowhere_else() {
    on_each_database(async |home| {
        let (server, first) = set_up(&home).await;
        let inside = "10.1.2.3";
        let made = make(&server, &first.token, &first.org, json!(["10.0.0.0/8"]), inside).await.expect(201);
        let maker = text(&made["token"]);
        for wider in [json!([]), json!(["0.0.0.0/0"]), json!(["10.0.0.0/7"]), json!(["10.1.0.0/16", "::/0"])] {
            let message = make(&server, &maker, &first.org, wider, inside).await.refused(422);
            assert!(message.ends_with("the token you are using (10.0.0.0/8)"), "{message}");
        }
        let same = make(&server, &maker, &first.org, json!(null), inside).await.expect(201);
        assert_eq!(same["allowedNetworks"], json!(["10.0.0.0/8"]), "what says nothing gets the same networks");
        let narrower = make(&server, &maker, &first.org, json!(["10.1.0.0/16"]), inside).await.expect(201);
        let change = |body: Value| {
            let path = format!("/api/v2/authorizations/{}", text(&narrower["id"]));
            from(with_token(server.request("PATCH", &path), &maker), inside).json(&body)
        };
        answer(change(json!({"allowedNetworks": []}))).await.refused(422);
        answer(change(json!({"allowedNetworks": ["10.2.0.0/16"]}))).await.expect(200);

        let client = Client { address: inside.parse().ok(), ..Client::default() };
        let caller = server.service.caller_by_token(&maker, client).await.expect("a caller");
        let operator = first.authorization.parse().expect("an id");
        let clone = server.service.clone_authorization(&caller, operator, None).await;
        assert!(clone.is_err());
        let free = make(&server, &first.token, &first.org, json!([]), inside).await.expect(201);
        let clone = server.service.clone_authorization(&caller, text(&free["id"]).parse().expect("an id"), None).await;
        assert!(matches!(clone.err(), Some(Error::Delegation(DelegationError::ReachesBeyondCaller { .. }))));
        let same = server.service.clone_authorization(&caller, text(&made["id"]).parse().expect("an id"), None).await;
        assert_eq!(same.expect("a clone").details.authorization.networks.to_string(), "10.0.0.0/8");
    })
    .await;
}

#[tokio::test]
async fn a_token_gives_its_owners_session_nothing_where_it_is_not_accepted() {
    on_each_database(async |home| {
        let (server, first) = set_up(&home).await;
        let bob = server.user(&first.token, "bob").await;
        server
            .post(&format!("/api/v2/users/{bob}/password"), &first.token, json!({"password": "password2"}))
            .await
            .expect(204);
        let body = json!({
            "orgID": first.org, "userID": bob, "allowedNetworks": ["10.0.0.0/8"],
            "permissions": [permission_in("read", "buckets", &first.org)],
        });
        server.post("/api/v2/authorizations", &first.token, body).await.expect(201);
        let cookie = server.sign_in("bob", "password2").await.cookie();
        let buckets = async |address: &str| {
            let request = from(server.request("GET", "/api/v2/buckets").header("cookie", &cookie), address);
            members(&answer(request).await.expect(200)["buckets"], "name")
        };
        assert_eq!(buckets("10.9.9.9").await, ["iot"]);
        assert_eq!(buckets("203.0.113.9").await, [""; 0]);
    })
    .await;
}
