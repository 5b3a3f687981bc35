//! `/api/v2/authorizations/{authID}/uses`, an endpoint of Jeton's own.

use axum::{extract::State, http::StatusCode, response::Response};
use serde::Serialize;
use utoipa::ToSchema;

use jeton_http::{error::ApiError, json_response::indented, state::AppState};
use jeton_model::{Action, AuthorizationId, BucketId, Timestamp, binding::GateUse};

use crate::{
    extractors::{Caller, PathId},
    openapi::schema::{BadRequest, Gated, NotFound},
};

/// The last uses of a token or 1.x credential through gates.
#[derive(Serialize, ToSchema)]
#[schema(as = GateUses)]
pub struct ListBody {
    /// The last use of each action on each bucket through each gate, the last one first.
    uses: Vec<UseBody>,
}

/// The last use of a token or 1.x credential through a gate, for one action on one bucket.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = GateUse)]
struct UseBody {
    gate: String,
    #[serde(rename = "bucketID")]
    bucket_id: BucketId,
    /// Name of the bucket; absent if it was deleted, or the caller may not read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    bucket: Option<String>,
    action: Action,
    last_used_at: Timestamp,
}

impl From<GateUse> for UseBody {
    fn from(used: GateUse) -> Self {
        Self {
            gate: used.gate,
            bucket_id: used.bucket,
            bucket: used.bucket_name,
            action: used.action,
            last_used_at: used.at,
        }
    }
}

impl From<Vec<GateUse>> for ListBody {
    fn from(uses: Vec<GateUse>) -> Self {
        Self { uses: uses.into_iter().map(UseBody::from).collect() }
    }
}

/// List the uses of a token through gates
///
/// The time of the last request that a gate allowed with the token, for each gate, bucket and action: at most 1,000,
/// the last ones first. Other nodes report theirs within a minute. A query that computes bucket names is recorded for
/// the buckets that it names literally. Requires the permission to read the authorization. Not in InfluxDB.
#[utoipa::path(get, path = "/api/v2/authorizations/{authID}/uses", tag = "Authorizations", operation_id = "GetAuthorizationsIDUses",
    params(("authID" = AuthorizationId, Path, description = "The authorization.")),
    responses((status = 200, description = "The uses.", body = ListBody), BadRequest, NotFound, Gated))]
pub async fn list(
    State(state): State<AppState>,
    Caller(caller): Caller,
    PathId(id): PathId<AuthorizationId>,
) -> Result<Response, ApiError> {
    let uses = state.service.gate_uses(&caller, id).await?;
    Ok(indented(StatusCode::OK, &ListBody::from(uses)))
}
