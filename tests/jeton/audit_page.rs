//! The audit log in the console: pages, expanded entries, and entries that arrived meanwhile.

use codee::{Decoder, binary::PostcardCodec};
use jeton_model::audit::AuditQuery;
use jeton_service::Caller;

use crate::{
    home::{Home, on_each_database},
    support::{
        console::Browser,
        server::{First, NAME, Server},
        shared::at_rest,
    },
};

use serde_json::json;

/// A server with thirty entries, besides those of set-up.
struct Scene {
    server: Server,
    first: First,
    caller: Caller,
}

impl Scene {
    async fn new(home: &Home) -> Self {
        let (server, first) = at_rest(home).await;
        let caller = server.caller(&first.token).await;
        let scene = Self { server, first, caller };
        for number in 0..30 {
            scene.server.bucket(&scene.first.token, &scene.first.org, &format!("b{number}")).await;
        }
        scene
    }

    fn path(&self, rest: &str) -> String {
        format!("/orgs/{}/settings/audit-log{rest}", self.first.org)
    }

    /// Returns how many matching entries are newer than the page's first, how many there are, and the page.
    async fn place(&self, query: &AuditQuery) -> (u64, u64, Vec<i64>) {
        let org = self.first.org.parse().expect("an id");
        let page = self.server.service.audit_page(&self.caller, org, query).await.expect("a page");
        (page.before, page.total, page.rows.iter().map(|row| row.seq).collect())
    }
}

#[tokio::test]
async fn the_page_shows_entries_as_sentences_and_leads_to_older_ones() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let browser = Browser::sign_in(&scene.server, NAME).await;
        let first = browser.open(&scene.path("")).await;
        assert_eq!(first.status, 200);
        assert_eq!(first.body.matches("data-testid=\"audit-entry\"").count(), 25);
        assert!(first.body.contains("Created bucket") && first.body.contains("“b29”"));
        let older =
            first.body.split("data-testid=\"audit-older\"").next().and_then(|before| before.rsplit("href=\"").next());
        let older = older.and_then(|href| href.split('"').next()).expect("a link");
        let older = browser.open(older).await;
        assert!(older.body.contains("“b0”") && !older.body.contains("“b29”"));
        let refused = browser.open(&scene.path("?action=refused&searchTerm=nobody")).await;
        assert!(refused.body.contains("No entries match"));
        let file = browser.open(&scene.path("/export.csv?action=created")).await;
        assert!(file.header("content-disposition").contains("audit-log.csv"));
        assert!(file.body.lines().count() > 30);
    })
    .await;
}

#[tokio::test]
async fn a_page_of_the_log_knows_where_in_it_it_is() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let created = AuditQuery { action: "bucket created".into(), ..AuditQuery::default() };
        let (before, total, newest) = scene.place(&created).await;
        assert_eq!((before, total, newest.len()), (0, 30, 25));
        let older = AuditQuery { after: newest.last().copied(), ..created.clone() };
        let (before, total, oldest) = scene.place(&older).await;
        assert_eq!((before, total, oldest.len()), (25, 30, 5));
        let newer = AuditQuery { before: oldest.first().copied(), ..created.clone() };
        assert_eq!(scene.place(&newer).await, (0, 30, newest));
        let middle = AuditQuery { before: oldest.last().copied(), ..created };
        assert_eq!(scene.place(&middle).await.0, 4, "the oldest twenty-five but one");

        let browser = Browser::sign_in(&scene.server, NAME).await;
        let first = browser.open(&scene.path("?action=bucket+created")).await.body;
        assert!(first.contains("1–25 of 30"), "{first}");
        let address = scene.path(&format!("?action=bucket+created&after={}", older.after.expect("an entry")));
        assert!(browser.open(&address).await.body.contains("26–30 of 30"));
        assert!(!browser.open(&scene.path("?searchTerm=nothing-is-called-so")).await.body.contains(" of 0"));
    })
    .await;
}

#[tokio::test]
async fn the_address_says_which_entries_stand_open() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let browser = Browser::sign_in(&scene.server, NAME).await;
        let (_, _, shown) = scene.place(&AuditQuery::default()).await;
        let open = async |rest: &str| {
            let body = browser.open(&scene.path(rest)).await.body;
            let (_, list) = body.split_once("data-testid=\"audit-list\"").expect("a list");
            list.split("data-testid=\"audit-entry\"")
                .skip(1)
                .map(|entry| entry.contains("<details open"))
                .collect::<Vec<_>>()
        };
        assert!(!open("").await.contains(&true));
        let two = open(&format!("?open={}.{}.999999.x", shown[1], shown[7])).await;
        let expected: Vec<bool> = (0..shown.len()).map(|index| index == 1 || index == 7).collect();
        assert_eq!(two, expected);
    })
    .await;
}

#[tokio::test]
async fn what_came_meanwhile_is_counted_as_the_log_is_filtered() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let org = scene.first.org.parse().expect("an id");
        let (_, _, shown) = scene.place(&AuditQuery::default()).await;
        let newer = async |caller: &Caller, query: &AuditQuery| {
            scene.server.service.audit_newer(caller, org, query, shown[0]).await.expect("a number")
        };
        let everything = AuditQuery::default();
        assert_eq!(newer(&scene.caller, &everything).await, 0);
        for name in ["one", "two"] {
            scene.server.bucket(&scene.first.token, &scene.first.org, name).await;
        }
        scene.server.user(&scene.first.token, "bob").await;
        let buckets = AuditQuery { target: "buckets".into(), ..AuditQuery::default() };
        assert_eq!((newer(&scene.caller, &everything).await, newer(&scene.caller, &buckets).await), (3, 2));
        let none = json!([crate::support::server::permission_in("read", "tasks", &scene.first.org)]);
        let weak = scene.server.token(&scene.first.token, &scene.first.org, none).await.expect(201);
        let weak = scene.server.caller(weak["token"].as_str().expect("a token")).await;
        assert_eq!(newer(&weak, &everything).await, 1, "of others' entries it learns no number: its own making is one");
    })
    .await;
}

#[tokio::test]
async fn a_page_that_asks_by_itself_keeps_no_session_alive() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let browser = Browser::sign_in(&scene.server, NAME).await;
        let asked = json!({"org": scene.first.org, "query": AuditQuery::default(), "seq": 0});
        let ask = async || browser.call("load_newer_entries", &asked).await;
        let newer = <PostcardCodec as Decoder<u64>>::decode(ask().await.body.as_bytes());
        assert_eq!(newer, Ok(33), "the sign-in among them");
        for _ in 0..3 {
            scene.server.clock.advance(19 * 60);
            assert_eq!(ask().await.status, 200);
        }
        scene.server.clock.advance(4 * 60);
        assert_eq!(ask().await.status, 401, "an hour after the sign-in");
    })
    .await;
}
