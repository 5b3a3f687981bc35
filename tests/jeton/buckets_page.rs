//! The console's Buckets page: who reaches each bucket, what its lists hold, and what its forms do.

use jeton::{
    model::{BucketId, Error, OrgId, bucket_page::BucketPage, list_query::ListQuery},
    service::Caller,
};
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::{
    home::{Home, on_each_database},
    server::{Answer, First, NAME, PASSWORD, Server, answer, permission, permission_in, permission_on, text},
};

/// An organization, and its first user, whose token may do everything.
struct Scene {
    server: Server,
    first: First,
    caller: Caller,
    org: OrgId,
}

impl Scene {
    async fn new(home: &Home) -> Self {
        let server = Server::start_at_rest(home).await;
        let first = server.set_up().await;
        let caller = server.caller(&first.token).await;
        let org = first.org.parse().expect("an id");
        Self { server, first, caller, org }
    }

    async fn page(&self, query: &ListQuery) -> BucketPage {
        self.server.service.bucket_page(&self.caller, self.org, query).await.expect("a page")
    }

    async fn names(&self, query: &ListQuery) -> Vec<String> {
        let page = self.page(query).await;
        page.list.rows.into_iter().map(|row| row.bucket.name).collect()
    }

    /// How many tokens read and write a bucket.
    async fn reach(&self, name: &str) -> (u64, u64) {
        let page = self.page(&ListQuery::default()).await;
        let row = page.list.rows.iter().find(|row| row.bucket.name == name).expect(name);
        (row.readers, row.writers)
    }

    async fn token(&self, permissions: Value) -> String {
        let answer = self.server.token(&self.first.token, &self.first.org, permissions).await;
        text(&answer.expect(201)["id"])
    }

    async fn bucket(&self, name: &str) -> String {
        self.server.bucket(&self.first.token, &self.first.org, name).await
    }

    fn on(&self, action: &str, bucket: &str) -> Value {
        permission_on(action, "buckets", bucket, &self.first.org)
    }

    /// The console, signed in: its cookie.
    async fn sign_in(&self) -> String {
        let form = [("username", NAME), ("password", PASSWORD)];
        let signed_in = answer(with_form(self.server.request("POST", "/sign-in"), &form)).await;
        assert_eq!(signed_in.status, 303);
        signed_in.header("set-cookie").split(';').next().unwrap_or_default().to_owned()
    }

    async fn submit(&self, cookie: &str, rest: &str, form: &[(&str, &str)]) -> Answer {
        let request = self.server.request("POST", &self.address(rest)).header("cookie", cookie);
        answer(with_form(request, form)).await
    }

    async fn open(&self, cookie: &str, rest: &str) -> Answer {
        answer(self.server.request("GET", &self.address(rest)).header("cookie", cookie)).await
    }

    fn address(&self, rest: &str) -> String {
        format!("/orgs/{}/load-data/buckets{rest}", self.first.org)
    }

    /// A bucket as the API writes it.
    async fn read(&self, id: &str) -> Value {
        self.server.get(&format!("/api/v2/buckets/{id}"), &self.first.token).await.expect(200)
    }

    async fn by_name(&self, name: &str) -> Value {
        let path = format!("/api/v2/buckets?orgID={}&name={name}", self.first.org);
        self.server.get(&path, &self.first.token).await.expect(200)["buckets"][0].clone()
    }
}

fn with_form(request: RequestBuilder, form: &[(&str, &str)]) -> RequestBuilder {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    request.header("content-type", "application/x-www-form-urlencoded").body(body)
}

#[tokio::test]
async fn a_live_token_is_counted_at_every_bucket_it_reaches() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (org, token) = (&scene.first.org, &scene.first.token);
        let other = scene.bucket("other").await;
        // The operator token of set-up reaches everything.
        assert_eq!(scene.reach("iot").await, (1, 1));
        scene.token(json!([scene.on("read", &scene.first.bucket)])).await;
        assert_eq!((scene.reach("iot").await, scene.reach("other").await), ((2, 1), (1, 1)));
        scene.token(json!([permission_in("write", "buckets", org)])).await;
        assert_eq!((scene.reach("iot").await, scene.reach("other").await), ((2, 2), (1, 2)));
        scene.token(json!([permission("read", "buckets")])).await;
        assert_eq!((scene.reach("iot").await, scene.reach("_tasks").await), ((3, 2), (2, 2)));
        // One token counts once, in whatever ways it reaches a bucket.
        let both = [scene.on("read", &other), scene.on("read", &other), permission_in("read", "buckets", org)];
        scene.token(json!(both)).await;
        assert_eq!(scene.reach("other").await, (3, 2));
        // Other things, and other organizations, are no buckets of this one.
        let elsewhere = scene.server.org(token, "elsewhere").await;
        scene.token(json!([permission_in("read", "tasks", org)])).await;
        scene.server.token(token, &elsewhere, json!([permission_in("read", "buckets", &elsewhere)])).await.expect(201);
        assert_eq!(scene.reach("other").await, (3, 2));
    })
    .await;
}

#[tokio::test]
async fn a_token_that_is_refused_is_not_counted() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (server, token) = (&scene.server, &scene.first.token);
        let on = json!([scene.on("read", &scene.first.bucket)]);
        let switched_off = scene.token(on.clone()).await;
        let path = format!("/api/v2/authorizations/{switched_off}");
        server.patch(&path, token, json!({"status": "inactive"})).await.expect(200);
        let expired = scene.token(on.clone()).await;
        let expires = scene.server.clock.now().micros();
        let id = expired.parse::<jeton::model::AuthorizationId>().expect("an id");
        let column = (id.0.get() ^ (1 << 63)).cast_signed();
        assert_eq!(home.sql(&format!("UPDATE authorizations SET expires_at = {expires} WHERE id = {column}")).await, 1);
        let bob = server.user(token, "bob").await;
        let body = json!({"orgID": scene.first.org, "userID": bob, "permissions": on});
        server.post("/api/v2/authorizations", token, body.clone()).await.expect(201);
        assert_eq!(scene.reach("iot").await, (2, 1), "bob's");
        let path = format!("/api/v2/users/{bob}");
        server.patch(&path, token, json!({"status": "inactive"})).await.expect(200);
        assert_eq!(scene.reach("iot").await, (1, 1), "bob is inactive");
        server.patch(&path, token, json!({"status": "active"})).await.expect(200);
        assert_eq!(server.delete(&path, token).await.status, 204);
        assert_eq!(scene.reach("iot").await, (1, 1), "bob is gone");
        let v1 = json!({"orgID": scene.first.org, "token": "old-client", "permissions": on});
        server.post("/private/legacy/authorizations", token, v1).await.expect(201);
        assert_eq!(scene.reach("iot").await, (1, 1), "1.x credentials are no tokens");
    })
    .await;
}

#[tokio::test]
async fn the_tokens_with_all_access_are_told_apart() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let org = scene.org;
        assert_eq!(scene.page(&ListQuery::default()).await.all_access, 1, "the operator token");
        scene.server.service.create_all_access(&scene.caller, org, "all".into(), None).await.expect("a token");
        scene.token(json!([permission_in("read", "buckets", &scene.first.org), permission_in("write", "buckets", &scene.first.org)])).await;
        assert_eq!(scene.page(&ListQuery::default()).await.all_access, 2);
        let elsewhere = scene.server.org(&scene.first.token, "elsewhere").await.parse().expect("an id");
        let page = scene.server.service.bucket_page(&scene.caller, elsewhere, &ListQuery::default()).await;
        assert_eq!(page.expect("a page").all_access, 1, "that of another organization is not here");
    })
    .await;
}

#[tokio::test]
async fn buckets_are_sorted_by_name_with_the_systems_last() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        for name in ["Zebra", "apple", "Banana"] {
            scene.bucket(name).await;
        }
        let up = scene.names(&ListQuery::default()).await;
        assert_eq!(up, ["apple", "Banana", "iot", "Zebra", "_monitoring", "_tasks"]);
        let down = scene.names(&ListQuery { descending: true, ..ListQuery::default() }).await;
        assert_eq!(down, ["Zebra", "iot", "Banana", "apple", "_tasks", "_monitoring"]);
        let page = scene.page(&ListQuery { filter: " AN".into(), ..ListQuery::default() }).await;
        assert_eq!((page.list.total, page.list.unfiltered, page.system), (1, 6, 2));
        assert_eq!(page.list.rows[0].bucket.name, "Banana");
        let none = scene.page(&ListQuery { filter: "%".into(), page: 4, ..ListQuery::default() }).await;
        assert_eq!((none.list.rows.len(), none.list.total, none.list.page), (0, 0, 1));
    })
    .await;
}

#[tokio::test]
async fn every_page_has_its_part_of_the_list() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        for number in 0..9 {
            scene.bucket(&format!("b{number}")).await;
        }
        let query = |page| ListQuery { page, page_size: 10, ..ListQuery::default() };
        let (one, two) = (scene.names(&query(1)).await, scene.names(&query(2)).await);
        assert_eq!((one.len(), two.as_slice()), (10, ["_monitoring".to_owned(), "_tasks".to_owned()].as_slice()));
        assert_eq!(scene.page(&query(9)).await.list.page, 2);
    })
    .await;
}

#[tokio::test]
async fn a_caller_is_offered_what_they_may_do() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (server, token, org) = (&scene.server, &scene.first.token, &scene.first.org);
        let mine = scene.bucket("mine").await;
        let row = scene.page(&ListQuery::default()).await.list.rows.remove(0);
        assert!(row.may_change && row.may_generate);
        let reads = json!([permission_on("read", "orgs", org, org), scene.on("read", &mine)]);
        let made = server.token(token, org, reads).await.expect(201);
        let narrow = server.caller(&text(&made["token"])).await;
        let page = server.service.bucket_page(&narrow, scene.org, &ListQuery::default()).await.expect("a page");
        assert_eq!((page.list.rows.len(), page.list.unfiltered), (1, 1), "only what they see");
        let row = &page.list.rows[0];
        assert_eq!((row.bucket.name.as_str(), row.readers, row.writers), ("mine", 2, 1), "counts are whole");
        assert!(!row.may_change && !row.may_generate);
        let made = server.token(token, org, json!([scene.on("read", &mine)])).await.expect(201);
        let stranger = server.caller(&text(&made["token"])).await;
        let page = server.service.bucket_page(&stranger, scene.org, &ListQuery::default()).await;
        assert!(matches!(page, Err(Error::Unauthorized(_))), "not even the organization");
    })
    .await;
}

#[tokio::test]
async fn a_dialog_about_a_bucket_says_what_depends_on_it() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (server, token, org) = (&scene.server, &scene.first.token, &scene.first.org);
        let id = scene.bucket("mapped").await;
        let both = [scene.on("read", &id), scene.on("write", &id)];
        scene.token(json!(both)).await;
        for number in 0..7 {
            let body = json!({"orgID": org, "bucketID": id, "database": format!("db{number}"), "retention_policy": "rp"});
            server.post("/api/v2/dbrps", token, body).await.expect(201);
        }
        let bucket: BucketId = id.parse().expect("an id");
        let details = |caller: Caller, org: OrgId| async move { server.service.bucket_details(&caller, org, bucket).await };
        let found = details(scene.caller.clone(), scene.org).await.expect("details");
        assert_eq!((found.tokens, found.mapping_count, found.mappings.len()), (2, 7, 5));
        assert!(found.mappings.iter().all(|mapping| mapping.starts_with("db") && mapping.ends_with("/rp")));

        let elsewhere = server.org(token, "elsewhere").await.parse().expect("an id");
        assert_eq!(details(scene.caller.clone(), elsewhere).await, Err(Error::BucketNotFound));
        let reads = server.token(token, org, json!([scene.on("read", &id)])).await.expect(201);
        let reader = server.caller(&text(&reads["token"])).await;
        assert!(matches!(details(reader, scene.org).await, Err(Error::Unauthorized(_))), "who may not change it");
    })
    .await;
}

#[tokio::test]
async fn a_bucket_is_created_by_a_form() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let cookie = scene.sign_in().await;
        assert!(scene.open(&cookie, "/new").await.body.contains("Create bucket"));
        let form = [("name", " cold "), ("description", " Archive "), ("retention", "custom"), ("amount", "36"), ("unit", "hours")];
        let created = scene.submit(&cookie, "/new?sortDirection=desc", &form).await;
        assert_eq!(created.status, 303, "{}", created.body);
        let to = scene.address("?sortDirection=desc&done=bucket-created");
        assert_eq!(created.header("location"), to);
        let bucket = scene.by_name("cold").await;
        assert_eq!(bucket["description"], "Archive");
        assert_eq!(bucket["retentionRules"][0]["everySeconds"], 36 * 3600);
        assert!(scene.open(&cookie, "?done=bucket-created").await.body.contains("The bucket was created"));
    })
    .await;
}

#[tokio::test]
async fn a_refused_form_keeps_what_was_typed_and_says_why_at_its_field() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let cookie = scene.sign_in().await;
        let refused = [
            ("iot", "forever", "", "There is a bucket of this name. Choose another."),
            ("_iot", "forever", "", "A bucket name must not start with an underscore."),
            ("cold", "custom", "x1", "Write a whole number, such as 36."),
            ("cold", "60", "", "Keep data for at least 1 hour."),
        ];
        for (name, retention, amount, sentence) in refused {
            let form = [("name", name), ("description", "Kept text"), ("retention", retention), ("amount", amount)];
            let answer = scene.submit(&cookie, "/new", &form).await;
            assert_eq!(answer.status, 422, "{sentence}");
            for part in [sentence, "Kept text", &format!("value=\"{name}\"")] {
                assert!(answer.body.contains(part), "{part}: {}", answer.body);
            }
        }
        assert_eq!(scene.page(&ListQuery::default()).await.list.total, 3);
    })
    .await;
}

#[tokio::test]
async fn a_bucket_is_changed_by_a_form() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let cookie = scene.sign_in().await;
        let id = scene.first.bucket.clone();
        let edit = format!("/{id}/edit");
        // From for ever, in pieces of a week, to three days: the pieces shrink too.
        let form = [("name", "metrics"), ("description", "All"), ("retention", "259200"), ("shown", "0")];
        assert_eq!(scene.submit(&cookie, &edit, &form).await.status, 303);
        let bucket = scene.read(&id).await;
        assert_eq!((&bucket["name"], &bucket["description"]), (&json!("metrics"), &json!("All")));
        assert_eq!(bucket["retentionRules"][0]["everySeconds"], 3 * 86_400);
        assert_eq!(bucket["retentionRules"][0]["shardGroupDurationSeconds"], 86_400);

        // A size of pieces that someone chose stays, if the form says nothing new about retention.
        let rule = json!([{"type": "expire", "everySeconds": 259_200, "shardGroupDurationSeconds": 7200}]);
        let path = format!("/api/v2/buckets/{id}");
        scene.server.patch(&path, &scene.first.token, json!({"retentionRules": rule})).await.expect(200);
        let form = [("name", "metrics"), ("description", ""), ("retention", "259200"), ("shown", "259200")];
        assert_eq!(scene.submit(&cookie, &edit, &form).await.status, 303);
        let bucket = scene.read(&id).await;
        assert_eq!(bucket["retentionRules"][0]["shardGroupDurationSeconds"], 7200);
        assert_eq!(bucket.get("description").and_then(Value::as_str).unwrap_or_default(), "");
    })
    .await;
}

#[tokio::test]
async fn a_system_bucket_keeps_its_name_and_stays() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let cookie = scene.sign_in().await;
        let id = text(&scene.by_name("_tasks").await["id"]);
        let dialog = scene.open(&cookie, &format!("/{id}/edit")).await;
        assert!(!dialog.body.contains("name=\"name\""), "no field for it");
        let form = [("name", "tasks"), ("description", ""), ("retention", "259200"), ("shown", "259200")];
        assert_eq!(scene.submit(&cookie, &format!("/{id}/edit"), &form).await.status, 422);
        assert_eq!(scene.submit(&cookie, &format!("/{id}/edit"), &form[1..]).await.status, 303);
        assert!(scene.open(&cookie, &format!("/{id}/delete")).await.body.contains("System buckets cannot be deleted"));
        assert_eq!(scene.submit(&cookie, &format!("/{id}/delete"), &[]).await.status, 422);
        assert_eq!(scene.read(&id).await["name"], "_tasks");
    })
    .await;
}

#[tokio::test]
async fn deleting_says_what_goes_with_it_and_takes_it_along() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let cookie = scene.sign_in().await;
        let id = scene.first.bucket.clone();
        let body = json!({"orgID": scene.first.org, "bucketID": id, "database": "db0", "retention_policy": "weekly"});
        scene.server.post("/api/v2/dbrps", &scene.first.token, body).await.expect(201);
        let question = scene.open(&cookie, &format!("/{id}/delete")).await;
        for part in ["Delete “iot”?", "1 live token", "1 DBRP mapping", "db0/weekly", "Delete bucket"] {
            assert!(question.body.contains(part), "{part}: {}", question.body);
        }
        let deleted = scene.submit(&cookie, &format!("/{id}/delete?page=2"), &[]).await;
        assert_eq!(deleted.header("location"), scene.address("?page=2&done=bucket-deleted"));
        assert_eq!(scene.server.get(&format!("/api/v2/buckets/{id}"), &scene.first.token).await.status, 404);
        assert_eq!(home.rows("SELECT id FROM dbrps").await.len(), 0);
        let again = scene.submit(&cookie, &format!("/{id}/delete"), &[]).await;
        assert_eq!(again.status, 404);
        assert!(again.body.contains("The bucket was deleted meanwhile."));
    })
    .await;
}
