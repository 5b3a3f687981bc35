//! Simulation ("What could this token do with …?"): its answer agrees with real requests.

use serde_json::{Value, json};

use jeton_model::{
    Permission,
    console::simulation::{Question, Ruling, Stopped},
};
use jeton_service::{Error, error::AuthError};

use crate::{
    home::{Home, on_each_database},
    revocation::expire,
    support::{
        server::{First, Server, permission, permission_in, permission_on, text},
        shared::at_rest,
    },
};

struct Scene {
    server: Server,
    first: First,
    id: String,
    token: String,
}

impl Scene {
    /// Creates a token of Bob's with these permissions.
    async fn new(home: &Home, permissions: impl FnOnce(&First) -> Value) -> Self {
        let (server, first) = at_rest(home).await;
        let bob = server.user(&first.token, "bob").await;
        let body =
            json!({"orgID": first.org, "userID": bob, "description": "Subject", "permissions": permissions(&first)});
        let made = server.post("/api/v2/authorizations", &first.token, body).await.expect(201);
        Self { id: text(&made["id"]), token: text(&made["token"]), server, first }
    }

    async fn ask_as(&self, token: &str, can: &str, kind: &str, thing: &str) -> Result<Ruling, Error> {
        let parameters = [("can", can), ("type", kind), ("id", thing)];
        let question =
            Question::from_parameters(|name| parameters.iter().find(|(key, _)| *key == name).map(|(_, value)| *value));
        let caller = self.server.caller(token).await;
        let id = self.id.parse().expect("an id");
        self.server.service.what_if(&caller, id, &question.expect("a question")).await
    }

    async fn ask(&self, can: &str, kind: &str, thing: &str) -> Ruling {
        self.ask_as(&self.first.token, can, kind, thing).await.expect("an answer")
    }

    /// Returns the permission that decides, if one does.
    async fn decides(&self, can: &str, kind: &str, thing: &str) -> Option<Permission> {
        match self.ask(can, kind, thing).await {
            Ruling::Decided { by, .. } => by,
            Ruling::Unknown => panic!("{kind} {thing} is known"),
        }
    }

    async fn stopped(&self) -> Option<Stopped> {
        match self.ask("read", "tasks", "").await {
            Ruling::Decided { stopped, by, .. } => {
                assert!(by.is_some(), "what would decide is told all the same");
                stopped
            }
            Ruling::Unknown => panic!("a type is always known"),
        }
    }
}

fn collector(first: &First) -> Value {
    json!([
        permission_on("write", "buckets", &first.bucket, &first.org),
        permission_in("read", "tasks", &first.org),
        permission("read", "labels"),
    ])
}

fn read_text(text: String) -> Option<Permission> {
    Some(text.parse().expect("a permission"))
}

#[tokio::test]
async fn the_permission_that_decides_is_named() {
    on_each_database(async |home| {
        let scene = Scene::new(&home, collector).await;
        let (org, bucket) = (&scene.first.org, &scene.first.bucket);
        let one = read_text(format!("write:orgs/{org}/buckets/{bucket}"));
        assert_eq!(scene.decides("write", "buckets", "iot").await, one, "by name");
        assert_eq!(scene.decides("write", "buckets", bucket).await, one, "by id");
        assert_eq!(scene.decides("read", "tasks", "").await, read_text(format!("read:orgs/{org}/tasks")));
        assert_eq!(scene.decides("read", "tasks", bucket).await, read_text(format!("read:orgs/{org}/tasks")));
        assert_eq!(scene.decides("read", "labels", "").await, read_text("read:labels".into()));
        assert!(scene.ask("write", "buckets", "iot").await.is_yes());
    })
    .await;
}

#[tokio::test]
async fn what_is_missing_is_named_too() {
    on_each_database(async |home| {
        let scene = Scene::new(&home, collector).await;
        let (org, bucket) = (&scene.first.org, &scene.first.bucket);
        let Ruling::Decided { required, by, stopped } = scene.ask("read", "buckets", "iot").await else {
            panic!("the bucket is known")
        };
        assert_eq!((by, stopped), (None, None));
        assert_eq!(required.permission.to_string(), format!("read:orgs/{org}/buckets/{bucket}"));
        assert_eq!(required.name.as_deref(), Some("iot"));
        for (can, kind, thing) in
            [("write", "buckets", ""), ("write", "tasks", ""), ("read", "orgs", ""), ("read", "users", "bob")]
        {
            assert!(!scene.ask(can, kind, thing).await.is_yes(), "{can} {kind} {thing}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_organization_does_not_reach_into_another() {
    on_each_database(async |home| {
        let scene = Scene::new(&home, |first| json!([permission_in("read", "buckets", &first.org)])).await;
        let elsewhere = scene.server.org(&scene.first.token, "elsewhere").await;
        let foreign = scene.server.bucket(&scene.first.token, &elsewhere, "there").await;
        assert!(scene.ask("read", "buckets", "iot").await.is_yes());
        assert!(!scene.ask("read", "buckets", &foreign).await.is_yes());
        assert_eq!(scene.ask("read", "buckets", "there").await, Ruling::Unknown, "names are those of its organization");
        let answered = scene.server.get(&format!("/api/v2/buckets/{foreign}"), &scene.token).await;
        assert_eq!(answered.status, 401, "as a request is answered");
    })
    .await;
}

#[tokio::test]
async fn what_names_nothing_gets_no_answer() {
    on_each_database(async |home| {
        let scene = Scene::new(&home, collector).await;
        for (kind, thing) in [
            ("buckets", "nope"),
            ("telegrafs", "nope"),
            ("users", "nope"),
            ("orgs", "nope"),
            ("tasks", "nope"),
            ("authorizations", "nope"),
            ("authorizations", "00000000000000ff"),
        ] {
            assert_eq!(scene.ask("read", kind, thing).await, Ruling::Unknown, "{kind}");
        }
        let known = [("users", "bob"), ("orgs", "acme"), ("authorizations", &scene.first.authorization)];
        for (kind, thing) in known {
            assert_ne!(scene.ask("read", kind, thing).await, Ruling::Unknown, "{kind}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_token_that_does_not_live_may_nothing() {
    on_each_database(async |home| {
        let scene = Scene::new(&home, collector).await;
        let path = format!("/api/v2/authorizations/{}", scene.id);
        let set = async |path: &str, status: &str| {
            scene.server.patch(path, &scene.first.token, json!({"status": status})).await.expect(200)
        };
        assert_eq!(scene.stopped().await, None);
        set(&path, "inactive").await;
        assert_eq!(scene.stopped().await, Some(Stopped::Inactive));
        assert!(!scene.ask("read", "tasks", "").await.is_yes());
        let owner = text(&set(&path, "active").await["userID"]);
        let owner = format!("/api/v2/users/{owner}");
        set(&owner, "inactive").await;
        assert_eq!(scene.stopped().await, Some(Stopped::OwnerInactive));
        set(&owner, "active").await;
        expire(&home, &scene.token, scene.server.clock.now().micros()).await;
        assert_eq!(scene.stopped().await, Some(Stopped::Expired));
        scene.server.delete(&owner, &scene.first.token).await.expect(204);
        assert_eq!(scene.stopped().await, Some(Stopped::Ended));
    })
    .await;
}

#[tokio::test]
async fn only_who_sees_a_token_may_ask_about_it_and_learns_of_nothing_unseen() {
    on_each_database(async |home| {
        let scene = Scene::new(&home, collector).await;
        let org = &scene.first.org;
        let made = async |permissions: Value| {
            text(&scene.server.token(&scene.first.token, org, permissions).await.expect(201)["token"])
        };
        let stranger = made(json!([permission_in("read", "buckets", org)])).await;
        let refused = scene.ask_as(&stranger, "write", "buckets", "iot").await;
        assert!(matches!(refused, Err(Error::Auth(AuthError::Unauthorized(_)))), "{refused:?}");
        let auditor = made(json!([permission_in("read", "authorizations", org), permission("read", "users")])).await;
        assert_eq!(scene.ask_as(&auditor, "write", "buckets", "iot").await, Ok(Ruling::Unknown));
        assert!(scene.ask_as(&auditor, "read", "tasks", "").await.is_ok_and(|ruling| ruling.is_yes()));
    })
    .await;
}
