//! `/api/v2/users` and `/api/v2/me` (contract §5.1, §5.2).

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use secrecy::SecretString;
use serde::Serialize;

use super::{
    extract::{Caller, PathId, basic},
    json::{indented, read_object},
    no_content,
    query::{Paging, Query},
    refusal::Refusal,
};
use crate::{
    model::{Error, Status, User, UserId},
    server::AppState,
    service::users::{AskedUser, UserQuery, UserUpdate},
};

#[derive(Serialize)]
pub struct UserBody {
    links: Links,
    id: UserId,
    name: String,
    status: Status,
}

#[derive(Serialize)]
struct Links {
    #[serde(rename = "self")]
    this: String,
}

#[derive(Serialize)]
struct ListBody {
    links: Links,
    users: Vec<UserBody>,
}

pub fn user_body(user: User) -> UserBody {
    UserBody {
        links: Links { this: format!("/api/v2/users/{}", user.id) },
        id: user.id,
        name: user.name,
        status: user.status,
    }
}

pub async fn me(State(state): State<AppState>, Caller(caller): Caller) -> Result<Response, Refusal> {
    Ok(indented(StatusCode::OK, &user_body(state.service.me(&caller)?)))
}

pub async fn list(State(state): State<AppState>, Caller(caller): Caller, query: Query) -> Result<Response, Refusal> {
    let paging = Paging::of(&query)?;
    let asked = UserQuery {
        id: query.id("id")?,
        name: query.owned("name"),
        after: paging.after,
        descending: paging.descending,
        offset: paging.offset,
        limit: paging.limit,
    };
    let users = state.service.users(&caller, &asked).await?.into_iter().map(user_body).collect();
    Ok(indented(StatusCode::OK, &ListBody { links: Links { this: "/api/v2/users".into() }, users }))
}

pub async fn create(State(state): State<AppState>, Caller(caller): Caller, request: Body) -> Result<Response, Refusal> {
    let asked = read_object(request, Error::BadJson, |members| {
        Ok(AskedUser {
            id: members.id("id")?,
            name: members.text("name")?.unwrap_or_default(),
            status: members.text("status")?,
        })
    })
    .await?;
    Ok(indented(StatusCode::CREATED, &user_body(state.service.create_user(&caller, asked).await?)))
}

pub async fn get(
    State(state): State<AppState>,
    Caller(caller): Caller,
    PathId(id): PathId<UserId>,
) -> Result<Response, Refusal> {
    Ok(indented(StatusCode::OK, &user_body(state.service.user(&caller, id).await?)))
}

pub async fn update(
    State(state): State<AppState>,
    Caller(caller): Caller,
    PathId(id): PathId<UserId>,
    request: Body,
) -> Result<Response, Refusal> {
    let update = read_object(request, Error::BadJson, |members| {
        Ok(UserUpdate { name: members.text("name")?, status: members.text("status")? })
    })
    .await?;
    Ok(indented(StatusCode::OK, &user_body(state.service.update_user(&caller, id, update).await?)))
}

pub async fn delete(
    State(state): State<AppState>,
    Caller(caller): Caller,
    PathId(id): PathId<UserId>,
) -> Result<Response, Refusal> {
    state.service.delete_user(&caller, id).await?;
    Ok(no_content().into_response())
}

pub async fn permissions(
    State(state): State<AppState>,
    Caller(caller): Caller,
    PathId(id): PathId<UserId>,
) -> Result<Response, Refusal> {
    Ok(indented(StatusCode::OK, &state.service.user_permissions(&caller, id).await?))
}

pub async fn set_password(
    State(state): State<AppState>,
    Caller(caller): Caller,
    PathId(id): PathId<UserId>,
    request: Body,
) -> Result<Response, Refusal> {
    let password = new_password(request).await?;
    state.service.set_password(&caller, id, &password).await?;
    Ok(no_content().into_response())
}

pub async fn change_password(
    State(state): State<AppState>,
    Caller(caller): Caller,
    PathId(id): PathId<UserId>,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Refusal> {
    let (_, old) = basic(&headers).ok_or(Error::OldPasswordMissing)?;
    let new = new_password(request).await?;
    state.service.change_password(&caller, id, &old, &new).await?;
    Ok(no_content().into_response())
}

pub async fn change_own_password(
    state: State<AppState>,
    Caller(caller): Caller,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Refusal> {
    let id = caller.id();
    change_password(state, Caller(caller), PathId(id), headers, request).await
}

async fn new_password(request: Body) -> Result<SecretString, Error> {
    read_object(request, Error::BadJson, |members| Ok(members.text("password")?.unwrap_or_default().into())).await
}
