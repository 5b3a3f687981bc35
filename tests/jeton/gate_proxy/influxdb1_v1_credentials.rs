//! 1.x credentials at a gate of InfluxDB 1.x that delegates: the database sees a user with their privileges.

use serde_json::{Value, json};

use crate::{
    home::Home,
    support::server::{Answer, answer},
};

use super::{
    gated::{V1_PASSWORD, v1_credential},
    influxdb1_delegate::{Delegating, database, privileges},
    influxdb1_program::SHARED_SECRET,
    v1_credentials::{CHANGES, FORMS, change, with_password},
};

/// Creates a 1.x credential with permissions such as `write a`; returns the path of its record.
async fn credential(gated: &Delegating<'_>, username: &str, permissions: &[&str]) -> String {
    let (server, first) = (&gated.scene.server, &gated.scene.first);
    let members = json!({"orgID": first.org, "permissions": gated.permissions(permissions)});
    v1_credential(server, &first.token, username, members).await
}

/// Reads a database with a user name and a password in one of the forms.
async fn read(gated: &Delegating<'_>, form: &str, database: &str, user: &str, password: &str) -> Answer {
    let query = gated.query_at(gated.address, database, "SELECT * FROM m");
    answer(with_password(query, form, user, password)).await
}

/// Writes to a database with a user name and a password in one of the forms.
async fn write(gated: &Delegating<'_>, form: &str, database: &str, user: &str, password: &str) -> Answer {
    let write = gated.http.post(format!("http://{}/write?db={database}", gated.address));
    answer(with_password(write, form, user, password).body(format!("m,host={form} v=2"))).await
}

/// The answer of InfluxDB 1.x to a credential that it does not know.
fn unauthorized() -> Value {
    json!({"error": "authorization failed"})
}

#[tokio::test]
async fn a_1_x_credential_reaches_its_database_as_a_user_with_its_privileges_alone() {
    let Some(database) = database().await else { return };
    let home = Home::sqlite();
    let gated = Delegating::new(&home, database, SHARED_SECRET).await;
    credential(&gated, "grafana", &["read a", "write a"]).await;
    for form in FORMS {
        let written = write(&gated, form, "a", "grafana", V1_PASSWORD).await;
        assert_eq!(written.status, 204, "{form}: {}", written.body);
        let rows = read(&gated, form, "a", "grafana", V1_PASSWORD).await;
        assert!(rows.status == 200 && rows.body.contains("\"own\"") && rows.body.contains(form), "{}", rows.body);

        let refused = write(&gated, form, "b", "grafana", V1_PASSWORD).await;
        assert_eq!((refused.status, refused.header("x-influxdb-error").contains("permission")), (403, true), "{form}");
        let refused = read(&gated, form, "b", "grafana", V1_PASSWORD).await.expect(200);
        assert_eq!(refused["results"], json!([{"statement_id": 0, "error": "database not found: b"}]), "{form}");
        let wrong = write(&gated, form, "a", "grafana", "wrong-password").await;
        assert_eq!(wrong.expect(401), unauthorized(), "{form}");
        let wrong = read(&gated, form, "a", "grafana", "wrong-password").await;
        assert_eq!(wrong.expect(401), unauthorized(), "{form}");
    }
    let users: Vec<_> = gated.users().await.into_values().collect();
    assert_eq!(users, [privileges(&[("a", "ALL PRIVILEGES")])]);
}

#[tokio::test]
async fn a_changed_1_x_credential_is_refused_at_influxdb_1_with_the_next_request() {
    let Some(database) = database().await else { return };
    let home = Home::sqlite();
    let gated = Delegating::new(&home, database, SHARED_SECRET).await;
    for made in CHANGES {
        let path = credential(&gated, made, &["read a"]).await;
        assert_eq!(read(&gated, "basic", "a", made, V1_PASSWORD).await.status, 200, "{made}");
        change(&gated.scene.server, &gated.scene.first.token, &path, made).await;
        let after = read(&gated, "basic", "a", made, V1_PASSWORD).await;
        assert_eq!(after.expect(401), unauthorized(), "{made}");
    }
    let users: Vec<_> = gated.users().await.into_values().collect();
    assert_eq!(users, [privileges(&[("a", "READ")])], "one user for the same permissions");
}

/// The user of the deleted credential stays until it is unused for a while, or the gate stops: nobody is given it.
#[tokio::test]
async fn the_name_of_a_deleted_1_x_credential_does_not_bring_its_privileges_back() {
    let Some(database) = database().await else { return };
    let home = Home::sqlite();
    let gated = Delegating::new(&home, database, SHARED_SECRET).await;
    let path = credential(&gated, "grafana", &["read a", "write a"]).await;
    assert_eq!(write(&gated, "basic", "a", "grafana", V1_PASSWORD).await.status, 204);
    let first = gated.only_user().await;
    change(&gated.scene.server, &gated.scene.first.token, &path, "deletion").await;
    assert_eq!(write(&gated, "basic", "a", "grafana", V1_PASSWORD).await.expect(401), unauthorized());

    credential(&gated, "grafana", &["read b"]).await;
    let rows = read(&gated, "basic", "b", "grafana", V1_PASSWORD).await;
    assert!(rows.status == 200 && rows.body.contains("foreign"), "{}", rows.body);
    assert_eq!(write(&gated, "basic", "a", "grafana", V1_PASSWORD).await.status, 403);
    let refused = read(&gated, "basic", "a", "grafana", V1_PASSWORD).await;
    assert!(refused.body.contains("database not found: a"), "{}", refused.body);
    let mut users = gated.users().await;
    assert_eq!(users.remove(&first), Some(privileges(&[("a", "ALL PRIVILEGES")])));
    assert_eq!(users.values().collect::<Vec<_>>(), [&privileges(&[("b", "READ")])]);

    let Delegating { scene, database, .. } = gated;
    scene.server.stop().await;
    let shown = database.execute("SHOW USERS").await;
    assert!(!shown.contains("jeton-"), "the gate leaves none behind: {shown}");
}
