//! Concurrent requests: one succeeds, the others get a reason, and nothing is lost.

use serde_json::{Value, json};

use crate::{
    home::{Home, on_each_database},
    support::server::{Answer, First, Server, members, permission_in},
    verifier::is_soon_refused,
};

/// Checks that one response is 201 and the others are refused with this message.
fn one_wins(answers: Vec<Answer>, message: &str) {
    let (won, lost): (Vec<Answer>, Vec<Answer>) = answers.into_iter().partition(|answer| answer.status == 201);
    assert_eq!(won.len(), 1);
    for answer in lost {
        assert_eq!(answer.refused(422), message);
    }
}

async fn four_times(server: &Server, first: &First, path: &str, body: Value) -> Vec<Answer> {
    let send = || server.post(path, &first.token, body.clone());
    let (a, b, c, d) = tokio::join!(send(), send(), send(), send());
    vec![a, b, c, d]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_users_with_one_name_one_is_created() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let first = server.set_up().await;
        let answers = four_times(&server, &first, "/api/v2/users", json!({"name": "bob"})).await;
        one_wins(answers, "user with name bob already exists");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_users_with_one_id_one_is_created() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let first = server.set_up().await;
        let id = "00000000000000aa";
        let create = |name: &str| server.post("/api/v2/users", &first.token, json!({"name": name, "id": id}));
        let (one, other) = tokio::join!(create("bob"), create("eve"));
        one_wins(vec![one, other], "user with ID 00000000000000aa already exists");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_organizations_with_one_name_one_is_created() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let first = server.set_up().await;
        let answers = four_times(&server, &first, "/api/v2/orgs", json!({"name": "o"})).await;
        one_wins(answers, "organization with name o already exists");
        let padded = server.post("/api/v2/orgs", &first.token, json!({"name": " o "})).await;
        assert_eq!(padded.status, 422, "names are unique after trimming");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_buckets_with_one_name_one_is_created() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let first = server.set_up().await;
        let body = json!({"name": "b", "orgID": first.org});
        let answers = four_times(&server, &first, "/api/v2/buckets", body).await;
        one_wins(answers, "bucket with name b already exists");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_set_ups_with_one_token_one_happens() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let body =
            json!({"username": "alice", "password": "password1", "org": "acme", "bucket": "iot", "token": "chosen"});
        let send = || server.post("/api/v2/setup", "", body.clone());
        let (a, b, c) = tokio::join!(send(), send(), send());
        one_wins(vec![a, b, c], "onboarding has already been completed");
        assert_eq!(server.get("/api/v2/me", "chosen").await.status, 200);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_1_x_credentials_with_one_user_name_one_is_created() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let first = server.set_up().await;
        let permissions = json!([permission_in("read", "buckets", &first.org)]);
        let body = json!({"orgID": first.org, "token": "grafana", "permissions": permissions});
        let answers = four_times(&server, &first, "/private/legacy/authorizations", body).await;
        one_wins(answers, "token already exists");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_sees_half_an_organization() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let first = server.set_up().await;
        let create = async {
            for number in 0..15 {
                server.org(&first.token, &format!("o{number}")).await;
            }
        };
        let look = async {
            let mut seen = 0;
            while seen < 16 {
                let orgs = server.get("/api/v2/orgs?limit=100", &first.token).await.expect(200);
                seen = orgs["orgs"].as_array().map_or(0, Vec::len);
                for org in members(&orgs["orgs"], "id") {
                    let buckets = server.get(&format!("/api/v2/buckets?orgID={org}"), &first.token).await.expect(200);
                    assert!(buckets["buckets"].as_array().is_some_and(|buckets| buckets.len() >= 2), "{buckets}");
                    let owners = server.get(&format!("/api/v2/orgs/{org}/owners"), &first.token).await.expect(200);
                    assert_eq!(members(&owners["users"], "id"), [first.user.as_str()]);
                }
            }
        };
        tokio::join!(create, look);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_changes_at_once_all_happen_and_all_are_logged() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let first = server.set_up().await;
        let (before, _) = server.check_audit_log().await;
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..40 {
            let body = json!({"orgID": first.org, "permissions": [permission_in("read", "buckets", &first.org)]});
            let request = server
                .request("POST", "/api/v2/authorizations")
                .header("authorization", format!("Token {}", first.token));
            tasks.spawn(crate::support::server::answer(request.json(&body)));
        }
        let statuses: Vec<u16> = tasks.join_all().await.into_iter().map(|answer| answer.status).collect();
        assert_eq!(statuses, [201; 40]);
        assert_eq!(server.check_audit_log().await, (before + 40, true));
    })
    .await;
}

const SHARED_KEY: &str = "--audit-key=00112233445566778899aabbccddeeff";

/// Starts one of several nodes.
pub async fn node(home: &Home) -> Server {
    Server::start_with(home, jeton_service::Clock::System, &[SHARED_KEY]).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_may_start_at_the_same_time_on_a_new_database() {
    let Some(home) = Home::postgres().await else { return };
    let (one, two, three) = tokio::join!(node(&home), node(&home), node(&home));
    let first = one.set_up().await;
    for other in [two, three] {
        assert_eq!(other.get("/api/v2/me", &first.token).await.status, 200);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_of_one_database_agree() {
    let Some(home) = Home::postgres().await else { return };
    let (one, other) = (node(&home).await, node(&home).await);
    let first = one.set_up().await;
    let body = json!({"name": "bob"});
    let (here, there) = tokio::join!(
        one.post("/api/v2/users", &first.token, body.clone()),
        other.post("/api/v2/users", &first.token, body)
    );
    one_wins(vec![here, there], "user with name bob already exists");
    let path = format!("/api/v2/authorizations/{}", first.authorization);
    assert_eq!(other.delete(&path, &first.token).await.status, 204);
    // Before a request is refused, which a job writes to the log at any moment.
    assert_eq!(one.check_audit_log().await, (4, true));
    is_soon_refused(&one, &first.token).await;
}
