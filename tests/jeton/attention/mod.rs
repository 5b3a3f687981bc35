//! Tokens that need attention: who may see them, how they are listed, and which remedies exist.

mod agreement;
mod rule_violations;

use std::collections::HashMap;

use jeton_model::{
    Authorization, OrgId, Status, UserId, attention::Attention, console::attention_filter::AttentionFilter,
    org_rules::OrgRules, tally::Tally,
};
use jeton_service::Caller;

use crate::{
    home::{Home, on_each_database},
    support::{
        console::Browser,
        server::{First, NAME, Server, permission_in, permission_on, text},
    },
    token_list::query_of,
};

use serde_json::{Value, json};
use sqlx::Row as _;

const DAY: i64 = 86_400_000_000;

/// A server with a stopped clock, and tokens of an active, an inactive and a deleted owner.
struct Office {
    home: Home,
    server: Server,
    first: First,
    caller: Caller,
    org: OrgId,
    owners: HashMap<UserId, Status>,
    bob: String,
}

impl Office {
    async fn open(home: Home) -> Self {
        let server = Server::start_at_rest(&home).await;
        let first = server.set_up().await;
        let caller = server.caller(&first.token).await;
        let org = first.org.parse().expect("an id");
        let mut owners = HashMap::from([(first.user.parse().expect("an id"), Status::Active)]);
        let bob = server.user(&first.token, "bob").await;
        let carol = server.user(&first.token, "carol").await;
        server.user(&first.token, "dave").await;
        server.patch(&format!("/api/v2/users/{carol}"), &first.token, json!({"status": "inactive"})).await.expect(200);
        owners.insert(bob.parse().expect("an id"), Status::Active);
        owners.insert(carol.parse().expect("an id"), Status::Inactive);
        server.token(&first.token, &first.org, json!([permission_in("read", "tasks", &first.org)])).await.expect(201);
        Self { home, server, first, caller, org, owners, bob }
    }

    async fn number(&self, query: &str) -> i64 {
        self.home.rows(query).await[0].try_get(0).expect("a number")
    }

    fn now(&self) -> i64 {
        self.server.clock.now().micros()
    }

    /// Returns every token in the list.
    async fn listed(&self, query: &str) -> Vec<Authorization> {
        let portion = self.server.service.token_portion(&self.caller, self.org, &query_of(query), None).await;
        portion.expect("a list").0.into_iter().map(|details| details.authorization).collect()
    }

    async fn counted(&self, caller: &Caller, word: &str) -> u64 {
        let counts = self.server.service.attention(caller, self.org).await.expect("numbers");
        counts.of(word.parse::<AttentionFilter>().expect("a reason")).known()
    }

    /// Returns the number of tokens that violate the current rules, or that would violate others.
    async fn out_of_line(&self, rules: Option<&OrgRules>) -> u64 {
        let count = self.server.service.out_of_line(&self.caller, self.org, rules).await;
        count.expect("a number").expect("may be known")
    }

    /// Creates a token of bob's with a description.
    async fn token(&self, description: &str, more: Value) -> String {
        let permissions = json!([permission_in("read", "tasks", &self.first.org)]);
        let mut body = json!({"orgID": self.first.org, "description": description, "permissions": permissions});
        for (name, value) in more.as_object().expect("an object") {
            body[name] = value.clone();
        }
        text(&self.server.post("/api/v2/authorizations", &self.first.token, body).await.expect(201)["id"])
    }

    async fn set(&self, description: &str, assignment: &str) {
        let text = format!("UPDATE authorizations SET {assignment} WHERE description = '{description}'");
        assert_eq!(self.home.sql(&text).await, 1, "{text}");
    }

    async fn api(&self, query: &str) -> Vec<String> {
        let answer = self.server.get(&format!("/api/v2/authorizations?{query}"), &self.first.token).await.expect(200);
        let list = answer["authorizations"].as_array().expect("a list");
        list.iter().map(|one| text(&one["description"])).collect()
    }
}

#[tokio::test]
async fn the_numbers_are_of_all_tokens_and_the_rows_only_of_those_one_may_see() {
    on_each_database(async |home| {
        let office = Office::open(home).await;
        let first = &office.first;
        for description in ["one", "two"] {
            office.token(description, json!({"userID": office.bob})).await;
            office.set(description, "created_at = 1").await;
        }
        let own = permission_on("read", "users", &first.user, &first.org);
        let permissions = json!([permission_in("read", "authorizations", &first.org), own]);
        let made = office.server.token(&first.token, &first.org, permissions).await.expect(201);
        let reader = office.server.caller(&text(&made["token"])).await;
        assert_eq!(office.counted(&reader, "never-used").await, 2);
        assert_eq!(office.counted(&reader, "any").await, 2);
        let page = office.server.service.token_page(&reader, office.org, &query_of("attention=never-used")).await;
        let page = page.expect("a page");
        assert_eq!((page.total, page.rows.len()), (Tally::exact(0), 0));
        let counts = page.attention.expect("numbers");
        assert_eq!(counts.of(AttentionFilter::Only(Attention::NeverUsed)), Tally::exact(2));
        assert_eq!(office.listed("attention=never-used").await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn who_may_not_read_the_authorizations_learns_no_number() {
    on_each_database(async |home| {
        let office = Office::open(home).await;
        let first = &office.first;
        let own = permission_on("read", "users", &first.user, &first.org);
        let made = office.server.token(&first.token, &first.org, json!([own])).await.expect(201);
        let (weak, path) = (text(&made["token"]), format!("/api/v2/authorizations/attention?orgID={}", first.org));
        assert!(office.server.get(&path, &weak).await.refused(401).contains("read:orgs/"));
        let caller = office.server.caller(&weak).await;
        let page = office.server.service.token_page(&caller, office.org, &query_of("")).await.expect("a page");
        assert_eq!(page.attention, None);
    })
    .await;
}

#[tokio::test]
async fn the_api_tells_the_numbers() {
    on_each_database(async |home| {
        let office = Office::open(home).await;
        let (token, now) = (&office.first.token, office.now());
        office.token("sleeps", json!({})).await;
        office.set("sleeps", &format!("last_used_at = {}", now - 90 * DAY)).await;
        office.token("ends", json!({})).await;
        office.set("ends", &format!("expires_at = {}", now + DAY)).await;
        let path = "/api/v2/authorizations/attention";
        let body = office.server.get(&format!("{path}?orgID={}", office.first.org), token).await.expect(200);
        let expected = json!({
            "orgID": office.first.org, "any": 2, "expiring": 1, "expired": 0, "unused": 1, "neverUsed": 0, "orphaned": 0,
            "ownerInactive": 0, "outOfLine": 0, "operator": 1, "noExpiry": 3,
        });
        assert_eq!(body, expected);
        assert!(office.server.get(path, token).await.refused(400).contains("orgID"));
        office.server.get(&format!("{path}?orgID=x"), token).await.refused(400);
        office.server.get(&format!("{path}?orgID=00000000000000ff"), token).await.refused(404);
        office.server.get(&format!("{path}?orgID={}", office.first.org), "").await.refused(401);
    })
    .await;
}

#[tokio::test]
async fn the_api_lists_what_expires_what_is_unused_and_what_needs_attention() {
    on_each_database(async |home| {
        let office = Office::open(home).await;
        let now = office.now();
        for description in ["tomorrow", "in a month", "used long ago", "used", "over", "orphan"] {
            office.token(description, json!({})).await;
        }
        office.set("tomorrow", &format!("expires_at = {}", now + DAY)).await;
        office.set("in a month", &format!("expires_at = {}", now + 30 * DAY)).await;
        office.set("used long ago", &format!("last_used_at = {}, created_at = 1", now - 100 * DAY)).await;
        office.set("used", &format!("last_used_at = {}", now - DAY)).await;
        office.set("over", &format!("expires_at = {now}")).await;
        office.set("orphan", "ended_at = 1").await;
        assert_eq!(office.api("expiring=14d").await, ["tomorrow"]);
        assert_eq!(office.api("expiring=5w").await, ["tomorrow", "in a month"]);
        assert_eq!(office.api("expiring=23h").await, Vec::<String>::new());
        assert_eq!(office.api("unused=90d").await, ["used long ago"]);
        assert_eq!(
            office.api(&format!("unused=24h&org={}", crate::support::server::ORG)).await,
            ["used long ago", "used"]
        );
        assert_eq!(office.api("attention=expired").await, ["over"]);
        assert_eq!(office.api("attention=orphaned").await, ["orphan"]);
        assert_eq!(office.api("attention=any").await, ["tomorrow", "used long ago", "over", "orphan"]);
        assert_eq!(office.api("attention=any&status=active&q=used").await, ["used long ago"]);
        assert!(!office.api("").await.contains(&"orphan".to_owned()), "the list itself is influxd's");
        for query in ["attention=much", "expiring=14", "expiring=soon", "unused=-1d", "unused=200000w"] {
            office.server.get(&format!("/api/v2/authorizations?{query}"), &office.first.token).await.refused(400);
        }
    })
    .await;
}

#[tokio::test]
async fn all_orphans_go_at_once_and_the_question_names_their_number() {
    on_each_database(async |home| {
        let office = Office::open(home).await;
        for description in ["one", "two"] {
            office.token(description, json!({"userID": office.bob})).await;
        }
        office.server.delete(&format!("/api/v2/users/{}", office.bob), &office.first.token).await.expect(204);
        assert_eq!(office.counted(&office.caller, "orphaned").await, 2);
        let browser = Browser::sign_in(&office.server, NAME).await;
        let list = format!("/orgs/{}/load-data/tokens", office.first.org);
        let shown = browser.open(&format!("{list}?attention=orphaned")).await;
        assert!(shown.body.contains(&format!("{list}/remedy?attention=orphaned")), "{}", shown.body);
        let asked = browser.open(&format!("{list}/remedy?attention=orphaned")).await;
        assert!(asked.body.contains("Delete 2 orphaned API tokens?"), "{}", asked.body);

        let sure = [("attention", "orphaned"), ("all", "yes"), ("sure", "yes"), ("do", "delete")];
        let fewer = browser.send(&format!("{list}/selected"), &[&sure[..], &[("expected", "1")]].concat()).await;
        assert_eq!(fewer.status, 422, "more than the question named");
        assert_eq!(office.counted(&office.caller, "orphaned").await, 2);

        let done = browser.send(&format!("{list}/selected"), &[&sure[..], &[("expected", "2")]].concat()).await;
        assert_eq!(
            (done.status, done.header("location")),
            (303, format!("{list}?attention=orphaned&done=tokens-deleted"))
        );
        assert_eq!(office.counted(&office.caller, "orphaned").await, 0);
        assert_eq!(office.listed("").await.len(), 2);
        let nothing = browser.open(&format!("{list}/remedy?attention=orphaned")).await;
        assert!(nothing.body.contains("No token is selected"), "{}", nothing.body);
    })
    .await;
}

#[tokio::test]
async fn the_page_says_what_needs_attention_and_what_helps() {
    let office = Office::open(Home::sqlite()).await;
    let browser = Browser::sign_in(&office.server, NAME).await;
    let list = format!("/orgs/{}/load-data/tokens", office.first.org);
    let quiet = browser.open(&list).await.body;
    assert!(!quiet.contains("attention</span>") && quiet.contains("1 operator token"), "{quiet}");

    office.token("sleeps", json!({})).await;
    office.set("sleeps", &format!("last_used_at = {}", office.now() - 90 * DAY)).await;
    let page = browser.open(&list).await.body;
    assert!(page.contains("1 needs attention") && page.contains("1 unused for more than 90 days"), "{page}");
    assert!(page.contains(&format!("href=\"{list}?attention=any\"")), "{page}");

    let any = browser.open(&format!("{list}?attention=any")).await.body;
    assert!(any.contains("Deactivate all") && any.contains(&format!("{list}/remedy?attention=unused")), "{any}");
    assert!(any.contains("1 operator token"), "the panel tells of all");
    let asked = browser.open(&format!("{list}/remedy?attention=unused")).await.body;
    assert!(asked.contains("Deactivate 1 unused API token?"), "{asked}");
    let operators = browser.open(&format!("{list}?attention=operator")).await.body;
    assert!(operators.contains("row-remedy") && operators.contains("Replace"), "{operators}");
    assert!(operators.contains("Remove the filter Attention: Operator token"), "{operators}");
}
