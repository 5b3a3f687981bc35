//! Exports of the list of tokens, and the size of its page: complete, without secrets, and small.

use jeton_model::console::{
    token_query::TokenQuery,
    tokens::{Details, Sort},
};

use crate::{
    home::{Home, on_each_database},
    support::{
        console::Browser,
        server::{NAME, answer, permission_in, permission_on, text},
    },
    token_list::Scene,
};

use serde_json::{Value, json};

fn address(scene: &Scene, rest: &str) -> String {
    format!("/orgs/{}/load-data/tokens{rest}", scene.first.org)
}

#[tokio::test]
async fn a_file_holds_what_the_filter_lists_and_no_token() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        scene
            .token("=HYPERLINK(\"x\"), odd", json!([permission_in("read", "tasks", &scene.first.org)]), json!({}))
            .await;
        let browser = Browser::sign_in(&scene.server, NAME).await;
        let csv = browser.open(&address(&scene, "/export.csv?kind=custom&page=2&perPage=10&searchTerm=tasks")).await;
        assert_eq!(csv.status, 200, "{}", csv.body);
        assert_eq!(csv.header("content-disposition"), "attachment; filename=\"api-tokens.csv\"");
        assert_eq!(csv.header("cache-control"), "no-store");
        let lines: Vec<&str> = csv.body.split("\r\n").collect();
        assert_eq!(lines.len(), 5, "{}", csv.body);
        assert!(lines[0].starts_with("id,description,prefix,type,permissions,owner"), "{}", lines[0]);
        assert!(lines[1].contains(",\"'=HYPERLINK(\"\"x\"\"), odd\","), "{}", lines[1]);
        assert!(lines[3].contains(",tasks,jtn_") && lines[3].contains(",inactive,inactive,"), "{}", lines[3]);

        let answered = browser.open(&address(&scene, "/export.json?kind=operator")).await;
        let list: Value = serde_json::from_str(&answered.body).expect("JSON");
        assert_eq!(list.as_array().map(Vec::len), Some(1));
        assert_eq!((&list[0]["type"], &list[0]["owner"]["name"]), (&json!("operator"), &json!("alice")));
        assert!(!answered.body.contains(&scene.first.token) && !answered.body.contains("$influxdb2"));
        let nothing = browser.open(&address(&scene, "/export.json?owner=carol")).await;
        assert_eq!(serde_json::from_str::<Value>(&nothing.body).expect("JSON"), json!([]));
    })
    .await;
}

#[tokio::test]
async fn a_file_has_the_order_of_the_list() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let browser = Browser::sign_in(&scene.server, NAME).await;
        for sort in Sort::ALL {
            let query = format!("sortKey={}&sortDirection={}", sort.key.name(), sort.direction());
            let rows = scene.page(&scene.caller, &query).await.rows;
            let answered = browser.open(&address(&scene, &format!("/export.json?{query}"))).await;
            let file: Vec<Value> = serde_json::from_str(&answered.body).expect("JSON");
            let listed: Vec<String> = rows.iter().map(|row| row.id.to_string()).collect();
            let written: Vec<String> = file.iter().map(|token| text(&token["id"])).collect();
            assert_eq!(written, listed, "{}", sort.label());
        }
    })
    .await;
}

#[tokio::test]
async fn a_file_of_several_portions_goes_on_behind_a_token_that_is_gone() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    let (service, caller, org) = (&scene.server.service, &scene.caller, scene.org);
    copy_tokens(&home, 2500).await;
    for sort in Sort::ALL {
        let query = TokenQuery { sort, ..TokenQuery::default() };
        let (first, end) = service.token_portion(caller, org, &query, None).await.expect("a portion");
        let (rest, _) = service.token_portion(caller, org, &query, end.as_ref()).await.expect("a portion");
        assert_eq!((first.len(), rest.len()), (1000, 1000));
        let last = first.last().expect("a thousand").authorization.clone();
        home.sql(&format!("DELETE FROM authorizations WHERE description = '{}'", last.description)).await;
        let again = service.token_portion(caller, org, &query, end.as_ref()).await.expect("a portion").0;
        let ids = |portion: Vec<Details>| portion.into_iter().map(|one| one.authorization.id).collect::<Vec<_>>();
        assert_eq!(ids(again), ids(rest), "{}", sort.label());
    }
}

/// Copies one token in the database, which is faster than creating each.
async fn copy_tokens(home: &Home, count: u64) {
    home.sql(&format!(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) \
         INSERT INTO authorizations (id, org_id, user_id, created_by, kind, status, description, description_key, search_text, permissions, created_at, updated_at, breadth) \
         SELECT i, org_id, user_id, created_by, kind, status, 'copy ' || i, 'copy ' || (i % 10), search_text, permissions, created_at, updated_at, breadth \
         FROM authorizations, n WHERE description = 'tasks'",
    ))
    .await;
}

#[tokio::test]
async fn a_file_of_several_portions_is_whole() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    copy_tokens(&home, 2500).await;
    let browser = Browser::sign_in(&scene.server, NAME).await;
    let csv = browser.open(&address(&scene, "/export.csv")).await;
    assert_eq!(csv.body.matches("\r\n").count(), 1 + 2508);
    assert!(csv.body.contains(",copy 1,") && csv.body.contains(",copy 2500,"));
    let list: Value = serde_json::from_str(&browser.open(&address(&scene, "/export.json")).await.body).expect("JSON");
    assert_eq!(list.as_array().map(Vec::len), Some(2508));
}

#[tokio::test]
async fn strangers_get_no_file() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    let stranger = answer(scene.server.request("GET", &address(&scene, "/export.csv"))).await;
    assert_eq!(stranger.status, 303);
    assert!(stranger.header("location").starts_with("/sign-in?to="));
    let browser = Browser::sign_in(&scene.server, NAME).await;
    let elsewhere = browser.open("/orgs/00000000000000ff/load-data/tokens/export.csv").await;
    assert_eq!(elsewhere.status, 404, "{}", elsewhere.body);
}

#[tokio::test]
async fn how_the_list_looks_is_remembered_and_rendered_by_the_server() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    let browser = Browser::sign_in(&scene.server, NAME).await;
    let list = address(&scene, "");
    let fields = [("density", "compact"), ("column", "permissions"), ("column", "status"), ("to", list.as_str())];
    let chosen = browser.send("/view", &fields).await;
    assert_eq!((chosen.status, chosen.header("location")), (303, list));
    let elsewhere = browser.send("/view", &[("to", "//evil.example")]).await;
    assert_eq!(elsewhere.header("location"), "/");
    let cookie = chosen.header("set-cookie");
    assert!(cookie.starts_with("jeton-view=compact.owner.used.created.modified.expires; "), "{cookie}");
    let page = browser.open_with(&address(&scene, ""), cookie.split(';').next().unwrap_or_default()).await;
    assert!(page.body.contains("tokens compact no-owner no-used no-created no-modified no-expires"), "{}", page.body);
}

#[tokio::test]
async fn a_page_of_25_rows_is_at_most_60_kilobytes_of_html() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    let (org, bucket) = (&scene.first.org, &scene.first.bucket);
    for number in 0..25 {
        // A realistic number of permissions, and a description of a usual length.
        let permissions: Vec<Value> = (0..40)
            .map(|more| permission_on("read", "buckets", &format!("{:016x}", 0xabc0_0000_0000_u64 + more), org))
            .chain([permission_on("write", "buckets", bucket, org)])
            .collect();
        scene.token(&format!("Collector, hall {number}"), json!(permissions), json!({})).await;
    }
    let browser = Browser::sign_in(&scene.server, NAME).await;
    let page = browser.open(&address(&scene, "")).await;
    assert_eq!(page.body.matches("token-card ").count(), 25);
    assert_eq!(page.body.matches("__RESOLVED_RESOURCES[").count(), 2, "the frame and the list, each once");
    assert!(page.body.len() <= 60 * 1024, "{} bytes", page.body.len());
}
