//! `/api/v2/authorizations/{authID}/narrowed`, an endpoint of Jeton's own.

use axum::{extract::State, http::StatusCode, response::Response};
use serde::Serialize;
use utoipa::ToSchema;

use jeton_http::{error::ApiError, json_response::indented, state::AppState};
use jeton_model::{
    AuthorizationId, Timestamp,
    describe::Named,
    narrowing::{LastUsed, Narrowed},
};

use crate::{
    extractors::{Caller, PathId},
    openapi::schema::{BadRequest, Gated, NotFound},
};

use super::body::{PermissionBody, permission_body};

/// The permissions of a token, narrowed to what gates saw it use.
#[derive(Serialize, ToSchema)]
#[schema(as = NarrowedAuthorization)]
pub struct NarrowedBody {
    /// Time since which uses count: 30 days ago.
    since: Timestamp,
    /// The proposed permissions, for `permissions` of a rotation. Those on anything but buckets are all among them.
    permissions: Vec<LastUsedBody>,
    /// The permissions of the token that are not among them. One on all buckets is replaced by those on the used ones.
    dropped: Vec<LastUsedBody>,
}

/// A permission with its last use through a gate.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = LastUsedPermission)]
struct LastUsedBody {
    permission: PermissionBody,
    /// Name of its one bucket; absent if it was deleted, or the caller may not read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    bucket: Option<String>,
    /// Time of the last use; absent if no gate saw one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    last_used_at: Option<Timestamp>,
}

impl From<LastUsed> for LastUsedBody {
    fn from(one: LastUsed) -> Self {
        let permission = permission_body(Named::bare(one.permission));
        Self { permission, bucket: one.bucket_name, last_used_at: one.at }
    }
}

impl From<Narrowed> for NarrowedBody {
    fn from(narrowed: Narrowed) -> Self {
        let bodies = |all: Vec<LastUsed>| all.into_iter().map(LastUsedBody::from).collect();
        Self { since: narrowed.since, permissions: bodies(narrowed.proposed), dropped: bodies(narrowed.dropped) }
    }
}

/// Narrow an authorization
///
/// Proposes the permissions that the token used through gates in the last 30 days, and changes nothing: a rotation with
/// `permissions` does. Gates do not see requests that bypass them, requests to Jeton's own API, and buckets whose names
/// Flux computes or that it writes with `to()`. Requires the permission to read the authorization. Not in InfluxDB.
#[utoipa::path(get, path = "/api/v2/authorizations/{authID}/narrowed", tag = "Authorizations", operation_id = "GetAuthorizationsIDNarrowed",
    params(("authID" = AuthorizationId, Path, description = "The authorization.")),
    responses((status = 200, description = "The proposal.", body = NarrowedBody), BadRequest, NotFound, Gated))]
pub async fn get(
    State(state): State<AppState>,
    Caller(caller): Caller,
    PathId(id): PathId<AuthorizationId>,
) -> Result<Response, ApiError> {
    let narrowed = state.service.narrowed(&caller, id).await?;
    Ok(indented(StatusCode::OK, &NarrowedBody::from(narrowed)))
}
