//! Descendants of a token: recorded, counted, and deactivated at once.

mod leaked;
mod shown;

use jeton_model::{
    OrgId,
    console::lineage::{Descendant, Descendants},
};
use jeton_service::{
    Caller,
    tokens::{TokenOptions, descendants::DescendantsQuery},
};

use crate::{
    home::{Home, on_each_database},
    support::{
        console::Browser,
        server::{Answer, First, NAME, Server, permission, permission_in, text},
        shared::at_rest,
    },
};

use serde_json::{Value, json};
use sqlx::Row as _;

const PATH: &str = "/api/v2/authorizations";
const LEAKED: &str = "/api/v2/tokens/leaked";

/// A server with a token that creates others.
struct Scene {
    server: Server,
    first: First,
    id: String,
    token: String,
}

fn minting(first: &First) -> Value {
    let on_owner = |action| json!({"action": action, "resource": {"type": "users", "id": first.user}});
    let here = |action| permission_in(action, "authorizations", &first.org);
    json!([here("read"), here("write"), on_owner("read"), on_owner("write")])
}

impl Scene {
    async fn new(home: &Home) -> Self {
        let (server, first) = at_rest(home).await;
        let made = server.token(&first.token, &first.org, minting(&first)).await.expect(201);
        Self { id: text(&made["id"]), token: text(&made["token"]), server, first }
    }

    /// Creates a token with another token; returns its id and the token.
    async fn child(&self, creator: &str) -> (String, String) {
        let made = self.server.token(creator, &self.first.org, minting(&self.first)).await.expect(201);
        (text(&made["id"]), text(&made["token"]))
    }

    async fn credential(&self, creator: &str, username: &str) -> String {
        let body = json!({"orgID": self.first.org, "token": username, "permissions": minting(&self.first)});
        text(&self.server.post("/private/legacy/authorizations", creator, body).await.expect(201)["id"])
    }

    async fn record(&self, id: &str) -> Value {
        self.server.get(&format!("{PATH}/{id}"), &self.first.token).await.expect(200)
    }

    async fn descendants(&self, token: &str, id: &str) -> Value {
        self.server.get(&format!("{PATH}/{id}/descendants"), token).await.expect(200)
    }

    async fn deactivate(&self, token: &str) -> Answer {
        self.server.post(&format!("{PATH}/{}/descendants/deactivate", self.id), token, json!({})).await
    }

    async fn works(&self, token: &str) -> bool {
        self.server.get("/api/v2/me", token).await.status == 200
    }

    async fn activate(&self, id: &str) -> Answer {
        self.server.patch(&format!("{PATH}/{id}"), &self.first.token, json!({"status": "active"})).await
    }

    async fn report(&self, reporter: &str, token: &str) -> Value {
        self.server.post(LEAKED, reporter, json!({"tokens": [token]})).await.expect(200)["tokens"][0].clone()
    }

    fn org(&self) -> OrgId {
        self.first.org.parse().expect("an id")
    }

    fn page(&self, rest: &str) -> String {
        format!("/orgs/{}/load-data/tokens/{rest}", self.first.org)
    }
}

fn ids(list: &Value) -> Vec<String> {
    let mut ids = crate::support::server::members(&list["descendants"], "id");
    ids.sort();
    ids
}

fn sorted(ids: &[&String]) -> Vec<String> {
    let mut ids: Vec<String> = ids.iter().map(|id| (*id).clone()).collect();
    ids.sort();
    ids
}

#[tokio::test]
async fn each_way_of_creating_is_on_record_with_the_token_that_did_it() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (created, _) = scene.child(&scene.token).await;
        let rotated = scene.server.post(&format!("{PATH}/{created}/rotate"), &scene.token, json!({})).await.expect(201);
        let credential = scene.credential(&scene.token, "grafana").await;
        let credential = format!("/private/legacy/authorizations/{credential}");
        let credential = scene.server.get(&credential, &scene.first.token).await.expect(200);
        let caller: Caller = scene.server.caller(&scene.token).await;
        let cloned = scene.server.service.clone_authorization(&caller, created.parse().expect("an id"), None).await;
        let cloned = scene.record(&cloned.expect("a clone").details.authorization.id.to_string()).await;
        for one in [scene.record(&created).await, rotated, credential, cloned] {
            assert_eq!(one["createdWith"], json!(scene.id), "{one}");
        }
        let operator = scene.server.caller(&scene.first.token).await;
        let whole = scene.server.service.create_all_access(&operator, scene.org(), TokenOptions::default(), None).await;
        let whole = scene.record(&whole.expect("a token").details.authorization.id.to_string()).await;
        assert_eq!(whole["createdWith"], json!(scene.first.authorization));
        assert_eq!(scene.record(&scene.first.authorization).await.get("createdWith"), None, "set-up did");
        let browser = Browser::sign_in(&scene.server, NAME).await;
        let sent = browser.send(&scene.page("generate/all-access"), &[("description", "By hand")]).await;
        assert_eq!(sent.status, 200, "{}", sent.body);
        let list = scene.server.get(&format!("{PATH}?q=by+hand"), &scene.first.token).await.expect(200);
        assert_eq!(
            (list["authorizations"].as_array().map(Vec::len), list["authorizations"][0].get("createdWith")),
            (Some(1), None)
        );
    })
    .await;
}

#[tokio::test]
async fn descendants_are_found_through_others_and_through_what_was_deleted() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (child, child_token) = scene.child(&scene.token).await;
        let (grandchild, grandchild_token) = scene.child(&child_token).await;
        let credential = scene.credential(&grandchild_token, "grafana").await;
        scene.child(&scene.first.token).await;
        let found = scene.descendants(&scene.first.token, &scene.id).await;
        assert_eq!((&found["total"], &found["live"]), (&json!(3), &json!(3)));
        assert_eq!(ids(&found), sorted(&[&child, &grandchild, &credential]));
        // A token may delete itself, which hides nothing.
        scene.server.delete(&format!("{PATH}/{child}"), &child_token).await.expect(204);
        let found = scene.descendants(&scene.first.token, &scene.id).await;
        assert_eq!(ids(&found), sorted(&[&grandchild, &credential]));
        assert_eq!(scene.record(&grandchild).await["createdWith"], json!(scene.id));
        let page = format!("{PATH}/{}/descendants?limit=1", scene.id);
        let first = scene.server.get(&page, &scene.first.token).await.expect(200);
        let first = ids(&first);
        let rest = scene.server.get(&format!("{page}&after={}", first[0]), &scene.first.token).await.expect(200);
        assert_eq!(sorted(&[&first[0], &ids(&rest)[0]]), sorted(&[&grandchild, &credential]));
        assert_eq!(
            scene.server.get(&format!("{PATH}/{}/descendants?limit=0", scene.id), &scene.first.token).await.status,
            400
        );
    })
    .await;
}

#[tokio::test]
async fn whoever_sets_the_password_of_a_credential_counts_as_its_creator() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let credential = scene.credential(&scene.first.token, "grafana").await;
        assert_eq!(ids(&scene.descendants(&scene.first.token, &scene.id).await), [""; 0]);
        let path = format!("/private/legacy/authorizations/{credential}/password");
        scene.server.post(&path, &scene.token, json!({"password": "known-to-it"})).await.expect(204);
        assert_eq!(ids(&scene.descendants(&scene.first.token, &scene.id).await), [credential]);
    })
    .await;
}

#[tokio::test]
async fn all_descendants_are_deactivated_at_once_and_each_is_on_record() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (_, child) = scene.child(&scene.token).await;
        let (_, grandchild) = scene.child(&child).await;
        let credential = scene.credential(&child, "grafana").await;
        let (_, bystander) = scene.child(&scene.first.token).await;
        assert_eq!(scene.deactivate(&scene.first.token).await.expect(200), json!({"deactivated": 3, "live": 0}));
        for (token, works) in [(&child, false), (&grandchild, false), (&bystander, true), (&scene.token, true)] {
            assert_eq!(scene.works(token).await, works);
        }
        let path = format!("/private/legacy/authorizations/{credential}");
        assert_eq!(scene.server.get(&path, &scene.first.token).await.expect(200)["status"], "inactive");
        let found = scene.descendants(&scene.first.token, &scene.id).await;
        assert_eq!((&found["total"], &found["live"]), (&json!(3), &json!(0)));
        assert_eq!(scene.deactivate(&scene.first.token).await.expect(200), json!({"deactivated": 0, "live": 0}));
        for (action, count) in [("authorization updated", 2), ("1.x credential updated", 1)] {
            let rows = home.rows(&format!("SELECT detail FROM audit_log WHERE action = '{action}'")).await;
            let details: Vec<Value> =
                rows.iter().map(|row| serde_json::from_str(row.get("detail")).expect("JSON")).collect();
            assert_eq!(details.len(), count);
            assert!(
                details
                    .iter()
                    .all(|detail| detail["descendantOf"] == json!(scene.id) && detail["after"]["status"] == "inactive")
            );
        }
        assert!(scene.server.check_audit_log().await.1);
    })
    .await;
}

#[tokio::test]
async fn one_descendant_out_of_reach_keeps_all_as_they_are_and_stays_unnamed() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let other = scene.server.org(&scene.first.token, "other").await;
        let operator = |action: &str| [permission(action, "authorizations"), permission(action, "users")];
        let wide = json!([operator("read"), operator("write")].concat());
        let parent = scene.server.token(&scene.first.token, &scene.first.org, wide.clone()).await.expect(201);
        let (id, parent) = (text(&parent["id"]), text(&parent["token"]));
        let (near, near_token) = scene.child(&parent).await;
        let far = scene.server.token(&parent, &other, wide).await.expect(201);
        let seen = scene.descendants(&scene.token, &id).await;
        assert_eq!((&seen["total"], &seen["live"], ids(&seen)), (&json!(2), &json!(2), vec![near]));
        let path = format!("{PATH}/{id}/descendants/deactivate");
        let refused = scene.server.post(&path, &scene.token, json!({})).await.refused(403);
        assert!(
            refused.starts_with("you may not change 1 of the tokens") && !refused.contains(&text(&far["id"])),
            "{refused}"
        );
        assert!(scene.works(&near_token).await && scene.works(&text(&far["token"])).await);
        // A caller who may only read the token changes nothing; one who may not read it learns nothing.
        let reader = json!([permission_in("read", "authorizations", &scene.first.org), permission("read", "users")]);
        let reader = text(&scene.server.token(&scene.first.token, &scene.first.org, reader).await.expect(201)["token"]);
        assert!(
            scene
                .server
                .post(&path, &reader, json!({}))
                .await
                .refused(403)
                .starts_with("you may not change 2 of the tokens")
        );
        let nobody = json!([permission("read", "labels")]);
        let nobody = text(&scene.server.token(&scene.first.token, &scene.first.org, nobody).await.expect(201)["token"]);
        assert_eq!(scene.server.post(&path, &nobody, json!({})).await.status, 401);
        assert_eq!(scene.server.get(&format!("{PATH}/{id}/descendants"), &nobody).await.status, 401);
        assert!(scene.works(&near_token).await);
    })
    .await;
}

#[tokio::test]
async fn the_audit_log_tells_of_what_was_created_and_leaked_before() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (child, child_token) = scene.child(&scene.token).await;
        scene.server.clock.advance(60);
        let rotated = format!("{PATH}/{child}/rotate");
        let successor = scene.server.post(&rotated, &scene.first.token, json!({})).await.expect(201);
        let credential = scene.credential(&scene.token, "grafana").await;
        scene.report(&scene.first.token, &child_token).await;
        let (middle, middle_token) = scene.child(&scene.token).await;
        let (grandchild, _) = scene.child(&middle_token).await;
        scene.server.delete(&format!("{PATH}/{middle}"), &scene.first.token).await.expect(204);
        let lent = scene.credential(&scene.first.token, "wall").await;
        let password = format!("/private/legacy/authorizations/{lent}/password");
        scene.server.post(&password, &scene.token, json!({"password": "known-to-it"})).await.expect(204);
        let before = (scene.record(&child).await, scene.descendants(&scene.first.token, &scene.id).await);
        home.sql("UPDATE authorizations SET created_with_id = NULL, leaked_at = NULL").await;
        let migration = include_str!("../../../migrations/0008_lineage.sql");
        let updates = migration.split(';').filter_map(|text| Some(&text[text.find("UPDATE authorizations")?..]));
        let mut run = 0;
        for update in updates {
            home.sql(update).await;
            run += 1;
        }
        assert_eq!(run, 4);
        assert_eq!((scene.record(&child).await, scene.descendants(&scene.first.token, &scene.id).await), before);
        assert_eq!(ids(&before.1), sorted(&[&child, &credential, &grandchild, &lent]));
        assert!(before.0["leakedAt"].is_string() && before.0["createdWith"] == json!(scene.id), "not who rotated it");
        assert_eq!(scene.record(&text(&successor["id"])).await["createdWith"], json!(scene.first.authorization));
    })
    .await;
}

#[tokio::test]
async fn lists_of_descendants_are_bounded() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        for _ in 0..22 {
            scene.child(&scene.token).await;
        }
        let caller = scene.server.caller(&scene.first.token).await;
        let id = scene.id.parse().expect("an id");
        let history = scene.server.service.token_history(&caller, id).await.expect("a history");
        assert_eq!((history.descendants.total, history.descendants.rows.len()), (22, 20));
        let asked = DescendantsQuery { limit: 5, after: None };
        let Descendants { rows, .. } = scene.server.service.descendants(&caller, id, asked).await.expect("a list");
        let found: Vec<_> = rows.iter().map(|Descendant { id, .. }| *id).collect();
        assert!(found.len() == 5 && found.is_sorted());
    })
    .await;
}
