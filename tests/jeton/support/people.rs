//! An organization and its people, for tests of members and users.

use serde_json::json;
use sqlx::Row as _;

use jeton_model::{
    OrgId, UserId,
    console::{
        list_query::ListQuery,
        people::{MemberPage, UserPage},
    },
    org::Role,
    session_kind::SessionKind,
};
use jeton_service::{Caller, Client, Error, orgs::console_members::NewUser};

use crate::home::Home;

use super::server::{First, Server, permission_on, text};

/// An organization with alice, an operator, bruno, a member, and carla, a second owner.
pub struct Scene {
    pub server: Server,
    pub first: First,
    pub alice: Caller,
    pub bruno: UserId,
    pub carla: UserId,
    pub org: OrgId,
}

impl Scene {
    pub async fn new(home: &Home) -> Self {
        let server = Server::start(home).await;
        let first = server.set_up().await;
        let alice = server.caller(&first.token).await;
        let org: OrgId = first.org.parse().expect("an id");
        let join = async |name: &str, role| {
            let new = NewUser {
                name: name.into(),
                password: Some("password2".to_owned().into()),
                member_of: Some((org, role)),
            };
            server.service.create_with_password(&alice, new).await.expect("a user").id
        };
        let (bruno, carla) = (join("Bruno", Role::Member).await, join("carla", Role::Owner).await);
        Self { alice, bruno, carla, org, first, server }
    }

    pub async fn members(&self, caller: &Caller, query: ListQuery) -> Result<MemberPage, Error> {
        self.server.service.member_page(caller, self.org, &query).await
    }

    pub async fn users(&self, query: ListQuery) -> UserPage {
        self.server.service.user_page(&self.alice, &query).await.expect("a page")
    }

    pub async fn role(&self, user: UserId) -> Option<Role> {
        let page = self.members(&self.alice, ListQuery::default()).await.expect("a page");
        page.listed.rows.iter().find(|row| row.person.user.id == user).map(|row| row.role)
    }

    /// Creates a token of a user, by alice.
    pub async fn token_of(&self, user: UserId, description: &str, status: &str) -> String {
        let permissions = json!([permission_on("read", "orgs", &self.first.org, &self.first.org)]);
        let body = json!({"orgID": self.first.org, "userID": user, "description": description, "status": status, "permissions": permissions});
        text(&self.server.post("/api/v2/authorizations", &self.first.token, body).await.expect(201)["token"])
    }

    /// Returns the caller of a user's own session.
    pub async fn caller(&self, name: &str, password: &str) -> Caller {
        let cookie = self.server.sign_in(name, password).await.cookie();
        let key = cookie.split_once('=').expect("a cookie").1.to_owned();
        self.server.service.caller_by_session(&key, SessionKind::Api, Client::default()).await.expect("a session")
    }
}

pub fn names(page: &MemberPage) -> Vec<&str> {
    page.listed.rows.iter().map(|row| row.person.user.name.as_str()).collect()
}

pub fn filter(text: &str) -> ListQuery {
    ListQuery { filter: text.into(), ..ListQuery::default() }
}

/// Adds a form to a request, as a browser without JavaScript sends it.
pub fn form(request: reqwest::RequestBuilder, fields: &[(&str, &str)]) -> reqwest::RequestBuilder {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    request.header("content-type", "application/x-www-form-urlencoded").body(body)
}

pub async fn last_actions(home: &Home, count: i64) -> Vec<String> {
    let rows = home.rows(&format!("SELECT action FROM audit_log ORDER BY seq DESC LIMIT {count}")).await;
    rows.iter().rev().map(|row| row.get("action")).collect()
}
