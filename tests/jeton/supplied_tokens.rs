//! Supplied tokens: their creator chooses the value, or gives its hash, if the rules of the organization allow it. They
//! tell nothing about tokens that exist.

use jeton_model::token::TokenHash;
use jeton_service::Client;
use serde_json::{Value, json};

use crate::{
    audit_log::details,
    home::{Home, on_each_database},
    revocation::expire,
    support::{
        server::{Answer, First, Server, answer, permission, permission_in, text, with_token},
        shared::{at_rest, with_members},
    },
};

const VALUE: &str = "Wind-turbine_7/secret=from+our~vault!";
const NOT_AVAILABLE: &str = "this token is not available; supply another one, or let the server generate it";

struct Scene {
    server: Server,
    first: First,
}

impl Scene {
    async fn new(home: &Home) -> Self {
        let (server, first) = at_rest(home).await;
        Self { server, first }
    }

    /// Creates a token that reads tasks, with further members, by the holder of `token`.
    async fn create(&self, token: &str, more: Value) -> Answer {
        let body = with_members(
            json!({"orgID": self.first.org, "permissions": [permission_in("read", "tasks", &self.first.org)]}),
            &more,
        );
        self.server.post("/api/v2/authorizations", token, body).await
    }

    async fn make(&self, more: Value) -> Answer {
        self.create(&self.first.token, more).await
    }

    /// Creates a token that creates others, but is no operator's.
    async fn maker(&self) -> String {
        let permissions =
            json!([permission("write", "authorizations"), permission("write", "users"), permission("read", "tasks")]);
        text(&self.make(json!({"permissions": permissions})).await.expect(201)["token"])
    }

    async fn rule(&self, who: &str) {
        let path = format!("/api/v2/orgs/{}/rules", self.first.org);
        let request = with_token(self.server.request("PUT", &path), &self.first.token);
        answer(request.json(&json!({"suppliedTokens": who}))).await.expect(200);
    }

    async fn status(&self, token: &str) -> u16 {
        self.server.get("/api/v2/authorizations", token).await.status
    }

    async fn count(&self) -> usize {
        let listed = self.server.get("/api/v2/authorizations", &self.first.token).await.expect(200);
        listed["authorizations"].as_array().expect("a list").len()
    }
}

fn hash(value: &str) -> String {
    TokenHash::of(value).as_str().to_owned()
}

#[tokio::test]
async fn a_supplied_value_is_the_token_and_is_shown_once() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        assert_eq!(scene.status(VALUE).await, 401);
        let answer = scene.make(json!({"tokenValue": VALUE, "description": "Turbine"})).await;
        assert_eq!(answer.header("cache-control"), "no-store");
        let made = answer.expect(201);
        assert_eq!((&made["token"], made.get("tokenPrefix")), (&json!(VALUE), None));
        assert_eq!(scene.status(VALUE).await, 200);
        let path = format!("/api/v2/authorizations/{}", text(&made["id"]));
        let record = scene.server.get(&path, &scene.first.token).await;
        assert!(!record.body.contains(VALUE) && !record.body.contains("$influxdb2"), "{}", record.body);
        assert_eq!(record.expect(200)["token"], "");
        let rows = home.rows(&format!("SELECT id FROM authorizations WHERE token_hash = '{}'", hash(VALUE))).await;
        assert_eq!(rows.len(), 1, "it is stored as its hash");
    })
    .await;
}

#[tokio::test]
async fn a_supplied_hash_makes_its_value_work_and_answers_no_token() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let made = scene.make(json!({"tokenHash": hash(VALUE), "tokenValue": null})).await.expect(201);
        assert_eq!((&made["token"], made.get("tokenPrefix")), (&json!(""), None));
        assert_eq!(scene.status(VALUE).await, 200);
        assert_eq!(scene.status(&hash(VALUE)).await, 401, "the hash is no token");
    })
    .await;
}

#[tokio::test]
async fn the_member_token_is_ignored_as_before() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let made = scene.make(json!({"token": VALUE})).await.expect(201);
        assert!(text(&made["token"]).starts_with("jtn_"));
        assert_eq!(scene.status(VALUE).await, 401);
    })
    .await;
}

#[tokio::test]
async fn what_can_be_guessed_or_not_be_sent_is_refused_and_creates_nothing() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let jwt = format!("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.{}", "A".repeat(40));
        for bad in ["", "a", &"a".repeat(31), &"a".repeat(513), &format!("{VALUE} {VALUE}"), &format!("{VALUE}é"), &jwt]
        {
            let message = scene.make(json!({"tokenValue": bad})).await.refused(422);
            assert!(message.starts_with("tokenValue must have 32 to 512 characters"), "{message}");
            assert!(bad.len() < 2 || !message.contains(bad), "{message}");
        }
        let plain = hash(VALUE).replace("$influxdb2-sha256$", "");
        for bad in ["", VALUE, &plain, &format!("$influxdb2-sha512${plain}"), &hash(VALUE).replace('=', "")] {
            let message = scene.make(json!({"tokenHash": bad})).await.refused(422);
            assert!(message.starts_with("tokenHash must be $influxdb2-sha256$ followed by"), "{message}");
        }
        let both = scene.make(json!({"tokenValue": VALUE, "tokenHash": hash(VALUE)})).await.refused(422);
        assert_eq!(both, "tokenValue and tokenHash must not be given together");
        scene.make(json!({"tokenValue": 5})).await.refused(400);
        assert_eq!(scene.count().await, 1);
        scene.make(json!({"tokenValue": "a".repeat(32)})).await.expect(201);
        scene.make(json!({"tokenValue": "a".repeat(512)})).await.expect(201);
    })
    .await;
}

#[tokio::test]
async fn a_token_that_exists_is_not_available_and_no_more_is_told() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (server, first) = (&scene.server, &scene.first);
        let values = ["active", "inactive", "expired", "elsewhere", "ended"].map(|state| format!("{VALUE}{state}"));
        let [active, inactive, expired, elsewhere, ended] = &values;
        scene.make(json!({"tokenValue": active, "allowedNetworks": ["192.0.2.0/24"]})).await.expect(201);
        scene.make(json!({"tokenHash": hash(inactive), "status": "inactive"})).await.expect(201);
        scene.make(json!({"tokenValue": expired})).await.expect(201);
        expire(&home, expired, 1).await;
        let other = server.org(&first.token, "other").await;
        let permissions = json!([permission_in("read", "tasks", &other)]);
        let there = json!({"orgID": other, "permissions": permissions, "tokenValue": elsewhere});
        scene.make(there).await.expect(201);
        let bob = server.user(&first.token, "bob").await;
        scene.make(json!({"tokenValue": ended, "userID": bob})).await.expect(201);
        server.delete(&format!("/api/v2/users/{bob}"), &first.token).await.expect(204);
        let before = scene.count().await;

        scene.rule("anyone").await;
        let maker = scene.maker().await;
        for value in values.iter().chain([&first.token]) {
            for member in [json!({"tokenValue": value}), json!({"tokenHash": hash(value)})] {
                for caller in [&first.token, &maker] {
                    assert_eq!(scene.create(caller, member.clone()).await.refused(422), NOT_AVAILABLE, "{value}");
                }
            }
        }
        assert_eq!(scene.count().await, before + 1, "the maker alone was made");
        assert_eq!(scene.status(&first.token).await, 200, "who holds a token goes on");
    })
    .await;
}

#[tokio::test]
async fn a_value_whose_hash_an_import_brought_is_not_available_and_keeps_its_meaning() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let imported = text(&scene.make(json!({"tokenValue": VALUE})).await.expect(201)["id"]);
        let [short, long] = TokenHash::all_of(VALUE).map(|hash| hash.as_str().to_owned());
        let change = format!("UPDATE authorizations SET token_hash = '{long}' WHERE token_hash = '{short}'");
        assert_eq!(home.sql(&change).await, 1);
        assert_eq!(scene.make(json!({"tokenValue": VALUE})).await.refused(422), NOT_AVAILABLE);
        // Nothing but the value shows that both hashes belong to the same token.
        scene.make(json!({"tokenHash": short})).await.expect(201);
        let found = scene.server.caller(VALUE).await.accepted_token();
        assert_eq!(found.map(|id| id.to_string()), Some(imported));
    })
    .await;
}

#[tokio::test]
async fn only_who_could_create_the_token_is_told_that_it_is_not_available() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        scene.rule("anyone").await;
        let maker = scene.maker().await;
        let value = json!({"tokenValue": VALUE});
        scene.make(value.clone()).await.expect(201);
        let beyond = json!({"tokenValue": VALUE, "permissions": [permission("read", "buckets")]});
        scene.create(&maker, beyond).await.refused(403);
        let past = json!({"tokenValue": VALUE, "expiresAt": "2001-01-01T00:00:00Z"});
        assert_eq!(scene.create(&maker, past).await.refused(422), "expiresAt must be in the future");
        let reader = text(&scene.make(json!({})).await.expect(201)["token"]);
        scene.create(&reader, value.clone()).await.refused(401);
        scene.rule("operators").await;
        let refused = scene.create(&maker, value).await.refused(422);
        assert_eq!(refused, "the organization's rules let only operators supply the value or hash of a token");
    })
    .await;
}

#[tokio::test]
async fn operators_supply_tokens_unless_the_rules_say_otherwise() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let maker = scene.maker().await;
        let supplied = |number: u8| {
            [json!({"tokenValue": format!("{VALUE}{number}")}), json!({"tokenHash": hash(&number.to_string())})]
        };
        let operators = "the organization's rules let only operators supply the value or hash of a token";
        let nobody = "the organization's rules let nobody supply the value or hash of a token";
        for member in supplied(1) {
            assert_eq!(scene.create(&maker, member.clone()).await.refused(422), operators);
            scene.make(member).await.expect(201);
        }
        scene.rule("anyone").await;
        for member in supplied(2) {
            scene.create(&maker, member).await.expect(201);
        }
        scene.rule("nobody").await;
        for member in supplied(3) {
            assert_eq!(scene.make(member).await.refused(422), nobody);
        }
        scene.create(&maker, json!({})).await.expect(201);
    })
    .await;
}

#[tokio::test]
async fn a_session_supplies_no_token_with_rights_from_an_organization_that_forbids_it() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (server, first) = (&scene.server, &scene.first);
        // Bob owns one organization, and holds a token of the first one that reads tasks everywhere.
        let bob = server.user_with_password(&first.token, "bob").await;
        let own = server.org(&first.token, "own").await;
        server.post(&format!("/api/v2/orgs/{own}/owners"), &first.token, json!({"id": bob})).await.expect(201);
        let everywhere = json!({"userID": bob, "permissions": [permission("read", "tasks")]});
        scene.make(everywhere).await.expect(201);
        let cookie = server.sign_in("bob", crate::support::server::PASSWORD).await.cookie();
        let send = async |method: &str, path: &str, body: Value| {
            answer(server.request(method, path).header("cookie", &cookie).json(&body)).await
        };
        let rules = json!({"suppliedTokens": "anyone"});
        send("PUT", &format!("/api/v2/orgs/{own}/rules"), rules).await.expect(200);
        let supply = async |number: u8, permissions: Value| {
            let value = format!("{VALUE}{number}");
            let body = json!({"orgID": own, "permissions": permissions, "tokenValue": value});
            send("POST", "/api/v2/authorizations", body).await
        };
        supply(1, json!([permission_in("read", "buckets", &own)])).await.expect(201);
        supply(2, json!([permission("read", "tasks")])).await.refused(422);
        scene.rule("anyone").await;
        supply(3, json!([permission("read", "tasks")])).await.expect(201);
    })
    .await;
}

#[tokio::test]
async fn a_creation_is_no_faster_way_to_guess_than_authentication() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    scene.rule("anyone").await;
    let maker = scene.maker().await;
    let client = Client { address: "127.0.0.1".parse().ok(), ..Client::default() };
    // It looks like a JWT, which is not looked up: so many look-ups would be slow.
    let unknown = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.AAAA";
    for _ in 0..9_999 {
        drop(scene.server.service.caller_by_token(unknown, client.clone()).await);
    }
    scene.create(&maker, json!({"tokenValue": VALUE})).await.expect(201);
    let refused = scene.create(&maker, json!({"tokenValue": VALUE})).await;
    assert!(!refused.header("retry-after").is_empty());
    assert!(refused.refused(429).starts_with("too many attempts"));
    scene.create(&maker, json!({})).await.expect(201);
    scene.make(json!({"tokenValue": format!("{VALUE}2")})).await.expect(201);
}

#[tokio::test]
async fn a_supplied_token_is_on_record_and_not_in_it() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        scene.make(json!({})).await.expect(201);
        scene.make(json!({"tokenValue": VALUE})).await.expect(201);
        scene.make(json!({"tokenHash": hash("another")})).await.expect(201);
        let entries = details(&home, "authorization created").await;
        let how: Vec<&Value> = entries.iter().skip(1).map(|entry| &entry["suppliedAs"]).collect();
        assert_eq!(how, [&Value::Null, &json!("value"), &json!("hash")]);
        let log = json!(entries).to_string();
        assert!(!log.contains(VALUE) && !log.contains("$influxdb2"));
        assert!(scene.server.check_audit_log().await.1);
    })
    .await;
}
