//! The console's Buckets page: tokens that reach each bucket, lists, and forms.

mod forms;
mod lists;

use jeton_model::{
    OrgId,
    console::{buckets::BucketPage, list_query::ListQuery},
};
use jeton_service::Caller;

use crate::{
    home::Home,
    support::{
        server::{Answer, First, NAME, PASSWORD, Server, answer, permission_on, text},
        shared::at_rest,
    },
};

use reqwest::RequestBuilder;
use serde_json::Value;

/// An organization, and its first user with an operator token.
struct Scene {
    server: Server,
    first: First,
    caller: Caller,
    org: OrgId,
}

impl Scene {
    async fn new(home: &Home) -> Self {
        let (server, first) = at_rest(home).await;
        let caller = server.caller(&first.token).await;
        let org = first.org.parse().expect("an id");
        Self { server, first, caller, org }
    }

    async fn page(&self, query: &ListQuery) -> BucketPage {
        self.server.service.bucket_page(&self.caller, self.org, query).await.expect("a page")
    }

    async fn names(&self, query: &ListQuery) -> Vec<String> {
        let page = self.page(query).await;
        page.list.rows.into_iter().map(|row| row.bucket.name).collect()
    }

    /// Returns the number of tokens that read and that write a bucket.
    async fn reach(&self, name: &str) -> (u64, u64) {
        let page = self.page(&ListQuery::default()).await;
        let row = page.list.rows.iter().find(|row| row.bucket.name == name).expect(name);
        (row.readers, row.writers)
    }

    async fn token(&self, permissions: Value) -> String {
        let answer = self.server.token(&self.first.token, &self.first.org, permissions).await;
        text(&answer.expect(201)["id"])
    }

    async fn bucket(&self, name: &str) -> String {
        self.server.bucket(&self.first.token, &self.first.org, name).await
    }

    fn on(&self, action: &str, bucket: &str) -> Value {
        permission_on(action, "buckets", bucket, &self.first.org)
    }

    /// Signs in to the console and returns the cookie.
    async fn sign_in(&self) -> String {
        let form = [("username", NAME), ("password", PASSWORD)];
        let signed_in = answer(with_form(self.server.request("POST", "/sign-in"), &form)).await;
        assert_eq!(signed_in.status, 303);
        signed_in.header("set-cookie").split(';').next().unwrap_or_default().to_owned()
    }

    async fn submit(&self, cookie: &str, rest: &str, form: &[(&str, &str)]) -> Answer {
        let request = self.server.request("POST", &self.address(rest)).header("cookie", cookie);
        answer(with_form(request, form)).await
    }

    async fn open(&self, cookie: &str, rest: &str) -> Answer {
        answer(self.server.request("GET", &self.address(rest)).header("cookie", cookie)).await
    }

    fn address(&self, rest: &str) -> String {
        format!("/orgs/{}/load-data/buckets{rest}", self.first.org)
    }

    /// Returns a bucket as the API writes it.
    async fn read(&self, id: &str) -> Value {
        self.server.get(&format!("/api/v2/buckets/{id}"), &self.first.token).await.expect(200)
    }

    async fn by_name(&self, name: &str) -> Value {
        let path = format!("/api/v2/buckets?orgID={}&name={name}", self.first.org);
        self.server.get(&path, &self.first.token).await.expect(200)["buckets"][0].clone()
    }
}

fn with_form(request: RequestBuilder, form: &[(&str, &str)]) -> RequestBuilder {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    request.header("content-type", "application/x-www-form-urlencoded").body(body)
}
