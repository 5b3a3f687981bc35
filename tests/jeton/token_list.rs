//! The console's list of tokens: the results of each filter.

use jeton_model::{
    OrgId,
    console::{
        token_query::TokenQuery,
        tokens::{FilterNames, TokenPage},
    },
};
use jeton_service::{Caller, tokens::TokenOptions};

use crate::{
    home::{Home, on_each_database},
    support::server::{First, Server, permission, permission_in, permission_on, text},
};

use serde_json::{Value, json};

/// Tokens of every type, of two owners.
pub struct Scene {
    pub server: Server,
    pub first: First,
    pub caller: Caller,
    pub org: OrgId,
    bob: String,
}

impl Scene {
    pub async fn new(home: &Home) -> Self {
        let server = Server::start(home).await;
        let first = server.set_up().await;
        let caller = server.caller(&first.token).await;
        let org: OrgId = first.org.parse().expect("an id");
        let bob = server.user(&first.token, "bob").await;
        let scene = Self { server, first, caller, org, bob };
        let (org, bucket) = (scene.first.org.clone(), scene.first.bucket.clone());
        scene.token("names it", json!([permission_on("read", "buckets", &bucket, &org)]), json!({})).await;
        scene.token("writes it", json!([permission_on("write", "buckets", &bucket, &org)]), json!({})).await;
        scene.token("reads all", json!([permission_in("read", "buckets", &org)]), json!({})).await;
        scene.token("reads everywhere", json!([permission("read", "buckets")]), json!({})).await;
        scene.token("tasks", json!([permission_in("read", "tasks", &org)]), json!({"status": "inactive"})).await;
        scene.token("bob's", json!([permission_in("read", "tasks", &org)]), json!({"userID": scene.bob})).await;
        let given = TokenOptions { description: "all access".into(), ..TokenOptions::default() };
        let created = scene.server.service.create_all_access(&scene.caller, scene.org, given, None).await;
        created.expect("a token");
        scene
    }

    pub async fn token(&self, description: &str, permissions: Value, more: Value) -> String {
        let mut body = json!({"orgID": self.first.org, "description": description, "permissions": permissions});
        for (name, value) in more.as_object().expect("an object") {
            body[name] = value.clone();
        }
        text(&self.server.post("/api/v2/authorizations", &self.first.token, body).await.expect(201)["id"])
    }

    pub async fn page(&self, caller: &Caller, query: &str) -> TokenPage {
        let page = self.server.service.token_page(caller, self.org, &query_of(query)).await;
        page.expect("a page")
    }

    async fn found(&self, query: &str) -> Vec<String> {
        self.page(&self.caller, query).await.rows.into_iter().map(|row| row.description).collect()
    }

    async fn names(&self, query: &str) -> FilterNames {
        self.page(&self.caller, query).await.names
    }
}

pub fn query_of(text: &str) -> TokenQuery {
    let pairs: Vec<(String, String)> = form_urlencoded::parse(text.as_bytes()).into_owned().collect();
    TokenQuery::from_parameters(|name| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str()))
}

#[tokio::test]
async fn tokens_are_told_apart_by_how_far_they_reach() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        assert_eq!(scene.found("kind=operator").await, ["alice's Token"]);
        assert_eq!(scene.found("kind=all-access").await, ["all access"]);
        let custom = ["bob's", "names it", "reads all", "reads everywhere", "tasks", "writes it"];
        assert_eq!(scene.found("kind=custom").await, custom);
    })
    .await;
}

#[tokio::test]
async fn tokens_from_before_there_were_types_get_theirs_at_the_start() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let Scene { server, first, caller, org, bob } = scene;
        server.stop().await;
        assert_eq!(home.sql("UPDATE authorizations SET breadth = NULL").await, 8);
        let scene = Scene { server: Server::start(&home).await, first, caller, org, bob };
        assert_eq!(scene.found("kind=operator").await, ["alice's Token"]);
        assert_eq!(scene.found("kind=all-access").await, ["all access"]);
        assert_eq!(scene.found("kind=custom").await.len(), 6);
    })
    .await;
}

#[tokio::test]
async fn a_token_reaches_a_bucket_by_its_id_by_its_organization_or_everywhere() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let bucket = &scene.first.bucket;
        let everything = ["alice's Token", "all access"];
        let by = |names: &[&str]| {
            let mut names = [&everything[..], names].concat();
            names.sort_by_key(|name| name.to_lowercase());
            names.into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        let reading = by(&["names it", "reads all", "reads everywhere"]);
        assert_eq!(scene.found(&format!("bucket={bucket}&action=read")).await, reading);
        assert_eq!(scene.found("bucket=iot&action=read").await, reading, "by its name");
        assert_eq!(scene.found(&format!("bucket={bucket}&action=write")).await, by(&["writes it"]));
        let either = by(&["names it", "reads all", "reads everywhere", "writes it"]);
        assert_eq!(scene.found(&format!("bucket={bucket}")).await, either);
        assert_eq!(scene.names(&format!("bucket={bucket}")).await.bucket.as_deref(), Some("iot"));
        // With a missing bucket, only tokens that name it match.
        assert_eq!(scene.found("bucket=00000000000000ff").await, Vec::<String>::new());
        assert_eq!(scene.found("bucket=nothing").await, Vec::<String>::new());
        assert_eq!(scene.names("bucket=nothing").await, FilterNames::default());
    })
    .await;
}

#[tokio::test]
async fn a_token_reaches_a_configuration_as_it_reaches_a_bucket() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let org = scene.first.org.clone();
        let body = json!({"orgID": org, "name": "roof", "config": "[agent]"});
        let telegraf = text(&scene.server.post("/api/v2/telegrafs", &scene.first.token, body).await.expect(201)["id"]);
        scene.token("on the roof", json!([permission_on("read", "telegrafs", &telegraf, &org)]), json!({})).await;
        let reading = ["alice's Token", "all access", "on the roof"];
        assert_eq!(scene.found(&format!("telegraf={telegraf}&action=read")).await, reading);
        assert_eq!(scene.found(&format!("telegraf={telegraf}&action=write")).await, reading[..2]);
        assert_eq!(scene.found(&format!("telegraf={telegraf}&bucket=iot&kind=custom")).await, Vec::<String>::new());
        assert_eq!(scene.names(&format!("telegraf={telegraf}")).await.telegraf.as_deref(), Some("roof"));
    })
    .await;
}

#[tokio::test]
async fn owners_and_creators_are_found_by_id_and_by_name() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let bob = &scene.bob;
        assert_eq!(scene.found(&format!("owner={bob}")).await, ["bob's"]);
        assert_eq!(scene.found("owner=bob").await, ["bob's"]);
        assert_eq!(scene.found("createdBy=alice").await.len(), 8);
        assert_eq!(scene.found(&format!("createdBy={bob}")).await, Vec::<String>::new());
        assert_eq!(scene.found("owner=carol").await, Vec::<String>::new());
        let names = scene.names(&format!("owner={bob}&createdBy=alice")).await;
        assert_eq!((names.owner.as_deref(), names.created_by.as_deref()), (Some("bob"), Some("alice")));
        assert_eq!(scene.names("owner=00000000000000ff").await.owner, None);
        let choices = scene.server.service.filter_choices(&scene.caller, scene.org).await.expect("choices");
        assert_eq!((choices.owners, choices.creators), (vec!["alice".into(), "bob".into()], vec!["alice".to_owned()]));
        assert_eq!(choices.buckets[0], "iot");
    })
    .await;
}

#[tokio::test]
async fn whom_one_may_not_read_has_no_name_and_no_tokens() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let permissions = json!([permission_in("read", "authorizations", &scene.first.org)]);
        let bob = permission_on("read", "users", &scene.bob, &scene.first.org);
        let permissions =
            json!([permissions[0], bob, permission_on("read", "orgs", &scene.first.org, &scene.first.org)]);
        let created = scene.server.token(&scene.first.token, &scene.first.org, permissions).await.expect(201);
        let reader = scene.server.caller(&text(&created["token"])).await;
        for query in ["owner=alice", &format!("owner={}", scene.first.user)] {
            let page = scene.page(&reader, query).await;
            assert_eq!((page.names.owner, page.rows), (None, vec![]), "{query}");
        }
        let page = scene.page(&reader, "owner=bob").await;
        assert_eq!(page.names.owner.as_deref(), Some("bob"));
        assert_eq!((page.rows[0].description.as_str(), page.rows[0].read_only), ("bob's", true));
        assert!(scene.page(&scene.caller, "").await.rows.iter().all(|row| !row.read_only));
    })
    .await;
}

#[tokio::test]
async fn live_are_those_that_work() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        assert_eq!(scene.found("status=inactive").await, ["tasks"]);
        assert_eq!(scene.found("status=active").await.len(), 7);
        assert_eq!(scene.found("status=live").await.len(), 7);
        let inactive = json!({"status": "inactive"});
        scene.server.patch(&format!("/api/v2/users/{}", scene.bob), &scene.first.token, inactive).await.expect(200);
        assert_eq!(scene.found("status=live").await.len(), 6, "of an inactive owner");
        home.sql("UPDATE authorizations SET expires_at = 1 WHERE description = 'reads all'").await;
        assert_eq!(scene.found("status=live").await.len(), 5, "expired");
        home.sql("UPDATE authorizations SET ended_at = 1 WHERE description = 'names it'").await;
        assert_eq!(scene.found("status=live").await.len(), 4, "ended");
        assert_eq!(scene.found("status=active").await.len(), 7);
    })
    .await;
}
