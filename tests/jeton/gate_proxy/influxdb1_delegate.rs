//! InfluxDB 1.x with authentication behind a gate that delegates: the database checks the caller's permissions again,
//! as those of a user that the gate creates.

use std::{collections::BTreeMap, fs, net::SocketAddr};

use jeton::config::ConfigFile;
use jeton_service::Clock;
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use tokio::{task::yield_now, time::timeout};

use crate::{
    home::Home,
    support::server::{Answer, Server, answer, client, permission_on, text, with_token},
};

use super::{
    api::influxdb1,
    configured::Scene,
    gated::Token,
    influxdb1_program::{Influxd, SHARED_SECRET},
    played::{Played, WITHIN},
};

/// A gate that delegates, with the buckets `a` and `b`, which are the databases `a` and `b`.
pub(super) struct Delegating<'h> {
    pub(super) scene: Scene<'h>,
    pub(super) database: Influxd,
    pub(super) address: SocketAddr,
    buckets: BTreeMap<&'static str, String>,
    pub(super) http: reqwest::Client,
}

/// The users of gates, each with its privileges by database.
pub(super) type Users = BTreeMap<String, BTreeMap<String, String>>;

/// Writes the files of the secrets, and returns the section of the gate.
pub(super) fn section(home: &Home, upstream: SocketAddr, shared_secret: &str) -> String {
    let file = |name: &str, content: &str| {
        let path = home.path().join(name);
        fs::write(&path, content).unwrap();
        path.display().to_string()
    };
    let (credential, secret) = (file("plant.credential", "gate:right\n"), file("plant.secret", shared_secret));
    let files = format!("credential-file = \"{credential}\"\nshared-secret-file = \"{secret}\"\n");
    influxdb1(upstream, "*").replace("classify", "delegate") + &files
}

/// Starts a database with the administrator `gate` and a row in each of the databases `a` and `b`.
pub(super) async fn database() -> Option<Influxd> {
    let database = Influxd::start_guarded().await?;
    database.execute("CREATE USER gate WITH PASSWORD 'right' WITH ALL PRIVILEGES").await;
    for (name, host) in [("a", "own"), ("b", "foreign")] {
        database.execute(&format!("CREATE DATABASE {name}")).await;
        database.write(name, &format!("m,host={host} v=1")).await;
    }
    Some(database)
}

/// Returns the rows of the only result.
fn rows(answer: &str) -> Vec<Vec<Value>> {
    let answer: Value = serde_json::from_str(answer).unwrap();
    serde_json::from_value(answer["results"][0]["series"][0]["values"].clone()).unwrap_or_default()
}

impl<'h> Delegating<'h> {
    pub(super) async fn new(home: &'h Home, database: Influxd, shared_secret: &str) -> Self {
        let scene = Scene::new(home, &section(home, database.address(), shared_secret)).await;
        let (server, first) = (&scene.server, &scene.first);
        let second = server.bucket(&first.token, &first.org, "second").await;
        let buckets = BTreeMap::from([("a", first.bucket.clone()), ("b", second)]);
        for (name, bucket) in &buckets {
            let body = json!({"bucketID": bucket, "database": name});
            server.post("/api/v2/gates/plant/bindings", &first.token, body).await.expect(201);
        }
        let address = scene.address("plant").await;
        Self { scene, database, address, buckets, http: client() }
    }

    /// Returns permissions such as `write a`.
    pub(super) fn permissions(&self, named: &[&str]) -> Value {
        let one = |name: &&str| {
            let (action, bucket) = name.split_once(' ').unwrap();
            permission_on(action, "buckets", &self.buckets[bucket], &self.scene.first.org)
        };
        named.iter().map(one).collect()
    }

    /// Creates a token with permissions such as `write a`.
    async fn token(&self, permissions: &[&str]) -> Token {
        let first = &self.scene.first;
        let created =
            self.scene.server.token(&first.token, &first.org, self.permissions(permissions)).await.expect(201);
        Token { secret: text(&created["token"]), id: text(&created["id"]) }
    }

    pub(super) fn query_at(&self, address: SocketAddr, database: &str, statement: &str) -> RequestBuilder {
        self.http.get(format!("http://{address}/query")).query(&[("db", database), ("q", statement)])
    }

    async fn query(&self, database: &str, statement: &str, token: &str) -> Answer {
        answer(with_token(self.query_at(self.address, database, statement), token)).await
    }

    pub(super) async fn write(&self, database: &str, token: &str) -> Answer {
        let request = self.http.post(format!("http://{}/write?db={database}", self.address));
        answer(with_token(request, token).body("m,host=more v=2")).await
    }

    pub(super) async fn users(&self) -> Users {
        let mut users = Users::new();
        for user in rows(&self.database.execute("SHOW USERS").await) {
            let name = text(&user[0]);
            if name.starts_with("jeton-") {
                assert_eq!(user[1], false, "{name} is no administrator");
                let granted = rows(&self.database.execute(&format!("SHOW GRANTS FOR \"{name}\"")).await);
                users.insert(name, granted.iter().map(|row| (text(&row[0]), text(&row[1]))).collect());
            }
        }
        users
    }

    /// Returns the name of the only user.
    pub(super) async fn only_user(&self) -> String {
        let users: Vec<String> = self.users().await.into_keys().collect();
        let [name] = <[String; 1]>::try_from(users).expect("one user");
        name
    }

    async fn gate(&self) -> Value {
        gate(&self.scene).await
    }
}

async fn gate(scene: &Scene<'_>) -> Value {
    scene.server.get("/api/v2/gates", &scene.first.token).await.expect(200)["gates"][0].clone()
}

pub(super) fn privileges(named: &[(&str, &str)]) -> BTreeMap<String, String> {
    named.iter().map(|(database, privilege)| ((*database).to_owned(), (*privilege).to_owned())).collect()
}

#[track_caller]
pub(super) fn is_unavailable(answer: &Answer) {
    assert_eq!((answer.status, answer.header("retry-after").as_str()), (503, "1"), "{}", answer.body);
}

#[tokio::test]
async fn tokens_with_the_same_permissions_share_a_user_with_these_privileges_alone() {
    let Some(database) = database().await else { return };
    let home = Home::sqlite();
    let gated = Delegating::new(&home, database, SHARED_SECRET).await;
    let (writer, reader) = (gated.token(&["write a"]).await.secret, gated.token(&["read b"]).await.secret);
    assert_eq!(gated.write("a", &writer).await.status, 204);
    let refused = gated.query("a", "SELECT * FROM m", &writer).await;
    assert!(!refused.body.contains("\"own\"") && refused.body.contains("error"), "{}", refused.body);
    let read = gated.query("b", "SELECT * FROM m", &reader).await;
    assert!(read.status == 200 && read.body.contains("foreign"), "{}", read.body);
    assert_eq!(gated.write("b", &reader).await.status, 403);
    let same = gated.token(&["read b"]).await.secret;
    assert_eq!(gated.query("b", "SHOW MEASUREMENTS", &same).await.status, 200);
    let users: Vec<_> = gated.users().await.into_values().collect();
    assert_eq!(users.len(), 2);
    assert!(
        users.contains(&privileges(&[("a", "WRITE")])) && users.contains(&privileges(&[("b", "READ")])),
        "{users:?}"
    );
    let both = gated.token(&["read a", "write a", "read b"]).await.secret;
    assert_eq!(gated.query("a", "SELECT * FROM m", &both).await.status, 200);
    let users: Vec<_> = gated.users().await.into_values().collect();
    assert!(users.contains(&privileges(&[("a", "ALL PRIVILEGES"), ("b", "READ")])), "{users:?}");
}

/// Past the gate, with a password that the test sets, as if the decision of the gate had been wrong.
#[tokio::test]
async fn the_database_refuses_what_the_user_of_a_token_may_not() {
    let Some(database) = database().await else { return };
    let home = Home::sqlite();
    let gated = Delegating::new(&home, database, SHARED_SECRET).await;
    let writer = gated.token(&["write a"]).await.secret;
    assert_eq!(gated.write("a", &writer).await.status, 204);
    let name = gated.only_user().await;
    gated.database.execute(&format!("SET PASSWORD FOR \"{name}\" = 'known'")).await;
    let upstream = gated.database.address();
    for (database, statement) in [("a", "SELECT * FROM m"), ("b", "SELECT * FROM m"), ("", "SHOW USERS")] {
        let request = gated.query_at(upstream, database, statement).basic_auth(&name, Some("known"));
        let refused = answer(request).await;
        assert_eq!(refused.status, 403, "{statement} of {database}: {}", refused.body);
    }
    for (database, status) in [("a", 204), ("b", 403)] {
        let request = gated.http.post(format!("http://{upstream}/write?db={database}")).body("m v=3");
        assert_eq!(answer(request.basic_auth(&name, Some("known"))).await.status, status, "{database}");
    }
}

#[tokio::test]
async fn an_operator_reaches_everything_else_with_the_credential_of_the_gate() {
    let Some(database) = database().await else { return };
    let home = Home::sqlite();
    let gated = Delegating::new(&home, database, SHARED_SECRET).await;
    let shown = gated.query("", "SHOW USERS", &gated.scene.first.token).await;
    assert!(shown.status == 200 && shown.body.contains("\"gate\""), "{}", shown.body);
    let token = gated.token(&["read a", "write a"]).await.secret;
    let refused = gated.query("", "SHOW USERS", &token).await;
    assert!(!refused.body.contains("\"gate\""), "{}", refused.body);
}

#[tokio::test]
async fn users_of_an_earlier_start_are_deleted_and_no_others_and_none_is_left_behind() {
    let Some(database) = database().await else { return };
    let home = Home::sqlite();
    fs::write(home.path().join("instance.id"), "00000000000000aa").unwrap();
    let others = [
        "jeton-00000000000000aa-hall-0000000000000001",
        "jeton-00000000000000bb-plant-0000000000000001",
        "jeton-00000000000000aa-plant-somebody",
    ];
    for name in others.into_iter().chain(["jeton-00000000000000aa-plant-0000000000000001"]) {
        database.execute(&format!("CREATE USER \"{name}\" WITH PASSWORD 'x'")).await;
    }
    let gated = Delegating::new(&home, database, SHARED_SECRET).await;
    let token = gated.token(&["write a"]).await.secret;
    assert_eq!(gated.write("a", &token).await.status, 204);
    let mut left: Vec<String> = gated.users().await.into_keys().collect();
    left.retain(|name| !others.contains(&name.as_str()));
    assert!(left.len() == 1 && left[0].starts_with("jeton-00000000000000aa-plant-"), "{left:?}");
    assert_ne!(left[0], "jeton-00000000000000aa-plant-0000000000000001");
    assert_eq!(gated.users().await.len(), 4);
    let Delegating { scene, database, .. } = gated;
    scene.server.stop().await;
    let shown = database.execute("SHOW USERS").await;
    assert!(!shown.contains(&left[0]) && others.iter().all(|name| shown.contains(name)), "{shown}");
}

#[tokio::test]
async fn a_user_that_was_deleted_or_restricted_behind_the_gates_back_is_replaced() {
    let Some(database) = database().await else { return };
    let home = Home::sqlite();
    let gated = Delegating::new(&home, database, SHARED_SECRET).await;
    let token = gated.token(&["read a", "write a"]).await.secret;
    assert_eq!(gated.query("a", "SELECT * FROM m", &token).await.status, 200);
    let first = gated.only_user().await;
    gated.database.execute(&format!("DROP USER \"{first}\"")).await;
    let read = gated.query("a", "SELECT * FROM m", &token).await;
    assert!(read.status == 200 && read.body.contains("\"own\""), "{}", read.body);
    let second = gated.only_user().await;
    assert_ne!(second, first);

    gated.database.execute(&format!("DROP USER \"{second}\"")).await;
    is_unavailable(&gated.write("a", &token).await);
    assert_eq!(gated.write("a", &token).await.status, 204, "it was sent once, and is sent again by the client");

    let third = gated.only_user().await;
    gated.database.execute(&format!("REVOKE READ ON a FROM \"{third}\"")).await;
    assert_eq!(gated.query("a", "SELECT * FROM m", &token).await.status, 200);
    assert_eq!(gated.gate().await["health"], "healthy");
}

#[tokio::test]
async fn a_database_that_is_created_after_the_user_is_reached() {
    let Some(database) = database().await else { return };
    let home = Home::sqlite();
    database.execute("DROP DATABASE b").await;
    let gated = Delegating::new(&home, database, SHARED_SECRET).await;
    let token = gated.token(&["read a", "write b"]).await.secret;
    assert_eq!(gated.query("a", "SELECT * FROM m", &token).await.status, 200);
    let users: Vec<_> = gated.users().await.into_values().collect();
    assert_eq!(users, [privileges(&[("a", "READ")])]);
    assert_eq!(gated.write("b", &token).await.status, 404, "it does not exist");
    gated.database.execute("CREATE DATABASE b").await;
    is_unavailable(&gated.write("b", &token).await);
    assert_eq!(gated.write("b", &token).await.status, 204);
}

#[tokio::test]
async fn a_revoked_token_reaches_nothing() {
    let Some(database) = database().await else { return };
    let home = Home::sqlite();
    let gated = Delegating::new(&home, database, SHARED_SECRET).await;
    let token = gated.token(&["read a"]).await;
    assert_eq!(gated.query("a", "SELECT * FROM m", &token.secret).await.status, 200);
    let path = format!("/api/v2/authorizations/{}", token.id);
    gated.scene.server.delete(&path, &gated.scene.first.token).await.expect(204);
    let refused = gated.query("a", "SELECT * FROM m", &token.secret).await;
    assert_eq!(refused.status, 401, "{}", refused.body);
}

#[tokio::test]
async fn a_wrong_shared_secret_is_a_failure_of_the_gate() {
    let Some(database) = database().await else { return };
    let home = Home::sqlite();
    let gated = Delegating::new(&home, database, "another secret").await;
    let token = gated.token(&["read a"]).await.secret;
    is_unavailable(&gated.query("a", "SELECT * FROM m", &token).await);
    assert_eq!(gated.gate().await["health"], "unauthorized");
}

/// Without authentication, it would answer every token.
#[tokio::test]
async fn a_database_that_checks_no_user_keeps_its_gate_closed() {
    let Some(database) = Influxd::start().await else { return };
    for statement in ["CREATE DATABASE a", "CREATE DATABASE b"] {
        database.execute(statement).await;
    }
    let home = Home::sqlite();
    let gated = Delegating::new(&home, database, SHARED_SECRET).await;
    let token = gated.token(&["read a"]).await.secret;
    is_unavailable(&gated.query("a", "SELECT * FROM m", &token).await);
    assert_eq!(gated.gate().await["health"], "unguarded");
}

#[tokio::test]
async fn a_database_whose_clock_differs_is_unhealthy() {
    let home = Home::sqlite();
    let mut database = Played::start().await;
    let scene = Scene::new(&home, &section(&home, database.address, SHARED_SECRET)).await;
    let probe = database.next().await;
    assert!(probe.head.starts_with("get /query?q=show+databases "), "{}", probe.head);
    probe.answer("401 Unauthorized", "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n", "{}").await;
    let skewed = async {
        while gate(&scene).await["health"] != "skewed" {
            yield_now().await;
        }
    };
    timeout(WITHIN, skewed).await.expect("the clocks are compared");
    let findings = gate(&scene).await["findings"].to_string();
    assert!(findings.contains("The clocks of Jeton and of the database differ"), "{findings}");
}

/// A reverse proxy would send the credential of the gate instead of that of a user.
#[tokio::test]
async fn a_gate_that_delegates_has_no_forward_auth() {
    let home = Home::sqlite();
    let (key, file) = (home.path().join("plant.key"), home.path().join("jeton.toml"));
    fs::write(&key, "k".repeat(32)).unwrap();
    let more = format!("forward-auth-key-file = \"{}\"\n", key.display());
    fs::write(&file, section(&home, "127.0.0.1:9".parse().unwrap(), SHARED_SECRET) + &more).unwrap();
    let mut config = home.config(&[]);
    config.file = Some(ConfigFile::read(&file).unwrap());
    let refused = Server::start_as(&home, config, Clock::System).await.err().expect("a refusal");
    let said = "gate plant: forward-auth-key-file with auth = \"delegate\" is not supported yet";
    assert_eq!(refused.to_string(), said);
}
