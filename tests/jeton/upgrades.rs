//! Upgrades: a database of every earlier schema step opens and keeps its data, and no landed step changes.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use serde_json::json;
use sqlx::{
    AnyPool, Row as _,
    migrate::{Migration, Migrator},
};

use crate::{
    audit_chain::verify,
    audit_log::reader_of_buckets,
    home::{Home, on_each_empty_database},
    support::server::{First, NAME, PASSWORD, Server, permission_in},
};

/// The landed steps of the schema, each with the first digits of its checksum: a database remembers the checksums of
/// its steps, and does not open if one differs.
const LANDED: [(i64, &str); 15] = [
    (1, "1bb45ca8a41de687"),
    (2, "ad83104f320302c4"),
    (3, "2e5f8d3a161abcca"),
    (4, "947a70de14500b70"),
    (5, "aec73e9491e23d60"),
    (6, "7dc36809ed8a03f1"),
    (7, "c51be472f45a096f"),
    (8, "bb35468e474aaa2d"),
    (9, "44193d0a7b2fba3b"),
    (11, "d5bffc37a8cd9dcb"),
    (12, "dde107bf18779d26"),
    (14, "19fe08dc08dd4d4b"),
    (16, "ac3435c86ea71e82"),
    (17, "1e02663a3fea9b70"),
    (18, "bad9a1a2f617c33f"),
];

/// Tables of the first step whose rows never change.
const KEPT: [&str; 8] =
    ["users", "organizations", "memberships", "buckets", "telegrafs", "dbrps", "authorizations", "grants"];

/// Data as servers at these steps wrote them, with the keys of their audit logs.
const WRITTEN: [(i64, &str, &str); 4] = [
    (8, include_str!("upgrades/step-8.key"), include_str!("upgrades/step-8.sql")),
    (9, include_str!("upgrades/step-9.key"), include_str!("upgrades/step-9.sql")),
    (11, include_str!("upgrades/step-11.key"), include_str!("upgrades/step-11.sql")),
    (18, include_str!("upgrades/step-18.key"), include_str!("upgrades/step-18.sql")),
];

/// Creates the collation that the tables name in PostgreSQL, as the server does.
const COLLATION: &str = "CREATE COLLATION public.\"binary\" (provider = libc, locale = 'C')";

#[tokio::test]
async fn no_landed_step_of_the_schema_is_changed_or_removed() {
    let found: Vec<(i64, String)> = steps().await.iter().map(|step| (step.version, first_digits(step))).collect();
    let landed = LANDED.map(|(step, digits)| (step, digits.to_owned()));
    assert_eq!(found, landed, "a landed step is never edited; a new one gets its line here");
}

#[test]
fn the_changelog_names_the_newest_step_and_says_to_take_a_backup_first() {
    let (step, _) = LANDED[LANDED.len() - 1];
    let changelog = include_str!("../../CHANGELOG.md").replace('\n', " ");
    let (_, upgrading) = changelog.split_once("**Upgrading**: take a backup first. ").expect("how to upgrade");
    let (paragraph, _) = upgrading.split_once("###").expect("the changes");
    assert!(paragraph.contains(&format!("to schema step {step};")), "{paragraph}");
}

#[tokio::test]
async fn a_database_of_every_earlier_schema_step_opens_with_its_data_and_an_intact_audit_log() {
    on_each_empty_database(async |home| {
        let server = Server::start(&home).await;
        let first = server.set_up().await;
        fill(&server, &first).await;
        server.stop().await;
        let steps = steps().await;
        // The newest first: each step back loses the columns that it lacks.
        for count in (1..steps.len()).rev() {
            let step = steps[count - 1].version;
            let before = facts(&home).await;
            go_back(&home, &steps[..count]).await;
            let server = Server::start(&home).await;
            assert_eq!(facts(&home).await, before, "from step {step}");
            server.bucket(&first.token, &first.org, &format!("after-step-{step}")).await;
            let (is_intact, said) = verify(&home, &[]);
            assert!(is_intact, "from step {step}: {said}");
            server.stop().await;
        }
        // Entries about sessions name them from step 5 on, so they come last.
        let server = Server::start(&home).await;
        server.sign_in(NAME, PASSWORD).await.expect(204);
        server.stop().await;
    })
    .await;
}

#[tokio::test]
async fn data_that_earlier_versions_wrote_open_whole_and_with_an_intact_audit_log() {
    for (step, key, data) in WRITTEN {
        on_each_empty_database(async |home| {
            fs::write(home.path().join("audit.key"), key).expect("a key");
            begin_at(&home, step).await;
            home.sql(data).await;
            let before = counts(&home).await;
            let server = Server::start(&home).await;
            assert_eq!(counts(&home).await, before, "from step {step}");
            let untyped = home.rows("SELECT id FROM authorizations WHERE breadth IS NULL").await;
            assert!(untyped.is_empty(), "from step {step}");
            let (is_intact, said) = verify(&home, &[]);
            assert!(is_intact, "from step {step}: {said}");
            server.stop().await;
        })
        .await;
    }
}

#[tokio::test]
async fn a_command_that_only_reads_refuses_an_earlier_or_later_schema_and_says_what_to_do() {
    on_each_empty_database(async |home| {
        Server::start(&home).await.stop().await;
        let columns = "version, description, installed_on, success, checksum, execution_time";
        let later = "9999, description, installed_on, success, checksum, execution_time";
        home.sql(&format!(
            "INSERT INTO _sqlx_migrations ({columns}) SELECT {later} FROM _sqlx_migrations WHERE version = 1"
        ))
        .await;
        let said = "jeton: the database was written by a newer version of Jeton (its schema has step 9999, which this \
                    program does not know); start that version instead";
        assert_eq!(verify(&home, &[]), (false, said.into()));
        let steps = steps().await;
        go_back(&home, &steps[..steps.len() - 1]).await;
        let said = "jeton: the database was written by another version of Jeton; use that version";
        assert_eq!(verify(&home, &[]), (false, said.into()));
    })
    .await;
}

/// Creates tokens, a 1.x credential and a configuration.
async fn fill(server: &Server, first: &First) {
    reader_of_buckets(server, first).await;
    let (token, org) = (&first.token, &first.org);
    let body = json!({"orgID": org, "token": "grafana", "permissions": [permission_in("read", "buckets", org)]});
    server.post("/private/legacy/authorizations", token, body).await.expect(201);
    let body = json!({"orgID": org, "name": "roof", "config": "[[outputs.influxdb_v2]]\n  bucket = \"iot\"\n"});
    server.post("/api/v2/telegrafs", token, body).await.expect(201);
}

/// Returns the number of rows of each table in [`KEPT`].
async fn counts(home: &Home) -> Vec<String> {
    let mut counts = Vec::new();
    for table in KEPT {
        let rows = home.rows(&format!("SELECT COUNT(*) AS count FROM {table}")).await;
        counts.push(format!("{table}: {}", rows[0].get::<i64, _>("count")));
    }
    counts
}

/// Returns the facts that every database has after its migration, whatever its step.
async fn facts(home: &Home) -> Vec<String> {
    let mut facts = counts(home).await;
    for token in home.rows("SELECT id, token_hash, breadth, created_with_id FROM authorizations ORDER BY id").await {
        let (id, creator): (i64, Option<i64>) = (token.get("id"), token.get("created_with_id"));
        let (hash, breadth): (Option<String>, Option<String>) = (token.get("token_hash"), token.get("breadth"));
        facts.push(format!("token {id}: {hash:?}, {breadth:?}, created with {creator:?}"));
    }
    for row in home.rows("SELECT id, output_bucket FROM telegrafs ORDER BY id").await {
        facts.push(format!("configuration {}: {:?}", row.get::<i64, _>("id"), row.get::<Option<String>, _>(1)));
    }
    facts
}

/// Returns the steps of the schema, in order.
async fn steps() -> Vec<Migration> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    Migrator::new(folder).await.expect("migrations").iter().cloned().collect()
}

fn first_digits(step: &Migration) -> String {
    step.checksum.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Creates a database at a step of the schema.
async fn begin_at(home: &Home, step: i64) {
    if home.is_sqlite() {
        fs::write(home.path().join("jeton.db"), "").expect("an empty database");
    } else {
        home.sql(COLLATION).await;
    }
    let steps: Vec<Migration> = steps().await.into_iter().filter(|known| known.version <= step).collect();
    migrate(home, &steps).await;
}

async fn migrate(home: &Home, steps: &[Migration]) {
    sqlx::any::install_default_drivers();
    let pool = AnyPool::connect(&home.url()).await.expect("a database");
    Migrator::with_migrations(steps.to_vec()).run(&pool).await.expect("an earlier schema");
    pool.close().await;
}

/// Replaces the database by one with only these steps, and with those of its rows that have a place there.
async fn go_back(home: &Home, steps: &[Migration]) {
    let present = columns(home).await;
    set_aside(home).await;
    migrate(home, steps).await;
    let mut copied: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (table, column) in columns(home).await.intersection(&present) {
        copied.entry(table.clone()).or_default().push(column.clone());
    }
    let copies: Vec<String> = copied.iter().map(|(table, columns)| copy(table, &columns.join(", "))).collect();
    fetch(home, &copies.concat()).await;
}

fn copy(table: &str, columns: &str) -> String {
    format!("DELETE FROM {table}; INSERT INTO {table} ({columns}) SELECT {columns} FROM aside.{table}; ")
}

/// Returns the names of the tables with those of their columns.
async fn columns(home: &Home) -> BTreeSet<(String, String)> {
    let rows = home.rows(if home.is_sqlite() {
        "SELECT CAST(t.name AS TEXT) AS t, CAST(c.name AS TEXT) AS c FROM sqlite_master AS t \
         JOIN pragma_table_info(t.name) AS c WHERE t.type = 'table' AND t.name <> '_sqlx_migrations'"
    } else {
        "SELECT CAST(table_name AS TEXT) AS t, CAST(column_name AS TEXT) AS c FROM information_schema.columns \
         WHERE table_schema = 'public' AND table_name <> '_sqlx_migrations'"
    });
    rows.await.iter().map(|row| (row.get("t"), row.get("c"))).collect()
}

/// Moves the data aside for [`fetch`], and leaves an empty database.
async fn set_aside(home: &Home) {
    if !home.is_sqlite() {
        home.sql(&format!("ALTER SCHEMA public RENAME TO aside; CREATE SCHEMA public; {COLLATION}")).await;
        return;
    }
    home.sql(&format!("VACUUM INTO '{}'", home.path().join("aside.db").display())).await;
    for beside in ["jeton.db-wal", "jeton.db-shm"] {
        fs::remove_file(home.path().join(beside)).unwrap_or_default();
    }
    fs::write(home.path().join("jeton.db"), "").expect("an empty database");
}

/// Copies the data that were set aside with statements that read them from `aside`, and removes them there.
async fn fetch(home: &Home, copies: &str) {
    if home.is_sqlite() {
        let aside = home.path().join("aside.db");
        home.sql(&format!("ATTACH '{}' AS aside; {copies}", aside.display())).await;
        fs::remove_file(aside).expect("the data that were set aside");
    } else {
        home.sql(&format!("{copies} DROP SCHEMA aside CASCADE")).await;
    }
}
