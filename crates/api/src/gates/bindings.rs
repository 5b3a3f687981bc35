//! `/api/v2/gates/{gate}/bindings`, an endpoint of Jeton's own: the databases that hold the data of buckets.

use axum::{
    body::Body,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use jeton_http::{error::ApiError, gates::Place, json_response::indented, state::AppState};
use jeton_model::{BucketId, OrgId, Timestamp, binding::GateBinding};
use jeton_service::gates::VisibleGate;

use crate::{
    extractors::{Caller, PathId},
    json::read,
    no_content,
    openapi::schema::{BadRequest, Conflict, Gated, NotFound, TooLarge},
};

use super::GatePath;

/// The binding of a bucket to the database that holds its data.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = GateBinding)]
struct BindingBody {
    gate: String,
    bucket: String,
    #[serde(rename = "bucketID")]
    bucket_id: BucketId,
    #[serde(rename = "orgID")]
    org_id: OrgId,
    /// Address of the database when the bucket was bound, or last confirmed.
    upstream: String,
    database: String,
    /// The retention policy of InfluxDB 1.x; absent if the binding covers every policy without a binding of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    retention_policy: Option<String>,
    /// True if the bucket is unavailable until an operator confirms it: its database vanished or changed.
    suspended: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    suspended_at: Option<Timestamp>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

#[derive(Serialize, ToSchema)]
#[schema(as = GateBindings)]
struct BindingsBody {
    bindings: Vec<BindingBody>,
}

/// A bucket to bind to a database.
#[derive(Deserialize, ToSchema)]
#[schema(as = GateBindingCreate)]
struct PostBody {
    #[serde(rename = "bucketID", default)]
    #[schema(required, value_type = BucketId)]
    bucket_id: String,
    /// Name of the database; for VictoriaMetrics, the value of the label `db`.
    #[serde(default)]
    #[schema(required, min_length = 1)]
    database: String,
    /// Retention policy of InfluxDB 1.x; by default all of those that are not bound to another bucket.
    #[serde(rename = "retentionPolicy")]
    retention_policy: Option<String>,
}

/// Returns the body of a binding. `gate`: the running gate, whose upstream may have changed since the bucket was bound.
fn binding_body(binding: GateBinding, gate: &VisibleGate) -> BindingBody {
    BindingBody {
        suspended: binding.is_suspended(&gate.identity),
        gate: binding.gate,
        bucket: binding.bucket_name,
        bucket_id: binding.bucket,
        org_id: binding.org,
        upstream: binding.upstream.to_string(),
        database: binding.database,
        retention_policy: binding.policy,
        suspended_at: binding.suspended_at,
        created_at: binding.created_at,
        updated_at: binding.updated_at,
    }
}

/// List the bindings of a gate
///
/// The bindings of buckets that the caller may read. InfluxDB 2 has none: its suspended buckets are listed. Not in
/// InfluxDB.
#[utoipa::path(get, path = "/api/v2/gates/{gate}/bindings", tag = "Gates", operation_id = "GetGatesNameBindings",
    params(("gate" = String, Path, description = "The name of the gate.")),
    responses((status = 200, description = "The bindings.", body = BindingsBody), BadRequest, NotFound, Gated))]
pub async fn list(
    State(state): State<AppState>,
    Caller(caller): Caller,
    Path(path): Path<GatePath>,
) -> Result<Response, ApiError> {
    let gate = state.gate(&caller, &path.gate).await?;
    let bindings = state.service.gate_places(&caller, &gate.identity).await?;
    let bindings = bindings.into_iter().map(|binding| binding_body(binding, &gate)).collect();
    Ok(indented(StatusCode::OK, &BindingsBody { bindings }))
}

/// Bind a bucket to a database
///
/// Needs `write:buckets` of the organization if the database is empty, as its list of databases shows. Otherwise, and
/// always for VictoriaMetrics, it needs an operator whose token has neither expiry nor networks: the tokens of the
/// bucket get access to the existing data. Not in InfluxDB.
#[utoipa::path(post, path = "/api/v2/gates/{gate}/bindings", tag = "Gates", operation_id = "PostGatesNameBindings",
    params(("gate" = String, Path, description = "The name of the gate.")),
    request_body = PostBody,
    responses((status = 201, description = "The binding.", body = BindingBody), BadRequest, NotFound, Conflict, TooLarge, Gated))]
pub async fn create(
    State(state): State<AppState>,
    Caller(caller): Caller,
    Path(path): Path<GatePath>,
    request: Body,
) -> Result<Response, ApiError> {
    let requested: PostBody = read(request, ApiError::Json).await?;
    let place = Place {
        bucket: requested.bucket_id.parse()?,
        database: requested.database,
        policy: requested.retention_policy.filter(|policy| !policy.is_empty()),
    };
    let bound = state.bind(&caller, &path.gate, place).await?;
    let gate = state.gate(&caller, &path.gate).await?;
    Ok(indented(StatusCode::CREATED, &binding_body(bound, &gate)))
}

/// End the binding of a bucket
///
/// The database keeps its data, which are no longer accessible through the gate. Needs `write:buckets` of the
/// organization, and an operator if the bucket is suspended or if its data would belong to another bucket. The gate need
/// not run. Not in InfluxDB.
#[utoipa::path(delete, path = "/api/v2/gates/{gate}/bindings/{bucketID}", tag = "Gates", operation_id = "DeleteGatesNameBindingsID",
    params(
        ("gate" = String, Path, description = "The name of the gate."),
        ("bucketID" = BucketId, Path, description = "The bucket."),
    ),
    responses((status = 204, description = "It is ended."), BadRequest, NotFound, Gated))]
pub async fn delete(
    State(state): State<AppState>,
    Caller(caller): Caller,
    Path(path): Path<GatePath>,
    PathId(bucket): PathId<BucketId>,
) -> Result<Response, ApiError> {
    state.service.unbind_bucket(&caller, &path.gate, bucket).await?;
    Ok(no_content().into_response())
}

/// Confirm a suspended bucket
///
/// Makes it available again with the current data of its database. A bucket of InfluxDB 2 takes over the name that it
/// has there. Needs an operator whose token has neither expiry nor networks. Not in InfluxDB.
#[utoipa::path(post, path = "/api/v2/gates/{gate}/bindings/{bucketID}/confirm", tag = "Gates", operation_id = "PostGatesNameBindingsIDConfirm",
    params(
        ("gate" = String, Path, description = "The name of the gate."),
        ("bucketID" = BucketId, Path, description = "The bucket."),
    ),
    responses((status = 204, description = "It is available."), BadRequest, NotFound, Conflict, Gated))]
pub async fn confirm(
    State(state): State<AppState>,
    Caller(caller): Caller,
    Path(path): Path<GatePath>,
    PathId(bucket): PathId<BucketId>,
) -> Result<Response, ApiError> {
    state.confirm(&caller, &path.gate, bucket).await?;
    Ok(no_content().into_response())
}
