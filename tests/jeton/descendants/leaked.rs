//! Leak reports and descendants.

use serde_json::json;

use jeton_service::{
    Error,
    error::TokenError,
    tokens::bulk::{BulkAction, Targets},
};

use crate::{
    home::on_each_database,
    support::{
        command::Shell,
        console::Browser,
        server::{NAME, permission, text},
    },
};

use super::{PATH, Scene, sorted};

#[tokio::test]
async fn a_report_counts_what_still_works_and_names_it_only_to_those_who_may_read_it() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (child, child_token) = scene.child(&scene.token).await;
        let (grandchild, _) = scene.child(&child_token).await;
        let scanner = json!([permission("read", "labels")]);
        let scanner =
            text(&scene.server.token(&scene.first.token, &scene.first.org, scanner).await.expect(201)["token"]);
        let said = scene.report(&scanner, &scene.token).await;
        let prefix = &scene.token[..8];
        let expected = json!({"position": 0, "prefix": prefix, "result": "deactivated", "liveDescendants": 2});
        assert_eq!(said, expected);
        let said = scene.report(&scene.first.token, &scene.token).await;
        assert_eq!((&said["result"], &said["id"]), (&json!("alreadyDead"), &json!(scene.id)));
        let mut named: Vec<String> = said["descendants"].as_array().expect("ids").iter().map(text).collect();
        named.sort();
        assert_eq!(named, sorted(&[&child, &grandchild]));
        assert!(scene.works(&child_token).await, "whoever reports decides about what was reported alone");
        assert_eq!(scene.deactivate(&scene.first.token).await.expect(200)["deactivated"], json!(2));
        assert_eq!(scene.report(&scene.first.token, &scene.token).await.get("liveDescendants"), None);
    })
    .await;
}

#[tokio::test]
async fn what_leaked_is_never_activated_again() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        scene.report(&scene.first.token, &scene.token).await;
        let record = scene.record(&scene.id).await;
        assert_eq!(record["status"], "inactive");
        assert!(record["leakedAt"].is_string(), "{record}");
        let sentence = "this token was reported as leaked and stays inactive; create a new token instead";
        assert_eq!(scene.activate(&scene.id).await.refused(422), sentence);
        let path = format!("{PATH}/{}", scene.id);
        let empty = scene.server.patch(&path, &scene.first.token, json!({"status": ""})).await;
        assert_eq!(empty.refused(422), sentence, "an empty status is active");
        assert_eq!(
            scene.server.post(&format!("{path}/rotate"), &scene.first.token, json!({})).await.refused(422),
            sentence
        );
        let caller = scene.server.caller(&scene.first.token).await;
        let these = Targets::These([scene.id.parse().expect("an id")].into());
        let many = scene.server.service.change_tokens(&caller, scene.org(), &these, BulkAction::Activate).await;
        assert_eq!(many, Err(Error::Token(TokenError::Leaked)));
        let browser = Browser::sign_in(&scene.server, NAME).await;
        let sent = browser.send(&scene.page(&scene.id), &[("status", "active")]).await;
        assert!(sent.status == 422 && sent.body.contains("reported as leaked"), "{}", sent.body);
        assert!(!scene.works(&scene.token).await);
        // All other members may change, and its permissions may be delegated to a new token.
        let renamed = scene.server.patch(&path, &scene.first.token, json!({"description": "Found in a log"})).await;
        assert_eq!(renamed.expect(200)["leakedAt"], record["leakedAt"]);
        let cloned = scene.server.service.clone_authorization(&caller, scene.id.parse().expect("an id"), None).await;
        assert!(scene.works(cloned.expect("a clone").token.expose()).await);
        let shell = Shell::new(&scene.server).with("JETON_TOKEN", &scene.first.token);
        let (said, _) = shell.fails(&format!("auth active --id {}", scene.id)).await;
        assert!(said.contains(sentence), "{said}");
    })
    .await;
}

#[tokio::test]
async fn a_token_that_was_merely_switched_off_stays_off_once_it_is_reported() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let path = format!("{PATH}/{}", scene.id);
        scene.server.patch(&path, &scene.first.token, json!({"status": "inactive"})).await.expect(200);
        assert_eq!(scene.report(&scene.first.token, &scene.token).await["result"], "alreadyDead");
        assert_eq!(scene.activate(&scene.id).await.status, 422);
        scene.report(&scene.first.token, &scene.token).await;
        let logged = home.rows("SELECT seq FROM audit_log WHERE action = 'authorization leaked'").await;
        assert_eq!(logged.len(), 1, "once");
    })
    .await;
}
