//! Descendants and permissions in the console and on the command line.

use serde_json::{Value, json};

use crate::{
    home::on_each_database,
    support::{
        command::Shell,
        console::Browser,
        server::{NAME, permission, permission_in, text},
    },
};

use super::Scene;

#[tokio::test]
async fn the_console_shows_descendants_and_deactivates_them_without_script() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (child, child_token) = scene.child(&scene.token).await;
        scene.child(&child_token).await;
        let browser = Browser::sign_in(&scene.server, NAME).await;
        let details = browser.open(&scene.page(&scene.id)).await;
        assert!(
            details.body.contains("2, of which 2 still work") && details.body.contains(&scene.page(&child)),
            "{}",
            details.body
        );
        let question = scene.page(&format!("{}/descendants", scene.id));
        assert!(details.body.contains(&question));
        assert!(browser.open(&scene.page(&child)).await.body.contains("fact-created-with"));
        let asked = browser.open(&question).await;
        assert!(asked.body.contains("Deactivate 2 tokens?"), "{}", asked.body);
        let sent = browser.send(&question, &[("expected", "1")]).await;
        assert!(sent.status == 422 && sent.body.contains("2 tokens now match"), "{}", sent.body);
        assert!(scene.works(&child_token).await);
        assert_eq!(browser.send(&question, &[("expected", "2")]).await.status, 303);
        assert!(!scene.works(&child_token).await);
        assert!(browser.open(&question).await.body.contains("There is nothing to deactivate"));
        scene.report(&scene.first.token, &scene.token).await;
        let details = browser.open(&scene.page(&scene.id)).await;
        assert!(
            details.body.contains("fact-leaked") && details.body.contains("Leaked: its token is permanently refused")
        );
        let list = browser.open(&format!("/orgs/{}/load-data/tokens?status=leaked", scene.first.org)).await;
        assert!(list.body.contains(&scene.id) && !list.body.contains(&child), "{}", list.body);
    })
    .await;
}

#[tokio::test]
async fn the_command_line_tells_of_descendants_and_deactivates_them() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (child, child_token) = scene.child(&scene.token).await;
        scene.child(&child_token).await;
        let shell = Shell::new(&scene.server).with("JETON_TOKEN", &scene.first.token);
        let said = shell.ok(&format!("auth describe {}", scene.id)).await;
        assert!(said.contains("2 tokens created with it, of which 2 still work"), "{said}");
        let said = shell.ok(&format!("auth describe {child}")).await;
        assert!(said.contains("Created with:") && said.contains(&scene.id), "{said}");
        let said = shell.ok(&format!("auth inactive --descendants --id {}", scene.id)).await;
        assert_eq!(said.trim(), "Deactivated 2 authorizations");
        assert!(!scene.works(&child_token).await && scene.works(&scene.token).await);
        scene.report(&scene.first.token, &scene.token).await;
        let said = shell.ok(&format!("auth describe {}", scene.id)).await;
        assert!(said.contains("inactive, reported as leaked on"), "{said}");
    })
    .await;
}

#[tokio::test]
async fn the_details_name_every_user_and_organization_that_a_token_reaches() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let browser = Browser::sign_in(&scene.server, NAME).await;
        let bob = scene.server.user(&scene.first.token, "bob").await;
        let other = scene.server.org(&scene.first.token, "other").await;
        let body = async |permissions: Value| {
            let made = scene.server.token(&scene.first.token, &scene.first.org, permissions).await.expect(201);
            browser.open(&scene.page(&text(&made["id"]))).await.body
        };
        let whole = browser.open(&scene.page(&scene.first.authorization)).await.body;
        assert!(whole.contains("44 permissions in every organization"), "{whole}");
        let every = body(json!([permission("write", "users"), permission("write", "orgs")])).await;
        assert!(every.contains("2 permissions in every organization"), "{every}");
        assert!(every.contains("change or delete every user, set their passwords"), "{every}");
        assert!(every.contains("Write users lets this token change every user."), "{every}");
        assert!(every.contains("lets this token rename and delete every organization."), "{every}");
        let on_bob = json!({"action": "write", "resource": {"type": "users", "id": bob}});
        let foreign = body(json!([
            on_bob,
            json!({"action": "read", "resource": {"type": "orgs", "id": other}}),
            permission_in("read", "tasks", &scene.first.org)
        ]))
        .await;
        assert!(foreign.contains("3 permissions in acme and 1 other"), "{foreign}");
        assert!(foreign.contains("Write users lets this token change the user bob."), "{foreign}");
        assert!(foreign.contains(">other<") && foreign.contains("Read all tasks in acme"), "{foreign}");
        for page in [&whole, &every, &foreign] {
            assert!(!page.contains("your own user") && !page.contains("its owner"));
        }
        let own = browser.open(&scene.page(&scene.id)).await.body;
        assert!(own.contains("4 permissions in acme") && own.contains(", its owner"), "{own}");
    })
    .await;
}
