//! Reading the audit log: denials, which entries each reader may see, and removed entries.

use jeton_model::audit::AuditQuery;
use jeton_service::{Client, tokens::TokenOptions};

use crate::{
    home::{Home, on_each_database},
    support::{
        people::Scene,
        server::{First, NAME, PASSWORD, Server, answer, permission, permission_in, permission_on, text, with_token},
    },
};

use serde_json::{Value, json};
use sqlx::Row as _;

/// Returns the details of each entry with this action, oldest first.
pub async fn details(home: &Home, action: &str) -> Vec<Value> {
    let rows = home.rows(&format!("SELECT detail FROM audit_log WHERE action = '{action}' ORDER BY seq")).await;
    rows.iter().map(|row| serde_json::from_str(row.get("detail")).expect("JSON")).collect()
}

/// Returns the entries that a token may read.
async fn read(server: &Server, token: &str, query: &str) -> Vec<Value> {
    let answer = server.get(&format!("/api/v2/audit?{query}"), token).await.expect(200);
    answer["entries"].as_array().expect("a list").clone()
}

fn actions(entries: &[Value]) -> Vec<&str> {
    entries.iter().map(|entry| entry["action"].as_str().expect("a text")).collect()
}

/// Creates a token of the first user that may read buckets.
pub async fn reader_of_buckets(server: &Server, first: &First) -> (String, String) {
    let permissions = json!([permission_in("read", "buckets", &first.org)]);
    let created = server.token(&first.token, &first.org, permissions).await.expect(201);
    (text(&created["id"]), text(&created["token"]))
}

#[tokio::test]
async fn changes_are_told_with_what_was_before_and_after() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let First { token, org, bucket, .. } = server.set_up().await;
        let path = format!("/api/v2/buckets/{bucket}");
        server
            .patch(&path, &token, json!({"description": "new", "retentionRules": [{"everySeconds": 7200, "shardGroupDurationSeconds": 3600}]}))
            .await
            .expect(200);
        server.patch(&format!("/api/v2/orgs/{org}"), &token, json!({"description": "ours"})).await.expect(200);
        let bob = server.user(&token, "bob").await;
        let members = format!("/api/v2/orgs/{org}/members");
        server.post(&members, &token, json!({"id": bob})).await.expect(201);
        server.delete(&format!("{members}/{bob}"), &token).await.expect(204);
        let config = json!({"orgID": org, "name": "t", "description": "", "config": "password = \"hush\"\n"});
        let telegraf = text(&server.post("/api/v2/telegrafs", &token, config).await.expect(201)["id"]);
        let config = json!({"orgID": org, "name": "t", "description": "d", "config": "password = \"quiet\"\n"});
        answer(with_token(server.request("PUT", &format!("/api/v2/telegrafs/{telegraf}")), &token).json(&config))
            .await
            .expect(200);

        let of = async |action: &str| details(&home, action).await.remove(0);
        let changed = of("bucket updated").await;
        assert_eq!(
            (&changed["before"]["retentionSeconds"], &changed["after"]["retentionSeconds"]),
            (&json!(0), &json!(7200))
        );
        assert_eq!((&changed["before"]["description"], &changed["after"]["description"]), (&json!(""), &json!("new")));
        assert_eq!(of("organization updated").await["after"]["description"], "ours");
        assert_eq!(of("member removed").await, json!({"user": bob, "name": "bob", "role": "member"}));
        let changed = of("telegraf configuration updated").await;
        assert_ne!(changed["before"]["textDigest"], changed["after"]["textDigest"]);
        assert!(
            !changed.to_string().contains("hush") && !changed.to_string().contains("quiet"),
            "its text may hold secrets"
        );
    })
    .await;
}

#[tokio::test]
async fn it_says_in_which_session_and_a_pasted_token_is_cut() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let alice = scene.caller(NAME, PASSWORD).await;
        let pasted = scene.token_of(scene.bruno, "x", "active").await;
        let given = TokenOptions { description: format!("for {pasted}"), ..TokenOptions::default() };
        scene.server.service.create_all_access(&alice, scene.org, given, None).await.expect("a token");
        let row = home.rows("SELECT actor_session, detail FROM audit_log ORDER BY seq DESC LIMIT 1").await.remove(0);
        let sessions = scene.server.service.own_sessions(&alice).await.expect("sessions");
        assert_eq!(row.get::<String, _>("actor_session"), sessions.rows[0].key);
        let detail: String = row.get("detail");
        assert!(detail.contains(&format!("for {}\"", &pasted[..8])) && !detail.contains(&pasted), "{detail}");
    })
    .await;
}

#[tokio::test]
async fn operators_read_all_owners_their_organization_and_everyone_their_own() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (server, first) = (&scene.server, &scene.first);
        let other = server.org(&first.token, "other").await;
        server.bucket(&first.token, &other, "elsewhere").await;
        server.bucket(&first.token, &first.org, "here").await;
        let of_bruno = scene.token_of(scene.bruno, "of bruno", "active").await;
        server.get("/api/v2/buckets", &of_bruno).await.expect(200);
        let query = AuditQuery::default();
        let all = async |caller| server.service.audit_entries(caller, &query, 1000).await.expect("entries");

        let everything = all(&scene.alice).await;
        assert_eq!(everything.last().map(|row| row.seq), Some(1));
        assert!(everything.windows(2).all(|pair| pair[0].seq == pair[1].seq + 1), "newest first, none left out");

        let carla = scene.caller("carla", "password2").await;
        let carla = all(&carla).await;
        assert!(carla.iter().any(|row| row.action == "bucket created" && row.org == Some(scene.org)));
        assert!(carla.iter().all(|row| row.org == Some(scene.org) || row.target.id == Some(scene.carla.into())));
        assert!(carla.iter().any(|row| row.action == "signed in"), "her own sign-in belongs to no organization");

        let bruno = scene.caller("Bruno", "password2").await;
        let bruno = all(&bruno).await;
        let told: Vec<&str> = bruno.iter().map(|row| row.action.as_str()).collect();
        assert_eq!(told, ["signed in", "authorization created", "password set", "user created"]);
        let by = bruno[1].actor.token.as_ref().expect("alice's token");
        assert_eq!(
            (by.description.as_deref(), by.prefix.as_deref()),
            (None, None),
            "another's token is no more than its id"
        );

        let token = server.service.caller_by_token(&of_bruno, Client::default()).await.expect("a caller");
        let told: Vec<String> = all(&token).await.into_iter().map(|row| row.action).collect();
        assert_eq!(told, ["authorization created"], "a token that may not read its owner reads of itself");
    })
    .await;
}

#[tokio::test]
async fn a_text_is_looked_for_only_where_the_reader_may_read_it() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (server, first) = (&scene.server, &scene.first);
        let body = json!({"orgID": first.org, "description": "zebra", "permissions": [permission("read", "tasks"),
            permission_in("write", "authorizations", &first.org), permission("write", "users"), permission("read", "orgs")]});
        let made = server.post("/api/v2/authorizations", &first.token, body).await.expect(201);
        let (id, prefix, zebra) = (text(&made["id"]), text(&made["tokenPrefix"]), text(&made["token"]));
        let asked = json!([permission_on("read", "orgs", &first.org, &first.org)]);
        let of_bruno = json!({"orgID": first.org, "userID": scene.bruno, "permissions": asked});
        server.post("/api/v2/authorizations", &zebra, of_bruno).await.expect(201);

        let bruno = scene.caller("Bruno", "password2").await;
        let found = async |caller, query: AuditQuery| {
            let rows = server.service.audit_entries(caller, &query, 1000).await.expect("entries");
            let page = server.service.audit_page(caller, scene.org, &query).await.expect("a page");
            assert_eq!(page.total, rows.len() as u64, "the console finds the same");
            rows.iter().filter(|row| row.actor.token.as_ref().is_some_and(|by| by.id.to_string() == id)).count()
        };
        let about = |text: &str| AuditQuery { about: text.into(), ..AuditQuery::default() };
        let by = |text: &str| AuditQuery { actor: text.into(), ..AuditQuery::default() };
        assert_eq!(found(&bruno, AuditQuery::default()).await, 1, "he sees that someone made him a token");
        for text in ["zebra", "ZEB", prefix.as_str(), "write:users"] {
            assert_eq!(found(&scene.alice, about(text)).await, 1, "{text}");
            assert_eq!(found(&bruno, about(text)).await, 0, "{text}");
        }
        assert_eq!((found(&scene.alice, by(&prefix)).await, found(&bruno, by(&prefix)).await), (1, 0));
        assert_eq!(found(&bruno, by(&id)).await, 1, "the id is shown");
    })
    .await;
}

#[tokio::test]
async fn a_token_that_reads_of_itself_alone_is_not_told_what_its_owners_other_tokens_are_called() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let first = server.set_up().await;
        let body = json!({"orgID": first.org, "description": "zebra", "permissions": [permission("write", "authorizations"),
            permission("write", "users"), permission("read", "tasks")]});
        let zebra = text(&server.post("/api/v2/authorizations", &first.token, body).await.expect(201)["token"]);
        let weak = server.token(&zebra, &first.org, json!([permission("read", "tasks")])).await.expect(201);
        let entries = read(&server, &text(&weak["token"]), "").await;
        assert_eq!(actions(&entries), ["authorization created"]);
        assert_eq!(entries[0]["actor"]["token"]["description"], Value::Null);
        assert_eq!(read(&server, &text(&weak["token"]), "about=zebra").await.len(), 0);
    })
    .await;
}

#[tokio::test]
async fn an_inactive_token_reads_nothing() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let token = scene.token_of(scene.bruno, "asleep", "inactive").await;
        assert_eq!(scene.server.get("/api/v2/audit", &token).await.refused(401), "token is inactive");
        assert_eq!(scene.server.get("/api/v2/audit", "").await.status, 401);
    })
    .await;
}

#[tokio::test]
async fn the_log_is_filtered_and_paged_by_key() {
    on_each_database(async |home| {
        let server = Server::start_at_rest(&home).await;
        let first = server.set_up().await;
        let token = &first.token;
        let (id, _) = reader_of_buckets(&server, &first).await;
        server.clock.advance(3600);
        let bucket = server.bucket(token, &first.org, "late").await;
        server.delete(&format!("/api/v2/buckets/{bucket}"), token).await.expect(204);
        server.sign_in(NAME, PASSWORD).await.cookie();
        let now = server.service.now();
        let told = async |query: String| {
            let entries = read(&server, token, &query).await;
            entries.iter().map(|entry| text(&entry["action"])).collect::<Vec<_>>()
        };
        assert_eq!(told(format!("from={now}")).await, ["signed in", "bucket deleted", "bucket created"]);
        assert_eq!(told(format!("to={now}")).await, ["authorization created", "authorization created", "set up"]);
        assert_eq!(told("action=deleted".into()).await, ["bucket deleted"]);
        assert_eq!(told("action=bucket%20created".into()).await, ["bucket created"]);
        assert_eq!(told("action=sign-ins".into()).await, ["signed in"]);
        assert_eq!(told("action=changed".into()).await, Vec::<String>::new());
        assert_eq!(told(format!("target=authorizations/{id}")).await, ["authorization created"]);
        assert_eq!(told("target=buckets".into()).await, ["bucket deleted", "bucket created"]);
        assert_eq!(
            told(format!("actor={}&action=created", first.authorization)).await,
            ["bucket created", "authorization created"]
        );
        assert_eq!(told(format!("actor={NAME}&limit=1")).await, ["signed in"]);
        assert_eq!(told("actor=nobody".into()).await, Vec::<String>::new());
        assert_eq!(told("about=LATE".into()).await, ["bucket deleted", "bucket created"]);
        assert_eq!(told(format!("about={id}")).await, ["authorization created"]);
        assert_eq!(told(format!("org={}", first.org)).await.len(), 5);

        let mut path = "/api/v2/audit?limit=4".to_owned();
        let mut seen = Vec::new();
        loop {
            let answer = server.get(&path, token).await.expect(200);
            seen.extend(answer["entries"].as_array().expect("a list").iter().map(|entry| entry["seq"].clone()));
            match answer["links"]["next"].as_str() {
                Some(next) => path = next.into(),
                None => break,
            }
        }
        assert_eq!(seen, [6, 5, 4, 3, 2, 1].map(|seq| json!(seq)));
    })
    .await;
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_with_the_reason() {
    let home = Home::sqlite();
    let server = Server::start(&home).await;
    let token = server.set_up().await.token;
    for query in [
        "from=yesterday",
        "to=2026-13-01",
        "limit=0",
        "limit=1001",
        "limit=x",
        "after=x",
        "org=1",
        "target=things",
        "target=buckets/1",
        "target=/x",
        "format=xml",
        "about=%00",
    ] {
        let message = server.get(&format!("/api/v2/audit?{query}"), &token).await.refused(400);
        assert!(!message.is_empty(), "{query}");
    }
    assert_eq!(read(&server, &token, "actor=%C3%A9&about=%25_%5C&action=nothing").await.len(), 0);
}

#[tokio::test]
async fn a_file_holds_all_that_the_filter_lets_through() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let first = server.set_up().await;
        server.bucket(&first.token, &first.org, "=cmd").await;
        let answer = server.get("/api/v2/audit?format=jsonl", &first.token).await;
        assert_eq!(answer.header("content-type"), "application/jsonl; charset=utf-8");
        let lines: Vec<Value> = answer.body.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        assert_eq!(actions(&lines), ["bucket created", "authorization created", "set up"]);
        assert_eq!(lines[0]["target"]["name"], "=cmd");
        assert_eq!(lines[0]["actor"]["user"]["name"], NAME);
        let now = read(&server, &first.token, "").await;
        assert_eq!(actions(&now[..1]), ["audit log exported"], "the file itself is on record");
        assert_eq!(lines, now[1..]);

        let request = with_token(server.request("GET", "/api/v2/audit?action=created"), &first.token);
        let csv = crate::support::server::answer(request.header("accept", "text/csv")).await;
        assert!(csv.header("content-type").starts_with("text/csv"));
        let lines: Vec<&str> = csv.body.lines().collect();
        assert_eq!(lines.len(), 4, "{}", csv.body);
        assert!(lines[0].starts_with("seq,time,action,what,user id,user,"));
        assert!(lines[1].contains(",'=cmd,"), "no cell is a formula: {}", lines[1]);
    })
    .await;
}

#[tokio::test]
async fn a_long_log_is_written_in_portions() {
    let home = Home::sqlite();
    let server = Server::start(&home).await;
    let token = server.set_up().await.token;
    // Without a valid HMAC, which reading does not verify.
    home.sql(
        "INSERT INTO audit_log (seq, at, action, subject_type, detail, prev, hash) \
        WITH RECURSIVE n(i) AS (SELECT 3 UNION ALL SELECT i + 1 FROM n WHERE i < 2500) \
        SELECT i, i, 'bucket created', 'buckets', '{}', '', '' FROM n",
    )
    .await;
    home.sql("UPDATE audit_head SET seq = 2500").await;
    let answer = server.get("/api/v2/audit?format=jsonl", &token).await;
    assert_eq!(answer.body.lines().count(), 2500);
}
