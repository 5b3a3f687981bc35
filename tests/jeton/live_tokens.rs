//! `status=live`: the authorizations that work now. `status=active` keeps its meaning: expired ones are active too.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{
    home::on_each_database,
    support::{
        command::Shell,
        server::{Server, members, permission_in, text},
        shared::with_members,
    },
};

#[tokio::test]
async fn live_is_what_works_now() {
    on_each_database(async |home| {
        let server = Server::start_at_rest(&home).await;
        let first = server.set_up().await;
        let (bob, operator) = (server.user(&first.token, "bob").await, &first.token);
        let end = server.clock.now().plus_seconds(60).to_string();
        let make = async |more: Value| {
            let held = json!([permission_in("read", "buckets", &first.org)]);
            let body = with_members(json!({"orgID": first.org, "permissions": held}), &more);
            let made = server.post("/api/v2/authorizations", operator, body).await.expect(201);
            (text(&made["id"]), text(&made["token"]))
        };
        let all = [
            make(json!({})).await,
            make(json!({"expiresAt": end})).await,
            make(json!({"status": "inactive"})).await,
            make(json!({"userID": bob})).await,
        ];
        server.clock.advance(60);
        server.patch(&format!("/api/v2/users/{bob}"), operator, json!({"status": "inactive"})).await.expect(200);
        let listed = async |status: &str| {
            let list = server.get(&format!("/api/v2/authorizations?status={status}"), operator).await.expect(200);
            members(&list["authorizations"], "id").into_iter().collect::<BTreeSet<_>>()
        };
        let own = first.authorization.clone();
        let ids = |at: &[usize]| at.iter().map(|at| all[*at].0.clone()).chain([own.clone()]).collect::<BTreeSet<_>>();
        assert_eq!(listed("live").await, ids(&[0]));
        assert_eq!(listed("active").await, ids(&[0, 1, 3]), "as in InfluxDB");
        assert_eq!(listed("inactive").await, BTreeSet::from([all[2].0.clone()]));
        for (at, (_, token)) in all.iter().enumerate() {
            // A deactivated token still identifies its user, and sees nothing.
            let seen = server.get("/api/v2/buckets", token).await;
            let works = seen.status == 200 && seen.body.contains("orgID");
            assert_eq!(works, at == 0, "{at}: live is what is let in");
        }
        assert_eq!(server.get("/api/v2/authorizations?status=lively", operator).await.status, 400);

        let shell = Shell::new(&server).with("INFLUX_TOKEN", operator);
        let printed = shell.json("auth list --status live").await;
        assert_eq!(members(&printed, "id").into_iter().collect::<BTreeSet<_>>(), ids(&[0]));
        let printed = shell.json("auth list --status active").await;
        assert_eq!(members(&printed, "id").into_iter().collect::<BTreeSet<_>>(), ids(&[0, 1, 3]));
    })
    .await;
}
