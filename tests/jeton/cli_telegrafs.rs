//! `jeton telegrafs`, with the commands of `influx telegrafs`.

use std::fs;

use serde_json::{Value, json};

use crate::{
    home::Home,
    support::{
        command::{Shell, signed_in, words},
        server::{First, Server, members, text},
    },
};

const TOML: &str = "[[outputs.influxdb_v2]]\n  bucket = \"iot\"\n";

struct Scene {
    server: Server,
    first: First,
    shell: Shell,
}

impl Scene {
    async fn new(home: &Home) -> Self {
        let (server, first, shell) = signed_in(home).await;
        fs::write(shell.home().join("roof.conf"), TOML).expect("a file");
        Self { server, first, shell }
    }

    fn file(&self) -> String {
        self.shell.home().join("roof.conf").display().to_string()
    }

    async fn created(&self, name: &str) -> String {
        let line = format!("telegrafs create --name {name} --description sensors --file {}", self.file());
        text(&self.shell.json(&line).await["id"])
    }
}

#[tokio::test]
async fn configurations_are_created_listed_changed_and_deleted() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    let (first, shell) = (&scene.first, &scene.shell);
    let said = shell.ok(&format!("telegrafs create -n roof -d sensors -f {}", scene.file())).await;
    let row = said.lines().nth(1).expect("a row");
    let id = row.split('\t').next().expect("an id").to_owned();
    assert_eq!(said, format!("ID\t\t\tOrgID\t\t\tName\tDescription\n{id}\t{}\troof\tsensors\n", first.org));
    for line in ["telegrafs", "telegrafs list", "telegrafs -o acme", "telegrafs -i roof"] {
        assert_eq!(shell.ok(line).await, said, "{line}");
    }
    let one = shell.json(&format!("telegrafs --id {id}")).await;
    assert_eq!((&one["config"], &one["metadata"]), (&json!(TOML), &json!({"buckets": ["iot"]})));
    assert_eq!(shell.json("telegrafs").await, json!({"configurations": [one]}), "as influx prints it");

    let changed = shell.json("telegrafs update --id roof --name attic").await;
    assert_eq!((&changed["id"], &changed["name"]), (&json!(id), &json!("attic")));
    assert_eq!((&changed["description"], &changed["config"]), (&json!("sensors"), &json!(TOML)), "the rest stays");
    let piped = shell.run_with(&words(&format!("telegrafs update -i {id} -d x --json")), "[agent]\n").await;
    let changed: Value = serde_json::from_str(&piped.stdout).expect("JSON");
    assert_eq!((&changed["name"], &changed["config"]), (&json!("attic"), &json!("[agent]\n")));
    assert_eq!(shell.ok(&format!("telegrafs rm --id {id}")).await, "");
    assert_eq!(shell.json("telegrafs").await, json!({"configurations": []}));
}

#[tokio::test]
async fn several_are_deleted_at_once_and_none_if_one_is_unknown() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    let (one, two) = (scene.created("one").await, scene.created("two").await);
    scene.created("three").await;
    let shell = &scene.shell;
    let (said, _) = shell.fails(&format!("telegrafs rm --id {one} --id nosuch")).await;
    assert_eq!(said, "could not find telegraf configuration \"nosuch\"");
    assert_eq!(shell.json("telegrafs").await["configurations"].as_array().map(Vec::len), Some(3));
    shell.ok(&format!("telegrafs rm --id {one},{two}")).await;
    assert_eq!(members(&shell.json("telegrafs").await["configurations"], "name"), ["three"]);
    let (said, _) = shell.fails(&format!("telegrafs rm --id {one}")).await;
    let reason = "404 Not Found: telegraf configuration not found";
    assert_eq!(said, format!("failed to delete telegraf config with ID {one:?}: {reason}"));
}

#[tokio::test]
async fn what_is_missing_or_no_toml_is_said_and_changes_nothing() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    let shell = &scene.shell;
    let (said, _) = shell.fails("telegrafs create --name roof").await;
    assert_eq!(said, "no configuration was given; name its file with --file, or write it to standard input");
    let (said, _) = shell.fails("telegrafs create --name roof --file /nosuch/file").await;
    assert!(said.starts_with("/nosuch/file can't be read: "), "{said}");
    let broken = shell.run_with(&words("telegrafs create --name roof"), "[agent]\ninterval = 10s\n").await;
    assert_eq!(broken.code, Some(1));
    assert!(broken.stderr.contains("400 Bad Request: the configuration is not valid TOML. Line 2: "), "{broken:?}");
    assert_eq!(shell.json("telegrafs").await, json!({"configurations": []}));
    let id = scene.created("roof").await;
    let (said, _) = shell.fails(&format!("telegrafs update --id {id}")).await;
    assert_eq!(said, "nothing to change; give --name, --description or --file");
    assert_eq!(shell.fails("telegrafs update --name x").await.0, "Required flag \"id\" not set");
    let without = Shell::new(&scene.server).with("INFLUX_TOKEN", &scene.first.token);
    assert_eq!(without.fails("telegrafs").await.0, "at least one of org, org-id, or id must be provided");
}
