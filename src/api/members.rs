//! Members and owners of organizations and buckets (contract §5.3).

use axum::{
    body::Body,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};

use super::{
    extract::Caller,
    json::{indented, read_object},
    no_content, not_found_text,
    refusal::Refusal,
    users::{UserBody, user_body},
};
use crate::{
    model::{Error, User, UserId, org::Role},
    server::AppState,
    service::members::Parent,
};

#[derive(Serialize)]
struct MemberBody {
    role: Role,
    #[serde(flatten)]
    user: UserBody,
}

#[derive(Serialize)]
struct ListBody {
    links: Links,
    users: Vec<MemberBody>,
}

#[derive(Serialize)]
struct Links {
    #[serde(rename = "self")]
    this: String,
}

/// Whose members or owners, from the path.
struct Group {
    parent: Parent,
    role: Role,
    path: String,
}

#[derive(Clone, Copy)]
enum Kind {
    Org,
    Bucket,
}

/// The parts of a path, by name: the routers around this one leave parameters of their own.
#[derive(Deserialize)]
pub struct GroupPath {
    id: String,
    role: String,
}

#[derive(Deserialize)]
pub struct MemberPath {
    id: String,
    role: String,
    user: String,
}

/// `None`: neither members nor owners, so an unknown path.
fn group(kind: Kind, id: &str, role: &str) -> Result<Option<Group>, Error> {
    let (role, plural) = match role {
        "members" => (Role::Member, "members"),
        "owners" => (Role::Owner, "owners"),
        _ => return Ok(None),
    };
    let (parent, name) = match kind {
        Kind::Org => (Parent::Org(id.parse().map_err(Error::CorruptId)?), "orgs"),
        Kind::Bucket => (Parent::Bucket(id.parse().map_err(Error::CorruptId)?), "buckets"),
    };
    Ok(Some(Group { parent, role, path: format!("/api/v2/{name}/{id}/{plural}") }))
}

fn member_body(role: Role, user: User) -> MemberBody {
    MemberBody { role, user: user_body(user) }
}

pub async fn of_org(state: State<AppState>, caller: Caller, Path(path): Path<GroupPath>) -> Result<Response, Refusal> {
    list(state, caller, group(Kind::Org, &path.id, &path.role)?).await
}

pub async fn of_bucket(
    state: State<AppState>,
    caller: Caller,
    Path(path): Path<GroupPath>,
) -> Result<Response, Refusal> {
    list(state, caller, group(Kind::Bucket, &path.id, &path.role)?).await
}

async fn list(
    State(state): State<AppState>,
    Caller(caller): Caller,
    group: Option<Group>,
) -> Result<Response, Refusal> {
    let Some(Group { parent, role, path }) = group else { return Ok(not_found_text()) };
    let users = state.service.members(&caller, parent, role).await?;
    let users = users.into_iter().map(|user| member_body(role, user)).collect();
    Ok(indented(StatusCode::OK, &ListBody { links: Links { this: path }, users }))
}

pub async fn add_to_org(
    state: State<AppState>,
    caller: Caller,
    Path(path): Path<GroupPath>,
    request: Body,
) -> Result<Response, Refusal> {
    add(state, caller, group(Kind::Org, &path.id, &path.role)?, request).await
}

pub async fn add_to_bucket(
    state: State<AppState>,
    caller: Caller,
    Path(path): Path<GroupPath>,
    request: Body,
) -> Result<Response, Refusal> {
    add(state, caller, group(Kind::Bucket, &path.id, &path.role)?, request).await
}

async fn add(
    State(state): State<AppState>,
    Caller(caller): Caller,
    group: Option<Group>,
    request: Body,
) -> Result<Response, Refusal> {
    let Some(Group { parent, role, .. }) = group else { return Ok(not_found_text()) };
    let user = read_object(request, Error::BadJson, |members| members.id("id")).await?;
    let user = state.service.add_member(&caller, parent, user, role).await?;
    Ok(indented(StatusCode::CREATED, &member_body(role, user)))
}

pub async fn remove_from_org(
    state: State<AppState>,
    caller: Caller,
    Path(path): Path<MemberPath>,
) -> Result<Response, Refusal> {
    remove(state, caller, group(Kind::Org, &path.id, &path.role)?, &path.user).await
}

pub async fn remove_from_bucket(
    state: State<AppState>,
    caller: Caller,
    Path(path): Path<MemberPath>,
) -> Result<Response, Refusal> {
    remove(state, caller, group(Kind::Bucket, &path.id, &path.role)?, &path.user).await
}

async fn remove(
    State(state): State<AppState>,
    Caller(caller): Caller,
    group: Option<Group>,
    user: &str,
) -> Result<Response, Refusal> {
    let Some(Group { parent, .. }) = group else { return Ok(not_found_text()) };
    let user: UserId = user.parse()?;
    state.service.remove_member(&caller, parent, user).await?;
    Ok(no_content().into_response())
}
