//! Isolation of tenants: the cost of lists and tokens, quotas, and what names reveal.

use jeton_service::Clock;

use crate::{
    home::{Home, on_each_database},
    support::{
        server::{First, Server, answer, members, permission, permission_in, permission_on, text, with_token},
        shared::{at_rest, column},
    },
};

use serde_json::{Value, json};

/// A server with an organization that its first tenant, who holds a limited token, does not belong to.
struct Scene {
    server: Server,
    first: First,
    elsewhere: String,
    bob: String,
    /// A token that creates tokens in the first organization, and reads only its buckets.
    limited: String,
}

impl Scene {
    async fn new(home: &Home) -> Self {
        let (server, first) = at_rest(home).await;
        let elsewhere = server.org(&first.token, "elsewhere").await;
        server.bucket(&first.token, &elsewhere, "there").await;
        let bob = server.user(&first.token, "bob").await;
        let held = json!([
            permission_in("write", "authorizations", &first.org),
            permission_in("read", "authorizations", &first.org),
            permission("read", "tasks"),
            {"action": "write", "resource": {"type": "users", "id": first.user}},
            {"action": "read", "resource": {"type": "users", "id": first.user}},
            permission_in("read", "buckets", &first.org),
        ]);
        let limited = text(&server.token(&first.token, &first.org, held).await.expect(201)["token"]);
        Self { server, first, elsewhere, bob, limited }
    }

    /// Requests a token with one permission on a named resource; returns the error.
    async fn refusal(&self, token: &str, kind: &str, resource: Value) -> (u16, String) {
        let mut resource = resource;
        resource["type"] = kind.into();
        let asked = json!([{"action": "read", "resource": resource}]);
        let answer = self.server.token(token, &self.first.org, asked).await;
        (answer.status, answer.body)
    }

    async fn telegraf(&self, org: &str, name: &str, config: &str) -> String {
        let body = json!({"orgID": org, "name": name, "config": config});
        text(&self.server.post("/api/v2/telegrafs", &self.first.token, body).await.expect(201)["id"])
    }
}

#[tokio::test]
async fn what_may_not_be_read_is_named_as_if_it_were_not_there() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        scene.telegraf(&scene.first.org, "agent", "").await;
        for (kind, hidden) in [("users", "bob"), ("orgs", "elsewhere"), ("telegrafs", "agent")] {
            let (status, told) = scene.refusal(&scene.limited, kind, json!({"name": hidden})).await;
            let (_, unknown) = scene.refusal(&scene.limited, kind, json!({"name": "nobody"})).await;
            assert_eq!((status, told), (400, unknown.replace("nobody", hidden)), "{kind}");
            assert_eq!(scene.refusal(&scene.first.token, kind, json!({"name": hidden})).await.0, 201, "{kind}");
        }
        let (status, told) = scene.refusal(&scene.limited, "tasks", json!({"org": "elsewhere"})).await;
        let (_, unknown) = scene.refusal(&scene.limited, "tasks", json!({"org": "nowhere"})).await;
        assert_eq!((status, told), (400, unknown.replace("nowhere", "elsewhere")));
        let own = scene.refusal(&scene.limited, "buckets", json!({"org": "acme", "name": "iot"})).await;
        assert_eq!(own.0, 201, "{}", own.1);
    })
    .await;
}

#[tokio::test]
async fn lists_and_mappings_tell_no_names_either() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (server, token) = (&scene.server, &scene.limited);
        let pairs = [
            ("authorizations?user=bob", "authorizations?user=nobody"),
            ("authorizations?org=elsewhere", "authorizations?org=nowhere"),
            ("users?name=bob", "users?name=nobody"),
            ("orgs?org=elsewhere", "orgs?org=nowhere"),
            ("buckets?org=elsewhere", "buckets?org=nowhere"),
            ("dbrps?org=elsewhere", "dbrps?org=nowhere"),
        ];
        for (hidden, unknown) in pairs {
            let (told, of_unknown) = (
                server.get(&format!("/api/v2/{hidden}"), token).await,
                server.get(&format!("/api/v2/{unknown}"), token).await,
            );
            let expected = of_unknown.body.replace("nowhere", "elsewhere").replace("nobody", "bob");
            assert_eq!((told.status, told.body), (404, expected), "{hidden}");
            assert_eq!(server.get(&format!("/api/v2/{hidden}"), &scene.first.token).await.status, 200, "{hidden}");
        }
        let mapping =
            json!({"org": "elsewhere", "bucketID": scene.first.bucket, "database": "d", "retention_policy": "r"});
        let answer = server.post("/api/v2/dbrps", token, mapping).await;
        assert_eq!(answer.status, 404, "{}", answer.body);
        assert!(!answer.body.contains(&scene.elsewhere), "{}", answer.body);
        for known in ["authorizations?org=acme&user=alice", "buckets?org=acme", "dbrps?org=acme"] {
            assert_eq!(server.get(&format!("/api/v2/{known}"), token).await.status, 200, "{known}");
        }
    })
    .await;
}

#[tokio::test]
async fn thousands_of_names_are_resolved_in_their_order() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let org = column(&scene.first.org);
        home.sql(&format!(
            "INSERT INTO buckets (id, org_id, kind, name, name_key, description, retention_policy, retention_seconds, \
             shard_group_seconds, created_at, updated_at) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n \
             WHERE i < 4096) SELECT i, {org}, 'user', 'b' || i, 'b' || i, '', '', 0, 0, 0, 0 FROM n"
        ))
        .await;
        let named = |name: &str| json!({"action": "read", "resource": {"type": "buckets", "name": name}});
        let mut asked: Vec<Value> = (1..=4096).rev().map(|number| named(&format!("b{number}"))).collect();
        let created = scene.server.token(&scene.limited, &scene.first.org, json!(asked)).await.expect(201);
        let expected: Vec<String> = (1..=4096).rev().map(|number| format!("{:016x}", (1u64 << 63) + number)).collect();
        let given = created["permissions"].as_array().expect("a list");
        let ids: Vec<String> = given.iter().map(|one| text(&one["resource"]["id"])).collect();
        assert_eq!(ids, expected);
        asked[1000] = named("first");
        asked[3000] = named("second");
        let message = scene.server.token(&scene.limited, &scene.first.org, json!(asked)).await.refused(400);
        assert!(message.contains("\"first\""), "{message}");
    })
    .await;
}

#[tokio::test]
async fn the_list_of_configurations_holds_what_may_be_read_one_by_one() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (here, there) = (&scene.first.org, &scene.elsewhere);
        let mut all = Vec::new();
        for number in 0..6 {
            // Longer in total than one portion of the list.
            let text = format!("# {number} & <b>\n# {}", "x".repeat(300_000));
            all.push(scene.telegraf(if number % 2 == 0 { here } else { there }, &format!("n{number}"), &text).await);
        }
        let holders = [
            vec![permission("read", "telegrafs")],
            vec![permission_in("read", "telegrafs", here)],
            vec![permission_in("write", "telegrafs", here), permission("read", "tasks")],
            vec![permission_on("read", "telegrafs", &all[2], here), permission_on("read", "telegrafs", &all[4], here)],
            vec![permission_in("read", "telegrafs", there), permission_on("read", "telegrafs", &all[1], there)],
        ];
        for held in holders {
            let org = if held[0]["resource"]["orgID"] == json!(there) { there } else { here };
            let token = text(&scene.server.token(&scene.first.token, org, json!(held)).await.expect(201)["token"]);
            let mut readable = Vec::new();
            for id in &all {
                let request = scene.server.request("GET", &format!("/api/v2/telegrafs/{id}"));
                let one = answer(with_token(request, &token).header("accept", "application/json")).await;
                if one.status == 200 {
                    readable.push(one.body);
                }
            }
            let list = scene.server.get("/api/v2/telegrafs", &token).await;
            assert_eq!(list.header("content-type"), "application/json; charset=utf-8");
            let expected = format!("{{\"configurations\":[{}]}}", readable.join(","));
            assert!(list.body == expected, "{held:?}: {} readable, {} bytes", readable.len(), list.body.len());
        }
        let of_one =
            scene.server.get(&format!("/api/v2/telegrafs?orgID={there}"), &scene.first.token).await.expect(200);
        assert_eq!(members(&of_one["configurations"], "id"), [&*all[1], &*all[3], &*all[5]]);
    })
    .await;
}

#[tokio::test]
async fn a_list_in_portions_is_the_same_to_the_byte() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let permissions: Vec<Value> = (1..=4096)
            .map(|number| json!({"action": "read", "resource": {"type": "buckets", "id": format!("{number:016x}")}}))
            .collect();
        let mut ids = vec![scene.first.authorization.clone()];
        for number in 0..8 {
            let body =
                json!({"orgID": scene.elsewhere, "description": format!("<{number}>"), "permissions": permissions});
            ids.push(text(
                &scene.server.post("/api/v2/authorizations", &scene.first.token, body).await.expect(201)["id"],
            ));
        }
        let path = format!("/api/v2/authorizations?orgID={}", scene.elsewhere);
        let list = scene.server.get(&path, &scene.first.token).await;
        assert_eq!(list.header("transfer-encoding"), "chunked", "it is longer than what is read at once");
        let mut expected =
            "{\n\t\"links\": {\n\t\t\"self\": \"/api/v2/authorizations\"\n\t},\n\t\"authorizations\": [".to_owned();
        for (at, id) in ids[1..].iter().enumerate() {
            let one = scene.server.get(&format!("/api/v2/authorizations/{id}"), &scene.first.token).await.body;
            expected.push_str(if at == 0 { "\n\t\t" } else { ",\n\t\t" });
            expected.push_str(&one.replace('\n', "\n\t\t"));
        }
        expected.push_str("\n\t]\n}");
        assert!(list.body == expected, "{} bytes in the place of {}", list.body.len(), expected.len());
        let five = scene.server.get(&format!("{path}&limit=5&sort=-createdAt"), &scene.first.token).await.expect(200);
        let newest: Vec<String> = ids.iter().rev().take(5).cloned().collect();
        assert_eq!(members(&five["authorizations"], "id"), newest);
    })
    .await;
}

/// Returns the stored counters of each user and organization, and the actual counts.
async fn counts(home: &Home) -> (Vec<String>, Vec<String>) {
    let read = async |sql: &str| {
        let rows = home.rows(sql).await;
        rows.iter().map(|row| sqlx::Row::get::<String, _>(row, 0)).collect::<Vec<String>>()
    };
    let counted = read(
        "SELECT scope || ' ' || id || ' ' || tokens || ' ' || permissions AS line FROM token_counts WHERE tokens > 0 \
         ORDER BY scope, id",
    );
    let there = "SELECT DISTINCT authorization_id, action, resource_type, resource_id, org_id FROM grants";
    let of = |scope: &str, column: &str| {
        format!(
            "SELECT '{scope} ' || {column} || ' ' || COUNT(DISTINCT authorizations.id) || ' ' || COUNT(held.action) AS line, \
             {column} AS id, '{scope}' AS scope FROM authorizations LEFT JOIN ({there}) AS held \
             ON held.authorization_id = authorizations.id GROUP BY {column}"
        )
    };
    let (org, user) = (of("org", "authorizations.org_id"), of("user", "authorizations.user_id"));
    let real = format!("SELECT line FROM ({org} UNION ALL {user}) AS lines ORDER BY scope, id");
    (counted.await, read(&real).await)
}

#[tokio::test]
async fn tokens_are_counted_as_they_come_and_go() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (server, first) = (&scene.server, &scene.first);
        let held = json!([permission_in("read", "tasks", &first.org), permission_in("read", "tasks", &first.org)]);
        let gone = text(&server.token(&first.token, &first.org, held.clone()).await.expect(201)["id"]);
        let body = json!({"orgID": first.org, "userID": scene.bob, "permissions": held});
        server.post("/api/v2/authorizations", &first.token, body).await.expect(201);
        let body = json!({"orgID": first.org, "token": "grafana", "permissions": held});
        let v1 = text(&server.post("/private/legacy/authorizations", &first.token, body).await.expect(201)["id"]);
        let (counted, real) = counts(&home).await;
        assert_eq!(counted, real);
        assert_eq!(counted.len(), 3, "an organization and two users: {counted:?}");
        for path in [format!("/api/v2/authorizations/{gone}"), format!("/private/legacy/authorizations/{v1}")] {
            server.delete(&path, &first.token).await.expect(204);
        }
        server.delete(&format!("/api/v2/users/{}", scene.bob), &first.token).await.expect(204);
        let (counted, real) = counts(&home).await;
        assert_eq!(counted, real);
        // A database from before there were counters.
        scene.server.stop().await;
        home.back_to_step_8().await;
        Server::start_at_rest(&home).await.stop().await;
        assert_eq!(counts(&home).await, (counted, real));
    })
    .await;
}

async fn with_quota(home: &Home, flag: &str) -> (Server, First) {
    let clock = Clock::manual(jeton_model::Timestamp::from_micros(1_800_000_000_000_000));
    let server = Server::start_with(home, clock, &[flag]).await;
    let first = server.set_up().await;
    (server, first)
}

#[tokio::test]
async fn a_user_has_no_more_tokens_than_the_quota_whatever_makes_them() {
    on_each_database(async |home| {
        let (server, first) = with_quota(&home, "--max-tokens-per-user=3").await;
        let (token, org) = (&first.token, &first.org);
        let permissions = json!([permission_in("read", "tasks", org)]);
        let body = json!({"orgID": org, "token": "grafana", "permissions": permissions});
        server.post("/private/legacy/authorizations", token, body).await.expect(201);
        let third = text(&server.token(token, org, permissions.clone()).await.expect(201)["id"]);
        let message = "this user has the maximum number of tokens (3); delete tokens that are no longer needed, or raise \
                       --max-tokens-per-user";
        assert_eq!(server.token(token, org, permissions.clone()).await.refused(422), message);
        let v1 = json!({"orgID": org, "token": "telegraf", "permissions": permissions});
        assert_eq!(server.post("/private/legacy/authorizations", token, v1).await.refused(422), message);
        let rotated = server.post(&format!("/api/v2/authorizations/{third}/rotate"), token, json!({})).await;
        assert_eq!(rotated.refused(422), message);
        let caller = server.caller(token).await;
        let cloned = server.service.clone_authorization(&caller, third.parse().expect("an id"), None).await;
        assert_eq!(cloned.expect_err("a refusal").to_string(), message);
        let org_id = org.parse().expect("an id");
        let all_access = server.service.create_all_access(&caller, org_id, Default::default(), None).await;
        assert_eq!(all_access.expect_err("a refusal").to_string(), message);
        let bob = server.user(token, "bob").await;
        let of_bob = json!({"orgID": org, "userID": bob, "permissions": permissions});
        server.post("/api/v2/authorizations", token, of_bob).await.expect(201);
        server.delete(&format!("/api/v2/authorizations/{third}"), token).await.expect(204);
        server.token(token, org, permissions).await.expect(201);
    })
    .await;
}

#[tokio::test]
async fn an_organization_has_no_more_tokens_than_the_quota() {
    on_each_database(async |home| {
        let (server, first) = with_quota(&home, "--max-tokens-per-org=2").await;
        let permissions = json!([permission("read", "tasks")]);
        let bob = server.user(&first.token, "bob").await;
        let of_bob = json!({"orgID": first.org, "userID": bob, "permissions": permissions});
        server.post("/api/v2/authorizations", &first.token, of_bob).await.expect(201);
        let message = server.token(&first.token, &first.org, permissions.clone()).await.refused(422);
        assert!(message.starts_with("this organization has the maximum number of tokens (2); delete"), "{message}");
        let other = server.org(&first.token, "other").await;
        server.token(&first.token, &other, permissions).await.expect(201);
    })
    .await;
}

#[tokio::test]
async fn the_tokens_of_an_organization_hold_no_more_permissions_than_the_quota() {
    on_each_database(async |home| {
        // The first token has 44.
        let (server, first) = with_quota(&home, "--max-permissions-per-org=46").await;
        let (tasks, buckets) = (permission("read", "tasks"), permission("read", "buckets"));
        let three = json!([tasks, buckets, permission("read", "users")]);
        let message = server.token(&first.token, &first.org, three).await.refused(422);
        assert!(message.starts_with("the tokens of this organization would have more"), "{message}");
        let twice = json!([tasks, buckets, tasks, buckets]);
        server.token(&first.token, &first.org, twice).await.expect(201);
        server.token(&first.token, &first.org, json!([tasks])).await.refused(422);
    })
    .await;
}

#[tokio::test]
async fn a_quota_of_zero_is_none() {
    let home = Home::sqlite();
    let flags = ["--max-tokens-per-user=0", "--max-tokens-per-org=0", "--max-permissions-per-org=0"];
    let server = Server::start_with(&home, Clock::System, &flags).await;
    let first = server.set_up().await;
    server.token(&first.token, &first.org, json!([permission("read", "tasks")])).await.expect(201);
}
