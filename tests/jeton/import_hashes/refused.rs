//! Records and files that cannot be imported.

use serde_json::{Value, json};

use crate::{
    home::{Home, on_each_database},
    import::counts,
    offline::jeton,
    support::{influxd::STORE, server::Server},
};

use super::{WRITER_ID, offline, replaced, stored};

#[tokio::test]
async fn what_cannot_be_taken_over_is_named_with_its_reason() {
    on_each_database(async |home| {
        let store = replaced(STORE.to_vec(), b"$2a$10$r2A", b"$2a$31$r2A");
        let store = replaced(store, b"$influxdb2-sha256$wOAR", b"$influxdb2-sha999$wOAR");
        let said = offline(&home, &store, "").await;
        assert_eq!(
            (said.code, said.err.as_str()),
            (Some(1), "Error: 1 record was not copied; see the reason in the report\n")
        );
        let parts = ["Telegraf, hall 2", "its hash has an unknown form", "its bcrypt cost is 31", ": bob, eve\n"];
        assert!(parts.iter().all(|part| said.out.contains(part)), "{}", said.out);
        let report: Value = serde_json::from_str(&offline(&home, &store, "--json").await.out).expect("JSON");
        assert_eq!(counts(&report, "authorization"), [0, 3, 1, 0]);
        assert_eq!(counts(&report, "password"), [0, 2, 0, 1]);
        let token = &report["toReissue"][0];
        assert_eq!((&token["id"], &token["reason"]), (&json!(WRITER_ID), &json!("its hash has an unknown form")));
        assert_eq!((&report["left"][0]["kind"], &report["left"][0]["name"]), (&json!("password"), &json!("bob")));
        assert_eq!(report["usersWithoutPassword"], json!(["bob", "eve"]));
        let server = Server::start(&home).await;
        assert_eq!(server.sign_in("bob", "password-bob").await.status, 401);
        assert_eq!(server.sign_in("alice", "password-alice").await.status, 204, "everyone else signs in");
    })
    .await;
}

#[tokio::test]
async fn a_damaged_or_foreign_file_is_refused_and_nothing_is_copied() {
    let home = Home::sqlite();
    for (content, reason) in [
        (&STORE[..STORE.len() / 2], "the BoltDB file is damaged or was cut off: a page reaches beyond its end"),
        (&STORE[..50], "this is not a BoltDB file"),
        (&STORE[..0], "this is not a BoltDB file"),
    ] {
        let said = offline(&home, content, "").await.refused();
        assert!(said.ends_with(&format!(": {reason}")), "{said}");
    }
    let said = jeton(&home, "import influxd --bolt-path /nowhere/influxd.bolt", "").await.refused();
    assert!(said.starts_with("/nowhere/influxd.bolt can't be read: "), "{said}");
    assert!(home.rows("SELECT id FROM users").await.is_empty());
}

#[tokio::test]
async fn a_file_that_influxd_is_using_is_refused() {
    let home = Home::sqlite();
    let file = stored(STORE);
    // As influxd does while it runs.
    file.as_file().lock().expect("the lock");
    let words = format!("import influxd --bolt-path {}", file.path().display());
    let said = jeton(&home, &words, "").await.refused();
    assert_eq!(said, format!("{} is in use by a running InfluxDB", file.path().display()));
    file.as_file().unlock().expect("the lock");
    jeton(&home, &words, "").await.well();
}
