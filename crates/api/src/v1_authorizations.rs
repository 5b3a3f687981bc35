//! `/private/legacy/authorizations`: user names and passwords for 1.x clients (docs/influxdb-compatibility.md §6).

use axum::{
    body::Body,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use utoipa::ToSchema;

use jeton_http::{
    error::ApiError,
    json_response::indented,
    json_stream::{Layout, Portions, streamed},
    state::AppState,
};
use jeton_model::{AuthorizationId, Expiry, OrgId, Timestamp, UserId, token::NewToken};
use jeton_service::{
    Error,
    tokens::{
        CreateAuthorization, SuppliedToken,
        v1::{V1Details, V1List, V1Query},
    },
};

use crate::{
    authorizations::{
        body::{
            AuthorizationBody, ListBody, ListLinks, PatchBody, PostPermission, authorization_body, networks,
            read_update, requested_permissions,
        },
        uses,
    },
    extractors::{Caller, PathId},
    json::read,
    no_content,
    openapi::schema::{BadRequest, Conflict, Gated, NotFound, TooLarge},
    query::Query,
    users::PasswordBody,
};

/// Path of 1.x credentials.
pub const PATH: &str = "/private/legacy/authorizations";

/// A 1.x credential to create.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = LegacyAuthorizationPostRequest)]
pub struct PostBody {
    /// The user name. It is not secret.
    #[schema(required, max_length = 255)]
    #[serde(default)]
    token: String,
    /// The organization of the credential.
    #[serde(rename = "orgID")]
    #[schema(required)]
    org_id: Option<OrgId>,
    /// The owner; the caller by default.
    #[serde(rename = "userID")]
    user_id: Option<UserId>,
    /// `active` or `inactive`; `active` by default.
    status: Option<String>,
    /// At most 1,024 bytes.
    #[schema(max_length = 1024)]
    #[serde(default)]
    description: String,
    /// At least one, at most 4,096 different ones. The caller must hold each of them.
    #[schema(required, min_items = 1)]
    #[serde(default)]
    permissions: Vec<PostPermission>,
    /// Expiry of the credential, in the future. By default determined by the default lifetime in the organization's
    /// rules, or never. With a token as the caller's credential, it must not be later than that token's own. Not in
    /// InfluxDB.
    expires_at: Option<Timestamp>,
    /// Networks from which the credential is accepted, IPv4 or IPv6, at most 64. By default those of the token that
    /// creates it, or any address. Not in InfluxDB.
    #[schema(max_items = 64)]
    allowed_networks: Option<Vec<String>>,
}

/// Returns the JSON of a 1.x credential. Its `token` member is the user name, which is not secret and always shown.
fn v1_body(found: V1Details) -> AuthorizationBody {
    authorization_body(found.details, NewToken::supplied(found.username), PATH)
}

/// List 1.x credentials
///
/// Those that the caller may read, and whose owners the caller may read.
#[utoipa::path(get, path = "/private/legacy/authorizations", tag = "1.x credentials", operation_id = "GetLegacyAuthorizations",
    params(
        ("userID" = Option<UserId>, Query, description = "Only credentials of this owner."),
        ("user" = Option<String>, Query, description = "A user who must exist; not a filter, as in InfluxDB."),
        ("orgID" = Option<OrgId>, Query, description = "Only credentials of this organization."),
        ("org" = Option<String>, Query, description = "An organization that must exist; not a filter, as in InfluxDB."),
        ("token" = Option<String>, Query, description = "Only the credential with this user name."),
        ("id" = Option<AuthorizationId>, Query, description = "Only this credential."),
    ),
    responses((status = 200, description = "The credentials.", body = ListBody), BadRequest, NotFound, Gated))]
pub async fn list(State(state): State<AppState>, Caller(caller): Caller, query: Query) -> Result<Response, ApiError> {
    let requested = V1Query {
        user: query.id("userID")?,
        org: query.id("orgID")?,
        id: query.id("id")?,
        username: query.owned("token"),
        user_name: query.owned("user"),
        org_name: query.owned("org"),
    };
    let list = state.service.v1_authorization_list(&caller, &requested).await?;
    let empty = ListBody { links: ListLinks { this: PATH }, authorizations: Vec::new() };
    Ok(streamed(Layout::Indented, &empty, V1Bodies(list)).await?)
}

/// The bodies of a list of 1.x credentials.
struct V1Bodies(V1List);

impl Portions for V1Bodies {
    type Item = AuthorizationBody;

    async fn next(&mut self) -> Result<Option<Vec<AuthorizationBody>>, Error> {
        let some = self.0.next().await?;
        Ok(some.map(|some| some.into_iter().map(v1_body).collect()))
    }
}

/// Create a 1.x credential
///
/// The credential does not work until its password is set. Needs the same permissions as the creation of an
/// authorization. Buckets in its permissions must exist.
#[utoipa::path(post, path = "/private/legacy/authorizations", tag = "1.x credentials", operation_id = "PostLegacyAuthorizations",
    request_body = PostBody,
    responses((status = 201, description = "The credential.", body = AuthorizationBody), BadRequest, NotFound, Conflict, TooLarge, Gated))]
pub async fn create(
    State(state): State<AppState>,
    Caller(caller): Caller,
    request: Body,
) -> Result<Response, ApiError> {
    let body: PostBody = read(request, ApiError::JsonStructure).await?;
    let requested = CreateAuthorization {
        org: body.org_id,
        user: body.user_id,
        status: body.status,
        description: body.description,
        permissions: requested_permissions(body.permissions)?,
        expires_at: body.expires_at.map(Expiry::At),
        networks: networks(body.allowed_networks)?,
        token: SuppliedToken::default(),
    };
    let created = state.service.create_v1_authorization(&caller, requested, body.token).await?;
    Ok(indented(StatusCode::CREATED, &v1_body(created)))
}

/// Retrieve a 1.x credential
#[utoipa::path(get, path = "/private/legacy/authorizations/{authID}", tag = "1.x credentials", operation_id = "GetLegacyAuthorizationsID",
    params(("authID" = AuthorizationId, Path, description = "The credential.")),
    responses((status = 200, description = "The credential.", body = AuthorizationBody), BadRequest, NotFound, Gated))]
pub async fn get(
    State(state): State<AppState>,
    Caller(caller): Caller,
    PathId(id): PathId<AuthorizationId>,
) -> Result<Response, ApiError> {
    Ok(indented(StatusCode::OK, &v1_body(state.service.v1_authorization(&caller, id).await?)))
}

/// Change a 1.x credential's status, description, expiry or networks
#[utoipa::path(patch, path = "/private/legacy/authorizations/{authID}", tag = "1.x credentials", operation_id = "PatchLegacyAuthorizationsID",
    params(("authID" = AuthorizationId, Path, description = "The credential.")),
    request_body = PatchBody,
    responses((status = 200, description = "The credential.", body = AuthorizationBody), BadRequest, NotFound, Conflict, TooLarge, Gated))]
pub async fn update(
    State(state): State<AppState>,
    Caller(caller): Caller,
    PathId(id): PathId<AuthorizationId>,
    request: Body,
) -> Result<Response, ApiError> {
    let update = read_update(request).await?;
    Ok(indented(StatusCode::OK, &v1_body(state.service.update_v1_authorization(&caller, id, update).await?)))
}

/// Set a 1.x credential's password
///
/// Needs `write:users` of the owner. The previous password is refused from the next request on.
#[utoipa::path(post, path = "/private/legacy/authorizations/{authID}/password", tag = "1.x credentials", operation_id = "PostLegacyAuthorizationsIDPassword",
    params(("authID" = AuthorizationId, Path, description = "The credential.")),
    request_body = PasswordBody,
    responses((status = 204, description = "It is set."), BadRequest, NotFound, TooLarge, Gated))]
pub async fn set_password(
    State(state): State<AppState>,
    Caller(caller): Caller,
    PathId(id): PathId<AuthorizationId>,
    request: Body,
) -> Result<Response, ApiError> {
    let PasswordBody { password } = read(request, ApiError::Json).await?;
    state.service.set_v1_password(&caller, id, &password).await?;
    Ok(no_content().into_response())
}

/// List the uses of a 1.x credential through gates
///
/// The time of the last request that a gate allowed with the credential, for each gate, bucket and action: at most
/// 1,000, the last ones first. Other nodes report theirs within a minute. Requires the permission to read the
/// credential. Not in InfluxDB.
#[utoipa::path(get, path = "/private/legacy/authorizations/{authID}/uses", tag = "1.x credentials", operation_id = "GetLegacyAuthorizationsIDUses",
    params(("authID" = AuthorizationId, Path, description = "The credential.")),
    responses((status = 200, description = "The uses.", body = uses::ListBody), BadRequest, NotFound, Gated))]
pub async fn list_uses(
    State(state): State<AppState>,
    Caller(caller): Caller,
    PathId(id): PathId<AuthorizationId>,
) -> Result<Response, ApiError> {
    let uses = state.service.v1_gate_uses(&caller, id).await?;
    Ok(indented(StatusCode::OK, &uses::ListBody::from(uses)))
}

/// Delete a 1.x credential
///
/// The credential is refused from the next request on.
#[utoipa::path(delete, path = "/private/legacy/authorizations/{authID}", tag = "1.x credentials", operation_id = "DeleteLegacyAuthorizationsID",
    params(("authID" = AuthorizationId, Path, description = "The credential.")),
    responses((status = 204, description = "It is deleted."), BadRequest, NotFound, Gated))]
pub async fn delete(
    State(state): State<AppState>,
    Caller(caller): Caller,
    PathId(id): PathId<AuthorizationId>,
) -> Result<Response, ApiError> {
    state.service.delete_v1_authorization(&caller, id).await?;
    Ok(no_content().into_response())
}
