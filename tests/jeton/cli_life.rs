//! `jeton auth create`, `rotate` and `check`: a token's expiry, networks and status, as the server reports them.

use jeton_model::Timestamp;

use crate::{
    home::Home,
    support::{
        command::{Shell, signed_in, words},
        server::{First, Server, permission_in, text},
    },
};

use serde_json::{Value, json};

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;

struct Scene {
    server: Server,
    first: First,
    shell: Shell,
}

impl Scene {
    async fn new(home: &Home) -> Self {
        let (server, first, shell) = signed_in(home).await;
        Self { server, first, shell }
    }

    /// Returns the server's record of an authorization that a command printed.
    async fn record(&self, printed: &Value) -> Value {
        let path = format!("/api/v2/authorizations/{}", text(&printed["id"]));
        self.server.get(&path, &self.first.token).await.expect(200)
    }

    /// Returns the number of authorizations.
    async fn count(&self) -> usize {
        let listed = self.server.get("/api/v2/authorizations", &self.first.token).await.expect(200);
        listed["authorizations"].as_array().map_or(0, Vec::len)
    }

    async fn status(&self, token: &str) -> u16 {
        self.server.get("/api/v2/buckets", token).await.status
    }

    /// Creates a token that reads buckets; returns it and its id.
    async fn reader(&self, flags: &str) -> (String, String) {
        let made = self.shell.json(&format!("auth create --read-buckets {flags}")).await;
        (text(&made["token"]), text(&made["id"]))
    }

    /// Checks a token from standard input; returns the exit code and the output.
    async fn check(&self, token: &str, flags: &str) -> (Option<i32>, String) {
        let said = self.shell.run_with(&words(&format!("auth check --token - {flags}")), token).await;
        (said.code, said.stdout + &said.stderr)
    }
}

/// Returns the difference of two times in microseconds.
fn between(from: &Value, to: &Value) -> i64 {
    let micros = |time: &Value| text(time).parse::<Timestamp>().expect("a time").micros();
    micros(to) - micros(from)
}

#[tokio::test]
async fn a_token_is_made_with_its_end_and_networks() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    let line =
        "auth create --read-tasks --expires 2999-01-31 --network 10.0.0.0/8,::1 --network 192.0.2.7 -d \"Hall 2\"";
    let made = scene.record(&scene.shell.json(line).await).await;
    assert_eq!(made["expiresAt"], "2999-02-01T00:00:00Z");
    assert_eq!(made["allowedNetworks"], json!(["10.0.0.0/8", "::1/128", "192.0.2.7/32"]));
    assert_eq!(made["description"], "Hall 2");
    let made = scene.record(&scene.shell.json("auth create --read-tasks --expires 90d").await).await;
    let life = between(&made["createdAt"], &made["expiresAt"]);
    assert!((90 * DAY - 60 * SECOND..=90 * DAY).contains(&life), "{life}: from when the command was given");
    assert_eq!(made.get("allowedNetworks"), None);
    let before = scene.count().await;
    for bad in ["--expires yesterday", "--expires 2001-01-01", "--expires 0", "--network everywhere"] {
        let (said, _) = scene.shell.fails(&format!("auth create --read-tasks {bad}")).await;
        assert!(said.contains(bad.split(' ').next_back().expect("a value")), "{bad}: {said}");
    }
    assert_eq!(scene.count().await, before, "nothing was made");
}

#[tokio::test]
async fn a_token_works_from_its_networks_alone() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    let (here, _) = scene.reader("--network 127.0.0.0/8").await;
    let (elsewhere, _) = scene.reader("--network 192.0.2.0/24").await;
    let works = async |token: &str| Shell::new(&scene.server).with("JETON_TOKEN", token).run("auth list").await.code;
    assert_eq!((works(&here).await, works(&elsewhere).await), (Some(0), Some(1)));
    let yes = scene.check(&elsewhere, "--from 192.0.2.7").await;
    assert_eq!(
        yes,
        (
            Some(0),
            "yes: a live token of alice\nits permissions: read:orgs/ORG/buckets\n".replace("ORG", &scene.first.org)
        )
    );
    assert_eq!(scene.check(&elsewhere, "--address any").await, yes);
    assert_eq!(scene.check(&elsewhere, "--address 192.0.2.7").await, yes);
    let no = "no: wrong network: this token is not accepted from 198.51.100.7\n".to_owned();
    assert_eq!(scene.check(&elsewhere, "--address 198.51.100.7").await, (Some(1), no));
    let (code, said) = scene.check(&elsewhere, "").await;
    assert_eq!(code, Some(1));
    assert!(
        said.starts_with("no: wrong network: ")
            && said.ends_with("--address to the address of the client, or to any\n"),
        "{said}"
    );
}

#[tokio::test]
async fn never_is_told_where_the_rules_know_better() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    let quiet = scene.shell.run("auth create --read-tasks --expires never --json").await;
    assert_eq!((quiet.code, quiet.stderr.as_str()), (Some(0), ""));
    let path = format!("/api/v2/orgs/{}/rules", scene.first.org);
    let request = scene.server.request("PUT", &path).json(&json!({"defaultLifeSeconds": 90 * 86_400}));
    crate::support::server::answer(crate::support::server::with_token(request, &scene.first.token)).await.expect(200);
    let told = scene.shell.run("auth create --read-tasks --expires never --json").await;
    let made: Value = serde_json::from_str(&told.stdout).expect("JSON");
    let end = text(&scene.record(&made).await["expiresAt"]);
    assert_eq!(told.stderr, format!("warning: by the rules of the organization this token stops working at {end}\n"));
}

#[tokio::test]
async fn both_tokens_work_for_the_overlap_of_a_rotation() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    let (token, id) = scene.reader("--expires 30d --network 127.0.0.1 -d Collector").await;
    let before = scene.record(&json!({"id": id})).await;
    let new = scene.shell.json(&format!("auth rotate {id} --overlap 24h")).await;
    assert_eq!(new["replaces"], id.as_str());
    let (old, made) = (scene.record(&json!({"id": id})).await, scene.record(&new).await);
    assert_eq!(between(&made["createdAt"], &old["expiresAt"]), DAY);
    let life = |one: &Value| between(&one["createdAt"], &one["expiresAt"]);
    assert!((life(&made) - life(&before)).abs() < SECOND, "as long a life as the old one had");
    for same in ["description", "allowedNetworks", "permissions", "userID"] {
        assert_eq!(made[same], before[same], "{same}");
    }
    assert_eq!((scene.status(&token).await, scene.status(&text(&new["token"])).await), (200, 200));
    let once = scene.shell.ok(&format!("auth rotate {} --overlap 0 --output env", text(&new["id"]))).await;
    let last = once.lines().find_map(|line| line.strip_prefix("INFLUX_TOKEN=")).expect("a token");
    assert_eq!((scene.status(&text(&new["token"])).await, scene.status(last).await), (401, 200));
}

#[tokio::test]
async fn the_successor_gets_the_life_that_is_said() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    let rotated = async |flags: &str| {
        let (_, id) = scene.reader("--expires 30d").await;
        let new = scene.shell.json(&format!("auth rotate {id} {flags}")).await;
        (scene.record(&json!({"id": id})).await, scene.record(&new).await)
    };
    let (old, new) = rotated("--overlap 1h30m --expires never").await;
    assert_eq!((between(&new["createdAt"], &old["expiresAt"]), new.get("expiresAt")), (5400 * SECOND, None));
    let (_, new) = rotated("--expires 2999-01-31").await;
    assert_eq!(new["expiresAt"], "2999-02-01T00:00:00Z");
    let (_, id) = scene.reader("").await;
    let before = scene.count().await;
    for bad in ["--overlap soon", "--overlap -1h", "--expires 2001-01-01"] {
        assert_eq!(scene.shell.run(&format!("auth rotate {id} {bad}")).await.code, Some(1), "{bad}");
    }
    assert_eq!(scene.shell.fails("auth rotate").await.0, "Required flag \"ID\" not set");
    assert_eq!(scene.count().await, before, "nothing was made");
}

#[tokio::test]
async fn a_check_asks_with_ones_own_token_and_exits_with_the_answer() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    let Scene { first, shell, .. } = &scene;
    let made = shell.json("auth create --write-bucket iot --read-tasks").await;
    let (token, id) = (text(&made["token"]), text(&made["id"]));
    let bucket = format!("write:orgs/{}/buckets/{}", first.org, first.bucket);
    let (code, said) = scene.check(&token, "--can write:buckets/iot").await;
    let yes = format!("yes: a live token of alice that may do this, permitted by {bucket}\n");
    assert_eq!((code, said), (Some(0), yes));
    assert_eq!(scene.check(&token, "--can write:buckets/iot --org acme").await.0, Some(0));
    let (code, said) = scene.check(&token, "--can write:buckets").await;
    assert_eq!(code, Some(1));
    assert_eq!(
        said,
        format!("no: a live token of alice that may not do this; it lacks write:orgs/{}/buckets\n", first.org)
    );
    let (code, said) = scene.check(&token, "--can read:buckets/nowhere").await;
    assert_eq!(code, Some(1), "{said}");
    assert!(said.ends_with("; the resource does not exist, or you may not read it\n"), "{said}");
    assert_eq!(scene.check(&token, "--can everything").await.0, Some(1));
    // A caller who may not read authorizations learns nothing. Without another credential, the token introspects
    // itself.
    let blind = text(
        &scene
            .server
            .token(&first.token, &first.org, json!([permission_in("read", "tasks", &first.org)]))
            .await
            .expect(201)["token"],
    );
    let asking = Shell::new(&scene.server).with("JETON_TOKEN", &blind);
    assert_eq!(asking.run_with(&words("auth check --token -"), &token).await.code, Some(1));
    let nobody = Shell::new(&scene.server);
    assert_eq!(nobody.run_with(&words("auth check --token - --can write:users"), &first.token).await.code, Some(0));
    assert_eq!(nobody.run_with(&words("auth check --token - --can read:tasks"), &blind).await.code, Some(0));
    assert_eq!(nobody.run_with(&words("auth check --token - --can write:tasks"), &blind).await.code, Some(1));
    shell.ok(&format!("auth inactive --id {id}")).await;
    let (code, said) = scene.check(&token, "--json").await;
    let told = json!({"active": false, "reason": "deactivated", "jti": id});
    assert_eq!((code, serde_json::from_str::<Value>(&said).expect("JSON")), (Some(1), told));
}

#[tokio::test]
async fn a_check_says_why_a_token_does_not_work_to_whoever_may_read_it() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    let (token, id) = scene.reader("").await;
    scene.shell.ok(&format!("auth inactive --id {id}")).await;
    assert_eq!(scene.check(&token, "").await, (Some(1), "no: this token is deactivated\n".to_owned()));
    scene.shell.ok(&format!("auth active --id {id}")).await;
    crate::revocation::expire(&home, &token, 1_700_000_000_000_000).await;
    let expired = "no: this token expired on 2023-11-14T22:13:20Z\n".to_owned();
    assert_eq!(scene.check(&token, "").await, (Some(1), expired));
    let readers = [permission_in("read", "authorizations", &scene.first.org)];
    let reader = scene.server.token(&scene.first.token, &scene.first.org, json!(readers)).await.expect(201);
    let asking = Shell::new(&scene.server).with("JETON_TOKEN", &text(&reader["token"]));
    let said = asking.run_with(&words("auth check --token -"), &token).await;
    assert!(said.stdout.starts_with("no: this token does not work, or you may not read it"), "{said:?}");
}
