//! The console's list of tokens: numbered pages, and the page that contains a given token.

use jeton_model::{
    AuthorizationId, OrgId,
    console::{
        token_query::{StatusFilter, TokenQuery},
        tokens::Sort,
    },
};
use jeton_service::Caller;

use crate::{
    home::{Home, on_each_database},
    support::server::{Server, permission_in, text},
};

use serde_json::json;

const COUNT: usize = 100;

/// A hundred tokens; some share a description and some are inactive.
struct Scene {
    server: Server,
    caller: Caller,
    org: OrgId,
    ids: Vec<AuthorizationId>,
}

impl Scene {
    async fn new(home: &Home) -> Self {
        let server = Server::start(home).await;
        let first = server.set_up().await;
        let org = server.org(&first.token, "o").await;
        let mut ids = Vec::new();
        for number in 0..COUNT {
            let description = format!("Token {}", number * 7 % 10);
            let status = if number % 3 == 0 { "inactive" } else { "active" };
            let body = json!({"orgID": org, "description": description, "status": status, "permissions": [permission_in("read", "tasks", &org)]});
            let created = server.post("/api/v2/authorizations", &first.token, body).await.expect(201);
            ids.push(text(&created["id"]).parse().expect("an id"));
        }
        let caller = server.caller(&first.token).await;
        Self { caller, server, org: org.parse().expect("an id"), ids }
    }

    /// Returns the page's number, its ids, and the number of tokens with and without the filter.
    async fn page(&self, query: &TokenQuery) -> (u64, Vec<AuthorizationId>, u64, u64) {
        let page = self.server.service.token_page(&self.caller, self.org, query).await.expect("a page");
        (page.page, page.rows.iter().map(|row| row.id).collect(), page.total.known(), page.unfiltered.known())
    }
}

#[tokio::test]
async fn the_page_that_holds_a_token_is_found_however_it_is_sorted() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        for sort in Sort::ALL {
            let mut whole = Vec::new();
            for page in 1..=10 {
                let query = TokenQuery { sort, page, page_size: 10, ..TokenQuery::default() };
                whole.extend(scene.page(&query).await.1);
            }
            for id in &scene.ids {
                let query = TokenQuery { sort, show: Some(*id), page_size: 10, ..TokenQuery::default() };
                let (page, rows, ..) = scene.page(&query).await;
                let place = whole.iter().position(|other| other == id).expect("listed");
                assert_eq!(page, place as u64 / 10 + 1, "{} {id}", sort.label());
                assert!(rows.contains(id), "{} {id}", sort.label());
            }
        }
    })
    .await;
}

#[tokio::test]
async fn every_sort_lists_each_token_once_and_in_its_order() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        for sort in Sort::ALL {
            let query = TokenQuery { sort, page_size: 100, ..TokenQuery::default() };
            let page = scene.server.service.token_page(&scene.caller, scene.org, &query).await.expect("a page");
            let mut rows = page.rows.clone();
            rows.sort_by(|a, b| {
                let by_key = match sort.key.name() {
                    "description" => a.description.cmp(&b.description),
                    "status" => a.status.name().cmp(b.status.name()),
                    _ => a.id.cmp(&b.id),
                };
                if sort.descending { by_key.reverse().then(a.id.cmp(&b.id)) } else { by_key.then(a.id.cmp(&b.id)) }
            });
            assert_eq!(page.rows, rows, "{}", sort.label());
            assert_eq!(rows.len(), COUNT);
        }
    })
    .await;
}

#[tokio::test]
async fn a_page_that_is_not_there_becomes_the_last_one() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let query = |page| TokenQuery { page, page_size: 50, ..TokenQuery::default() };
        assert_eq!(scene.page(&query(9)).await.0, 2);
        assert_eq!(scene.page(&query(u64::MAX)).await.0, 2);
        let nothing = TokenQuery { filter: "no such token".into(), page: 3, ..TokenQuery::default() };
        assert_eq!(scene.page(&nothing).await, (1, vec![], 0, COUNT as u64));
    })
    .await;
}

#[tokio::test]
async fn a_filter_narrows_the_pages_and_says_how_many_there_are() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let query = |filter: &str| TokenQuery { filter: filter.into(), ..TokenQuery::default() };
        let (page, rows, total, unfiltered) = scene.page(&query("TOKEN 3")).await;
        assert_eq!((page, rows.len(), total, unfiltered), (1, 10, 10, 100));
        let inactive = TokenQuery { status: Some(StatusFilter::Inactive), ..TokenQuery::default() };
        assert_eq!(scene.page(&inactive).await.2, 34);
        assert_eq!(scene.page(&query("3\0")).await.2, scene.page(&query("3")).await.2, "a NUL is nothing to look for");
    })
    .await;
}

#[tokio::test]
async fn showing_what_is_not_listed_still_gives_a_page() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let nobodys: AuthorizationId = "00000000000000ff".parse().expect("an id");
        for sort in Sort::ALL {
            let query = TokenQuery { sort, show: Some(nobodys), ..TokenQuery::default() };
            let (page, rows, ..) = scene.page(&query).await;
            assert!((1..=4).contains(&page) && rows.len() == 25, "{}", sort.label());
        }
    })
    .await;
}
