//! Visibility of the members and owners of a bucket, and of the keys of an organization's secrets.

use serde_json::{Value, json};

use crate::{
    audit_log::details,
    home::{Home, on_each_database},
    support::{
        server::{Answer, First, PASSWORD, Server, answer, members, permission_in, permission_on, text, with_token},
        shared::{system_bucket, with_bob},
    },
};

struct Scene {
    server: Server,
    first: First,
    /// A member of the first bucket, and of nothing else.
    bob: String,
}

impl Scene {
    async fn new(home: &Home) -> Self {
        let (server, first, bob) = with_bob(Server::start(home).await).await;
        let path = format!("/api/v2/buckets/{}/members", first.bucket);
        server.post(&path, &first.token, json!({"id": bob})).await.expect(201);
        Self { server, first, bob }
    }

    /// Creates a token of bob in the first organization.
    async fn token_of_bob(&self, permissions: Value) -> String {
        let body = json!({"orgID": self.first.org, "userID": self.bob, "permissions": permissions});
        text(&self.server.post("/api/v2/authorizations", &self.first.token, body).await.expect(201)["token"])
    }

    fn reads_org(&self) -> Value {
        permission_on("read", "orgs", &self.first.org, &self.first.org)
    }

    fn reads_bucket(&self) -> Value {
        permission_on("read", "buckets", &self.first.bucket, &self.first.org)
    }

    fn members(&self, bucket: &str) -> String {
        format!("/api/v2/buckets/{bucket}/members")
    }

    async fn in_session(&self, cookie: &str, path: &str) -> Answer {
        answer(self.server.request("GET", path).header("cookie", cookie)).await
    }
}

#[tokio::test]
async fn the_members_of_a_bucket_are_shown_to_whoever_reads_its_organization_too() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (path, server) = (scene.members(&scene.first.bucket), &scene.server);
        let bucket = scene.token_of_bob(json!([scene.reads_bucket()])).await;
        let org = scene.token_of_bob(json!([scene.reads_org()])).await;
        let both = scene.token_of_bob(json!([scene.reads_bucket(), scene.reads_org()])).await;
        assert_eq!(server.get(&path, &bucket).await.refused(404), "not found");
        assert_eq!(server.get(&path, &org).await.refused(404), "404 page not found", "the bucket itself is hidden");
        let listed = server.get(&path, &both).await.expect(200);
        assert_eq!(members(&listed["users"], "name"), ["bob"]);
        let owners = server.get(&path.replace("members", "owners"), &bucket).await;
        assert_eq!(owners.refused(404), "not found");
    })
    .await;
}

#[tokio::test]
async fn a_session_with_rights_from_several_places_sees_what_they_amount_to() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let path = scene.members(&scene.first.bucket);
        let cookie = scene.server.sign_in("bob", PASSWORD).await.cookie();
        let bucket = scene.in_session(&cookie, &format!("/api/v2/buckets/{}", scene.first.bucket)).await;
        assert_eq!(bucket.status, 200, "a member of the bucket reads it");
        assert_eq!(scene.in_session(&cookie, &path).await.refused(404), "not found");
        // A session also holds what the user's tokens do.
        scene.token_of_bob(json!([scene.reads_org()])).await;
        let cookie = scene.server.sign_in("bob", PASSWORD).await.cookie();
        let listed = scene.in_session(&cookie, &path).await.expect(200);
        assert_eq!(members(&listed["users"], "id"), [&*scene.bob]);
    })
    .await;
}

#[tokio::test]
async fn a_system_bucket_read_with_its_organization_shows_no_members() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (server, first) = (&scene.server, &scene.first);
        let system = system_bucket(server, first).await;
        let path = scene.members(&system);
        server.post(&path, &first.token, json!({"id": scene.bob})).await.expect(201);
        let org = scene.token_of_bob(json!([scene.reads_org()])).await;
        assert_eq!(server.get(&path, &org).await.expect(200)["users"], json!([]));
        let in_org = permission_in("read", "buckets", &first.org);
        let both = scene.token_of_bob(json!([scene.reads_org(), in_org])).await;
        assert_eq!(members(&server.get(&path, &both).await.expect(200)["users"], "name"), ["bob"]);
    })
    .await;
}

#[tokio::test]
async fn a_role_in_a_telegraf_configuration_is_on_record_with_the_configuration() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (server, first) = (&scene.server, &scene.first);
        let body = json!({"orgID": first.org, "name": "roof", "config": "[agent]\n"});
        let telegraf = text(&server.post("/api/v2/telegrafs", &first.token, body).await.expect(201)["id"]);
        let path = format!("/api/v2/telegrafs/{telegraf}/members");
        server.post(&path, &first.token, json!({"id": scene.bob})).await.expect(201);
        server.delete(&format!("{path}/{}", scene.bob), &first.token).await.expect(204);
        let role = json!({"user": scene.bob, "name": "bob", "role": "member", "telegraf": telegraf});
        assert_eq!(details(&home, "member added").await.last(), Some(&role));
        assert_eq!(details(&home, "member removed").await, [role]);
    })
    .await;
}

#[tokio::test]
async fn the_secrets_that_every_organization_links_to_are_none() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (server, First { token, org, .. }) = (&scene.server, &scene.first);
        let linked = server.get(&format!("/api/v2/orgs/{org}"), token).await.expect(200)["links"]["secrets"].clone();
        let path = text(&linked);
        let listed = server.get(&path, token).await;
        assert_eq!(
            listed.body,
            format!(
                "{{\n\t\"links\": {{\n\t\t\"org\": \"/api/v2/orgs/{org}\",\n\t\t\"self\": \"{path}\"\n\t}},\n\t\"secrets\": []\n}}"
            )
        );
        assert_eq!(listed.status, 200);
        let reads_secrets = permission_in("read", "secrets", org);
        let only_org = scene.token_of_bob(json!([scene.reads_org()])).await;
        let only_secrets = scene.token_of_bob(json!([reads_secrets])).await;
        let both = scene.token_of_bob(json!([scene.reads_org(), reads_secrets])).await;
        assert_eq!(server.get(&path, &only_org).await.refused(401), format!("read:orgs/{org}/secrets is unauthorized"));
        assert_eq!(server.get(&path, &only_secrets).await.refused(404), "404 page not found");
        assert_eq!(server.get(&path, &both).await.expect(200)["secrets"], json!([]));
        let missing = server.get("/api/v2/orgs/00000000000000ff/secrets", token).await.refused(404);
        assert_eq!(missing, "404 page not found");
        let corrupt = server.get("/api/v2/orgs/xyz/secrets", token).await.refused(400);
        assert_eq!(corrupt, "corrupt ID provided: id must have a length of 16 bytes");
        let stored = answer(with_token(server.request("PATCH", &path), token).json(&json!({"key": "value"}))).await;
        assert_eq!(stored.status, 405, "none can be stored");
    })
    .await;
}
