//! The Organizations page: visibility, counts, and confirmed deletion.

use reqwest::RequestBuilder;
use secrecy::ExposeSecret as _;
use serde_json::json;

use jeton_model::{
    OrgId,
    console::list_query::ListQuery,
    org::{Holdings, OrgSummary},
    session_kind::SessionKind,
};
use jeton_service::{
    Caller, Client, Error,
    error::{AuthError, OrgError},
};

use crate::{
    home::on_each_database,
    support::server::{Answer, First, NAME, ORG, PASSWORD, Server, answer, permission_in, text},
};

/// Begins a session of the console and returns its key.
async fn key(server: &Server, name: &str) -> String {
    let signed_in = server.service.sign_in(name, &PASSWORD.into(), SessionKind::Console, &Client::default()).await;
    signed_in.expect("a session").key.expose_secret().into()
}

async fn caller(server: &Server, name: &str) -> Caller {
    let key = key(server, name).await;
    server.service.caller_by_session(&key, SessionKind::Console, Client::default()).await.expect("a caller")
}

/// Creates a user who can sign in.
async fn user(server: &Server, token: &str, name: &str) -> String {
    let id = server.user(token, name).await;
    let path = format!("/api/v2/users/{id}/password");
    server.post(&path, token, json!({"password": PASSWORD})).await.expect(204);
    id
}

fn id(text: &str) -> OrgId {
    text.parse().expect("an id")
}

async fn names(server: &Server, caller: &Caller, query: &ListQuery) -> Vec<String> {
    let page = server.service.org_page(caller, query).await.expect("a page");
    page.rows.into_iter().map(|row| row.org.name).collect()
}

async fn summary(server: &Server, caller: &Caller, org: &str) -> OrgSummary {
    server.service.org_summary(caller, id(org)).await.expect("an organization")
}

/// A request with a form, as a browser without JavaScript sends it.
fn form(server: &Server, key: &str, path: &str, fields: &str) -> RequestBuilder {
    let request = server.request("POST", path).header("cookie", format!("jeton={key}"));
    request.header("content-type", "application/x-www-form-urlencoded").body(fields.to_owned())
}

async fn page(server: &Server, key: &str, path: &str) -> Answer {
    answer(server.request("GET", path).header("cookie", format!("jeton={key}"))).await
}

#[tokio::test]
async fn everyone_sees_the_organizations_they_may_read() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let First { token, org, .. } = server.set_up().await;
        let beta = server.org(&token, "beta").await;
        server.org(&token, "Gamma").await;
        let bob = user(&server, &token, "bob").await;
        server.post(&format!("/api/v2/orgs/{beta}/members"), &token, json!({"id": bob})).await.expect(201);
        let (alice, bob) = (caller(&server, NAME).await, caller(&server, "bob").await);
        assert_eq!(names(&server, &alice, &ListQuery::default()).await, [ORG, "beta", "Gamma"]);
        assert_eq!(names(&server, &bob, &ListQuery::default()).await, ["beta"]);
        assert!(matches!(
            server.service.org_summary(&bob, id(&org)).await,
            Err(Error::Auth(AuthError::Unauthorized(_)))
        ));
        assert!(!summary(&server, &bob, &beta).await.may_change);
        assert!(summary(&server, &alice, &beta).await.may_change);
        let one = server.token(&token, &beta, json!([permission_in("read", "buckets", &beta)])).await.expect(201);
        let stranger = server.caller(&text(&one["token"])).await;
        assert_eq!(names(&server, &stranger, &ListQuery::default()).await, Vec::<String>::new());
        assert!(server.service.may_create_orgs(&alice) && !server.service.may_create_orgs(&bob));
    })
    .await;
}

#[tokio::test]
async fn the_list_is_filtered_sorted_and_turned() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let first = server.set_up().await;
        for number in 10..22 {
            server.org(&first.token, &format!("Plant {number}")).await;
        }
        let alice = server.caller(&first.token).await;
        let query = ListQuery { filter: "PLANT".into(), page: 2, page_size: 10, ..ListQuery::default() };
        let page = server.service.org_page(&alice, &query).await.expect("a page");
        assert_eq!((page.total, page.unfiltered, page.page), (12, 13, 2));
        assert_eq!(names(&server, &alice, &query).await, ["Plant 20", "Plant 21"]);
        let backwards = ListQuery { descending: true, page: 1, ..query.clone() };
        assert_eq!(names(&server, &alice, &backwards).await.first().map(String::as_str), Some("Plant 21"));
        let beyond = ListQuery { page: 9, ..query };
        assert_eq!(server.service.org_page(&alice, &beyond).await.expect("a page").page, 2);
        for nothing in ["100%", "plant_1", "\\"] {
            let query = ListQuery { filter: nothing.into(), ..ListQuery::default() };
            assert_eq!(names(&server, &alice, &query).await, Vec::<String>::new(), "{nothing}");
        }
    })
    .await;
}

#[tokio::test]
async fn it_is_counted_what_goes_with_an_organization() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let First { token, org, .. } = server.set_up().await;
        let beta = server.org(&token, "beta").await;
        let bob = user(&server, &token, "bob").await;
        server.post(&format!("/api/v2/orgs/{beta}/members"), &token, json!({"id": bob})).await.expect(201);
        server.bucket(&token, &beta, "iot").await;
        server.token(&token, &beta, json!([permission_in("read", "buckets", &beta)])).await.expect(201);
        let telegraf = json!({"orgID": beta, "name": "t", "config": "[agent]"});
        server.post("/api/v2/telegrafs", &token, telegraf).await.expect(201);
        let expected = Holdings { members: 2, buckets: 3, telegrafs: 1, tokens: 1, credentials: 0 };
        let (alice, bob) = (caller(&server, NAME).await, caller(&server, "bob").await);
        assert_eq!(summary(&server, &alice, &beta).await.holds, expected);
        assert_eq!(summary(&server, &bob, &beta).await.holds, expected, "counts hold what the viewer may not list");
        let own = Holdings { members: 1, buckets: 3, telegrafs: 0, tokens: 1, credentials: 0 };
        assert_eq!(summary(&server, &alice, &org).await.holds, own);
    })
    .await;
}

#[tokio::test]
async fn an_organization_is_deleted_by_whoever_types_its_name() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let First { token, .. } = server.set_up().await;
        let beta = server.org(&token, "beta").await;
        let bob = user(&server, &token, "bob").await;
        server.post(&format!("/api/v2/orgs/{beta}/members"), &token, json!({"id": bob})).await.expect(201);
        let (alice, bob) = (caller(&server, NAME).await, caller(&server, "bob").await);
        for mistyped in ["", "Beta", "bet", "beta beta"] {
            let refused = server.service.delete_org_by_name(&alice, id(&beta), mistyped).await;
            assert_eq!(refused, Err(Error::field("name", "Type the name: beta")), "{mistyped:?}");
        }
        let refused = server.service.delete_org_by_name(&bob, id(&beta), "beta").await;
        assert!(matches!(refused, Err(Error::Auth(AuthError::Unauthorized(_)))));
        assert_eq!(names(&server, &alice, &ListQuery::default()).await, [ORG, "beta"]);
        assert_eq!(server.service.delete_org_by_name(&alice, id(&beta), " beta ").await, Ok(()));
        assert_eq!(names(&server, &alice, &ListQuery::default()).await, [ORG]);
        let again = server.service.delete_org_by_name(&alice, id(&beta), "beta").await;
        assert_eq!(again, Err(Error::Org(OrgError::NotFoundToDelete(id(&beta)))));
    })
    .await;
}

#[tokio::test]
async fn forms_create_rename_and_delete_without_script() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let First { token, org, .. } = server.set_up().await;
        let key = key(&server, NAME).await;
        let list = format!("/orgs/{org}/settings/organizations");
        let made = answer(form(&server, &key, &format!("{list}/new"), "name=+beta+&description=Plant+7")).await;
        assert_eq!(made.status, 303, "{}", made.body);
        let show = made.header("location").split('?').next().unwrap_or_default().to_owned();
        assert_eq!(made.header("location"), format!("{show}?done=organization-created"));
        let shown = page(&server, &key, &show).await;
        assert!(shown.body.contains(r#"value="beta""#) && shown.body.contains(r#"value="Plant 7""#), "{}", shown.body);

        let taken = answer(form(&server, &key, &show, &format!("name={ORG}&description=kept"))).await;
        assert_eq!(taken.status, 422);
        assert!(
            taken.body.contains("An organization with this name already exists.")
                && taken.body.contains(r#"value="kept""#)
        );
        let renamed = answer(form(&server, &key, &show, "name=gamma&description=")).await;
        assert_eq!(renamed.header("location"), format!("{show}?done=organization-updated"));

        let mistyped = answer(form(&server, &key, &format!("{show}/delete"), "name=beta")).await;
        assert_eq!(mistyped.status, 422);
        assert!(mistyped.body.contains("Type the name: gamma") && mistyped.body.contains(r#"value="beta""#));
        let deleted = answer(form(&server, &key, &format!("{show}/delete"), "name=gamma")).await;
        assert_eq!(deleted.header("location"), format!("{list}?done=organization-deleted"));
        assert_eq!(server.get("/api/v2/orgs?org=gamma", &token).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn whoever_deletes_their_last_organization_can_create_another() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let First { org, .. } = server.set_up().await;
        let key = key(&server, NAME).await;
        let delete = format!("/orgs/{org}/settings/organizations/{org}/delete");
        let deleted = answer(form(&server, &key, &delete, &format!("name={ORG}"))).await;
        assert_eq!((deleted.status, deleted.header("location").as_str()), (303, "/?done=organization-deleted"));
        let start = page(&server, &key, "/?done=organization-deleted").await;
        assert_eq!(start.status, 200);
        for expected in
            ["You belong to no organization", "The organization was deleted", "Create organization", "Sign out"]
        {
            assert!(start.body.contains(expected), "{expected}");
        }
        let refused = answer(form(&server, &key, "/", "name=++&description=kept")).await;
        assert_eq!(refused.status, 422);
        assert!(refused.body.contains("Fill this in.") && refused.body.contains(r#"value="kept""#));
        let made = answer(form(&server, &key, "/", "name=again&description=")).await;
        assert_eq!(made.status, 303);
        assert!(made.header("location").ends_with("/load-data/tokens?done=organization-created"));
        assert_eq!(page(&server, &key, made.header("location").as_str()).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn whoever_may_create_none_is_told_whom_to_ask() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let First { token, .. } = server.set_up().await;
        user(&server, &token, "bob").await;
        let key = key(&server, "bob").await;
        let start = page(&server, &key, "/").await;
        assert_eq!(start.status, 200);
        assert!(start.body.contains("Ask an owner of an organization") && !start.body.contains("Create organization"));
        assert_eq!(answer(form(&server, &key, "/", "name=mine")).await.status, 401);
    })
    .await;
}

#[tokio::test]
async fn deleting_the_organization_one_is_in_leads_to_another() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let First { token, org, .. } = server.set_up().await;
        let beta = server.org(&token, "beta").await;
        let key = key(&server, NAME).await;
        let delete = format!("/orgs/{org}/settings/organizations/{org}/delete");
        let deleted = answer(form(&server, &key, &delete, &format!("name={ORG}"))).await;
        let cookies = format!("jeton={key}; jeton-org={org}");
        let start = answer(server.request("GET", &deleted.header("location")).header("cookie", cookies)).await;
        assert_eq!(start.header("location"), format!("/orgs/{beta}/load-data/tokens?done=organization-deleted"));
    })
    .await;
}
