//! The list of tokens as a file and as a page: whole, without a secret, and small.

use serde_json::{Value, json};

use crate::{
    console::Browser,
    home::{Home, on_each_database},
    server::{NAME, answer, permission_in, permission_on},
    token_list::Scene,
};

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
        assert!(lines[1].contains(",tasks,jtn_") && lines[1].contains(",inactive,inactive,"), "{}", lines[1]);
        assert!(lines[3].contains(",\"'=HYPERLINK(\"\"x\"\"), odd\","), "{}", lines[3]);

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
async fn a_file_of_several_portions_is_whole() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    // Copies of one token, made where no test has the time to create them.
    home.sql(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500) \
         INSERT INTO authorizations (id, org_id, user_id, created_by, kind, status, description, description_key, search_text, permissions, created_at, updated_at, breadth) \
         SELECT i, org_id, user_id, created_by, kind, status, 'copy ' || i, description_key, search_text, permissions, created_at, updated_at, breadth \
         FROM authorizations, n WHERE description = 'tasks'",
    )
    .await;
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
    assert!(cookie.starts_with("jeton-view=compact.owner.used.created.modified"), "{cookie}");
    let page = browser.open_with(&address(&scene, ""), cookie.split(';').next().unwrap_or_default()).await;
    assert!(page.body.contains("tokens compact no-owner no-used no-created no-modified"), "{}", page.body);
}

#[tokio::test]
async fn a_page_of_25_rows_is_at_most_60_kilobytes_of_html() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    let (org, bucket) = (&scene.first.org, &scene.first.bucket);
    for number in 0..25 {
        // As many permissions as a person would tick, and a description of a usual length.
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
