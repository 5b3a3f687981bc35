//! 1.x credentials at a gate of InfluxDB 3 Core, whose recorded answers the test plays: Core gets the credential of the
//! gate in their place.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{
    home::Home,
    support::server::{Answer, answer},
};

use super::{
    gated::{Gated, V1_PASSWORD},
    influxdb2::recording::{Names, Step, steps},
    influxdb3::gated,
    played::{Played, Request},
    v1_credentials::{CHANGES, FORMS, change, presented},
};

/// Returns a step of the recording of InfluxDB 3 Core.
fn recorded(name: &str) -> Step {
    let names = Names(BTreeMap::from([("OP".to_owned(), "apiv3_admin".to_owned())]));
    steps("influxdb3", &names, &[name]).remove(0)
}

/// Returns the next request that carries a credential: the gate asks without one whether Core wants one.
async fn next(database: &mut Played) -> Request {
    loop {
        let request = database.next().await;
        if request.head.contains("authorization: ") {
            return request;
        }
        request.answer("401 Unauthorized", "", "").await;
    }
}

/// Sends a recorded request with a 1.x credential in one of the forms, and answers it as Core did.
async fn replayed(gated: &Gated, database: &mut Played, form: &str, user: &str, step: &Step) -> Answer {
    let line = format!("{} {}", step.method, step.target);
    let request = presented(gated, form, &line, user, V1_PASSWORD).body(step.body.clone());
    let played = async {
        let request = next(database).await;
        let head = &request.head;
        assert!(head.contains("authorization: bearer apiv3_admin\r\n"), "{head}");
        assert!(!head.contains(V1_PASSWORD) && !head.contains(user), "the credential stays here: {head}");
        let content_type = format!("Content-Type: {}\r\n", step.content_type);
        let headers = if step.content_type.is_empty() { "" } else { content_type.as_str() };
        request.answer(&format!("{} Recorded", step.status), headers, &step.answer).await;
    };
    tokio::join!(answer(request), played).0
}

/// Sends a request with a 1.x credential that the gate refuses: nobody answers in the place of Core.
async fn refused(gated: &Gated, form: &str, line: &str, user: &str, password: &str) -> (u16, String) {
    let refused = answer(presented(gated, form, line, user, password)).await;
    (refused.status, refused.body)
}

/// The answer of Core to a credential that it does not know.
fn unauthorized() -> (u16, String) {
    let step = recorded("influxql.v1.bad-token");
    (step.status, step.answer)
}

#[tokio::test]
async fn a_1_x_credential_writes_and_reads_its_database_of_influxdb_3_and_no_other() {
    let mut database = Played::start().await;
    let home = Home::sqlite();
    let gated = gated(&home, &mut database, "401 Unauthorized").await;
    gated.v1("grafana", &["read a", "write a"], json!({})).await;
    let (write, read) = (recorded("write.v1"), recorded("influxql.v1: SELECT * FROM weather"));
    for form in FORMS {
        assert_eq!(replayed(&gated, &mut database, form, "grafana", &write).await.status, 204, "{form}");
        let rows = replayed(&gated, &mut database, form, "grafana", &read).await.expect(200);
        assert_eq!(rows, serde_json::from_str::<Value>(&read.answer).unwrap(), "{form}");
        for (line, action) in [("POST /write?db=b", "write"), ("GET /query?db=b&q=SELECT%20*%20FROM%20m", "read")] {
            let (status, body) = refused(&gated, form, line, "grafana", V1_PASSWORD).await;
            let said = json!({"error": format!("the token has no permission to {action} b")});
            assert_eq!((status, serde_json::from_str::<Value>(&body).unwrap()), (403, said), "{form} {line}");
        }
        for line in ["POST /write?db=a", "GET /query?db=a&q=SELECT%20*%20FROM%20m"] {
            let wrong = refused(&gated, form, line, "grafana", "wrong-password").await;
            assert_eq!(wrong, unauthorized(), "{form} {line}");
        }
    }
}

#[tokio::test]
async fn a_1_x_credential_is_unknown_on_the_newer_paths_of_influxdb_3() {
    let mut database = Played::start().await;
    let home = Home::sqlite();
    let gated = gated(&home, &mut database, "401 Unauthorized").await;
    gated.v1("grafana", &["read a", "write a"], json!({})).await;
    for form in FORMS {
        for line in [
            "POST /api/v3/write_lp?db=a",
            "POST /api/v2/write?bucket=a",
            "GET /api/v3/query_sql?db=a&q=SELECT%201",
            "GET /api/v3/query_influxql?db=a&q=SHOW%20MEASUREMENTS",
            "GET /api/v3/configure/database?format=json",
        ] {
            let answered = refused(&gated, form, line, "grafana", V1_PASSWORD).await;
            assert_eq!(answered, unauthorized(), "{form} {line}");
        }
    }
}

#[tokio::test]
async fn a_changed_1_x_credential_is_refused_at_influxdb_3_with_the_next_request() {
    let mut database = Played::start().await;
    let home = Home::sqlite();
    let gated = gated(&home, &mut database, "401 Unauthorized").await;
    let write = recorded("write.v1");
    for made in CHANGES {
        let path = gated.v1(made, &["write a"], json!({})).await;
        assert_eq!(replayed(&gated, &mut database, "basic", made, &write).await.status, 204, "{made}");
        change(&gated.server, &gated.first.token, &path, made).await;
        let after = refused(&gated, "basic", "POST /write?db=a", made, V1_PASSWORD).await;
        assert_eq!(after, unauthorized(), "{made}");
    }
}
