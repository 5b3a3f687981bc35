//! DBRP mappings: which bucket a 1.x database maps to, and who may change that.

use serde_json::{Value, json};

use crate::{
    home::{Home, on_each_database},
    support::{
        server::{Answer, First, Server, members, permission_in, permission_on, text},
        shared::system_bucket,
    },
};

/// A server with a second bucket, and a token that reads only the first.
struct Scene {
    server: Server,
    first: First,
    other: String,
    reader: String,
}

impl Scene {
    async fn new(home: &Home) -> Self {
        let server = Server::start(home).await;
        let first = server.set_up().await;
        let other = server.bucket(&first.token, &first.org, "plant/weekly").await;
        let permissions = json!([permission_on("read", "buckets", &first.bucket, &first.org)]);
        let reader = text(&server.token(&first.token, &first.org, permissions).await.expect(201)["token"]);
        Self { server, first, other, reader }
    }

    async fn map(&self, token: &str, bucket: &str, policy: &str) -> Answer {
        let body = json!({"orgID": self.first.org, "bucketID": bucket, "database": "db0", "retention_policy": policy});
        self.server.post("/api/v2/dbrps", token, body).await
    }

    async fn mapped(&self, bucket: &str, policy: &str) -> String {
        text(&self.map(&self.first.token, bucket, policy).await.expect(201)["id"])
    }

    fn path(&self, id: &str) -> String {
        format!("/api/v2/dbrps/{id}?orgID={}", self.first.org)
    }

    async fn list(&self, token: &str, filter: &str) -> Value {
        let path = format!("/api/v2/dbrps?orgID={}{filter}", self.first.org);
        self.server.get(&path, token).await.expect(200)["content"].clone()
    }

    /// Returns the default retention policies of `db0`: there is always exactly one.
    async fn default(&self) -> Vec<String> {
        members(&self.list(&self.first.token, "&db=db0&default=true").await, "retention_policy")
    }
}

#[tokio::test]
async fn a_mapping_is_seen_and_changed_by_whoever_may_do_that_with_its_bucket() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (server, first) = (&scene.server, &scene.first);
        let (mine, theirs) = (scene.mapped(&first.bucket, "a").await, scene.mapped(&scene.other, "b").await);
        let seen = scene.list(&scene.reader, "").await;
        assert_eq!(
            members(&seen, "database"),
            ["db0", crate::support::server::BUCKET],
            "the made one, then the bucket's own"
        );
        assert_eq!(server.get(&scene.path(&mine), &scene.reader).await.status, 200);
        let needed =
            |action: &str, bucket: &str| format!("{action}:orgs/{}/buckets/{bucket} is unauthorized", first.org);
        let refused = server.get(&scene.path(&theirs), &scene.reader).await.refused(401);
        assert_eq!(refused, needed("read", &scene.other));
        let write = needed("write", &first.bucket);
        let patch = server.patch(&scene.path(&mine), &scene.reader, json!({"default": true})).await;
        assert_eq!(patch.refused(401), write);
        assert_eq!(server.delete(&scene.path(&mine), &scene.reader).await.refused(401), write);
        assert_eq!(scene.map(&scene.reader, &first.bucket, "c").await.refused(401), write);
    })
    .await;
}

#[tokio::test]
async fn every_bucket_leads_to_itself_until_something_else_does() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (server, first) = (&scene.server, &scene.first);
        let weekly = scene.list(&first.token, "&db=plant&rp=weekly").await;
        assert_eq!(weekly[0]["virtual"], true);
        assert_eq!(weekly[0]["default"], false, "it is one of several");
        assert_eq!(server.get(&scene.path(&scene.other), &first.token).await.expect(200)["content"]["virtual"], true);
        let body =
            json!({"orgID": first.org, "bucketID": first.bucket, "database": "plant", "retention_policy": "weekly"});
        server.post("/api/v2/dbrps", &first.token, body).await.expect(201);
        let weekly = scene.list(&first.token, "&db=plant&rp=weekly").await;
        assert_eq!(members(&weekly, "bucketID"), [first.bucket.as_str()]);
        assert_eq!(weekly[0]["virtual"], false);
    })
    .await;
}

#[tokio::test]
async fn a_database_always_has_one_default() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (server, first) = (&scene.server, &scene.first);
        let [a, b, c] = [
            scene.mapped(&first.bucket, "a").await,
            scene.mapped(&first.bucket, "b").await,
            scene.mapped(&scene.other, "c").await,
        ];
        assert_eq!(scene.default().await, ["a"], "the first one made");
        server.patch(&scene.path(&c), &first.token, json!({"default": true})).await.expect(200);
        assert_eq!(scene.default().await, ["c"]);
        server.patch(&scene.path(&c), &first.token, json!({"default": false})).await.expect(200);
        assert_eq!(scene.default().await, ["a"], "given up, the first other takes over");
        server.delete(&scene.path(&a), &first.token).await.expect(204);
        assert_eq!(scene.default().await, ["b"], "deleted, the first other takes over");
        server.delete(&format!("/api/v2/buckets/{}", first.bucket), &first.token).await.expect(204);
        assert_eq!(scene.default().await, ["c"], "a bucket takes its mappings along");
        assert_eq!(server.get(&scene.path(&b), &first.token).await.refused(404), "unable to find DBRP");
        server.patch(&scene.path(&c), &first.token, json!({"default": false})).await.expect(200);
        assert_eq!(scene.default().await, ["c"], "the only one stays it");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_mappings_from_one_place_one_is_created() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let token = &scene.first.token;
        let (one, other) =
            tokio::join!(scene.map(token, &scene.first.bucket, "a"), scene.map(token, &scene.other, "a"));
        let (won, lost) = if one.status == 201 { (one, other) } else { (other, one) };
        assert_eq!(won.status, 201);
        assert_eq!(lost.refused(422), "another DBRP mapping with same orgID, db, and rp exists");
        assert_eq!(scene.default().await, ["a"]);
    })
    .await;
}

#[tokio::test]
async fn no_mapping_leads_into_another_organization() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (server, first) = (&scene.server, &scene.first);
        let elsewhere = server.org(&first.token, "elsewhere").await;
        let bucket = server.bucket(&first.token, &elsewhere, "theirs").await;
        assert_eq!(scene.map(&first.token, &bucket, "a").await.refused(404), "bucket not found");
        let mine = scene.mapped(&first.bucket, "a").await;
        let there = format!("/api/v2/dbrps/{mine}?orgID={elsewhere}");
        assert_eq!(server.get(&there, &first.token).await.refused(404), "unable to find DBRP");
        assert_eq!(server.delete(&there, &first.token).await.refused(404), "unable to find DBRP");
    })
    .await;
}

#[tokio::test]
async fn what_is_no_name_or_id_is_refused_with_the_reason() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (server, first) = (&scene.server, &scene.first);
        let body = |member: &str, value: &str| {
            let mut body =
                json!({"orgID": first.org, "bucketID": first.bucket, "database": "d", "retention_policy": "r"});
            body[member] = value.into();
            body
        };
        let length = "id must have a length of 16 bytes";
        for (member, value, why) in [
            ("database", "..", "DBRP provided is invalid: database".to_owned()),
            ("retention_policy", "a/b", "DBRP provided is invalid: retentionPolicy".to_owned()),
            ("retention_policy", "a\0b", "DBRP provided is invalid: retentionPolicy".to_owned()),
            ("database", &"d".repeat(256), "database must not be longer than 255 bytes".to_owned()),
            ("bucketID", "x", format!("invalid bucket ID \"x\": {length}")),
            ("orgID", "x", format!("invalid org ID \"x\": {length}")),
        ] {
            let message = server.post("/api/v2/dbrps", &first.token, body(member, value)).await.refused(400);
            assert!(message.starts_with(&why), "{message}");
        }
        let path = |query: &str| format!("/api/v2/dbrps?orgID={}&{query}", first.org);
        for (query, why) in [
            ("default=maybe", "invalid default parameter".to_owned()),
            ("id=x", format!("invalid DBRP ID \"x\": {length}")),
            ("bucketID=x", format!("invalid bucket ID \"x\": {length}")),
        ] {
            assert_eq!(server.get(&path(query), &first.token).await.refused(400), why);
        }
    })
    .await;
}

#[tokio::test]
async fn the_mappings_of_system_buckets_take_a_permission_on_buckets() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (server, First { token, org, .. }) = (&scene.server, &scene.first);
        let system = system_bucket(server, &scene.first).await;
        let holding =
            async |permissions: Value| text(&server.token(token, org, permissions).await.expect(201)["token"]);
        let of_org = permission_on("read", "orgs", org, org);
        let in_org = permission_in("read", "buckets", org);
        let systems = |list: &Value| members(list, "database").iter().filter(|name| name.starts_with('_')).count();

        let only_org = holding(json!([of_org])).await;
        assert_eq!(server.get(&format!("/api/v2/buckets/{system}"), &only_org).await.status, 200, "the bucket is read");
        assert_eq!(scene.list(&only_org, "").await, json!([]), "its mapping is not");
        let needed = format!("read:orgs/{org}/buckets/{system} is unauthorized");
        assert_eq!(server.get(&scene.path(&system), &only_org).await.refused(401), needed);

        let only_buckets = holding(json!([in_org])).await;
        assert_eq!(systems(&scene.list(&only_buckets, "").await), 0, "they take the organization too");
        assert_eq!(server.get(&scene.path(&system), &only_buckets).await.status, 401);
        let both = holding(json!([of_org, in_org])).await;
        assert_eq!(systems(&scene.list(&both, "").await), 2);
        assert_eq!(server.get(&scene.path(&system), &both).await.expect(200)["content"]["virtual"], true);
    })
    .await;
}
