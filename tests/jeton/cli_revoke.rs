//! `jeton auth revoke`: a token is revoked by its value, which is in no argument and in no address.

use serde_json::{Value, json};

use crate::{
    home::Home,
    support::{
        command::{Said, Shell, words},
        server::{First, Server, permission_in, text},
        shared::{at_rest, with_members},
    },
};

struct Scene {
    server: Server,
    first: First,
    shell: Shell,
}

impl Scene {
    async fn new(home: &Home) -> Self {
        let (server, first) = at_rest(home).await;
        let shell = Shell::new(&server).with("INFLUX_TOKEN", &first.token);
        Self { server, first, shell }
    }

    /// Creates a token that reads buckets; returns its id and itself.
    async fn made(&self, more: Value) -> (String, String) {
        let held = [permission_in("read", "buckets", &self.first.org)];
        let body = with_members(json!({"orgID": self.first.org, "description": "Old", "permissions": held}), &more);
        let made = self.server.post("/api/v2/authorizations", &self.first.token, body).await.expect(201);
        (text(&made["id"]), text(&made["token"]))
    }

    /// Returns the buckets that a token sees: a deactivated one identifies its user, and sees none.
    async fn buckets(&self, token: &str) -> Value {
        self.server.get("/api/v2/buckets", token).await.expect(200)["buckets"].clone()
    }

    /// Returns the status of the answer about a record.
    async fn record(&self, id: &str) -> u16 {
        self.server.get(&format!("/api/v2/authorizations/{id}"), &self.first.token).await.status
    }
}

async fn revoke(shell: &Shell, flags: &str, token: &str) -> Said {
    shell.run_with(&words(&format!("auth revoke --token - {flags}")), token).await
}

#[tokio::test]
async fn whoever_may_delete_a_token_deletes_it_by_its_value_whether_it_works_or_not() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    let end = scene.server.clock.now().plus_seconds(60).to_string();
    for more in [
        json!({}),
        json!({"status": "inactive"}),
        json!({"allowedNetworks": ["192.0.2.0/24"]}),
        json!({"expiresAt": end}),
    ] {
        let (id, token) = scene.made(more.clone()).await;
        if more.get("expiresAt").is_some() {
            scene.server.clock.advance(60);
        }
        let said = revoke(&scene.shell, "", &token).await;
        assert_eq!(said.code, Some(0), "{said:?}");
        assert!(said.stdout.contains(&id) && said.stdout.contains("Old") && said.stdout.contains("true"), "{said:?}");
        assert!(!format!("{said:?}").contains(&token));
        assert_eq!(scene.record(&id).await, 404, "{more}");
    }
    let said = revoke(&scene.shell, "", "nope").await;
    assert!(said.code == Some(1) && said.stderr.starts_with("Error: no token has this value"), "{said:?}");
}

#[tokio::test]
async fn a_token_on_the_command_line_is_refused_and_not_sent() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    let (id, token) = scene.made(json!({})).await;
    let said = scene.shell.run(&format!("auth revoke --token {token}")).await;
    assert!(said.code == Some(1) && said.stderr.contains("--token accepts only -"), "{said:?}");
    assert!(!format!("{said:?}").contains(&token), "{said:?}");
    assert_eq!(scene.record(&id).await, 200);
}

#[tokio::test]
async fn without_permission_a_token_is_revoked_only_as_leaked() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    let (id, token) = scene.made(json!({})).await;
    // Without another credential, the token is revoked with itself.
    let nobody = Shell::new(&scene.server);
    let said = revoke(&nobody, "", &token).await;
    assert!(said.code == Some(1) && said.stderr.contains("Hint: with --leaked"), "{said:?}");
    assert_ne!(scene.buckets(&token).await, json!([]), "nothing was changed");
    let said = revoke(&nobody, "--leaked", &token).await;
    assert_eq!((said.code, said.stdout.as_str()), (Some(0), "Deactivated the token for good\n"), "{said:?}");
    assert_eq!(scene.buckets(&token).await, json!([]));
    assert_eq!(scene.record(&id).await, 200, "its record stays");
    let said = revoke(&scene.shell, "--leaked --json", &token).await;
    let told: Value = serde_json::from_str(&said.stdout).expect("JSON");
    assert_eq!(told, json!({"result": "alreadyDead", "id": id}));
    assert_eq!(revoke(&scene.shell, "--leaked", "nope").await.code, Some(1));
}
