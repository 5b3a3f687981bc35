//! `jeton recovery`: access to the data regains access to Jeton, and the audit log records it.

use serde_json::{Value, json};
use sqlx::Row as _;

use crate::{
    home::{Home, on_each_database},
    offline::{jeton, jeton_with},
    support::{
        people::last_actions,
        server::{First, NAME, ORG, PASSWORD, Server, members, text},
    },
};

/// Returns the first data of a server that was set up and stopped.
async fn stopped(home: &Home) -> First {
    let server = Server::start(home).await;
    let first = server.set_up().await;
    server.stop().await;
    first
}

#[tokio::test]
async fn an_operator_token_is_made_and_printed_once() {
    on_each_database(async |home| {
        let first = stopped(&home).await;
        let command = format!("recovery auth create-operator --username {NAME} --org {ORG} --json");
        let made = jeton(&home, &command, "").await.json();
        assert_eq!(made["description"], "alice's Recovery Token");
        assert_eq!(made["permissions"].as_array().map(Vec::len), Some(44));
        let token = text(&made["token"]);
        let listed = jeton(&home, "recovery auth list", "").await.well();
        assert!(
            listed.starts_with("ID\t\t\tUser Name\tUser ID\t\t\tDescription\t\tToken\t\tPermissions\n"),
            "{listed}"
        );
        assert_eq!(listed.matches("REDACTED").count(), 2, "{listed}");
        assert!(listed.contains("[read:authorizations write:authorizations "), "{listed}");
        assert!(!listed.contains(&token) && !listed.contains(&first.token), "{listed}");
        let rows = home.rows("SELECT token_hash FROM authorizations WHERE token_hash IS NOT NULL").await;
        assert!(rows.iter().all(|row| row.get::<String, _>(0).starts_with("$influxdb2-sha256$")));
        let server = Server::start(&home).await;
        assert_eq!(server.get("/api/v2/authorizations", &token).await.expect(200)["authorizations"][1]["token"], "");
    })
    .await;
}

#[tokio::test]
async fn as_a_table_the_new_token_stands_among_the_hidden_ones() {
    let home = Home::sqlite();
    stopped(&home).await;
    let command = format!("recovery auth create-operator --username {NAME} --org {ORG}");
    let said = jeton(&home, &command, "").await.well();
    assert_eq!((said.lines().count(), said.matches("REDACTED").count(), said.matches("jtn_").count()), (3, 1, 1));
}

#[tokio::test]
async fn what_recovery_did_is_in_the_audit_log_and_nobody_is_named_for_it() {
    on_each_database(async |home| {
        stopped(&home).await;
        jeton(&home, "recovery org create --org plant --username alice", "").await.well();
        jeton(&home, "recovery user create --username bob --org plant --password -", "password2\n").await.well();
        jeton(&home, "recovery user update --username bob --password -", "password3\n").await.well();
        jeton(&home, "recovery auth create-operator --username bob --org plant", "").await.well();
        let actions = [
            "organization created",
            "user created",
            "password set",
            "member added",
            "password set",
            "authorization created",
        ];
        assert_eq!(last_actions(&home, 6).await, actions);
        let rows = home.rows("SELECT actor_user_id, detail FROM audit_log ORDER BY seq DESC LIMIT 6").await;
        for row in rows {
            let detail: Value = serde_json::from_str(row.get(1)).expect("JSON");
            assert_eq!((row.get::<Option<i64>, _>(0), &detail["via"]), (None, &json!("recovery")));
        }
        let server = Server::start(&home).await;
        assert_eq!(server.check_audit_log().await, (8, true));
    })
    .await;
}

#[tokio::test]
async fn a_created_user_can_sign_in_and_is_a_member() {
    on_each_database(async |home| {
        let first = stopped(&home).await;
        let said = jeton(&home, "recovery user create --username bob --password -", "password2\n").await.well();
        assert_eq!(said.lines().next(), Some("ID\t\t\tName"));
        assert_eq!(said.lines().count(), 3, "{said}");
        let words = "recovery user create --username carla --owner --json --password -";
        assert_eq!(jeton(&home, words, "password3").await.json()["name"], "carla");
        let server = Server::start(&home).await;
        server.sign_in("bob", "password2").await.cookie();
        let roles = async |kind: &str| {
            let path = format!("/api/v2/orgs/{}/{kind}", first.org);
            members(&server.get(&path, &first.token).await.expect(200)["users"], "name")
        };
        assert_eq!(roles("members").await, ["bob"]);
        assert_eq!(roles("owners").await, ["alice", "carla"]);
    })
    .await;
}

#[tokio::test]
async fn a_new_password_ends_the_sessions_begun_with_the_old_one() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        server.set_up().await;
        let cookie = server.sign_in(NAME, PASSWORD).await.cookie();
        server.stop().await;
        let said = jeton(&home, "recovery user update --username alice --json --password -", "password2\n").await;
        assert_eq!(said.json()["name"], NAME);
        let server = Server::start(&home).await;
        assert_eq!(server.me(&cookie).await.status, 401);
        assert_eq!(server.sign_in(NAME, PASSWORD).await.status, 401);
        server.sign_in(NAME, "password2").await.cookie();
    })
    .await;
}

#[tokio::test]
async fn a_database_that_was_never_set_up_gets_its_first_user_and_organization() {
    on_each_database(async |home| {
        Server::start(&home).await.stop().await;
        let create = "recovery user create --username bob --password - --owner";
        let refused = jeton(&home, create, "password2").await.refused();
        assert_eq!(refused, "there is no organization that the user can belong to; create one first");
        let made = jeton(&home, "recovery org create --org plant", "").await;
        assert_eq!(made.code, Some(0));
        assert!(made.err.starts_with("warning: this organization has no owner"), "{}", made.err);
        jeton(&home, create, "password2").await.well();
        let token = jeton(&home, "recovery auth create-operator --username bob --org plant --json", "").await.json();
        let server = Server::start(&home).await;
        let buckets = server.get("/api/v2/buckets?org=plant", &text(&token["token"])).await.expect(200);
        assert_eq!(members(&buckets["buckets"], "name"), ["_monitoring", "_tasks"]);
    })
    .await;
}

#[tokio::test]
async fn what_can_not_be_done_is_said_in_influxds_words_and_changes_nothing() {
    on_each_database(async |home| {
        stopped(&home).await;
        jeton(&home, "recovery org create --org plant --username alice", "").await.well();
        let before = last_actions(&home, 100).await;
        for (words, input, refusal) in [
            ("auth create-operator --org acme", "", "must provide --username"),
            ("auth create-operator --username alice", "", "must provide --org"),
            ("auth create-operator --username x --org acme", "", "could not find user \"x\": user not found"),
            (
                "auth create-operator --username alice --org x",
                "",
                "could not find org \"x\": organization name \"x\" not found",
            ),
            ("user create --password -", "password2", "must provide --username"),
            ("user create --username bob --org acme", "", "must provide --password"),
            (
                "user create --username alice --org acme --password -",
                "password2",
                "user with name alice already exists",
            ),
            (
                "user create --username bob --org acme --password -",
                "short",
                "passwords must be between 8 and 72 characters long",
            ),
            (
                "user create --username bob --password -",
                "password2",
                "there are 2 organizations; choose the user's organization with --org",
            ),
            ("user update --username alice", "", "must provide a new password to set, with --password"),
            ("user update --username x --password -", "password2", "expected 1 user, found 0"),
            ("user update --id x --password -", "password2", "invalid id \"x\": id must have a length of 16 bytes"),
            ("org create", "", "must provide --org"),
            ("org create --org acme", "", "organization with name acme already exists"),
            ("org create --org other --username x", "", "could not find user \"x\": user not found"),
        ] {
            assert_eq!(jeton(&home, &format!("recovery {words}"), input).await.refused(), refusal, "{words}");
        }
        assert_eq!(last_actions(&home, 100).await, before);
        let listed = jeton(&home, "recovery user list --hide-headers", "").await.well();
        assert_eq!(listed.lines().count(), 1, "{listed}");
    })
    .await;
}

#[tokio::test]
async fn a_token_of_an_inactive_user_is_not_made() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let first = server.set_up().await;
        let bob = server.user(&first.token, "bob").await;
        server.patch(&format!("/api/v2/users/{bob}"), &first.token, json!({"status": "inactive"})).await.expect(200);
        server.stop().await;
        let said = jeton(&home, "recovery auth create-operator --username bob --org acme", "").await.refused();
        assert!(said.starts_with("user \"bob\" is inactive, so the token would not work"), "{said}");
    })
    .await;
}

#[tokio::test]
async fn a_running_server_keeps_its_sqlite_data_to_itself_and_shares_postgresql() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        server.set_up().await;
        let said = jeton(&home, "recovery user list", "").await;
        if home.is_sqlite() {
            let path = home.path().display();
            let sentence =
                format!("another Jeton is using the data directory {path}; stop it or choose another with --data");
            assert_eq!(said.refused(), sentence);
            return;
        }
        said.well();
        let words = "recovery auth create-operator --username alice --org acme --json";
        let token = text(&jeton(&home, words, "").await.json()["token"]);
        assert_eq!(server.get("/api/v2/me", &token).await.status, 200, "it works at once");
    })
    .await;
}

#[tokio::test]
async fn no_database_is_made_where_there_is_none() {
    let home = Home::sqlite();
    let said = jeton(&home, "recovery user list", "").await.refused();
    assert!(
        said.starts_with(&format!("there is no Jeton database in the directory {}", home.path().display())),
        "{said}"
    );
    assert_eq!(std::fs::read_dir(home.path()).expect("a directory").count(), 0);
}

#[tokio::test]
async fn a_password_on_the_command_line_is_warned_of_and_repeated_nowhere() {
    let home = Home::sqlite();
    stopped(&home).await;
    let words = "recovery user create --username bob --password open-sesame";
    let said = jeton_with(&home, words.split(' ').map(Into::into).collect(), "").await;
    assert_eq!(said.code, Some(0));
    assert!(said.err.contains("--password can be read in the process list"), "{}", said.err);
    assert!(!said.err.contains("open-sesame") && !said.out.contains("open-sesame"));
}
