//! `/api/v2/authorizations` (docs/influxdb-compatibility.md §4).

pub(crate) mod attention;
pub(crate) mod body;
pub(crate) mod descendants;
pub(crate) mod narrowed;
pub(crate) mod rotate;
pub(crate) mod uses;

use axum::{
    body::Body,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};

use jeton_http::{
    error::ApiError,
    json_response::indented,
    json_stream::{Layout, Portions, streamed},
    state::AppState,
};
use jeton_model::{
    AuthorizationId, OrgId, Status, UserId,
    console::tokens::{Details, Sort},
    token::NewToken,
};
use jeton_service::{
    Error,
    tokens::api_list::{AuthorizationList, AuthorizationQuery},
};

use crate::{
    extractors::{Caller, PathId},
    json::read,
    no_content,
    openapi::schema::{BadRequest, Conflict, Gated, NotFound, TooLarge},
    own_token::Echo,
    query::Query,
    session::no_store,
};

use body::{AuthorizationBody, ListBody, ListLinks, PatchBody, PostBody, authorization_body, read_update};

/// Path of authorizations.
pub const PATH: &str = "/api/v2/authorizations";

/// Returns the JSON of an authorization, with its token only if this is the caller's own and may be repeated.
fn shown(details: Details, echo: &Echo) -> AuthorizationBody {
    let token = echo.token_of(details.authorization.id);
    authorization_body(details, token, PATH)
}

fn without_token(details: Details) -> AuthorizationBody {
    authorization_body(details, NewToken::supplied(String::new()), PATH)
}

/// List authorizations
///
/// Those that the caller may read, and whose owners the caller may read. Without `limit`, all of them.
#[utoipa::path(get, path = "/api/v2/authorizations", tag = "Authorizations", operation_id = "GetAuthorizations",
    params(
        ("userID" = Option<UserId>, Query, description = "Only authorizations of this owner."),
        ("user" = Option<String>, Query, description = "Only authorizations of the owner with this name."),
        ("orgID" = Option<OrgId>, Query, description = "Only authorizations of this organization."),
        ("org" = Option<String>, Query, description = "Only authorizations of the organization with this name."),
        ("id" = Option<AuthorizationId>, Query, description = "Only this authorization; other filters are ignored."),
        ("token" = Option<String>, Query, description = "Ignored, as in InfluxDB."),
        ("q" = Option<String>, Query, description = "Only authorizations whose description, owner, id, prefix or permissions contain this text. Not in InfluxDB."),
        ("status" = Option<String>, Query, description = "`active` or `inactive`: only authorizations with this status, expired ones included. `live`: only those that work now, whatever their networks. Not in InfluxDB."),
        ("attention" = Option<String>, Query, description = "Only authorizations that need attention for this reason: `any`, `expiring`, `expired`, `unused`, `never-used`, `orphaned`, `owner-inactive`, `out-of-line`, `operator` or `no-expiry`. Not in InfluxDB."),
        ("expiring" = Option<String>, Query, description = "Only authorizations that work and expire within this time, such as `14d` or `24h`. Not in InfluxDB."),
        ("unused" = Option<String>, Query, description = "Only authorizations that work and were not used for this time, such as `90d`; one that was never used counts from its creation. Not in InfluxDB."),
        ("sort" = Option<String>, Query, description = "`createdAt`, `description` or `status`; with `-` in front, in descending order. Not in InfluxDB."),
        ("limit" = Option<u16>, Query, description = "Maximum number of authorizations, 1 to 1000. Not in InfluxDB."),
        ("after" = Option<AuthorizationId>, Query, description = "Only those after this one. Not in InfluxDB."),
    ),
    responses((status = 200, description = "The authorizations.", body = ListBody), BadRequest, NotFound, Gated))]
pub async fn list(
    State(state): State<AppState>,
    Caller(caller): Caller,
    echo: Echo,
    query: Query,
) -> Result<Response, ApiError> {
    let requested = AuthorizationQuery {
        user: query.id("userID")?,
        org: query.id("orgID")?,
        id: query.id("id")?,
        user_name: query.owned("user"),
        org_name: query.owned("org"),
        text: query.owned("q"),
        status: status(&query)?,
        live: query.text("status") == Some(LIVE),
        attention: attention::filter(&query)?,
        expiring: attention::span(&query, "expiring")?,
        unused: attention::span(&query, "unused")?,
        sort: sort(&query)?,
        limit: limit(&query)?,
        after: query.id("after")?,
    };
    let list = state.service.authorization_list(&caller, &requested).await?;
    let empty = ListBody { links: ListLinks { this: PATH }, authorizations: Vec::new() };
    let bodies = AuthorizationBodies { list, echo: echo.clone() };
    Ok(echo.protect(streamed(Layout::Indented, &empty, bodies).await?))
}

/// The filter for authorizations that work now, in the place of a status.
const LIVE: &str = "live";

/// Parses `status=active` or `inactive`; `live` is no status.
fn status(query: &Query) -> Result<Option<Status>, ApiError> {
    let given = query.text("status").filter(|text| *text != LIVE);
    let refuse = || ApiError::Query("status must be active, inactive or live".into());
    given.map(str::parse).transpose().map_err(|_| refuse())
}

/// The bodies of a list of authorizations.
struct AuthorizationBodies {
    list: AuthorizationList,
    echo: Echo,
}

impl Portions for AuthorizationBodies {
    type Item = AuthorizationBody;

    async fn next(&mut self) -> Result<Option<Vec<AuthorizationBody>>, Error> {
        let some = self.list.next().await?;
        Ok(some.map(|some| some.into_iter().map(|details| shown(details, &self.echo)).collect()))
    }
}

/// Parses `sort=createdAt`, `-createdAt`, `description`, …
fn sort(query: &Query) -> Result<Option<Sort>, ApiError> {
    let Some(text) = query.text("sort") else { return Ok(None) };
    let (descending, key) = text.strip_prefix('-').map_or((false, text), |key| (true, key));
    let key = key.parse().map_err(|()| {
        ApiError::Query("sort must be createdAt, description or status, with - in front for descending order".into())
    })?;
    Ok(Some(Sort { key, descending }))
}

/// Parses the maximum number of items of a page.
pub fn limit(query: &Query) -> Result<Option<u64>, ApiError> {
    let refuse = || ApiError::Query("limit must be between 1 and 1000".into());
    let Some(text) = query.text("limit") else { return Ok(None) };
    text.parse().ok().filter(|limit| (1..=1000).contains(limit)).map(Some).ok_or_else(refuse)
}

/// Create an authorization
///
/// Needs `write:authorizations` in the organization, `write:users` of the owner, and each permission that is granted.
/// Only this response contains the token. A supplied token that exists is refused with `this token is not available`.
#[utoipa::path(post, path = "/api/v2/authorizations", tag = "Authorizations", operation_id = "PostAuthorizations",
    request_body = PostBody,
    responses((status = 201, description = "The authorization, with its token.", body = AuthorizationBody), BadRequest, Conflict, TooLarge, Gated))]
pub async fn create(
    State(state): State<AppState>,
    Caller(caller): Caller,
    request: Body,
) -> Result<Response, ApiError> {
    let requested: PostBody = read(request, ApiError::JsonStructure).await?;
    let created = state.service.create_authorization(&caller, requested.try_into()?, None).await?;
    Ok(no_store(indented(StatusCode::CREATED, &authorization_body(created.details, created.token, PATH))))
}

/// Retrieve an authorization
#[utoipa::path(get, path = "/api/v2/authorizations/{authID}", tag = "Authorizations", operation_id = "GetAuthorizationsID",
    params(("authID" = AuthorizationId, Path, description = "The authorization.")),
    responses((status = 200, description = "The authorization.", body = AuthorizationBody), BadRequest, NotFound, Gated))]
pub async fn get(
    State(state): State<AppState>,
    Caller(caller): Caller,
    PathId(id): PathId<AuthorizationId>,
    echo: Echo,
) -> Result<Response, ApiError> {
    let details = state.service.authorization(&caller, id).await?;
    Ok(echo.protect(indented(StatusCode::OK, &shown(details, &echo))))
}

/// Change an authorization's status, description, expiry or networks
///
/// Members that are left out stay as they are. Permissions never change.
#[utoipa::path(patch, path = "/api/v2/authorizations/{authID}", tag = "Authorizations", operation_id = "PatchAuthorizationsID",
    params(("authID" = AuthorizationId, Path, description = "The authorization.")),
    request_body = PatchBody,
    responses((status = 200, description = "The authorization.", body = AuthorizationBody), BadRequest, NotFound, Conflict, TooLarge, Gated))]
pub async fn update(
    State(state): State<AppState>,
    Caller(caller): Caller,
    PathId(id): PathId<AuthorizationId>,
    request: Body,
) -> Result<Response, ApiError> {
    let details = state.service.update_authorization(&caller, id, read_update(request).await?).await?;
    Ok(indented(StatusCode::OK, &without_token(details)))
}

/// Delete an authorization
///
/// The token is refused from the next request on.
#[utoipa::path(delete, path = "/api/v2/authorizations/{authID}", tag = "Authorizations", operation_id = "DeleteAuthorizationsID",
    params(("authID" = AuthorizationId, Path, description = "The authorization.")),
    responses((status = 204, description = "It is deleted."), BadRequest, NotFound, Gated))]
pub async fn delete(
    State(state): State<AppState>,
    Caller(caller): Caller,
    PathId(id): PathId<AuthorizationId>,
) -> Result<Response, ApiError> {
    state.service.delete_authorization(&caller, id).await?;
    Ok(no_content().into_response())
}
