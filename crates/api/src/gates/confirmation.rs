//! `/api/v2/gates/{gate}/confirm`: all suspended buckets of a gate whose database is there again. Jeton's own.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use serde::Serialize;
use utoipa::ToSchema;

use jeton_http::{error::ApiError, json_response::indented, state::AppState};
use jeton_model::{BucketId, binding::Confirmation};

use crate::{
    extractors::Caller,
    openapi::schema::{BadRequest, Gated, NotFound},
};

use super::GatePath;

#[derive(Serialize, ToSchema)]
#[schema(as = GateConfirmations)]
struct ConfirmationsBody {
    buckets: Vec<ConfirmationBody>,
}

/// A bucket that was suspended.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = GateConfirmation)]
struct ConfirmationBody {
    bucket: String,
    #[serde(rename = "bucketID")]
    bucket_id: BucketId,
    /// The database; of InfluxDB 2, the name of the bucket.
    database: String,
    /// The retention policy of InfluxDB 1.x; absent if the binding covers every policy without a binding of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    retention_policy: Option<String>,
    /// `confirmed`: it is available again. `missing`: it stays suspended, because its database is still missing.
    /// `left`: it stays suspended for another reason.
    #[schema(examples("confirmed", "missing", "left"))]
    outcome: &'static str,
    /// The reason of `left`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reason: Option<String>,
}

fn confirmation_body(confirmation: Confirmation) -> ConfirmationBody {
    let Confirmation { bucket, bucket_name, database, policy, outcome } = confirmation;
    ConfirmationBody {
        bucket: bucket_name,
        bucket_id: bucket,
        database,
        retention_policy: policy,
        outcome: outcome.name(),
        reason: outcome.reason(),
    }
}

/// Confirm all suspended buckets whose database is there again
///
/// Lists the databases of the upstream, or the buckets of InfluxDB 2, and makes those suspended buckets available again
/// whose database is in the list, with its current data. The others stay suspended. Buckets of InfluxDB 2 take over the
/// names that they have there. Needs an operator whose token has neither expiry nor networks. Not in InfluxDB.
#[utoipa::path(post, path = "/api/v2/gates/{gate}/confirm", tag = "Gates", operation_id = "PostGatesNameConfirm",
    params(("gate" = String, Path, description = "The name of the gate.")),
    responses((status = 200, description = "The outcome for each suspended bucket.", body = ConfirmationsBody), BadRequest, NotFound, Gated))]
pub async fn confirm_all(
    State(state): State<AppState>,
    Caller(caller): Caller,
    Path(path): Path<GatePath>,
) -> Result<Response, ApiError> {
    let confirmed = state.confirm_all(&caller, &path.gate, None).await?;
    let buckets = confirmed.into_iter().map(confirmation_body).collect();
    Ok(indented(StatusCode::OK, &ConfirmationsBody { buckets }))
}
