//! A second import: what was changed or deleted here stays so.

use serde_json::{Value, json};

use crate::{
    home::on_each_database,
    import::{counts, row_counts},
    support::{
        influxd::STORE,
        server::{Server, answer},
    },
};

use super::{BOB_ID, CREDENTIAL_ID, OPERATOR, WRITER, WRITER_ID, hall3, kind_of_password, offline, online, write};

#[tokio::test]
async fn a_second_import_changes_no_hash() {
    on_each_database(async |home| {
        online(&home, "").await.well();
        let server = Server::start(&home).await;
        let cookie = server.sign_in("alice", "password-alice").await.cookie();
        let path = format!("/api/v2/users/{BOB_ID}/password");
        let request = server.request("POST", &path).header("cookie", cookie).json(&json!({"password": "password2"}));
        assert_eq!(answer(request).await.status, 204);
        server.stop().await;
        let before = row_counts(&home).await;
        for report in [online(&home, "--json").await.json(), offline(&home, STORE, "--json").await.json()] {
            for count in report["counts"].as_array().expect("counts") {
                assert_eq!((&count["copied"], &count["toReissue"], &count["left"]), (&json!(0), &json!(0), &json!(0)));
            }
            assert_eq!(counts(&report, "password"), [0, 3, 0, 0]);
        }
        assert_eq!(row_counts(&home).await, before);
        let server = Server::start(&home).await;
        assert_eq!(server.sign_in("bob", "password-bob").await.status, 401, "it was changed here");
        assert_eq!(server.sign_in("bob", "password2").await.status, 204);
        assert_eq!(kind_of_password(&home, "alice").await, "argon2id");
    })
    .await;
}

#[tokio::test]
async fn what_was_deleted_here_gets_neither_its_token_nor_its_password_back() {
    on_each_database(async |home| {
        offline(&home, STORE, "").await.well();
        let server = Server::start(&home).await;
        for path in [
            format!("/api/v2/authorizations/{WRITER_ID}"),
            format!("/private/legacy/authorizations/{CREDENTIAL_ID}"),
            format!("/api/v2/users/{BOB_ID}"),
        ] {
            server.delete(&path, OPERATOR).await.expect(204);
        }
        server.stop().await;
        let report: Value = serde_json::from_str(&offline(&home, STORE, "--json").await.out).expect("JSON");
        assert_eq!(counts(&report, "authorization"), [0, 3, 0, 1]);
        assert_eq!(counts(&report, "v1Authorization"), [0, 0, 0, 1]);
        assert_eq!(counts(&report, "user"), [0, 2, 0, 1]);
        assert_eq!(counts(&report, "password"), [0, 1, 0, 0], "a password is named with its holder");
        let server = Server::start(&home).await;
        assert_eq!(write(&server, WRITER).await.status, 401);
        assert_eq!(server.sign_in("bob", "password-bob").await.status, 401);
        assert!(hall3(&server, "password-hall3").await.is_err());
    })
    .await;
}
