//! An import after deletions: what was deleted in Jeton does not come back.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{
    home::{Home, on_each_database},
    import::{counts, import},
    support::{
        influxd::{Influxd, OPERATOR, SWITCHED_OFF, WRITER, ids},
        people::last_actions,
        server::{Server, text},
    },
};

#[tokio::test]
async fn what_was_taken_away_here_does_not_come_back() {
    on_each_database(async |home| {
        let influxd = Influxd::with_tokens_in_clear().await;
        import(&home, &influxd, "").await.well();
        let server = Server::start(&home).await;
        for path in [
            format!("authorizations/{}", ids::WRITER),
            format!("orgs/{}/members/{}", ids::ORG, ids::BOB),
            format!("telegrafs/{}", ids::TELEGRAF),
        ] {
            server.delete(&format!("/api/v2/{path}"), OPERATOR).await.expect(204);
        }
        let bob = format!("/api/v2/users/{}", ids::BOB);
        server.patch(&bob, OPERATOR, json!({"name": "robert", "status": "inactive"})).await.expect(200);
        server.stop().await;
        let report = import(&home, &influxd, "--json").await.json();
        let left: Vec<&Value> = report["left"].as_array().expect("a list").iter().collect();
        assert_eq!(left.len(), 3, "{left:?}");
        assert!(left.iter().all(|left| left["revoked"] == true), "{left:?}");
        let server = Server::start(&home).await;
        assert_eq!(server.get("/api/v2/me", WRITER).await.status, 401);
        let bob = server.get(&bob, OPERATOR).await.expect(200);
        assert_eq!((&bob["name"], &bob["status"]), (&json!("robert"), &json!("inactive")), "what is here stays");
    })
    .await;
}

#[tokio::test]
async fn nothing_revives_the_tokens_of_a_deleted_user() {
    on_each_database(async |home| {
        let influxd = Influxd::with_tokens_in_clear().await;
        influxd.change("/api/v2/authorizations", |answer| answer["authorizations"][2]["status"] = "active".into());
        import(&home, &influxd, "").await.well();
        let server = Server::start(&home).await;
        assert_eq!(server.get("/api/v2/authorizations", SWITCHED_OFF).await.status, 200);
        server.delete(&format!("/api/v2/users/{}", ids::BOB), OPERATOR).await.expect(204);
        server.stop().await;
        // The membership was deleted with its user, which is a conflict: it was not removed.
        let said = import(&home, &influxd, "").await;
        assert!(said.out.contains("its user was not copied"), "{said:?}");
        let server = Server::start(&home).await;
        assert_ne!(server.get("/api/v2/authorizations", SWITCHED_OFF).await.status, 200);
    })
    .await;
}

/// Deletes or removes one item of each imported kind.
async fn take_away(server: &Server) {
    for path in [
        format!("/api/v2/authorizations/{}", ids::WRITER),
        format!("/api/v2/orgs/{}/members/{}", ids::ORG, ids::BOB),
        format!("/api/v2/telegrafs/{}", ids::TELEGRAF),
        format!("/api/v2/dbrps/{}?orgID={}", ids::DBRP, ids::ORG),
        format!("/private/legacy/authorizations/{}", ids::CREDENTIAL),
        format!("/api/v2/buckets/{}", ids::BUCKET),
        format!("/api/v2/users/{}", ids::ALICE),
    ] {
        server.delete(&path, OPERATOR_OF_BOB).await.expect(204);
    }
}

/// A token that outlives alice.
const OPERATOR_OF_BOB: &str = "bobs-token";

/// Imports everything into a home, with an operator token of bob's.
async fn imported(home: &Home, influxd: &Influxd) -> Server {
    influxd.change("/api/v2/authorizations", |answer| {
        answer["authorizations"][2]["status"] = "active".into();
        answer["authorizations"][2]["permissions"] = answer["authorizations"][0]["permissions"].clone();
    });
    import(home, influxd, "").await.well();
    Server::start_at_rest(home).await
}

/// Deletes the audit log except the entry about that.
async fn trim(home: &Home, server: &Server) {
    server.clock.advance(400 * 86_400);
    server.service.trim_audit_log(1).await.expect("trimmed");
    assert_eq!(last_actions(home, 1000).await, ["audit log trimmed"]);
}

/// Repeats the import, and checks that nothing is revived.
async fn import_revives_nothing(home: &Home, influxd: &Influxd) {
    let report: Value = serde_json::from_str(&import(home, influxd, "--json").await.out).expect("JSON");
    for kind in ["user", "bucket", "dbrpMapping", "telegraf", "membership", "authorization", "v1Authorization"] {
        assert_eq!(counts(&report, kind)[0], 0, "{kind} in {report}");
    }
    let left = report["left"].as_array().expect("a list").iter();
    let revoked = left.filter(|left| left["revoked"] == true).map(|left| text(&left["kind"]));
    let revoked: BTreeSet<String> = revoked.collect();
    let expected = ["authorization", "bucket", "membership", "telegraf", "user", "v1Authorization"];
    assert_eq!(revoked, BTreeSet::from(expected.map(str::to_owned)), "{report}");
}

#[tokio::test]
async fn nothing_comes_back_once_the_audit_log_was_trimmed() {
    on_each_database(async |home| {
        let influxd = Influxd::with_tokens_in_clear().await;
        let server = imported(&home, &influxd).await;
        take_away(&server).await;
        trim(&home, &server).await;
        server.stop().await;
        import_revives_nothing(&home, &influxd).await;
    })
    .await;
}

#[tokio::test]
async fn what_was_deleted_before_there_were_tombstones_does_not_come_back_either() {
    on_each_database(async |home| {
        let influxd = Influxd::with_tokens_in_clear().await;
        let server = imported(&home, &influxd).await;
        take_away(&server).await;
        server.stop().await;
        home.back_to_step_8().await;
        let server = Server::start_at_rest(&home).await;
        trim(&home, &server).await;
        server.stop().await;
        import_revives_nothing(&home, &influxd).await;
    })
    .await;
}
