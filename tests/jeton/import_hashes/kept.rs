//! Credentials that clients and people keep, and the entries about them.

use serde_json::json;

use jeton_model::token::TokenHash;
use jeton_service::{Error, error::AuthError};

use crate::{
    home::{Home, on_each_database},
    import::counts,
    support::{
        influxd::STORE,
        people::{form, last_actions},
        server::{Server, answer, members, with_token},
    },
};

use super::{BOB_ID, OPERATOR, SWITCHED_OFF, WRITER, hall3, offline, online, write};

#[tokio::test]
async fn clients_keep_their_tokens_and_people_their_passwords() {
    on_each_database(async |home| {
        let report = online(&home, "--json").await.json();
        for (kind, copied) in [("organization", 2), ("user", 3), ("bucket", 5), ("dbrpMapping", 1), ("telegraf", 1)] {
            assert_eq!(counts(&report, kind), [copied, 0, 0, 0], "{kind}");
        }
        assert_eq!(counts(&report, "membership"), [3, 0, 0, 0]);
        assert_eq!(counts(&report, "authorization"), [4, 0, 0, 0]);
        assert_eq!(counts(&report, "v1Authorization"), [1, 0, 0, 0]);
        assert_eq!(counts(&report, "password"), [3, 0, 0, 0]);
        assert_eq!(report["usersWithoutPassword"], json!(["eve"]), "she has none on the other server either");
        assert_eq!(report["credentialsWithoutPassword"], json!([]));
        let server = Server::start(&home).await;
        let users = server.get("/api/v2/users", OPERATOR).await.expect(200);
        assert_eq!(members(&users["users"], "name"), ["alice", "bob", "eve"]);
        assert_eq!(members(&users["users"], "id")[1], BOB_ID);
        write(&server, WRITER).await.expect(200);
        assert_eq!(server.get("/api/v2/me", SWITCHED_OFF).await.refused(401), "token is inactive");
        assert_eq!(server.get("/api/v2/me", "op-token-of-bob").await.status, 401);
        for (name, password) in [("alice", "password-alice"), ("bob", "password-bob")] {
            assert_eq!(server.sign_in(name, "password-eve").await.status, 401, "{name}");
            assert_eq!(server.sign_in(name, password).await.status, 204, "{name}");
        }
        assert_eq!(server.sign_in("eve", "password-eve").await.status, 401);
        assert_eq!(hall3(&server, "password-bob").await.err(), Some(Error::Auth(AuthError::V1Unauthorized)));
        let caller = hall3(&server, "password-hall3").await.expect("the caller");
        let granted: Vec<String> = caller.permissions().iter().map(ToString::to_string).collect();
        assert_eq!(granted, ["read:orgs/2751034ca3b7d82e/buckets/ff5e3c7b785d1b16"]);
        assert!(server.check_audit_log().await.1);
    })
    .await;
}

#[tokio::test]
async fn no_hash_is_printed_or_put_on_record() {
    on_each_database(async |home| {
        let said = online(&home, "--json").await;
        assert!(!said.out.contains("$influxdb2") && !said.out.contains("$2a$"), "{}", said.out);
        assert_eq!(last_actions(&home, 3).await, ["password set", "password set", "1.x password set"]);
        let rows = home.rows("SELECT detail FROM audit_log").await;
        let details: Vec<String> = rows.iter().map(|row| sqlx::Row::get(row, 0)).collect();
        assert!(details.iter().all(|detail| !detail.contains("$influxdb2") && !detail.contains("$2a$")), "{details:?}");
    })
    .await;
}

#[tokio::test]
async fn a_servers_backup_and_its_file_are_copied_alike() {
    let report = online(&Home::sqlite(), "--json").await.json();
    assert_eq!(offline(&Home::sqlite(), STORE, "--json").await.json(), report);
    let home = Home::sqlite();
    let mut dry = offline(&home, STORE, "--json --dry-run").await.json();
    assert_eq!(std::fs::read_dir(home.path()).expect("a directory").count(), 0, "nothing was made");
    dry["dryRun"] = false.into();
    assert_eq!(dry, report);
}

#[tokio::test]
async fn a_token_is_found_by_either_of_influxds_hashes() {
    on_each_database(async |home| {
        offline(&home, STORE, "").await.well();
        let [_, long] = TokenHash::all_of(WRITER);
        let sql = format!(
            "UPDATE authorizations SET token_hash = '{}' WHERE description = 'Telegraf, hall 2'",
            long.as_str()
        );
        assert_eq!(home.sql(&sql).await, 1);
        let server = Server::start(&home).await;
        write(&server, WRITER).await.expect(200);
        assert_eq!(server.get("/api/v2/me", long.as_str()).await.status, 401, "the hash is no token");
        let request = with_token(server.request("POST", "/api/v2/tokens/introspect"), OPERATOR);
        assert_eq!(answer(form(request, &[("token", WRITER)])).await.expect(200)["active"], true);
        let said = server.post("/api/v2/tokens/leaked", OPERATOR, json!({"tokens": [WRITER]})).await.expect(200);
        assert_eq!(said["tokens"][0]["result"], "deactivated");
        assert_eq!(write(&server, WRITER).await.refused(401), "token is inactive");
    })
    .await;
}
