//! Leak reports: anyone who has a token may revoke it, without learning more.

use jeton_model::leaked::{Finding, LeakOutcome};
use jeton_service::{Client, tokens::leaked::Reported};

use crate::{
    home::{Home, on_each_database},
    revocation::expire,
    support::{
        console::Browser,
        server::{Answer, First, NAME, Server, answer, permission, permission_in, text, with_token},
        shared::at_rest,
    },
};

use serde_json::{Value, json};
use sqlx::Row as _;

const PATH: &str = "/api/v2/tokens/leaked";

struct Scene {
    server: Server,
    first: First,
    /// A token with almost no permissions.
    scanner: String,
}

impl Scene {
    async fn new(home: &Home) -> Self {
        let (server, first) = at_rest(home).await;
        let scanner = server.token(&first.token, &first.org, json!([permission("read", "labels")])).await;
        Self { scanner: text(&scanner.expect(201)["token"]), server, first }
    }

    async fn made(&self, description: &str) -> (String, String) {
        let permissions = json!([permission("read", "users")]);
        let body = json!({"orgID": self.first.org, "description": description, "permissions": permissions});
        let made = self.server.post("/api/v2/authorizations", &self.first.token, body).await.expect(201);
        (text(&made["id"]), text(&made["token"]))
    }

    async fn report(&self, tokens: &[&str]) -> Answer {
        self.server.post(PATH, &self.scanner, json!({"tokens": tokens})).await
    }

    /// Returns the outcome of each reported token.
    async fn fates(&self, tokens: &[&str]) -> Vec<String> {
        let said = self.report(tokens).await.expect(200);
        let said = said["tokens"].as_array().expect("a list").clone();
        assert!(said.iter().enumerate().all(|(index, one)| one["position"] == json!(index)));
        said.iter().map(|one| text(&one["result"])).collect()
    }

    async fn report_text(&self, log: &str) -> Answer {
        let request = with_token(self.server.request("POST", PATH), &self.scanner);
        answer(request.header("content-type", "text/plain; charset=utf-8").body(log.to_owned())).await
    }

    async fn status(&self, token: &str) -> u16 {
        self.server.get("/api/v2/me", token).await.status
    }

    async fn status_of(&self, id: &str) -> Value {
        let path = format!("/api/v2/authorizations/{id}");
        self.server.get(&path, &self.first.token).await.expect(200)["status"].clone()
    }

    /// Stores a token with a chosen value, as set-up and import do.
    async fn supply(&self, home: &Home, token: &str) -> String {
        let (id, made) = self.made("Imported").await;
        let (old, new) = (jeton_model::token::TokenHash::of(&made), jeton_model::token::TokenHash::of(token));
        let sql = format!(
            "UPDATE authorizations SET token_hash = '{}', token_prefix = NULL WHERE token_hash = '{}'",
            new.as_str(),
            old.as_str()
        );
        assert_eq!(home.sql(&sql).await, 1);
        id
    }
}

fn damaged(token: &str) -> String {
    let last = if token.ends_with('0') { "1" } else { "0" };
    format!("{}{last}", &token[..token.len() - 1])
}

#[tokio::test]
async fn each_string_is_answered_and_what_works_stops_at_once() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (id, token) = scene.made("Leaky").await;
        let (_, bystander) = scene.made("Bystander").await;
        assert_eq!(scene.status(&token).await, 200);
        let answer = scene.report(&[&token, "nope", &damaged(&token), "", &token]).await;
        assert_eq!(answer.header("cache-control"), "no-store");
        assert!(!answer.body.contains(&token[8..]) && !answer.body.contains("nope"), "{}", answer.body);
        let expected = json!({"tokens": [
            {"position": 0, "prefix": token[..8], "result": "deactivated"},
            {"position": 1, "prefix": "", "result": "unknown"},
            {"position": 2, "prefix": token[..8], "result": "damaged"},
            {"position": 3, "prefix": "", "result": "unknown"},
            {"position": 4, "prefix": token[..8], "result": "alreadyDead"},
        ]});
        assert_eq!(answer.expect(200), expected);
        assert_eq!(scene.status(&token).await, 401);
        assert_eq!(scene.status_of(&id).await, "inactive");
        assert_eq!(scene.status(&bystander).await, 200);
        assert_eq!(scene.fates(&[&token]).await, ["alreadyDead"]);
    })
    .await;
}

#[tokio::test]
async fn dead_is_dead_however_it_died() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let now = scene.server.clock.now().micros();
        let ((_, expired), (inactive, switched_off)) = (scene.made("a").await, scene.made("b").await);
        expire(&home, &expired, now).await;
        let path = format!("/api/v2/authorizations/{inactive}");
        scene.server.patch(&path, &scene.first.token, json!({"status": "inactive"})).await.expect(200);
        let org = scene.server.org(&scene.first.token, "gone").await;
        let ended = scene.server.token(&scene.first.token, &org, json!([permission_in("read", "tasks", &org)])).await;
        let ended = text(&ended.expect(201)["token"]);
        scene.server.delete(&format!("/api/v2/orgs/{org}"), &scene.first.token).await.expect(204);
        assert_eq!(scene.fates(&[&expired, &switched_off, &ended]).await, ["alreadyDead"; 3]);
    })
    .await;
}

#[tokio::test]
async fn a_leaked_token_does_not_come_back_with_its_owner() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let bob = scene.server.user(&scene.first.token, "bob").await;
        let body = json!({"orgID": scene.first.org, "userID": bob, "permissions": [permission("read", "users")]});
        let made = scene.server.post("/api/v2/authorizations", &scene.first.token, body).await.expect(201);
        let token = text(&made["token"]);
        let path = format!("/api/v2/users/{bob}");
        scene.server.patch(&path, &scene.first.token, json!({"status": "inactive"})).await.expect(200);
        assert_eq!(scene.fates(&[&token]).await, ["deactivated"]);
        scene.server.patch(&path, &scene.first.token, json!({"status": "active"})).await.expect(200);
        assert_eq!(scene.status(&token).await, 401);
    })
    .await;
}

#[tokio::test]
async fn supplied_and_imported_tokens_are_found_though_they_have_no_check_characters() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let influxds = format!("{}==", "Ab-_".repeat(22)[..86].to_owned());
        let odd = damaged(&scene.first.token);
        for token in ["op-token", &influxds, &odd] {
            let id = scene.supply(&home, token).await;
            assert_eq!(scene.fates(&[&format!(" {token}\n")]).await, ["deactivated"], "{token:.8}");
            assert_eq!(scene.status_of(&id).await, "inactive");
        }
        let id = scene.supply(&home, &format!("x{}", &influxds[1..])).await;
        assert_eq!(scene.fates(&[&format!("x{}", &influxds[1..86])]).await, ["deactivated"], "without its end");
        assert_eq!(scene.status_of(&id).await, "inactive");
    })
    .await;
}

#[tokio::test]
async fn whoever_has_a_credential_that_works_may_report_anything_even_their_own_token() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        assert_eq!(scene.server.post(PATH, "", json!({"tokens": [scene.first.token]})).await.status, 401);
        let (_, token) = scene.made("Reporter").await;
        let said = scene.server.post(PATH, &token, json!({"tokens": [token, scene.first.token]})).await.expect(200);
        assert_eq!(crate::support::server::members(&said["tokens"], "result"), ["deactivated"; 2]);
        for dead in [&token, &scene.first.token] {
            assert_eq!(scene.status(dead).await, 401);
            let refused = scene.server.post(PATH, dead, json!({"tokens": [scene.scanner]})).await;
            assert_eq!(refused.refused(401), "token is inactive", "a dead credential reports nothing");
        }
        assert_eq!(scene.fates(&[&scene.scanner]).await, ["deactivated"]);
    })
    .await;
}

#[tokio::test]
async fn each_deactivation_is_on_record_with_who_reported_it() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let ((_, one), (_, other)) = (scene.made("One").await, scene.made("Other").await);
        scene.report(&[&one, "nope", &other, &one]).await.expect(200);
        let hash = jeton_model::token::TokenHash::of(&scene.scanner);
        let sql = format!(
            "SELECT detail FROM audit_log WHERE action = 'authorization leaked' AND actor_authorization_id = \
             (SELECT id FROM authorizations WHERE token_hash = '{}') ORDER BY seq",
            hash.as_str()
        );
        let rows = home.rows(&sql).await;
        let details: Vec<String> = rows.iter().map(|row| row.get("detail")).collect();
        assert_eq!(details.len(), 2);
        for (detail, name) in details.iter().zip(["One", "Other"]) {
            let detail: Value = serde_json::from_str(detail).expect("JSON");
            assert_eq!((&detail["description"], &detail["after"]["status"]), (&json!(name), &json!("inactive")));
        }
        assert!(!details.concat().contains(&one[8..]));
        assert!(scene.server.check_audit_log().await.1);
    })
    .await;
}

#[tokio::test]
async fn a_pasted_log_is_searched_for_tokens() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (_, token) = scene.made("Logged").await;
        scene.supply(&home, "my-super-secret-auth-token").await;
        scene.supply(&home, "op-token").await;
        let log = format!(
            "2026-11-24T17:20:03Z GET /query 200\nAuthorization: Token {token}\n{{\"t\":\"{}\"}}\nINFLUX_TOKEN=my-super-secret-auth-token\n\
             again {token}, and 'op-token'\nprefix jtn_k7Vn…\n",
            damaged(&token)
        );
        let answer = scene.report_text(&log).await;
        assert!(!answer.body.contains("secret") && !answer.body.contains("op-token"), "{}", answer.body);
        let expected = json!({"tokens": [
            {"position": 0, "line": 2, "prefix": token[..8], "result": "deactivated"},
            {"position": 1, "line": 3, "prefix": token[..8], "result": "damaged"},
            {"position": 2, "line": 4, "prefix": "my-s", "result": "deactivated"},
            {"position": 3, "line": 5, "prefix": "", "result": "deactivated"},
        ]});
        assert_eq!(answer.expect(200), expected);
        assert_eq!(scene.status(&token).await, 401);
        assert_eq!(scene.report_text("nothing of interest").await.expect(200), json!({"tokens": []}));
    })
    .await;
}

#[tokio::test]
async fn a_thousand_strings_are_looked_up_and_one_more_is_refused() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (_, token) = scene.made("Last").await;
        let mut many: Vec<String> = (0..1000).map(|number| format!("string {number}")).collect();
        many.push(token.clone());
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let message = scene.report(&many).await.refused(422);
        assert_eq!(message, "a report may contain at most 1000 tokens; split it");
        assert_eq!(scene.status(&token).await, 200, "nothing of it happened");
        assert_eq!(scene.fates(&many[1..]).await.last().map(String::as_str), Some("deactivated"));
    })
    .await;
}

#[tokio::test]
async fn what_is_no_report_is_refused_without_repeating_it() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let secret = &scene.first.token;
        for body in [
            json!({}),
            json!({"tokens": null}),
            json!([secret]),
            json!(secret),
            json!({"tokens": secret}),
            json!({"tokens": {secret: 1}}),
            json!({"tokens": [[secret]]}),
            json!({"tokens": [7]}),
        ] {
            let refused = scene.server.post(PATH, &scene.scanner, body.clone()).await;
            assert!(!refused.body.contains(&secret[8..]), "{}", refused.body);
            refused.refused(400);
        }
        let request = with_token(scene.server.request("POST", PATH), &scene.scanner).body(secret.clone());
        let refused = answer(request).await;
        assert!(!refused.body.contains(&secret[8..]) && refused.body.contains("text/plain"), "{}", refused.body);
        assert_eq!(refused.status, 400);
        assert_eq!(scene.report(&[]).await.expect(200), json!({"tokens": []}));
        assert_eq!(scene.status(secret).await, 200);
    })
    .await;
}

#[tokio::test]
async fn an_address_that_reports_without_end_has_to_wait() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    let report = async |strings: usize, address: &str| {
        let client = Client { address: Some(address.parse().expect("an address")), ..Client::default() };
        let caller = scene.server.service.caller_by_token(&scene.scanner, client).await.expect("a caller");
        let words: Vec<String> = (0..strings).map(|number| format!("word{number}")).collect();
        scene.server.service.report_leaked(&caller, &Reported::Text(words.join(" ").into())).await.map(|_| ())
    };
    for _ in 0..5 {
        assert_eq!(report(10_000, "192.0.2.1").await, Ok(()));
    }
    let refused = report(1, "192.0.2.1").await.expect_err("a refusal");
    assert_eq!(refused.code().status(), 429);
    assert_eq!(report(1, "192.0.2.2").await, Ok(()), "others are not concerned");
    scene.server.clock.advance(3600);
    assert_eq!(report(1, "192.0.2.1").await, Ok(()));
}

#[tokio::test]
async fn no_text_makes_the_search_fail() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    let caller = scene.server.caller(&scene.scanner).await;
    let report = async |text: String| scene.server.service.report_leaked(&caller, &Reported::Text(text.into())).await;
    for text in ["\0\0jtn_\0", "jtn_ॐ=====\u{feff}", &"=".repeat(100_000), &"jtn_".repeat(2000), "\"'`\r\n\r"] {
        assert!(report(text.into()).await.is_ok(), "{text:.20}");
    }
    let found = report(format!("\0{}\0", scene.first.token)).await;
    let expected = Finding {
        position: 0,
        line: Some(1),
        prefix: scene.first.token[..8].into(),
        fate: LeakOutcome::Deactivated,
        id: None,
        live_descendants: 1,
        descendants: Vec::new(),
    };
    assert_eq!(found, Ok(vec![expected]));
}

#[tokio::test]
async fn the_console_has_a_box_for_them_that_shows_nothing_of_what_was_pasted() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (_, token) = scene.made("Pasted").await;
        let browser = Browser::sign_in(&scene.server, NAME).await;
        let list = format!("/orgs/{}/load-data/tokens", scene.first.org);
        assert!(browser.open(&list).await.body.contains(&format!("href=\"{list}/leaked\"")));
        let page = browser.open(&format!("{list}/leaked")).await;
        assert_eq!(page.status, 200);
        assert!(page.body.contains("Report leaked tokens") && page.body.contains("<textarea"));
        let done = browser.send(&format!("{list}/leaked"), &[("leaked", &format!("a\nToken {token}"))]).await;
        assert_eq!((done.status, done.header("cache-control").as_str()), (200, "no-store"));
        for shown in ["1 token was deactivated.", "line 2", &token[..8]] {
            assert!(done.body.contains(shown), "{shown}");
        }
        assert!(!done.body.contains(&token[8..]));
        assert_eq!(scene.status(&token).await, 401);
        let none = browser.send(&format!("{list}/leaked"), &[("leaked", "nothing here")]).await;
        assert!(none.body.contains("No token was found.") && !none.body.contains("nothing here"));
        let words: String = (0..10_001).map(|number| format!("word{number} ")).collect();
        let refused = browser.send(&format!("{list}/leaked"), &[("leaked", &words)]).await;
        assert_eq!(refused.status, 422);
        assert!(
            refused.body.contains("A report may contain at most 10000 different words")
                && !refused.body.contains("word77")
        );
    })
    .await;
}
