//! Bulk changes of tokens: all or none.

use std::collections::BTreeSet;

use serde_json::json;

use jeton_model::AuthorizationId;
use jeton_service::{
    Caller, Error,
    error::{AuthError, TokenError},
    tokens::bulk::{BulkAction, MAX_AT_ONCE, Targets},
};

use crate::{
    home::{Home, on_each_database},
    support::{
        console::Browser,
        server::{NAME, permission_in, permission_on, text},
    },
    token_list::{Scene, query_of},
};

impl Scene {
    async fn change(&self, caller: &Caller, which: &Targets, what: BulkAction) -> Result<u64, Error> {
        self.server.service.change_tokens(caller, self.org, which, what).await
    }

    async fn ids(&self, query: &str) -> BTreeSet<AuthorizationId> {
        self.page(&self.caller, query).await.rows.iter().map(|row| row.id).collect()
    }

    async fn count(&self, query: &str) -> u64 {
        self.page(&self.caller, query).await.total.known()
    }
}

fn listed(query: &str) -> Targets {
    Targets::Listed { query: query_of(query), expected: None }
}

/// Returns the number of log entries with an event.
async fn logged(home: &Home, event: &str) -> usize {
    home.rows(&format!("SELECT seq FROM audit_log WHERE action = '{event}'")).await.len()
}

#[tokio::test]
async fn these_tokens_are_switched_and_each_is_logged() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let these = Targets::These(scene.ids("kind=custom").await);
        assert_eq!(scene.change(&scene.caller, &these, BulkAction::Deactivate).await, Ok(5), "one was inactive before");
        assert_eq!(scene.count("status=inactive").await, 6);
        assert_eq!(logged(&home, "authorization updated").await, 5);
        assert_eq!(scene.change(&scene.caller, &these, BulkAction::Activate).await, Ok(6));
        assert_eq!(scene.count("status=active&kind=custom").await, 6);
        assert_eq!(scene.count("searchTerm=inactive").await, 0, "the texts follow");
        assert!(scene.server.check_audit_log().await.1);
    })
    .await;
}

#[tokio::test]
async fn everything_that_is_listed_is_deleted_on_any_page() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let query = "kind=custom&perPage=10&page=2&owner=alice";
        assert_eq!(scene.server.service.count_meant(&scene.caller, scene.org, &listed(query)).await, Ok(5));
        assert_eq!(scene.change(&scene.caller, &listed(query), BulkAction::Delete).await, Ok(5));
        assert_eq!((scene.count("kind=custom").await, scene.count("").await), (1, 3));
        assert_eq!(logged(&home, "authorization deleted").await, 5);
        assert_eq!(
            home.rows("SELECT action FROM grants WHERE resource_type = 'tasks' AND action = 'write'").await.len(),
            2
        );
    })
    .await;
}

#[tokio::test]
async fn more_than_the_question_named_are_left_alone() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let which = |expected| Targets::Listed { query: query_of("kind=custom"), expected: Some(expected) };
        assert_eq!(
            scene.change(&scene.caller, &which(5), BulkAction::Delete).await,
            Err(Error::Token(TokenError::MoreMatch { now: 6 }))
        );
        assert_eq!(scene.count("kind=custom").await, 6);
        assert_eq!(scene.change(&scene.caller, &which(7), BulkAction::Delete).await, Ok(6), "fewer are no surprise");
    })
    .await;
}

#[tokio::test]
async fn one_that_may_not_be_changed_keeps_all_as_they_are() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let org = &scene.first.org;
        let own = scene.token("may go", json!([permission_in("read", "tasks", org)]), json!({})).await;
        let permissions = json!([
            permission_on("write", "authorizations", &own, org),
            permission_in("read", "authorizations", org),
            permission_on("read", "users", &scene.first.user, org),
            permission_on("write", "users", &scene.first.user, org),
            permission_in("read", "tasks", org),
        ]);
        let created = scene.server.token(&scene.first.token, org, permissions).await.expect(201);
        let weak = scene.server.caller(&text(&created["token"])).await;
        for what in [BulkAction::Activate, BulkAction::Deactivate, BulkAction::Delete] {
            for which in [listed(""), Targets::These(scene.ids("owner=alice").await)] {
                let refused = scene.change(&weak, &which, what).await;
                assert!(matches!(refused, Err(Error::Auth(AuthError::Unauthorized(_)))), "{refused:?}");
            }
        }
        assert_eq!((scene.count("").await, scene.count("status=inactive").await), (10, 1));
        let only = Targets::These(BTreeSet::from([own.parse().expect("an id")]));
        assert_eq!(scene.change(&weak, &only, BulkAction::Delete).await, Ok(1));
    })
    .await;
}

#[tokio::test]
async fn what_is_gone_or_elsewhere_refuses_the_whole() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let other = scene.server.org(&scene.first.token, "other").await;
        let body = json!([permission_in("read", "tasks", &other)]);
        let foreign = text(&scene.server.token(&scene.first.token, &other, body).await.expect(201)["id"]);
        for id in [foreign, "00000000000000ff".to_owned()] {
            let mut ids = scene.ids("").await;
            ids.insert(id.parse().expect("an id"));
            let refused = scene.change(&scene.caller, &Targets::These(ids), BulkAction::Delete).await;
            assert_eq!(refused, Err(Error::Token(TokenError::NotFound)));
        }
        assert_eq!(scene.count("").await, 8);
    })
    .await;
}

#[tokio::test]
async fn none_and_too_many_are_refused() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let none = Targets::These(BTreeSet::new());
        assert_eq!(
            scene.change(&scene.caller, &none, BulkAction::Delete).await,
            Err(Error::Token(TokenError::NothingSelected))
        );
        assert_eq!(
            scene.change(&scene.caller, &listed("owner=carol"), BulkAction::Delete).await,
            Err(Error::Token(TokenError::NothingSelected))
        );
        let many = (1..=MAX_AT_ONCE + 1).map(|number| format!("{number:016x}").parse().expect("an id"));
        let refused = scene.change(&scene.caller, &Targets::These(many.collect()), BulkAction::Delete).await;
        assert!(refused.expect_err("too many").to_string().contains("10000"));
    })
    .await;
}

#[tokio::test]
async fn what_ended_can_be_deleted_but_not_switched() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        home.sql("UPDATE authorizations SET ended_at = 1 WHERE description IN ('tasks', 'names it')").await;
        assert_eq!(scene.change(&scene.caller, &listed("kind=custom"), BulkAction::Activate).await, Ok(0));
        assert_eq!(scene.change(&scene.caller, &listed("kind=custom"), BulkAction::Deactivate).await, Ok(4));
        assert_eq!(scene.change(&scene.caller, &listed("kind=custom"), BulkAction::Delete).await, Ok(6));
    })
    .await;
}

#[tokio::test]
async fn without_script_deleting_asks_first_and_names_the_number() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    let browser = Browser::sign_in(&scene.server, NAME).await;
    let list = format!("/orgs/{}/load-data/tokens", scene.first.org);
    let selected = format!("{list}/selected?kind=custom");
    let all = [("kind", "custom"), ("all", "yes"), ("do", "delete")];
    let asked = browser.send(&selected, &all).await;
    assert_eq!(asked.status, 200);
    assert!(asked.body.contains("Delete 6 API tokens?"), "{}", asked.body);
    assert_eq!(scene.count("kind=custom").await, 6);

    let sure = [&all[..], &[("sure", "yes"), ("expected", "6")]].concat();
    let done = browser.send(&selected, &sure).await;
    assert_eq!((done.status, done.header("location")), (303, format!("{list}?kind=custom&done=tokens-deleted")));
    assert_eq!(scene.count("kind=custom").await, 0);

    let nothing = browser.send(&selected, &[("do", "deactivate")]).await;
    assert_eq!(nothing.status, 422);
    assert!(nothing.body.contains("No token is selected"), "{}", nothing.body);

    let ids: Vec<String> = scene.ids("").await.iter().map(ToString::to_string).collect();
    let mut ticked: Vec<(&str, &str)> = ids.iter().map(|id| ("id", id.as_str())).collect();
    ticked.push(("do", "deactivate"));
    let done = browser.send(&format!("{list}/selected"), &ticked).await;
    assert_eq!((done.status, done.header("location")), (303, format!("{list}?done=tokens-updated")));
    assert_eq!(scene.count("status=inactive").await, 2);
}
