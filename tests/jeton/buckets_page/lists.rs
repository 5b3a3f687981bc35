//! The list, its counts, and the dialog about one bucket.

use serde_json::json;

use jeton_model::{BucketId, OrgId, console::list_query::ListQuery};
use jeton_service::{
    Caller, Error,
    error::{AuthError, BucketError},
    tokens::TokenOptions,
};

use crate::{
    home::on_each_database,
    support::server::{permission, permission_in, permission_on, text},
};

use super::Scene;

#[tokio::test]
async fn a_live_token_is_counted_at_every_bucket_it_reaches() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (org, token) = (&scene.first.org, &scene.first.token);
        let other = scene.bucket("other").await;
        // Set-up's operator token reaches everything.
        assert_eq!(scene.reach("iot").await, (1, 1));
        scene.token(json!([scene.on("read", &scene.first.bucket)])).await;
        assert_eq!((scene.reach("iot").await, scene.reach("other").await), ((2, 1), (1, 1)));
        scene.token(json!([permission_in("write", "buckets", org)])).await;
        assert_eq!((scene.reach("iot").await, scene.reach("other").await), ((2, 2), (1, 2)));
        scene.token(json!([permission("read", "buckets")])).await;
        assert_eq!((scene.reach("iot").await, scene.reach("_tasks").await), ((3, 2), (2, 2)));
        // One token counts once, however many permissions reach the bucket.
        let both = [scene.on("read", &other), scene.on("read", &other), permission_in("read", "buckets", org)];
        scene.token(json!(both)).await;
        assert_eq!(scene.reach("other").await, (3, 2));
        // Other types, and other organizations, do not count as this organization's buckets.
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
        let id = expired.parse::<jeton_model::AuthorizationId>().expect("an id");
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
        scene
            .server
            .service
            .create_all_access(&scene.caller, org, TokenOptions::default(), None)
            .await
            .expect("a token");
        scene
            .token(json!([
                permission_in("read", "buckets", &scene.first.org),
                permission_in("write", "buckets", &scene.first.org)
            ]))
            .await;
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
        assert!(matches!(page, Err(Error::Auth(AuthError::Unauthorized(_)))), "not even the organization");
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
            let body =
                json!({"orgID": org, "bucketID": id, "database": format!("db{number}"), "retention_policy": "rp"});
            server.post("/api/v2/dbrps", token, body).await.expect(201);
        }
        let bucket: BucketId = id.parse().expect("an id");
        let details =
            |caller: Caller, org: OrgId| async move { server.service.bucket_details(&caller, org, bucket).await };
        let found = details(scene.caller.clone(), scene.org).await.expect("details");
        assert_eq!((found.tokens, found.mapping_count, found.mappings.len()), (2, 7, 5));
        assert!(found.mappings.iter().all(|mapping| mapping.starts_with("db") && mapping.ends_with("/rp")));

        let elsewhere = server.org(token, "elsewhere").await.parse().expect("an id");
        assert_eq!(details(scene.caller.clone(), elsewhere).await, Err(Error::Bucket(BucketError::NotFound)));
        let reads = server.token(token, org, json!([scene.on("read", &id)])).await.expect(201);
        let reader = server.caller(&text(&reads["token"])).await;
        assert!(
            matches!(details(reader, scene.org).await, Err(Error::Auth(AuthError::Unauthorized(_)))),
            "who may not change it"
        );
    })
    .await;
}
