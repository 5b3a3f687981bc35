//! The forms, as a browser without JavaScript sends them.

use jeton_model::console::list_query::ListQuery;

use crate::{home::on_each_database, support::server::text};

use super::Scene;

use serde_json::{Value, json};

#[tokio::test]
async fn a_bucket_is_created_by_a_form() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let cookie = scene.sign_in().await;
        assert!(scene.open(&cookie, "/new").await.body.contains("Create bucket"));
        let form = [
            ("name", " cold "),
            ("description", " Archive "),
            ("retention", "custom"),
            ("amount", "36"),
            ("unit", "hours"),
        ];
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
            ("iot", "forever", "", "A bucket with this name already exists. Choose another."),
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
        // From unlimited retention with shard groups of a week to three days: the shard groups shrink too.
        let form = [("name", "metrics"), ("description", "All"), ("retention", "259200"), ("shown", "0")];
        assert_eq!(scene.submit(&cookie, &edit, &form).await.status, 303);
        let bucket = scene.read(&id).await;
        assert_eq!((&bucket["name"], &bucket["description"]), (&json!("metrics"), &json!("All")));
        assert_eq!(bucket["retentionRules"][0]["everySeconds"], 3 * 86_400);
        assert_eq!(bucket["retentionRules"][0]["shardGroupDurationSeconds"], 86_400);

        // A shard group duration that was chosen stays if the form does not change the retention.
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
        assert!(again.body.contains("The bucket no longer exists. Reload the list."));
    })
    .await;
}
