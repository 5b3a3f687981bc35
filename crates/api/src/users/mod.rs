//! `/api/v2/users` and `/api/v2/me` (docs/influxdb-compatibility.md §5.1, §5.2).

pub(crate) mod sessions;

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use jeton_http::{error::ApiError, json_response::indented, state::AppState};
use jeton_model::{Action, Error, Id, OrgId, ResourceType, Status, User, UserId};
use jeton_service::users::{CreateUser, UserQuery, UserUpdate};

use crate::{
    extractors::{Caller, PathId, basic},
    json::read,
    no_content,
    openapi::schema::{BadRequest, Conflict, Gated, NotFound, TooLarge, TooManyAttempts},
    query::{Paging, PagingParameters, Query},
};

/// A user.
#[derive(Serialize, ToSchema)]
#[schema(as = UserResponse)]
pub struct UserBody {
    links: Links,
    id: UserId,
    name: String,
    status: Status,
}

#[derive(Serialize, ToSchema)]
#[schema(as = UserLinks)]
struct Links {
    #[serde(rename = "self")]
    this: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Users)]
struct ListBody {
    links: Links,
    users: Vec<UserBody>,
}

/// A permission, without names.
#[derive(ToSchema)]
#[schema(as = BarePermission)]
#[expect(dead_code, reason = "it describes what the model's own type looks like")]
pub struct BarePermission {
    action: Action,
    resource: BareResource,
}

#[derive(ToSchema)]
#[schema(as = BareResource)]
#[expect(dead_code, reason = "it describes what the model's own type looks like")]
struct BareResource {
    #[schema(rename = "type")]
    kind: ResourceType,
    #[schema(nullable = false)]
    id: Option<Id>,
    #[schema(rename = "orgID", nullable = false)]
    org_id: Option<OrgId>,
}

/// A user to create.
#[derive(Default, Deserialize, ToSchema)]
#[schema(as = UserPostRequest)]
struct PostBody {
    /// The client may choose it.
    id: Option<UserId>,
    /// At most 255 bytes.
    #[schema(required, min_length = 1, max_length = 255)]
    #[serde(default)]
    name: String,
    /// `active` or `inactive`; `active`, unless given.
    status: Option<String>,
}

/// What may change about a user.
#[derive(Default, Deserialize, ToSchema)]
#[schema(as = UserPatchRequest)]
struct PatchBody {
    #[schema(min_length = 1, max_length = 255)]
    name: Option<String>,
    /// `active` or `inactive`.
    status: Option<String>,
}

/// A password to set.
#[derive(Default, Deserialize, ToSchema)]
#[schema(as = PasswordResetBody)]
pub struct PasswordBody {
    /// 8 to 72 bytes.
    #[schema(required, value_type = String, format = Password, min_length = 8, max_length = 72)]
    #[serde(default)]
    pub password: SecretString,
}

/// Returns the JSON of a user.
pub fn user_body(user: User) -> UserBody {
    UserBody {
        links: Links { this: format!("/api/v2/users/{}", user.id) },
        id: user.id,
        name: user.name,
        status: user.status,
    }
}

/// Retrieve the caller's own user
#[utoipa::path(get, path = "/api/v2/me", tag = "Users", operation_id = "GetMe",
    responses((status = 200, description = "The user.", body = UserBody), Gated))]
pub async fn me(State(state): State<AppState>, Caller(caller): Caller) -> Result<Response, ApiError> {
    Ok(indented(StatusCode::OK, &user_body(state.service.me(&caller)?)))
}

/// List users
///
/// In the order of their ids. Those that the caller may not read are left out after paging, so pages may be short.
#[utoipa::path(get, path = "/api/v2/users", tag = "Users", operation_id = "GetUsers",
    params(
        PagingParameters,
        ("id" = Option<UserId>, Query, description = "Only this one."),
        ("name" = Option<String>, Query, description = "Only the one with this name."),
    ),
    responses((status = 200, description = "The users.", body = ListBody), BadRequest, NotFound, Gated))]
pub async fn list(State(state): State<AppState>, Caller(caller): Caller, query: Query) -> Result<Response, ApiError> {
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

/// Create a user
///
/// Without a password, so that they can't sign in yet. Needs `write:users` of all users.
#[utoipa::path(post, path = "/api/v2/users", tag = "Users", operation_id = "PostUsers",
    request_body = PostBody,
    responses((status = 201, description = "The user.", body = UserBody), BadRequest, Conflict, TooLarge, Gated))]
pub async fn create(
    State(state): State<AppState>,
    Caller(caller): Caller,
    request: Body,
) -> Result<Response, ApiError> {
    let PostBody { id, name, status } = read(request, Error::BadJson).await?;
    let user = state.service.create_user(&caller, CreateUser { id, name, status }).await?;
    Ok(indented(StatusCode::CREATED, &user_body(user)))
}

/// Retrieve a user
#[utoipa::path(get, path = "/api/v2/users/{userID}", tag = "Users", operation_id = "GetUsersID",
    params(("userID" = UserId, Path, description = "The user.")),
    responses((status = 200, description = "The user.", body = UserBody), BadRequest, NotFound, Gated))]
pub async fn get(
    State(state): State<AppState>,
    Caller(caller): Caller,
    PathId(id): PathId<UserId>,
) -> Result<Response, ApiError> {
    Ok(indented(StatusCode::OK, &user_body(state.service.user(&caller, id).await?)))
}

/// Rename, activate or deactivate a user
///
/// Everything of an inactive user is refused from the next request on. Their sessions end, and activation does not revive
/// them.
#[utoipa::path(patch, path = "/api/v2/users/{userID}", tag = "Users", operation_id = "PatchUsersID",
    params(("userID" = UserId, Path, description = "The user.")),
    request_body = PatchBody,
    responses((status = 200, description = "The user.", body = UserBody), BadRequest, NotFound, Conflict, TooLarge, Gated))]
pub async fn update(
    State(state): State<AppState>,
    Caller(caller): Caller,
    PathId(id): PathId<UserId>,
    request: Body,
) -> Result<Response, ApiError> {
    let PatchBody { name, status } = read(request, Error::BadJson).await?;
    let user = state.service.update_user(&caller, id, UserUpdate { name, status }).await?;
    Ok(indented(StatusCode::OK, &user_body(user)))
}

/// Delete a user
///
/// Their sessions and tokens end, and nothing revives them.
#[utoipa::path(delete, path = "/api/v2/users/{userID}", tag = "Users", operation_id = "DeleteUsersID",
    params(("userID" = UserId, Path, description = "The user.")),
    responses((status = 204, description = "They are deleted."), BadRequest, NotFound, Gated))]
pub async fn delete(
    State(state): State<AppState>,
    Caller(caller): Caller,
    PathId(id): PathId<UserId>,
) -> Result<Response, ApiError> {
    state.service.delete_user(&caller, id).await?;
    Ok(no_content().into_response())
}

/// List what a user may do
///
/// By their memberships, and with themselves; what their authorizations add is left out.
#[utoipa::path(get, path = "/api/v2/users/{userID}/permissions", tag = "Users", operation_id = "GetUsersIDPermissions",
    params(("userID" = UserId, Path, description = "The user.")),
    responses((status = 200, description = "The permissions.", body = Vec<BarePermission>), BadRequest, NotFound, Gated))]
pub async fn permissions(
    State(state): State<AppState>,
    Caller(caller): Caller,
    PathId(id): PathId<UserId>,
) -> Result<Response, ApiError> {
    Ok(indented(StatusCode::OK, &state.service.user_permissions(&caller, id).await?))
}

/// Set a user's password
///
/// As an administrator does. The user's sessions end. With a session, one's own password is not set but changed, with
/// `PUT` and the present one.
#[utoipa::path(post, path = "/api/v2/users/{userID}/password", tag = "Users", operation_id = "PostUsersIDPassword",
    params(("userID" = UserId, Path, description = "The user.")),
    request_body = PasswordBody,
    responses((status = 204, description = "It is set."), BadRequest, TooLarge, Gated))]
pub async fn set_password(
    State(state): State<AppState>,
    Caller(caller): Caller,
    PathId(id): PathId<UserId>,
    request: Body,
) -> Result<Response, ApiError> {
    let PasswordBody { password } = read(request, Error::BadJson).await?;
    state.service.set_password(&caller, id, &password).await?;
    Ok(no_content().into_response())
}

/// Change a user's password
///
/// With a session's cookie, and the old password as `Authorization: Basic`; the name in it does not count. Needs
/// `write:users` of the user, which is asked for before the password is looked at. Failures count together with those of
/// signing in. The user's other sessions end.
#[utoipa::path(put, path = "/api/v2/users/{userID}/password", tag = "Users", operation_id = "PutUsersIDPassword",
    params(("userID" = UserId, Path, description = "The user.")),
    request_body = PasswordBody, security(("Session" = [], "Password" = [])),
    responses((status = 204, description = "It is changed."), BadRequest, TooLarge, TooManyAttempts, Gated))]
pub async fn change_password(
    State(state): State<AppState>,
    Caller(caller): Caller,
    PathId(id): PathId<UserId>,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, ApiError> {
    let (_, old) = basic(&headers).ok_or(Error::OldPasswordMissing)?;
    let PasswordBody { password } = read(request, Error::BadJson).await?;
    state.service.change_password(&caller, id, &old, &password).await?;
    Ok(no_content().into_response())
}

/// Change one's own password
///
/// With a session's cookie, and the old password as `Authorization: Basic`. One's other sessions end.
#[utoipa::path(put, path = "/api/v2/me/password", tag = "Users", operation_id = "PutMePassword",
    request_body = PasswordBody, security(("Session" = [], "Password" = [])),
    responses((status = 204, description = "It is changed."), BadRequest, TooLarge, TooManyAttempts, Gated))]
pub async fn change_own_password(
    state: State<AppState>,
    Caller(caller): Caller,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, ApiError> {
    let id = caller.id();
    change_password(state, Caller(caller), PathId(id), headers, request).await
}
