//! Introspection (RFC 7662): a token's status, only for callers who may read it.

use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::{
    home::{Home, on_each_database},
    revocation::expire,
    support::{
        server::{Answer, First, ORG, Server, answer, permission, permission_in, permission_on, text, with_token},
        shared::at_rest,
    },
};

const PATH: &str = "/api/v2/tokens/introspect";

/// A server with a gateway that reads authorizations, users, buckets and organizations, and a token of Bob's that
/// writes to one bucket.
pub struct Scene {
    pub server: Server,
    pub first: First,
    pub gateway: String,
    pub bob: String,
    pub id: String,
    pub token: String,
}

impl Scene {
    pub async fn new(home: &Home) -> Self {
        let (server, first) = at_rest(home).await;
        let reads = ["authorizations", "users", "buckets", "orgs"].map(|kind| permission("read", kind));
        let gateway = text(&server.token(&first.token, &first.org, json!(reads)).await.expect(201)["token"]);
        let bob = server.user(&first.token, "bob").await;
        let permissions =
            [permission_on("write", "buckets", &first.bucket, &first.org), permission_in("read", "tasks", &first.org)];
        let body = json!({"orgID": first.org, "userID": bob, "description": "Collector", "permissions": permissions});
        let made = server.post("/api/v2/authorizations", &first.token, body).await.expect(201);
        Self { id: text(&made["id"]), token: text(&made["token"]), server, first, gateway, bob }
    }

    pub async fn ask_as(&self, caller: &str, token: &str, more: &[(&str, &str)]) -> Answer {
        let fields = [&[("token", token)], more].concat();
        answer(form(with_token(self.server.request("POST", PATH), caller), &fields)).await
    }

    /// Returns the gateway's introspection of Bob's token.
    pub async fn ask(&self, more: &[(&str, &str)]) -> Value {
        self.ask_as(&self.gateway, &self.token, more).await.expect(200)
    }

    pub async fn patch(&self, path: &str, body: Value) {
        self.server.patch(path, &self.first.token, body).await.expect(200);
    }

    pub async fn made(&self, permissions: Value) -> String {
        text(&self.server.token(&self.first.token, &self.first.org, permissions).await.expect(201)["token"])
    }
}

fn form(request: RequestBuilder, fields: &[(&str, &str)]) -> RequestBuilder {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    request.header("content-type", "application/x-www-form-urlencoded").body(body)
}

fn inactive() -> Value {
    json!({"active": false})
}

#[tokio::test]
async fn a_token_that_works_is_described() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (org, bucket) = (&scene.first.org, &scene.first.bucket);
        let now = scene.server.clock.now().micros();
        expire(&home, &scene.token, now + 60_500_000).await;
        let said = scene.ask_as(&scene.gateway, &scene.token, &[("token_type_hint", "access_token")]).await;
        assert_eq!(said.header("cache-control"), "no-store");
        assert!(!said.body.contains(&scene.token) && !said.body.contains("influxdb2-sha256"));
        let expected = json!({
            "active": true,
            "scope": format!("write:orgs/{org}/buckets/{bucket} read:orgs/{org}/tasks"),
            "token_type": "Bearer",
            "sub": scene.bob,
            "username": "bob",
            "exp": now / 1_000_000 + 60,
            "iat": now / 1_000_000,
            "jti": scene.id,
            "org": ORG,
            "orgID": org,
            "description": "Collector",
        });
        assert_eq!(said.expect(200), expected);
    })
    .await;
}

#[tokio::test]
async fn whatever_does_not_work_is_inactive_and_no_reason_is_given() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (path, owner) = (format!("/api/v2/authorizations/{}", scene.id), format!("/api/v2/users/{}", scene.bob));
        for unknown in ["nope", "jtn_", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.AAAA", &"ॐ".repeat(500)] {
            assert_eq!(scene.ask_as(&scene.gateway, unknown, &[]).await.expect(200), inactive(), "{unknown}");
        }
        for path in [&path, &owner] {
            scene.patch(path, json!({"status": "inactive"})).await;
            assert_eq!(scene.ask(&[("action", "read"), ("resourceType", "tasks")]).await, inactive());
            scene.patch(path, json!({"status": "active"})).await;
            assert_eq!(scene.ask(&[]).await["active"], true);
        }
        expire(&home, &scene.token, scene.server.clock.now().micros() + 1_000_000).await;
        assert_eq!(scene.ask(&[]).await["active"], true);
        scene.server.clock.advance(1);
        assert_eq!(scene.ask(&[]).await, inactive(), "at the second it expires");
        scene.server.delete(&owner, &scene.first.token).await.expect(204);
        assert_eq!(scene.ask(&[]).await, inactive());
    })
    .await;
}

#[tokio::test]
async fn a_token_that_the_caller_may_not_read_is_as_good_as_none() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let org = &scene.first.org;
        // Access to the record alone, or to the owner alone, is not enough.
        let records = scene.made(json!([permission_in("read", "authorizations", org)])).await;
        let another = permission_on("read", "authorizations", &scene.first.authorization, org);
        let owners = scene.made(json!([another, permission("read", "users")])).await;
        for caller in [&records, &owners] {
            assert_eq!(scene.ask_as(caller, &scene.token, &[]).await.expect(200), inactive());
        }
        let both =
            [permission_on("read", "authorizations", &scene.id, org), permission_on("read", "users", &scene.bob, org)];
        let both = scene.made(json!(both)).await;
        assert_eq!(scene.ask_as(&both, &scene.token, &[]).await.expect(200)["sub"], json!(scene.bob));
        assert_eq!(scene.ask_as(&both, &scene.first.token, &[]).await.expect(200), inactive());
    })
    .await;
}

#[tokio::test]
async fn who_may_read_no_authorization_is_refused() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        for other in [&scene.gateway, "nope"] {
            let message = scene.ask_as(&scene.token, other, &[]).await.refused(401);
            assert_eq!(message, "read:authorizations is unauthorized");
        }
        assert_eq!(scene.ask_as("", &scene.token, &[]).await.refused(401), "unauthorized access");
        let path = format!("/api/v2/authorizations/{}", scene.id);
        scene.patch(&path, json!({"status": "inactive"})).await;
        assert_eq!(scene.ask_as(&scene.token, &scene.token, &[]).await.refused(401), "token is inactive");
    })
    .await;
}

#[tokio::test]
async fn a_token_introspects_itself_without_any_permission() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (org, bucket) = (&scene.first.org, &scene.first.bucket);
        let said = scene.ask_as(&scene.token, &scene.token, &[]).await.expect(200);
        assert_eq!((&said["active"], &said["jti"], &said["sub"]), (&json!(true), &json!(scene.id), &json!(scene.bob)));
        // It needs not read a bucket to learn that it may write to it.
        let one = json!(format!("write:orgs/{org}/buckets/{bucket}"));
        for thing in [("resourceID", bucket.as_str()), ("resourceName", "iot")] {
            let asked = [("action", "write"), ("resourceType", "buckets"), thing];
            let said = scene.ask_as(&scene.token, &scene.token, &asked).await.expect(200);
            assert_eq!((&said["allowed"], &said["permission"]), (&json!(true), &one), "{thing:?}");
            let asked = [("action", "read"), ("resourceType", "buckets"), thing];
            let said = scene.ask_as(&scene.token, &scene.token, &asked).await.expect(200);
            assert_eq!((&said["allowed"], &said["missing"]), (&json!(false), &Value::Null), "{thing:?}");
        }
        // It is presented from where the request comes from.
        scene
            .patch(&format!("/api/v2/authorizations/{}", scene.id), json!({"allowedNetworks": ["127.0.0.0/8", "::1"]}))
            .await;
        assert_eq!(scene.ask_as(&scene.token, &scene.token, &[]).await.expect(200)["active"], true);
        let elsewhere = scene.ask_as(&scene.token, &scene.token, &[("address", "192.0.2.7")]).await.expect(200);
        assert_eq!(elsewhere, inactive());
    })
    .await;
}

#[tokio::test]
async fn the_reason_is_told_to_those_who_ask_for_it_and_may_read_the_token() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let path = format!("/api/v2/authorizations/{}", scene.id);
        let owner = format!("/api/v2/users/{}", scene.bob);
        let why = async |address: &str| scene.ask(&[("explain", "true"), ("address", address)]).await;
        scene.patch(&path, json!({"status": "inactive"})).await;
        let told = json!({"active": false, "reason": "deactivated", "jti": scene.id});
        assert_eq!(why("any").await, told);
        assert_eq!(scene.ask(&[("explain", "false")]).await, inactive());
        let blind = scene.made(json!([permission("read", "authorizations")])).await;
        assert_eq!(scene.ask_as(&blind, &scene.token, &[("explain", "true")]).await.expect(200), inactive());
        scene.patch(&path, json!({"status": "active", "allowedNetworks": ["10.0.0.0/8"]})).await;
        assert_eq!(why("192.0.2.7").await["reason"], "wrong-network");
        assert_eq!(scene.ask(&[("explain", "true")]).await["reason"], "wrong-network");
        assert_eq!(why("10.1.2.3").await["active"], true);
        scene.patch(&owner, json!({"status": "inactive"})).await;
        assert_eq!(why("any").await["reason"], "owner-inactive");
        scene.patch(&owner, json!({"status": "active"})).await;
        let now = scene.server.clock.now().micros();
        expire(&home, &scene.token, now).await;
        let told = json!({"active": false, "reason": "expired", "jti": scene.id, "exp": now.div_euclid(1_000_000)});
        assert_eq!(why("any").await, told);
        assert_eq!(scene.ask_as(&scene.gateway, "nope", &[("explain", "true")]).await.expect(200), inactive());
        let bad = scene.ask_as(&scene.gateway, &scene.token, &[("explain", "why")]).await.refused(400);
        assert_eq!(bad, "explain must be true or false");
    })
    .await;
}

#[tokio::test]
async fn a_session_may_ask_too() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    let cookie = scene.server.sign_in(crate::support::server::NAME, crate::support::server::PASSWORD).await.cookie();
    let request = scene.server.request("POST", PATH).header("cookie", cookie);
    assert_eq!(answer(form(request, &[("token", &scene.token)])).await.expect(200)["username"], "bob");
}

#[tokio::test]
async fn a_token_bound_to_networks_is_judged_by_the_address_that_is_given() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let hash = jeton_model::token::TokenHash::of(&scene.token);
        let networks = "10.0.0.0/8,2001:db8::/32";
        let sql =
            format!("UPDATE authorizations SET allowed_networks = '{networks}' WHERE token_hash = '{}'", hash.as_str());
        assert_eq!(home.sql(&sql).await, 1);
        let networks = json!(["10.0.0.0/8", "2001:db8::/32"]);
        assert_eq!(scene.ask(&[("address", "any")]).await["allowedNetworks"], networks);
        assert_eq!(scene.ask(&[("address", "10.1.2.3")]).await["allowedNetworks"], networks);
        assert_eq!(scene.ask(&[]).await, inactive(), "from nowhere known");
        assert_eq!(scene.ask(&[("action", "read"), ("resourceType", "tasks")]).await, inactive());
        for (address, active) in
            [("10.1.2.3", true), ("::ffff:10.1.2.3", true), ("2001:db8::7", true), ("192.0.2.1", false)]
        {
            assert_eq!(scene.ask(&[("address", address)]).await["active"], json!(active), "{address}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_token_bound_to_nothing_needs_no_address() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    for more in [[].as_slice(), &[("address", "any")], &[("address", "192.0.2.7")]] {
        assert_eq!(scene.ask(more).await["active"], true, "{more:?}");
    }
}

#[tokio::test]
async fn a_bad_form_is_told_what_is_wrong_and_never_repeats_the_token() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let token = scene.token.as_str();
        let bucket = scene.first.bucket.as_str();
        let bad: [(&[(&str, &str)], &str); 12] = [
            (&[], "token is missing"),
            (&[("token", "")], "token is missing"),
            (&[("token", token), ("token", token)], "token must be given once"),
            (&[("token", token), ("action", "read")], "resourceType is missing"),
            (&[("token", token), ("resourceType", "buckets")], "action is missing"),
            (&[("token", token), ("resourceID", bucket)], "resourceID needs action"),
            (&[("token", token), ("action", token), ("resourceType", "buckets")], "action must be"),
            (&[("token", token), ("action", "read"), ("resourceType", token)], "resourceType must be"),
            (&[("token", token), ("action", "read"), ("resourceType", "instance")], "resourceType must be"),
            (
                &[("token", token), ("action", "read"), ("resourceType", "buckets"), ("resourceID", token)],
                "resourceID is not an id",
            ),
            (&[("token", token), ("address", token)], "address must be an IP address such as 192.0.2.7, or any"),
            (&[("token", "a\0b")], "a parameter must not contain a NUL character"),
        ];
        for (fields, expected) in bad {
            let refused = answer(form(with_token(scene.server.request("POST", PATH), &scene.gateway), fields)).await;
            assert!(!refused.body.contains(token), "{}", refused.body);
            let message = refused.refused(400);
            assert!(message.starts_with(expected), "{message}");
        }
        let both = [("action", "read"), ("resourceType", "buckets"), ("resourceID", bucket), ("resourceName", "iot")];
        let message = scene.ask_as(&scene.gateway, token, &both).await.refused(400);
        assert_eq!(message, "give resourceID or resourceName, not both");
        let message = scene.server.post(PATH, &scene.gateway, json!({"token": token})).await.refused(400);
        assert_eq!(message, "the body must be a form: send it as Content-Type application/x-www-form-urlencoded");
        let in_query = scene.server.request("POST", &format!("{PATH}?token={token}"));
        assert_eq!(answer(form(with_token(in_query, &scene.gateway), &[])).await.status, 400, "only the body counts");
        assert_eq!(scene.server.get(PATH, &scene.gateway).await.status, 405);
    })
    .await;
}

#[tokio::test]
async fn credentials_of_1x_clients_are_not_known_here() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let body = json!({
            "token": "telegraf", "orgID": scene.first.org,
            "permissions": [permission_on("write", "buckets", &scene.first.bucket, &scene.first.org)],
        });
        let made = scene.server.post("/private/legacy/authorizations", &scene.first.token, body).await.expect(201);
        let path = format!("/private/legacy/authorizations/{}/password", text(&made["id"]));
        let body = json!({"password": "password2"});
        scene.server.post(&path, &scene.first.token, body).await.expect(204);
        for secret in ["telegraf", "password2", "telegraf:password2"] {
            assert_eq!(scene.ask_as(&scene.gateway, secret, &[]).await.expect(200), inactive(), "{secret}");
        }
    })
    .await;
}
