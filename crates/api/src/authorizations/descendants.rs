//! `/api/v2/authorizations/{authID}/descendants`, an endpoint of Jeton's own.

use axum::{extract::State, http::StatusCode, response::Response};
use serde::Serialize;
use utoipa::ToSchema;

use jeton_http::{error::ApiError, json_response::indented, state::AppState};
use jeton_model::{
    AuthorizationId, Liveness, OrgId, Status, Timestamp, UserId,
    console::lineage::{Descendant, Descendants},
};
use jeton_service::tokens::descendants::{Deactivated, DescendantsQuery};

use crate::{
    extractors::{Caller, PathId},
    openapi::schema::{BadRequest, Conflict, Gated, NotFound},
    query::Query,
    v1_authorizations,
};

use super::PATH;

/// The descendants of a token: authorizations created with it, directly or through others.
#[derive(Serialize, ToSchema)]
#[schema(as = Descendants)]
pub struct ListBody {
    /// Number of all descendants, including those that the caller may not read.
    total: u64,
    /// Number of descendants that still work.
    live: u64,
    /// The descendants that the caller may read, by ascending ids.
    descendants: Vec<DescendantBody>,
}

/// A token or 1.x credential that was created with a token.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Descendant)]
struct DescendantBody {
    id: AuthorizationId,
    links: DescendantLinks,
    description: String,
    status: Status,
    /// True if it works according to its own record: it is active, and neither expired nor ended.
    live: bool,
    #[serde(rename = "orgID")]
    org_id: OrgId,
    #[serde(rename = "userID")]
    user_id: UserId,
    /// The authorization whose token created it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    created_with: Option<AuthorizationId>,
    created_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    expires_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    leaked_at: Option<Timestamp>,
    /// First characters of the token, to recognise it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("jtn_k7Vn"))]
    token_prefix: Option<String>,
    /// The user name of a 1.x credential.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    username: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct DescendantLinks {
    /// Link to the authorization or 1.x credential.
    #[serde(rename = "self")]
    this: String,
}

/// Result of deactivating descendants.
#[derive(Serialize, ToSchema)]
#[schema(as = DeactivatedDescendants)]
pub struct DeactivatedBody {
    /// Number of descendants that were deactivated.
    deactivated: u64,
    /// Number of descendants that still work. If it is not 0, repeat the request.
    live: u64,
}

impl From<Descendants> for ListBody {
    fn from(found: Descendants) -> Self {
        let Descendants { total, live, rows } = found;
        Self { total, live, descendants: rows.into_iter().map(DescendantBody::from).collect() }
    }
}

impl From<Descendant> for DescendantBody {
    fn from(one: Descendant) -> Self {
        let path = if one.username.is_some() { v1_authorizations::PATH } else { PATH };
        Self {
            links: DescendantLinks { this: format!("{path}/{}", one.id) },
            id: one.id,
            description: one.description,
            status: one.status,
            live: one.liveness == Liveness::Live,
            org_id: one.org,
            user_id: one.user,
            created_with: one.created_with,
            created_at: one.created_at,
            expires_at: one.expires_at,
            leaked_at: one.leaked_at,
            token_prefix: one.prefix,
            username: one.username,
        }
    }
}

/// List the descendants of a token
///
/// The tokens and 1.x credentials that were created with it, directly or through others. The numbers count all of them;
/// the list contains those that the caller may read. Not in InfluxDB.
#[utoipa::path(get, path = "/api/v2/authorizations/{authID}/descendants", tag = "Authorizations", operation_id = "GetAuthorizationsIDDescendants",
    params(
        ("authID" = AuthorizationId, Path, description = "The authorization."),
        ("limit" = Option<u16>, Query, description = "Maximum number of descendants, 1 to 1000; 100 by default."),
        ("after" = Option<AuthorizationId>, Query, description = "Only descendants after this one."),
    ),
    responses((status = 200, description = "The descendants.", body = ListBody), BadRequest, NotFound, Gated))]
pub async fn list(
    State(state): State<AppState>,
    Caller(caller): Caller,
    PathId(id): PathId<AuthorizationId>,
    query: Query,
) -> Result<Response, ApiError> {
    let requested = DescendantsQuery { limit: limit(&query)?, after: query.id("after")? };
    let found = state.service.descendants(&caller, id, requested).await?;
    Ok(indented(StatusCode::OK, &ListBody::from(found)))
}

fn limit(query: &Query) -> Result<u64, ApiError> {
    Ok(super::limit(query)?.unwrap_or(100))
}

/// Deactivate the descendants of a token
///
/// Deactivates every descendant that still works, at most 10,000 in a request. Atomic: if the caller may not deactivate
/// one of them, none is deactivated. The token itself is not changed. Not in InfluxDB.
#[utoipa::path(post, path = "/api/v2/authorizations/{authID}/descendants/deactivate", tag = "Authorizations", operation_id = "PostAuthorizationsIDDescendantsDeactivate",
    params(("authID" = AuthorizationId, Path, description = "The authorization.")),
    responses((status = 200, description = "The number of deactivated descendants.", body = DeactivatedBody), BadRequest, NotFound, Conflict, Gated))]
pub async fn deactivate(
    State(state): State<AppState>,
    Caller(caller): Caller,
    PathId(id): PathId<AuthorizationId>,
) -> Result<Response, ApiError> {
    let Deactivated { deactivated, live } = state.service.deactivate_descendants(&caller, id, None).await?;
    Ok(indented(StatusCode::OK, &DeactivatedBody { deactivated, live }))
}
