//! `/api/v2/authorizations` (docs/influxdb-compatibility.md §4).

pub(crate) mod attention;
pub(crate) mod body;
pub(crate) mod descendants;
pub(crate) mod rotate;

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
    AuthorizationId, Error, OrgId, Status, UserId,
    console::tokens::{Details, Sort},
    token::NewToken,
};
use jeton_service::tokens::api_list::{AuthorizationList, AuthorizationQuery};

use crate::{
    extractors::{Caller, PathId},
    json::read,
    no_content,
    openapi::schema::{BadRequest, Conflict, Gated, NotFound, TooLarge},
    query::Query,
    session::no_store,
};

use body::{AuthorizationBody, ListBody, ListLinks, PatchBody, PostBody, authorization_body, read_update};

/// Path of authorizations.
pub const PATH: &str = "/api/v2/authorizations";

fn without_token(details: Details) -> AuthorizationBody {
    authorization_body(details, NewToken::supplied(String::new()), PATH)
}

/// List authorizations
///
/// Those that the caller may read, and whose owners they may read. All of them, unless `limit` says otherwise.
#[utoipa::path(get, path = "/api/v2/authorizations", tag = "Authorizations", operation_id = "GetAuthorizations",
    params(
        ("userID" = Option<UserId>, Query, description = "Only this owner's."),
        ("user" = Option<String>, Query, description = "Only those of the owner with this name."),
        ("orgID" = Option<OrgId>, Query, description = "Only this organization's."),
        ("org" = Option<String>, Query, description = "Only those of the organization with this name."),
        ("id" = Option<AuthorizationId>, Query, description = "Only this one; the other filters don't count."),
        ("token" = Option<String>, Query, description = "Ignored, as InfluxDB does."),
        ("q" = Option<String>, Query, description = "Only those whose description, owner, id, prefix or permissions contain this text. Jeton's own."),
        ("status" = Option<Status>, Query, description = "Only active or only inactive ones. Jeton's own."),
        ("attention" = Option<String>, Query, description = "Only those that give this reason: `any`, `expiring`, `expired`, `unused`, `never-used`, `orphaned`, `owner-inactive`, `out-of-line`, `operator` or `no-expiry`. Jeton's own."),
        ("expiring" = Option<String>, Query, description = "Only those that work and end within this time, such as `14d` or `24h`. Jeton's own."),
        ("unused" = Option<String>, Query, description = "Only those that work and were not used for so long, such as `90d`; one that was never used, since it was created. Jeton's own."),
        ("sort" = Option<String>, Query, description = "`createdAt`, `description` or `status`, with `-` before it to turn it round. Jeton's own."),
        ("limit" = Option<u16>, Query, description = "At most so many, 1 to 1000. Jeton's own."),
        ("after" = Option<AuthorizationId>, Query, description = "Only those that come after this one. Jeton's own."),
    ),
    responses((status = 200, description = "The authorizations.", body = ListBody), BadRequest, NotFound, Gated))]
pub async fn list(State(state): State<AppState>, Caller(caller): Caller, query: Query) -> Result<Response, ApiError> {
    let asked = AuthorizationQuery {
        user: query.id("userID")?,
        org: query.id("orgID")?,
        id: query.id("id")?,
        user_name: query.owned("user"),
        org_name: query.owned("org"),
        text: query.owned("q"),
        status: query.text("status").map(str::parse).transpose().map_err(|_| Error::BadStatus)?,
        attention: attention::filter(&query)?,
        expiring: attention::span(&query, "expiring")?,
        unused: attention::span(&query, "unused")?,
        sort: sort(&query)?,
        limit: limit(&query)?,
        after: query.id("after")?,
    };
    let list = state.service.authorization_list(&caller, &asked).await?;
    let empty = ListBody { links: ListLinks { this: PATH }, authorizations: Vec::new() };
    Ok(streamed(Layout::Indented, &empty, AuthorizationBodies(list)).await?)
}

/// The bodies of a list of authorizations.
struct AuthorizationBodies(AuthorizationList);

impl Portions for AuthorizationBodies {
    type Item = AuthorizationBody;

    async fn next(&mut self) -> Result<Option<Vec<AuthorizationBody>>, Error> {
        let some = self.0.next().await?;
        Ok(some.map(|some| some.into_iter().map(without_token).collect()))
    }
}

/// Parses `sort=createdAt`, `-createdAt`, `description`, …
fn sort(query: &Query) -> Result<Option<Sort>, Error> {
    let Some(text) = query.text("sort") else { return Ok(None) };
    let (descending, key) = text.strip_prefix('-').map_or((false, text), |key| (true, key));
    let key = key.parse().map_err(|()| {
        Error::BadQuery("sort must be createdAt, description or status, with - before it to turn it round".into())
    })?;
    Ok(Some(Sort { key, descending }))
}

/// Parses the maximum number of items of a page.
pub fn limit(query: &Query) -> Result<Option<u64>, Error> {
    let refuse = || Error::BadQuery("limit must be between 1 and 1000".into());
    let Some(text) = query.text("limit") else { return Ok(None) };
    text.parse().ok().filter(|limit| (1..=1000).contains(limit)).map(Some).ok_or_else(refuse)
}

/// Create an authorization
///
/// Needs `write:authorizations` in the organization, `write:users` of the owner, and each permission that is granted.
/// The answer alone shows the token.
#[utoipa::path(post, path = "/api/v2/authorizations", tag = "Authorizations", operation_id = "PostAuthorizations",
    request_body = PostBody,
    responses((status = 201, description = "The authorization, with its token.", body = AuthorizationBody), BadRequest, Conflict, TooLarge, Gated))]
pub async fn create(
    State(state): State<AppState>,
    Caller(caller): Caller,
    request: Body,
) -> Result<Response, ApiError> {
    let asked: PostBody = read(request, Error::BadJsonStructure).await?;
    let created = state.service.create_authorization(&caller, asked.try_into()?, None).await?;
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
) -> Result<Response, ApiError> {
    let details = state.service.authorization(&caller, id).await?;
    Ok(indented(StatusCode::OK, &without_token(details)))
}

/// Activate, deactivate, describe or limit an authorization
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
/// Its token is refused from the next request on.
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
