//! Refusals of a gate in the audit log: a missing permission is recorded, and a client in a loop cannot fill the log.

use jeton_gate::Kind;
use serde_json::{Value, json};

use crate::{
    audit_log::details,
    home::{Home, on_each_database},
    support::server::{Server, permission_in, text},
};

use super::{
    gated::{Gated, Token},
    played::Played,
};

const ACTION: &str = "authorization refused";

async fn gated(home: &Home) -> Gated {
    let database = Played::start().await;
    Gated::on(Server::start_at_rest(home).await, Kind::Victoriametrics, database.address, |_| {}).await
}

async fn refuse(gated: &Gated, token: &Token, database: &str) {
    let refused = gated.post(&format!("/write?db={database}"), &token.secret, "m v=1").await;
    assert_eq!(refused.status, 403, "{}", refused.body);
}

/// Returns the recorded denials.
async fn recorded(home: &Home, gated: &Gated) -> Vec<Value> {
    gated.server.service.write_refusals().await.expect("written");
    details(home, ACTION).await
}

#[tokio::test]
async fn what_a_token_lacks_at_a_gate_is_on_record_with_the_gate() {
    on_each_database(async |home: Home| {
        let gated = gated(&home).await;
        let (token, writer) = (gated.token(&["read a"]).await, gated.token(&["write a"]).await);
        refuse(&gated, &token, "a").await;
        refuse(&gated, &token, "b").await;
        assert_eq!(gated.get("/api/v1/status/tsdb", &token.secret).await.status, 403);
        assert_eq!(gated.get("/api/v1/labels", &writer.secret).await.status, 403);
        assert_eq!(gated.post("/write?db=unknown", &token.secret, "m v=1").await.status, 404);
        assert_eq!(gated.post("/write?db=a", "unknown", "m v=1").await.status, 401);
        let org = &gated.first.org;
        let expected = [
            ("permission", json!(format!("write:orgs/{org}/buckets/{}", gated.bucket("a")))),
            ("permission", json!(format!("write:orgs/{org}/buckets/{}", gated.bucket("b")))),
            ("operator", Value::Null),
            ("permission", json!(format!("read:orgs/{org}/buckets"))),
        ];
        let found = recorded(&home, &gated).await;
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for (detail, (reason, permission)) in found.iter().zip(expected) {
            assert_eq!((&detail["gate"], &detail["reason"]), (&json!("plant"), &json!(reason)));
            assert_eq!((&detail["permission"], detail.get("moreLikeIt")), (&permission, None));
        }
        let listed = gated.server.get("/api/v2/audit?action=refused", &gated.first.token).await.expect(200);
        assert_eq!(listed["entries"][3]["target"]["id"], token.id.as_str());
        assert_eq!(listed["entries"][3]["address"], "127.0.0.1");
        assert!(gated.server.check_audit_log().await.1);
    })
    .await;
}

#[tokio::test]
async fn the_log_of_another_organization_gets_no_id_of_this_one() {
    on_each_database(async |home: Home| {
        let gated = gated(&home).await;
        let operator = &gated.first.token;
        let elsewhere = gated.server.org(operator, "elsewhere").await;
        let permissions = json!([permission_in("write", "buckets", &elsewhere)]);
        let created = gated.server.token(operator, &elsewhere, permissions).await.expect(201);
        for database in ["a", "nothing"] {
            let refused = gated.post(&format!("/write?db={database}"), &text(&created["token"]), "m v=1").await;
            assert_eq!(refused.status, 404, "{}", refused.body);
        }
        let found = recorded(&home, &gated).await;
        assert_eq!(found.len(), 1, "the log does not show which of both exists: {found:?}");
        assert_eq!((&found[0]["reason"], found[0].get("permission")), (&json!("organization"), None));
    })
    .await;
}

#[tokio::test]
async fn a_client_in_a_loop_is_on_record_once_an_hour_with_the_number_of_its_requests() {
    on_each_database(async |home: Home| {
        let gated = gated(&home).await;
        let token = gated.token(&["read a"]).await;
        for _ in 0..5 {
            refuse(&gated, &token, "a").await;
        }
        assert_eq!(recorded(&home, &gated).await.len(), 1);
        gated.server.clock.advance(3599);
        refuse(&gated, &token, "a").await;
        assert_eq!(recorded(&home, &gated).await.len(), 1);
        gated.server.clock.advance(3600);
        let found = recorded(&home, &gated).await;
        assert_eq!(found.len(), 2);
        assert_eq!(found[1]["moreLikeIt"], 4, "those of the loop, although it ended");
    })
    .await;
}
