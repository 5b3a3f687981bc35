//! Passwords of influxd: bcrypt hashes, which a right password replaces.

use serde_json::json;

use crate::{
    home::on_each_database,
    import::counts,
    support::{
        influxd::STORE,
        server::{Server, answer},
    },
};

use super::{BOB_ID, hall3, kind_of_password, kind_of_v1_password, offline};

#[tokio::test]
async fn a_right_password_replaces_its_bcrypt_hash_by_argon2() {
    on_each_database(async |home| {
        offline(&home, STORE, "").await.well();
        let server = Server::start(&home).await;
        assert_eq!(server.sign_in("alice", "wrong password").await.status, 401);
        assert_eq!(kind_of_password(&home, "alice").await, "2a");
        let two = tokio::join!(server.sign_in("alice", "password-alice"), server.sign_in("alice", "password-alice"));
        assert_eq!((two.0.status, two.1.status), (204, 204), "the hash is replaced under one of them");
        assert_eq!(kind_of_password(&home, "alice").await, "argon2id");
        assert_eq!(server.sign_in("alice", "password-alice").await.status, 204);
        assert_eq!(server.sign_in("alice", "wrong password").await.status, 401);
        assert_eq!(kind_of_password(&home, "bob").await, "2a", "only hers");
        assert!(hall3(&server, "wrong password").await.is_err());
        assert_eq!(kind_of_v1_password(&home).await, "2a");
        for _ in ["bcrypt", "remembered"] {
            assert!(hall3(&server, "password-hall3").await.is_ok());
            assert_eq!(kind_of_v1_password(&home).await, "argon2id");
        }
        server.stop().await;
        let server = Server::start(&home).await;
        assert!(hall3(&server, "password-hall3").await.is_ok(), "argon2");
        assert!(hall3(&server, "wrong password").await.is_err());
    })
    .await;
}

#[tokio::test]
async fn a_client_whose_bcrypt_hash_was_replaced_is_not_stopped_by_guesses() {
    on_each_database(async |home| {
        offline(&home, STORE, "").await.well();
        let server = Server::start(&home).await;
        assert!(hall3(&server, "password-hall3").await.is_ok());
        assert_eq!(kind_of_v1_password(&home).await, "argon2id");
        let before = server.service.password_verifications();
        for guess in 0..6 {
            assert!(hall3(&server, &format!("wrong password {guess}")).await.is_err(), "{guess}");
        }
        assert_eq!(server.service.password_verifications() - before, 5, "the name waits");
        assert!(hall3(&server, "password-hall3").await.is_ok(), "it has proven its password, whatever the hash");
        assert_eq!(server.service.password_verifications() - before, 5);
    })
    .await;
}

#[tokio::test]
async fn a_password_of_influxd_is_the_old_one_when_it_is_changed() {
    on_each_database(async |home| {
        offline(&home, STORE, "").await.well();
        let server = Server::start(&home).await;
        let path = format!("/api/v2/users/{BOB_ID}/password");
        let cookie = server.sign_in("bob", "password-bob").await.cookie();
        // As if the session had begun before the import.
        home.sql("UPDATE users SET password_hash = '$2a$10$r2A.Ad5O6L3bE6eB/Rj/l.w6fe.tkvPTaCZTny9jDtVcPSrzEeiqW' WHERE name = 'bob'").await;
        let change = |old: &'static str| {
            let request = server.request("PUT", &path).header("cookie", &cookie).basic_auth("any", Some(old));
            answer(request.json(&json!({"password": "password2"})))
        };
        assert_eq!(change("password-alice").await.status, 403);
        assert_eq!(change("password-bob").await.status, 204);
        assert_eq!(server.sign_in("bob", "password2").await.status, 204);
        assert_eq!(server.sign_in("bob", "password-bob").await.status, 401);
    })
    .await;
}

#[tokio::test]
async fn passwords_that_an_earlier_import_could_not_read_are_added() {
    on_each_database(async |home| {
        offline(&home, STORE, "").await.well();
        home.sql("UPDATE users SET password_hash = NULL").await;
        home.sql("UPDATE authorizations SET password_hash = NULL").await;
        let report = offline(&home, STORE, "--json").await.json();
        assert_eq!(counts(&report, "password"), [3, 0, 0, 0]);
        assert_eq!(counts(&report, "user"), [0, 3, 0, 0]);
        let server = Server::start(&home).await;
        assert_eq!(server.sign_in("bob", "password-bob").await.status, 204);
        assert!(hall3(&server, "password-hall3").await.is_ok());
    })
    .await;
}
