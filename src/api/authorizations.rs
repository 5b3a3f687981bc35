//! `/api/v2/authorizations` (contract §4).

use axum::{
    body::Body,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Serialize;

use super::{
    extract::{Caller, PathId},
    json::{Json, Members, indented, read_object},
    no_content,
    query::Query,
    refusal::Refusal,
    session::no_store,
};
use crate::{
    model::{
        Action, AuthorizationId, Error, Id, OrgId, ResourceType, Status, Timestamp, UserId,
        describe::Named,
        listing::{Details, Sort},
        token::NewToken,
    },
    server::AppState,
    service::{
        authorizations::{AskedAuthorization, AskedPermission, AuthorizationUpdate},
        lists::AuthorizationQuery,
    },
};

/// An authorization as clients see it (contract §4.6), with Jeton's own members where they say something.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AuthorizationBody {
    id: AuthorizationId,
    /// The secret in the answer that creates it, and nowhere else.
    token: Option<NewToken>,
    status: Status,
    description: String,
    #[serde(rename = "orgID")]
    org_id: OrgId,
    org: String,
    #[serde(rename = "userID")]
    user_id: UserId,
    user: String,
    permissions: Vec<PermissionBody>,
    links: Links,
    created_at: Timestamp,
    updated_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_prefix: Option<String>,
}

#[derive(Serialize)]
struct PermissionBody {
    action: Action,
    resource: ResourceBody,
}

#[derive(Serialize)]
struct ResourceBody {
    #[serde(rename = "type")]
    kind: ResourceType,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Id>,
    #[serde(rename = "orgID", skip_serializing_if = "Option::is_none")]
    org_id: Option<OrgId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    org: Option<String>,
}

#[derive(Serialize)]
struct Links {
    #[serde(rename = "self")]
    this: String,
    user: String,
}

#[derive(Serialize)]
struct ListBody {
    links: ListLinks,
    authorizations: Vec<AuthorizationBody>,
}

#[derive(Serialize)]
struct ListLinks {
    #[serde(rename = "self")]
    this: &'static str,
}

fn body(details: Details, token: Option<NewToken>) -> AuthorizationBody {
    let authorization = details.authorization;
    AuthorizationBody {
        links: Links {
            this: format!("/api/v2/authorizations/{}", authorization.id),
            user: format!("/api/v2/users/{}", authorization.user),
        },
        id: authorization.id,
        token: Some(token.unwrap_or_else(|| NewToken::supplied(String::new()))),
        status: authorization.status,
        description: authorization.description,
        org_id: authorization.org,
        org: details.org_name.unwrap_or_default(),
        user_id: authorization.user,
        user: details.user_name.unwrap_or_default(),
        permissions: details.permissions.into_iter().map(permission_body).collect(),
        created_at: authorization.created_at,
        updated_at: authorization.updated_at,
        expires_at: authorization.expires_at,
        token_prefix: authorization.token_prefix,
    }
}

/// Only buckets, organizations and users are named; where one of these is gone, its organization goes unnamed too.
fn permission_body(named: Named) -> PermissionBody {
    let resource = named.permission.resource;
    let is_named = matches!(resource.kind, ResourceType::Buckets | ResourceType::Orgs | ResourceType::Users)
        && resource.id.is_some();
    let gone = is_named && named.name.is_none();
    PermissionBody {
        action: named.permission.action,
        resource: ResourceBody {
            kind: resource.kind,
            id: resource.id,
            org_id: resource.org,
            name: named.name.filter(|_| is_named),
            org: named.org_name.filter(|_| !gone),
        },
    }
}

pub async fn list(State(state): State<AppState>, Caller(caller): Caller, query: Query) -> Result<Response, Refusal> {
    let asked = AuthorizationQuery {
        user: query.id("userID")?,
        org: query.id("orgID")?,
        id: query.id("id")?,
        user_name: query.owned("user"),
        org_name: query.owned("org"),
        text: query.owned("q"),
        status: query.text("status").map(str::parse).transpose().map_err(|_| Error::BadStatus)?,
        sort: sort(&query)?,
        limit: limit(&query)?,
        after: query.id("after")?,
    };
    let found = state.service.authorizations(&caller, &asked).await?;
    let authorizations = found.into_iter().map(|details| body(details, None)).collect();
    Ok(indented(StatusCode::OK, &ListBody { links: ListLinks { this: "/api/v2/authorizations" }, authorizations }))
}

/// `sort=createdAt`, `-createdAt`, `description`, …
fn sort(query: &Query) -> Result<Option<Sort>, Error> {
    let Some(text) = query.text("sort") else { return Ok(None) };
    let (descending, key) = text.strip_prefix('-').map_or((false, text), |key| (true, key));
    let key = key.parse().map_err(|()| {
        Error::BadQuery("sort must be createdAt, description or status, with - before it to turn it round".into())
    })?;
    Ok(Some(Sort { key, descending }))
}

fn limit(query: &Query) -> Result<Option<u64>, Error> {
    let refuse = || Error::BadQuery("limit must be between 1 and 1000".into());
    let Some(text) = query.text("limit") else { return Ok(None) };
    text.parse().ok().filter(|limit| (1..=1000).contains(limit)).map(Some).ok_or_else(refuse)
}

pub async fn create(State(state): State<AppState>, Caller(caller): Caller, request: Body) -> Result<Response, Refusal> {
    let asked = read_object(request, Error::BadJsonStructure, asked).await?;
    let created = state.service.create_authorization(&caller, asked, None).await?;
    Ok(no_store(indented(StatusCode::CREATED, &body(created.details, Some(created.token)))))
}

fn asked(members: Members<'_>) -> Result<AskedAuthorization, String> {
    Ok(AskedAuthorization {
        org: members.id("orgID")?,
        user: members.id("userID")?,
        status: members.text("status")?,
        description: members.text("description")?.unwrap_or_default(),
        permissions: members.list("permissions")?.iter().map(asked_permission).collect::<Result<_, _>>()?,
    })
}

fn asked_permission(json: &Json) -> Result<AskedPermission, String> {
    let members = json.object()?;
    let resource = members.object("resource")?;
    Ok(AskedPermission {
        action: members.text("action")?.unwrap_or_default(),
        kind: resource.text("type")?.unwrap_or_default(),
        id: resource.id("id")?,
        org: resource.id("orgID")?,
        name: resource.text("name")?,
    })
}

pub async fn get(
    State(state): State<AppState>,
    Caller(caller): Caller,
    PathId(id): PathId<AuthorizationId>,
) -> Result<Response, Refusal> {
    let details = state.service.authorization(&caller, id).await?;
    Ok(indented(StatusCode::OK, &body(details, None)))
}

pub async fn update(
    State(state): State<AppState>,
    Caller(caller): Caller,
    PathId(id): PathId<AuthorizationId>,
    request: Body,
) -> Result<Response, Refusal> {
    let update = read_object(request, Error::BadJson, |members| {
        Ok(AuthorizationUpdate { status: members.text("status")?, description: members.text("description")? })
    })
    .await?;
    let details = state.service.update_authorization(&caller, id, update).await?;
    Ok(indented(StatusCode::OK, &body(details, None)))
}

pub async fn delete(
    State(state): State<AppState>,
    Caller(caller): Caller,
    PathId(id): PathId<AuthorizationId>,
) -> Result<Response, Refusal> {
    state.service.delete_authorization(&caller, id).await?;
    Ok(no_content().into_response())
}
