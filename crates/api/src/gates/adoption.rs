//! `/api/v2/gates/{gate}/adopt`: buckets for the databases that a gate's database has. Jeton's own.

use axum::{
    body::Body,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use jeton_http::{error::ApiError, json_response::indented, state::AppState};
use jeton_model::{
    BucketId, OrgId,
    binding::{Adoption, AdoptionOutcome, OrgAdoption},
};

use crate::{
    extractors::Caller,
    json::read,
    openapi::schema::{BadRequest, Conflict, Gated, NotFound, TooLarge},
};

use super::GatePath;

/// The choice between an adoption and its plan.
#[derive(Deserialize, ToSchema)]
#[schema(as = GateAdopt)]
struct PostBody {
    /// `false` creates the buckets and binds them. Otherwise nothing is changed, and the outcome is planned.
    #[serde(rename = "dryRun")]
    dry_run: Option<bool>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = GateAdoptions)]
struct AdoptionsBody {
    /// True if nothing was changed.
    dry_run: bool,
    /// The organization that the buckets are in, of InfluxDB 2 alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    org: Option<OrgAdoptionBody>,
    databases: Vec<AdoptionBody>,
}

/// The organization of an InfluxDB 2, which has the same id in Jeton.
#[derive(Serialize, ToSchema)]
#[schema(as = GateOrgAdoption)]
struct OrgAdoptionBody {
    id: OrgId,
    name: String,
    #[schema(examples("planned", "adopted", "present"))]
    outcome: &'static str,
}

/// A database that no bucket stood for.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = GateAdoption)]
struct AdoptionBody {
    database: String,
    /// The retention policy, if other policies of the database are bound.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    retention_policy: Option<String>,
    /// Name of the bucket.
    bucket: String,
    /// The bucket, if it was created and bound.
    #[serde(rename = "bucketID", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    bucket_id: Option<BucketId>,
    #[schema(examples("planned", "adopted", "left"))]
    outcome: &'static str,
    /// The reason why the database was skipped.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reason: Option<String>,
}

fn adoption_body(adoption: Adoption) -> AdoptionBody {
    let Adoption { database, policy, bucket_name, outcome } = adoption;
    let (bucket_id, reason) = match &outcome {
        AdoptionOutcome::Planned => (None, None),
        AdoptionOutcome::Adopted(bucket) => (Some(*bucket), None),
        AdoptionOutcome::Left(obstacle) => (None, Some(obstacle.sentence())),
    };
    let outcome = outcome.name();
    AdoptionBody { database, retention_policy: policy, bucket: bucket_name, bucket_id, outcome, reason }
}

fn org_body(org: OrgAdoption, dry_run: bool) -> OrgAdoptionBody {
    let OrgAdoption { id, name, is_new } = org;
    let outcome = match (is_new, dry_run) {
        (false, _) => "present",
        (true, true) => "planned",
        (true, false) => "adopted",
    };
    OrgAdoptionBody { id, name, outcome }
}

/// Adopt the databases of a gate
///
/// Lists the databases of the upstream. With `dryRun` false, creates a bucket for each database that no bucket stands
/// for, with its name, and binds it; at most 500 at once. Names that are no bucket names, names that a bucket has,
/// databases of other gates and internal ones are skipped, each with its reason. Needs an operator whose token has
/// neither expiry nor networks. For InfluxDB 2, the organization and its buckets are created with the ids, names and
/// retention that they have there, as far as they do not exist; an organization of the same name with another id is a
/// conflict. Not in InfluxDB.
#[utoipa::path(post, path = "/api/v2/gates/{gate}/adopt", tag = "Gates", operation_id = "PostGatesNameAdopt",
    params(("gate" = String, Path, description = "The name of the gate.")),
    request_body = PostBody,
    responses((status = 200, description = "The outcome for each database.", body = AdoptionsBody), BadRequest, NotFound, Conflict, TooLarge, Gated))]
pub async fn adopt(
    State(state): State<AppState>,
    Caller(caller): Caller,
    Path(path): Path<GatePath>,
    request: Body,
) -> Result<Response, ApiError> {
    let requested: PostBody = read(request, ApiError::Json).await?;
    let dry_run = requested.dry_run.unwrap_or(true);
    let adopted = state.adopt(&caller, &path.gate, dry_run).await?;
    let org = adopted.org.map(|org| org_body(org, dry_run));
    let databases = adopted.databases.into_iter().map(adoption_body).collect();
    Ok(indented(StatusCode::OK, &AdoptionsBody { dry_run, org, databases }))
}
