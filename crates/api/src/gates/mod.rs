//! `/api/v2/gates`, an endpoint of Jeton's own: the gates of this server.

pub mod adoption;
pub mod bindings;
pub mod confirmation;

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use jeton_http::{error::ApiError, json_response::indented, state::AppState};
use jeton_model::{
    AuthorizationId, BucketId, OrgId, Timestamp,
    binding::{Comparison, GateCounts, GateRefusal, UnknownDatabase},
};
use jeton_service::gates::VisibleGate;

use crate::{
    extractors::Caller,
    openapi::schema::{BadRequest, Gated, NotFound},
};

/// A gate in front of a database.
#[derive(Serialize, ToSchema)]
#[schema(as = Gate)]
struct GateBody {
    name: String,
    #[schema(examples("influxdb1", "influxdb2", "influxdb3", "victoriametrics"))]
    kind: &'static str,
    /// The organization whose buckets stand for the databases.
    #[serde(rename = "orgID")]
    org_id: OrgId,
    org: String,
    /// Address of the database.
    #[schema(examples("http://127.0.0.1:8087"))]
    upstream: String,
    /// Address on which the gate listens, unless it only answers reverse proxies.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("0.0.0.0:8086"))]
    address: Option<String>,
    /// True if clients reach the gate by https.
    tls: bool,
    /// Patterns of the databases that the gate guards.
    databases: Vec<String>,
    /// `enforce` or `observe`.
    mode: &'static str,
    /// The health of the database, as the last request showed it: `unknown`, `healthy`, `unreachable`, `no answer`,
    /// `unauthorized`, `unguarded` or `skewed` (its clock differs by more than a minute).
    health: &'static str,
    /// Changes of the gate or its database that are recommended to an operator.
    findings: Vec<String>,
    requests: CountsBody,
    /// The last refusals, the newest first. Empty if the caller may not read the organization's authorizations.
    refusals: Vec<RefusalBody>,
}

/// Numbers of requests since the start of the server.
#[derive(Serialize, ToSchema)]
#[schema(as = GateRequests)]
struct CountsBody {
    /// Requests that went to the database.
    allowed: u64,
    /// Requests that Jeton answered in the database's place.
    answered: u64,
    /// Requests that went to the database, and would be refused without observe mode.
    #[serde(rename = "wouldRefuse")]
    would_refuse: u64,
    refused: u64,
    /// Requests without a live credential.
    unauthenticated: u64,
    /// Requests that failed because the gate could not decide.
    unavailable: u64,
    /// Requests that failed because of the database; they are among those that went to it.
    failed: u64,
}

/// Equal refusals of one token.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = GateRefusal)]
struct RefusalBody {
    /// Time of the last one.
    last_at: Timestamp,
    times: u64,
    /// True if the requests went on all the same, in observe mode.
    passed: bool,
    /// The token, if one that works was presented, and the caller may read those of its organization.
    #[serde(rename = "authorizationID", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    authorization_id: Option<AuthorizationId>,
    /// Address from which the last one came.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    address: Option<String>,
    status: u16,
    reason: String,
    /// The remedy.
    remedy: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Gates)]
struct GatesBody {
    gates: Vec<GateBody>,
}

/// The difference between the buckets of a gate and the databases or buckets of its upstream.
#[derive(Serialize, ToSchema)]
#[schema(as = GateComparison)]
struct ComparisonBody {
    /// Databases without a bound bucket; of InfluxDB 2, buckets that Jeton does not have.
    unknown: Vec<UnknownBody>,
    /// Buckets that were suspended, because their database vanished, or because InfluxDB 2 has no bucket with their id
    /// and name.
    suspended: Vec<BucketId>,
}

/// A database without a bound bucket, or a bucket of InfluxDB 2 that Jeton does not have.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = UnknownDatabase)]
struct UnknownBody {
    database: String,
    /// The retention policy, if other policies of the database are bound.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    retention_policy: Option<String>,
    /// The id of a bucket of InfluxDB 2.
    #[serde(rename = "bucketID", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    bucket_id: Option<BucketId>,
}

/// The name of a gate in a path.
#[derive(Deserialize)]
pub struct GatePath {
    gate: String,
}

fn gate_body(gate: VisibleGate) -> GateBody {
    let VisibleGate { identity, org_name, running } = gate;
    GateBody {
        findings: running.findings().into_iter().map(Into::into).collect(),
        name: running.name,
        kind: running.kind.name(),
        org_id: identity.org,
        org: org_name,
        upstream: running.upstream,
        address: running.address.map(|address| address.to_string()),
        tls: running.is_encrypted,
        databases: running.databases.iter().map(ToString::to_string).collect(),
        mode: running.mode.name(),
        health: running.health.name(),
        requests: counts_body(running.counts),
        refusals: running.refusals.into_iter().map(refusal_body).collect(),
    }
}

const fn counts_body(counts: GateCounts) -> CountsBody {
    let GateCounts { allowed, answered, would_refuse, refused, unauthenticated, unavailable, failed } = counts;
    CountsBody { allowed, answered, would_refuse, refused, unauthenticated, unavailable, failed }
}

fn refusal_body(refusal: GateRefusal) -> RefusalBody {
    RefusalBody {
        last_at: refusal.at,
        times: refusal.times,
        passed: refusal.passed,
        authorization_id: refusal.token,
        address: refusal.address.map(|address| address.to_string()),
        status: refusal.status,
        reason: refusal.reason,
        remedy: refusal.remedy,
    }
}

fn unknown_body(unknown: UnknownDatabase) -> UnknownBody {
    UnknownBody { database: unknown.name, retention_policy: unknown.policy, bucket_id: unknown.id }
}

/// List gates
///
/// The gates of organizations whose buckets the caller may read or write. Not in InfluxDB.
#[utoipa::path(get, path = "/api/v2/gates", tag = "Gates", operation_id = "GetGates",
    responses((status = 200, description = "The gates.", body = GatesBody), Gated))]
pub async fn list(State(state): State<AppState>, Caller(caller): Caller) -> Result<Response, ApiError> {
    let gates = state.gates(&caller).await?.into_iter().map(gate_body).collect();
    Ok(indented(StatusCode::OK, &GatesBody { gates }))
}

/// Check a gate
///
/// Sends a request to the database of the gate, and returns the gate with the result. For InfluxDB 2, the findings
/// include the differences between its buckets and those of Jeton. Needs an operator. Not in InfluxDB.
#[utoipa::path(post, path = "/api/v2/gates/{gate}/check", tag = "Gates", operation_id = "PostGatesNameCheck",
    params(("gate" = String, Path, description = "The name of the gate.")),
    responses((status = 200, description = "The gate.", body = GateBody), BadRequest, NotFound, Gated))]
pub async fn check(
    State(state): State<AppState>,
    Caller(caller): Caller,
    Path(path): Path<GatePath>,
) -> Result<Response, ApiError> {
    let (gate, differences) = state.check_gate(&caller, &path.gate).await?;
    let mut checked = gate_body(gate);
    checked.findings.extend(differences);
    Ok(indented(StatusCode::OK, &checked))
}

/// Compare a gate with its database
///
/// Lists the databases of the upstream, or the buckets of InfluxDB 2. Buckets whose database vanished, and buckets of
/// InfluxDB 2 whose id or name changed there, are suspended until an operator confirms them. Each gate does the same by
/// itself every minute. Needs an operator. Not in InfluxDB.
#[utoipa::path(post, path = "/api/v2/gates/{gate}/sync", tag = "Gates", operation_id = "PostGatesNameSync",
    params(("gate" = String, Path, description = "The name of the gate.")),
    responses((status = 200, description = "The difference.", body = ComparisonBody), BadRequest, NotFound, Gated))]
pub async fn sync(
    State(state): State<AppState>,
    Caller(caller): Caller,
    Path(path): Path<GatePath>,
) -> Result<Response, ApiError> {
    let Comparison { unknown, vanished } = state.compare(&caller, &path.gate).await?;
    let unknown = unknown.into_iter().map(unknown_body).collect();
    Ok(indented(StatusCode::OK, &ComparisonBody { unknown, suspended: vanished }))
}
