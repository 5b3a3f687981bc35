//! Delegation of permissions.

use serde_json::{Value, json};

use jeton_model::{Action, IdempotencyKey, Permission, ResourceType, ValidationError};
use jeton_service::{
    Error,
    error::CreationError,
    tokens::{CreateAuthorization, RequestedPermission, TokenOptions},
};

use crate::{
    home::{Home, on_each_database},
    revocation::expire,
    support::server::{First, ORG, Server, members, permission, permission_in, permission_on, text},
};

async fn set_up(home: &Home) -> (Server, First) {
    let server = Server::start_at_rest(home).await;
    let first = server.set_up().await;
    (server, first)
}

fn named(action: &str, kind: &str, name: &str, org: &str) -> Value {
    json!({"action": action, "resource": {"type": kind, "name": name, "orgID": org}})
}

async fn count(server: &Server, first: &First) -> usize {
    let listed = server.get("/api/v2/authorizations", &first.token).await.expect(200);
    listed["authorizations"].as_array().expect("a list").len()
}

#[tokio::test]
async fn a_name_grants_the_one_thing_it_names() {
    on_each_database(async |home| {
        let (server, first) = set_up(&home).await;
        let other = server.bucket(&first.token, &first.org, "other").await;
        let asked = json!([named("read", "buckets", "iot", &first.org)]);
        let created = server.token(&first.token, &first.org, asked).await.expect(201);
        let resource = &created["permissions"][0]["resource"];
        assert_eq!((&resource["id"], &resource["name"]), (&json!(first.bucket), &json!("iot")));
        let token = text(&created["token"]);
        assert_eq!(server.get(&format!("/api/v2/buckets/{}", first.bucket), &token).await.status, 200);
        assert_eq!(server.get(&format!("/api/v2/buckets/{other}"), &token).await.status, 401);
        let seen = server.get("/api/v2/buckets", &token).await.expect(200);
        assert_eq!(members(&seen["buckets"], "name"), ["iot"]);
    })
    .await;
}

#[tokio::test]
async fn names_of_users_organizations_and_configurations_are_found_too() {
    on_each_database(async |home| {
        let (server, first) = set_up(&home).await;
        let telegraf = server
            .post("/api/v2/telegrafs", &first.token, json!({"orgID": first.org, "name": "agent", "config": "x = 1"}))
            .await;
        let telegraf = text(&telegraf.expect(201)["id"]);
        let (user, org) = (&first.user, &first.org);
        for (kind, name, id) in [("users", "alice", user), ("orgs", "acme", org), ("telegrafs", "agent", &telegraf)] {
            let asked = json!([{"action": "read", "resource": {"type": kind, "name": name}}]);
            let created = server.token(&first.token, &first.org, asked).await.expect(201);
            assert_eq!(created["permissions"][0]["resource"]["id"], json!(id), "{kind}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_name_that_names_nothing_is_refused_and_grants_nothing() {
    on_each_database(async |home| {
        let (server, first) = set_up(&home).await;
        let elsewhere = server.org(&first.token, "elsewhere").await;
        server.bucket(&first.token, &elsewhere, "there").await;
        let refused = [
            ("buckets", "nope"),
            ("buckets", "there"),
            ("buckets", "IOT"),
            ("tasks", "iot"),
            ("dashboards", "iot"),
            ("users", "a\0b"),
        ];
        for (kind, name) in refused {
            let asked = json!([permission_in("read", "buckets", &first.org), named("read", kind, name, &first.org)]);
            let message = server.token(&first.token, &first.org, asked).await.refused(400);
            assert!(!message.is_empty(), "{kind} {name:?}");
        }
        let foreign = json!([named("read", "buckets", "there", &elsewhere)]);
        assert_eq!(server.token(&first.token, &first.org, foreign).await.status, 400);
        assert_eq!(count(&server, &first).await, 1);
    })
    .await;
}

#[tokio::test]
async fn nobody_grants_what_they_do_not_hold() {
    on_each_database(async |home| {
        let (server, first) = set_up(&home).await;
        let org = &first.org;
        let held = json!([
            permission_in("write", "authorizations", org),
            permission_on("write", "users", &first.user, org),
            permission_in("read", "buckets", org),
        ]);
        let holder = text(&server.token(&first.token, org, held).await.expect(201)["token"]);
        let granted = server.token(&holder, org, json!([permission_in("read", "buckets", org)])).await;
        assert_eq!(granted.status, 201);
        for more in
            [permission_in("write", "buckets", org), permission("read", "buckets"), permission_in("read", "tasks", org)]
        {
            let message =
                server.token(&holder, org, json!([permission_in("read", "buckets", org), more])).await.refused(403);
            assert!(message.starts_with("permission ") && message.ends_with(" is unauthorized"), "{message}");
        }
        assert_eq!(count(&server, &first).await, 3);
    })
    .await;
}

#[tokio::test]
async fn an_organization_is_no_way_to_the_things_of_another() {
    on_each_database(async |home| {
        let (server, first) = set_up(&home).await;
        let org = &first.org;
        let elsewhere = server.org(&first.token, "elsewhere").await;
        let foreign = server.bucket(&first.token, &elsewhere, "there").await;
        let bob = server.user(&first.token, "bob").await;
        let of_elsewhere =
            server.token(&first.token, &elsewhere, json!([permission("read", "tasks")])).await.expect(201);
        let mut held: Vec<Value> =
            ["authorizations", "buckets", "users", "telegrafs"].map(|kind| permission_in("write", kind, org)).into();
        held.push(permission_on("write", "users", &first.user, org));
        let holder = text(&server.token(&first.token, org, json!(held)).await.expect(201)["token"]);

        let asked = async |kind: &str, id: &str| {
            server.token(&holder, org, json!([permission_on("write", kind, id, org)])).await.status
        };
        assert_eq!(asked("buckets", &first.bucket).await, 201, "its own bucket");
        assert_eq!(asked("buckets", &foreign).await, 403, "a foreign bucket");
        assert_eq!(asked("buckets", "00000000000000ff").await, 403, "a bucket that may come to be elsewhere");
        assert_eq!(asked("users", &bob).await, 403, "any user");
        assert_eq!(asked("authorizations", &text(&of_elsewhere["id"])).await, 403, "a foreign token");
        assert_eq!(asked("authorizations", &first.authorization).await, 201, "a token of its own");
        assert_eq!(asked("telegrafs", "00000000000000ff").await, 403, "a configuration that is not there");
    })
    .await;
}

#[tokio::test]
async fn what_a_token_makes_never_outlives_it() {
    on_each_database(async |home| {
        let (server, first) = set_up(&home).await;
        let held = json!([
            permission("read", "authorizations"),
            permission("write", "authorizations"),
            permission("read", "users"),
            permission("write", "users")
        ]);
        let made = server.token(&first.token, &first.org, held).await.expect(201);
        let maker = text(&made["token"]);
        expire(&home, &maker, server.clock.now().plus_seconds(600).micros()).await;
        let child = server.token(&maker, &first.org, json!([permission("read", "users")])).await.expect(201);
        let caller = server.caller(&maker).await;
        let id = text(&made["id"]).parse().expect("an id");
        let clone = server.service.clone_authorization(&caller, id, None).await.expect("a clone");
        let end = server.clock.now().plus_seconds(600);
        assert_eq!(child["expiresAt"], end.to_string());
        assert_eq!(clone.details.authorization.expires_at, Some(end));
        server.clock.advance(599);
        assert_eq!(server.get("/api/v2/me", &text(&child["token"])).await.status, 200);
        server.clock.advance(1);
        for token in [&maker, &text(&child["token"]), clone.token.expose()] {
            assert_eq!(server.get("/api/v2/me", token).await.status, 401);
        }
    })
    .await;
}

#[tokio::test]
async fn a_clone_is_active_belongs_to_the_same_owner_and_lives_as_long_from_now() {
    on_each_database(async |home| {
        let (server, first) = set_up(&home).await;
        let bob = server.user(&first.token, "bob").await;
        let body = json!({"orgID": first.org, "userID": bob, "status": "inactive", "description": "d", "permissions": [permission_in("read", "tasks", &first.org)]});
        let original = server.post("/api/v2/authorizations", &first.token, body).await.expect(201);
        expire(&home, &text(&original["token"]), server.clock.now().plus_seconds(3600).micros()).await;
        server.clock.advance(1800);
        let caller = server.caller(&first.token).await;
        let id = text(&original["id"]).parse().expect("an id");
        let clone = server.service.clone_authorization(&caller, id, None).await.expect("a clone");
        let record = clone.details.authorization;
        assert_eq!((record.user.to_string(), record.created_by.to_string()), (bob, first.user));
        assert_eq!((record.status.name(), record.expires_at), ("active", Some(server.clock.now().plus_seconds(3600))));
        assert_ne!(clone.token.expose(), text(&original["token"]));
        assert_eq!(server.get("/api/v2/buckets", clone.token.expose()).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn a_form_that_is_sent_twice_creates_once() {
    on_each_database(async |home| {
        let (server, first) = set_up(&home).await;
        let caller = server.caller(&first.token).await;
        let asked = || CreateAuthorization {
            org: Some(first.org.parse().expect("an id")),
            permissions: vec![RequestedPermission::from(Permission::global(Action::Read, ResourceType::Tasks))],
            ..CreateAuthorization::default()
        };
        let (first_key, second_key) = (key("form-1"), key("form-2"));
        let create = |key| server.service.create_authorization(&caller, asked(), Some(key));
        let (one, other) = tokio::join!(create(&first_key), create(&first_key));
        let refused = if one.is_ok() { other } else { one };
        assert_eq!(refused.err(), Some(Error::Creation(CreationError::AlreadyCreated)));
        assert_eq!(count(&server, &first).await, 2);
        assert!(create(&second_key).await.is_ok(), "another form is another token");
        server.clock.advance(12 * 3600);
        assert_eq!(
            create(&first_key).await.err(),
            Some(Error::Creation(CreationError::AlreadyCreated)),
            "remembered longer than a session lives"
        );
    })
    .await;
}

fn key(text: &str) -> IdempotencyKey {
    IdempotencyKey::parse(text).expect("a key")
}

#[tokio::test]
async fn a_refused_form_may_be_sent_again() {
    on_each_database(async |home| {
        let (server, first) = set_up(&home).await;
        let caller = server.caller(&first.token).await;
        let org = first.org.parse().expect("an id");
        let given = |description| TokenOptions { description, ..TokenOptions::default() };
        let key = key("form");
        let create =
            |description: String| server.service.create_all_access(&caller, org, given(description), Some(&key));
        assert!(matches!(
            create("x".repeat(1025)).await.err(),
            Some(Error::Validation(ValidationError::TextTooLong { limit: 1024, .. }))
        ));
        assert!(create("x".repeat(1024)).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn an_organization_named_in_a_permission_is_meant_and_never_all_of_them() {
    on_each_database(async |home| {
        let (server, first) = set_up(&home).await;
        let asked = |resource: Value| json!([{"action": "read", "resource": resource}]);
        let named = asked(json!({"type": "tasks", "org": ORG}));
        let made = server.token(&first.token, &first.org, named).await.expect(201);
        assert_eq!(made["permissions"][0]["resource"]["orgID"], first.org);
        let unknown = asked(json!({"type": "tasks", "org": "nobodys"}));
        let message = server.token(&first.token, &first.org, unknown).await.refused(400);
        assert_eq!(message, "no organization named \"nobodys\"; give its id as orgID instead");
        let other = server.org(&first.token, "other").await;
        let foreign = asked(json!({"type": "tasks", "org": "other"}));
        let message = server.token(&first.token, &first.org, foreign).await.refused(400);
        assert!(message.contains(&other), "{message}");
    })
    .await;
}
