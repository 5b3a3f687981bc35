//! Rotation with changes: the successor has other permissions, another description or other networks, within what a
//! creation allows. A refused change leaves the old token as it was.

use serde_json::{Value, json};

use crate::{
    audit_log::details,
    home::{Home, on_each_database},
    support::{
        command::Shell,
        console::Browser,
        server::{
            Answer, First, NAME, PASSWORD, Server, answer, permission, permission_in, permission_on, text, with_token,
        },
        shared::{at_rest, with_members},
    },
};

const DAY: i64 = 86_400;

/// A server with a stopped clock, and a token that reads buckets and lives 30 days in one network.
struct Scene {
    server: Server,
    first: First,
    token: String,
    id: String,
}

impl Scene {
    async fn new(home: &Home) -> Self {
        let (server, first) = at_rest(home).await;
        let end = server.clock.now().plus_seconds(30 * DAY).to_string();
        let body = json!({"orgID": first.org, "description": "Collector", "expiresAt": end,
            "allowedNetworks": ["127.0.0.0/8"], "permissions": [permission_in("read", "buckets", &first.org)]});
        let created = server.post("/api/v2/authorizations", &first.token, body).await.expect(201);
        Self { server, first, token: text(&created["token"]), id: text(&created["id"]) }
    }

    async fn rotate_as(&self, token: &str, body: Value) -> Answer {
        self.server.post(&format!("/api/v2/authorizations/{}/rotate", self.id), token, body).await
    }

    async fn rotate(&self, body: Value) -> Answer {
        self.rotate_as(&self.first.token, body).await
    }

    /// Creates a token with further members; returns it.
    async fn holder(&self, permissions: Value, more: Value) -> String {
        let body =
            with_members(json!({"orgID": self.first.org, "description": "holder", "permissions": permissions}), &more);
        text(&self.server.post("/api/v2/authorizations", &self.first.token, body).await.expect(201)["token"])
    }

    /// Returns permissions to rotate the token, and to read the buckets that it reads.
    fn rotating(&self) -> Vec<Value> {
        let (org, user) = (&self.first.org, &self.first.user);
        let mut permissions = vec![permission_in("read", "buckets", org)];
        for action in ["read", "write"] {
            permissions.push(permission_in(action, "authorizations", org));
            permissions.push(permission_on(action, "users", user, org));
        }
        permissions
    }

    async fn rules(&self, rules: Value) {
        let path = format!("/api/v2/orgs/{}/rules", self.first.org);
        let request = with_token(self.server.request("PUT", &path), &self.first.token);
        answer(request.json(&rules)).await.expect(200);
    }

    async fn record(&self) -> Value {
        self.server.get(&format!("/api/v2/authorizations/{}", self.id), &self.first.token).await.expect(200)
    }

    /// Returns the record, and the number of all authorizations.
    async fn state(&self) -> (Value, usize) {
        let all = self.server.get("/api/v2/authorizations", &self.first.token).await.expect(200);
        (self.record().await, all["authorizations"].as_array().map_or(0, Vec::len))
    }

    fn after(&self, seconds: i64) -> String {
        self.server.clock.now().plus_seconds(seconds).to_string()
    }
}

#[tokio::test]
async fn a_successor_may_do_other_things_elsewhere_under_another_name() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let org = &scene.first.org;
        let permissions = json!([
            permission_in("write", "tasks", org),
            {"action": "read", "resource": {"type": "buckets", "name": "iot", "orgID": org}},
        ]);
        let changes = json!({"permissions": permissions, "description": "Second", "allowedNetworks": ["192.0.2.0/24"]});
        let new = scene.rotate(changes).await.expect(201);
        assert_eq!((&new["description"], &new["replaces"]), (&json!("Second"), &json!(scene.id)));
        assert_eq!(new["allowedNetworks"], json!(["192.0.2.0/24"]));
        assert_eq!(new["expiresAt"], scene.after(30 * DAY), "the life stays the same");
        let what = |index: usize| new["permissions"][index]["resource"].clone();
        assert_eq!(new["permissions"].as_array().map(Vec::len), Some(2));
        assert_eq!((&what(0)["type"], &what(1)["id"]), (&json!("tasks"), &json!(scene.first.bucket)));
        let old = scene.record().await;
        assert_eq!((&old["replacedBy"], &old["description"]), (&new["id"], &json!("Collector")));
        assert_eq!(old["permissions"].as_array().map(Vec::len), Some(1), "those of a token never change");
        let entries = details(&home, "authorization rotated").await;
        let recorded = entries.iter().find(|entry| entry["replaces"] == scene.id.as_str()).expect("an entry");
        assert_eq!(
            recorded["permissions"],
            json!([format!("write:orgs/{org}/tasks"), format!("read:orgs/{org}/buckets/{}", scene.first.bucket)])
        );
    })
    .await;
}

#[tokio::test]
async fn what_is_not_changed_stays_as_it_was() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let before = scene.record().await;
        let nothing = json!({"permissions": null, "description": null, "allowedNetworks": null});
        let new = scene.rotate(nothing).await.expect(201);
        for same in ["permissions", "description", "allowedNetworks", "userID"] {
            assert_eq!(new[same], before[same], "{same}");
        }
        let anywhere = json!({"allowedNetworks": [], "description": ""});
        let path = format!("/api/v2/authorizations/{}/rotate", text(&new["id"]));
        let new = scene.server.post(&path, &scene.first.token, anywhere).await.expect(201);
        assert_eq!((new.get("allowedNetworks"), &new["description"]), (None, &json!("")));
        assert_eq!(new["permissions"], before["permissions"]);
    })
    .await;
}

#[tokio::test]
async fn an_unknown_member_is_named_and_nothing_is_rotated() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let before = scene.state().await;
        let permission = |resource: Value| json!({"permissions": [{"action": "read", "resource": resource}]});
        let read = json!({"type": "buckets", "orgID": scene.first.org});
        for (body, named) in [
            (json!({"permisions": []}), "\"permisions\""),
            (json!({"overlap": "0", "status": "inactive", "tokenValue": "x"}), "\"status\", \"tokenValue\""),
            (json!({"permissions": [{"action": "read", "resource": read, "org": "x"}]}), "\"permissions[0].org\""),
            (permission(json!({"type": "buckets", "bucket": "iot"})), "\"permissions[0].resource.bucket\""),
        ] {
            let message = scene.rotate(body.clone()).await.refused(400);
            assert!(message.starts_with(&format!("unknown members {named}; known are ")), "{body}: {message}");
        }
        let known = scene.rotate(json!({"x": 1})).await.refused(400);
        assert!(known.ends_with("known are overlap, expiresAt, permissions, description, allowedNetworks"), "{known}");
        assert_eq!(scene.state().await, before);
        scene
            .rotate(json!({"OVERLAP": "1h", "Permissions": [permission_in("read", "buckets", &scene.first.org)]}))
            .await
            .expect(201);
    })
    .await;
}

#[tokio::test]
async fn a_refused_change_leaves_the_old_token_as_it_was() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let other = scene.server.org(&scene.first.token, "other").await;
        scene.rules(json!({"longestLifeSeconds": 60 * DAY, "descriptionRequired": true})).await;
        let before = scene.state().await;
        let grant = |one: Value| json!({"overlap": "0", "permissions": [one]});
        let unknown = json!({"action": "read", "resource": {"type": "buckets", "name": "nowhere"}});
        for (body, status) in [
            (json!({"overlap": "0", "permissions": []}), 400),
            (grant(permission("read", "nothing")), 400),
            (grant(permission("burn", "buckets")), 400),
            (grant(unknown), 400),
            (grant(permission_in("read", "buckets", &other)), 400),
            (grant(permission("read", "instance")), 403),
            (json!({"overlap": "0", "permissions": "all"}), 400),
            (json!({"overlap": "0", "description": "x".repeat(1025)}), 400),
            (json!({"overlap": "0", "description": " "}), 422),
            (json!({"overlap": "0", "allowedNetworks": ["everywhere"]}), 422),
            (json!({"overlap": "0", "expiresAt": scene.after(60 * DAY + 1)}), 422),
            (json!({"overlap": "0", "expiresAt": null}), 422),
        ] {
            scene.rotate(body.clone()).await.refused(status);
        }
        assert_eq!(scene.state().await, before);
        assert!(details(&home, "authorization rotated").await.is_empty());
        assert_eq!(scene.server.get("/api/v2/buckets", &scene.token).await.status, 200, "the old token works");
    })
    .await;
}

#[tokio::test]
async fn nobody_rotates_a_token_into_more_than_they_hold() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let org = &scene.first.org;
        let holder = scene.holder(json!(scene.rotating()), json!({})).await;
        let more = json!({"permissions": [permission_in("read", "tasks", org)]});
        scene.rotate_as(&holder, more).await.refused(403);
        let named = json!({"permissions": [{"action": "write", "resource": {"type": "buckets", "name": "iot"}}]});
        scene.rotate_as(&holder, named).await.refused(403);
        let less = json!({"permissions": [permission_on("read", "buckets", &scene.first.bucket, org)]});
        let new = scene.rotate_as(&holder, less).await.expect(201);
        assert_eq!(new["permissions"][0]["resource"]["id"], scene.first.bucket.as_str());
    })
    .await;
}

#[tokio::test]
async fn a_limited_token_widens_nothing_by_a_rotation() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let limits = json!({"expiresAt": scene.after(40 * DAY), "allowedNetworks": ["127.0.0.0/9"]});
        let holder = scene.holder(json!(scene.rotating()), limits).await;
        let message = scene.rotate_as(&holder, json!({})).await.refused(422);
        assert!(message.contains("127.0.0.0/9"), "the same networks are too many: {message}");
        for wide in [json!([]), json!(["127.0.0.0/8"]), json!(["127.0.0.0/9", "192.0.2.1"])] {
            scene.rotate_as(&holder, json!({"allowedNetworks": wide})).await.refused(422);
        }
        let long = json!({"allowedNetworks": ["127.0.0.1"], "expiresAt": scene.after(41 * DAY)});
        scene.rotate_as(&holder, long).await.refused(422);
        scene.rotate_as(&holder, json!({"allowedNetworks": ["127.0.0.1"]})).await.expect(201);
    })
    .await;
}

#[tokio::test]
async fn a_session_rotates_its_own_limited_token_within_that_tokens_limits() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (server, first) = (&scene.server, &scene.first);
        let bob = server.user_with_password(&first.token, "bob").await;
        let mut permissions = scene.rotating();
        permissions.extend(["read", "write"].map(|action| permission_on(action, "users", &bob, &first.org)));
        let limits = json!({"userID": bob, "expiresAt": scene.after(10 * DAY), "allowedNetworks": ["127.0.0.0/8"]});
        let body = with_members(json!({"orgID": first.org, "permissions": permissions}), &limits);
        let made = server.post("/api/v2/authorizations", &first.token, body).await.expect(201);
        let path = format!("/api/v2/authorizations/{}/rotate", text(&made["id"]));
        let cookie = server.sign_in("bob", PASSWORD).await.cookie();
        let send =
            async |body: Value| answer(server.request("POST", &path).header("cookie", &cookie).json(&body)).await;
        let read = json!([permission_in("read", "buckets", &first.org)]);
        send(json!({"permissions": read, "allowedNetworks": []})).await.refused(422);
        send(json!({"permissions": read, "expiresAt": scene.after(11 * DAY)})).await.refused(422);
        send(json!({"permissions": [permission_in("read", "tasks", &first.org)]})).await.refused(403);
        let new = send(json!({"permissions": read, "allowedNetworks": ["127.0.0.1"]})).await.expect(201);
        assert_eq!((&new["userID"], &new["allowedNetworks"]), (&json!(bob), &json!(["127.0.0.1/32"])));
    })
    .await;
}

#[tokio::test]
async fn the_rules_about_operator_tokens_bind_a_successor() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let kinds = ["authorizations", "users", "buckets"]
            .iter()
            .flat_map(|kind| ["read", "write"].map(|one| permission(one, kind)));
        let holder = scene.holder(json!(kinds.collect::<Vec<_>>()), json!({})).await;
        scene.rules(json!({"operatorTokens": "operators"})).await;
        let everywhere = json!({"permissions": [permission("read", "buckets")]});
        let message = scene.rotate_as(&holder, everywhere.clone()).await.refused(422);
        assert_eq!(message, "the organization's rules let only operators create tokens for all organizations");
        scene.rotate(everywhere).await.expect(201);
    })
    .await;
}

#[tokio::test]
async fn the_command_line_changes_what_its_flags_name() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let shell = Shell::new(&scene.server).with("INFLUX_TOKEN", &scene.first.token);
        let path = |made: &Value| format!("/api/v2/authorizations/{}", text(&made["id"]));
        let first = shell.json(&format!("auth rotate {} -d \"Hall 2\" --network 10.0.0.0/8,::1", scene.id)).await;
        let record = scene.server.get(&path(&first), &scene.first.token).await.expect(200);
        assert_eq!((&record["description"], &record["replaces"]), (&json!("Hall 2"), &json!(scene.id)));
        assert_eq!(record["allowedNetworks"], json!(["10.0.0.0/8", "::1/128"]));
        assert_eq!(record["permissions"], scene.record().await["permissions"], "no flag names one");

        let line = format!("auth rotate {} --write-bucket iot --read-tasks", text(&first["id"]));
        let second = shell.json(&line).await;
        let (org, bucket) = (&scene.first.org, &scene.first.bucket);
        let expected = [format!("write:orgs/{org}/buckets/{bucket}"), format!("read:orgs/{org}/tasks")];
        assert_eq!(second["permissions"], json!(expected));
        assert_eq!(second["description"], "Hall 2");
        let (said, _) = shell.fails("auth rotate 00000000000000aa --read-tasks").await;
        assert!(said.contains("could not find authorization with ID \"00000000000000aa\""), "{said}");
    })
    .await;
}

#[tokio::test]
async fn without_script_the_console_rotates_with_the_ticked_boxes() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    let (org, id, bucket) = (&scene.first.org, &scene.id, &scene.first.bucket);
    let browser = Browser::sign_in(&scene.server, NAME).await;
    let tokens = format!("/orgs/{org}/load-data/tokens");
    let dialog = format!("{tokens}/generate/custom-api?rotate={id}");
    assert!(browser.open(&format!("{tokens}/{id}/rotate")).await.body.contains(&dialog), "the dialog leads there");
    let page = browser.open(&dialog).await.body;
    for shown in [
        "id=\"dialog-title\">Rotate with changes",
        "Keep the old token for",
        "Collector",
        "127.0.0.0/8",
        "name=\"rotates\"",
        id,
    ] {
        assert!(page.contains(shown), "{shown}");
    }

    let life = (20 * DAY).to_string();
    let box_of_bucket = format!("write:buckets/{bucket}");
    let fields = |overlap| {
        let boxes = [("permission", "read:tasks"), ("permission", box_of_bucket.as_str())];
        let others = [
            ("rotates", id.as_str()),
            ("overlap", overlap),
            ("description", ""),
            ("expires", life.as_str()),
            ("networks", ""),
        ];
        [&others[..], &boxes[..]].concat()
    };
    let refused = browser.send(&dialog, &fields("soon")).await;
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("Rotate with changes") && refused.body.contains("name=\"rotates\""));
    assert_eq!(scene.record().await.get("replacedBy"), None);
    let done = browser.send(&dialog, &fields("0")).await;
    assert_eq!((done.status, done.header("cache-control")), (200, "no-store".to_owned()), "{}", done.body);
    assert_eq!(scene.server.get("/api/v2/buckets", &scene.token).await.status, 401, "the old token was stopped");
    let path = format!("/api/v2/authorizations/{}", text(&scene.record().await["replacedBy"]));
    let new = scene.server.get(&path, &scene.first.token).await.expect(200);
    assert_eq!(new["expiresAt"], scene.after(20 * DAY));
    assert_eq!((new.get("allowedNetworks"), new["permissions"].as_array().map(Vec::len)), (None, Some(2)));
    assert!(!text(&new["description"]).is_empty(), "it is derived from the permissions");
}
