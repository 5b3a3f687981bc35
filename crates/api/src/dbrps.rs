//! `/api/v2/dbrps` (docs/influxdb-compatibility.md §5.8).

use std::{fmt::Display, str::FromStr};

use axum::{
    body::Body,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use jeton_http::{error::ApiError, json_response::indented, state::AppState};
use jeton_model::{BucketId, Dbrp, DbrpId, OrgId, dbrp::DbrpFilter};
use jeton_service::{
    Error,
    buckets::dbrps::{DbrpUpdate, OrgSelector, RequestedDbrp},
    error::DbrpError,
};

use crate::{
    extractors::Caller,
    json::read,
    no_content,
    openapi::schema::{BadRequest, Conflict, Gated, NotFound, TooLarge},
    query::{Query, go_bool},
};

/// A mapping of a 1.x database and retention policy to a bucket.
#[derive(Serialize, ToSchema)]
#[schema(as = DBRP)]
struct DbrpBody {
    id: DbrpId,
    database: String,
    retention_policy: String,
    /// True if the mapping applies to requests for the database without a retention policy.
    default: bool,
    /// True if the mapping is implied by the bucket instead of created; its id is that of the bucket.
    r#virtual: bool,
    #[serde(rename = "orgID")]
    org_id: OrgId,
    #[serde(rename = "bucketID")]
    bucket_id: BucketId,
}

#[derive(Serialize, ToSchema)]
#[schema(as = DBRPs)]
struct ListBody {
    content: Vec<DbrpBody>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = DBRPGet)]
struct OneBody {
    content: DbrpBody,
}

/// A mapping to create. The organization is given by id or by name.
#[derive(Deserialize, ToSchema)]
#[schema(as = DBRPCreate)]
struct PostBody {
    #[serde(rename = "orgID", default)]
    #[schema(value_type = OrgId)]
    org_id: String,
    #[serde(default)]
    org: String,
    #[serde(rename = "bucketID", default)]
    #[schema(required, value_type = BucketId)]
    bucket_id: String,
    /// At most 255 bytes; no slash, backslash or control character; not `.` or `..`.
    #[serde(default)]
    #[schema(required, min_length = 1, max_length = 255)]
    database: String,
    /// At most 255 bytes; no slash, backslash or control character; not `.` or `..`.
    #[serde(default)]
    #[schema(required, min_length = 1, max_length = 255)]
    retention_policy: String,
    /// True if the mapping applies to requests for the database without a retention policy. The first mapping of a
    /// database always does.
    #[serde(default)]
    default: bool,
}

/// Changes to a mapping.
#[derive(Deserialize, ToSchema)]
#[schema(as = DBRPUpdate)]
struct PatchBody {
    #[schema(min_length = 1, max_length = 255)]
    retention_policy: Option<String>,
    default: Option<bool>,
}

/// The id in the path as it was sent: an invalid one is refused after the organization is checked.
#[derive(Deserialize)]
pub struct DbrpPath {
    #[serde(rename = "dbrpID")]
    id: String,
}

impl DbrpPath {
    fn id(&self) -> Result<DbrpId, ApiError> {
        id("DBRP", &self.id)
    }
}

fn dbrp_body(dbrp: Dbrp) -> DbrpBody {
    DbrpBody {
        id: dbrp.id,
        database: dbrp.database,
        retention_policy: dbrp.retention_policy,
        default: dbrp.is_default,
        r#virtual: dbrp.is_virtual,
        org_id: dbrp.org,
        bucket_id: dbrp.bucket,
    }
}

/// Parses an id, with this resource's own error message.
fn id<T: FromStr<Err: Display>>(what: &str, text: &str) -> Result<T, ApiError> {
    text.parse().map_err(|error| ApiError::Query(format!("invalid {what} ID \"{text}\": {error}")))
}

/// Parses the organization's id or name; the id takes precedence.
fn org(by_id: Option<&str>, name: Option<&str>) -> Result<OrgSelector, ApiError> {
    match (by_id.filter(|id| !id.is_empty()), name.filter(|name| !name.is_empty())) {
        (Some(text), _) => id("org", text).map(OrgSelector::Id),
        (None, Some(name)) => Ok(OrgSelector::Name(name.into())),
        (None, None) => Err(Error::from(DbrpError::OrgRequired).into()),
    }
}

fn org_in(query: &Query) -> Result<OrgSelector, ApiError> {
    org(query.text("orgID"), query.text("org"))
}

/// List DBRP mappings
///
/// Those of one organization, which `orgID` or `org` must name: created mappings first, then virtual ones, which
/// buckets imply. Only mappings to buckets that the caller may read.
#[utoipa::path(get, path = "/api/v2/dbrps", tag = "DBRPs", operation_id = "GetDBRPs",
    params(
        ("orgID" = Option<OrgId>, Query, description = "The organization."),
        ("org" = Option<String>, Query, description = "The organization's name, if `orgID` is absent."),
        ("id" = Option<DbrpId>, Query, description = "Only this mapping."),
        ("bucketID" = Option<BucketId>, Query, description = "Only mappings to this bucket."),
        ("db" = Option<String>, Query, description = "Only mappings of this database."),
        ("rp" = Option<String>, Query, description = "Only mappings of this retention policy."),
        ("default" = Option<bool>, Query, description = "Only mappings that are, or are not, the default of their database."),
    ),
    responses((status = 200, description = "The mappings.", body = ListBody), BadRequest, NotFound, Gated))]
pub async fn list(State(state): State<AppState>, Caller(caller): Caller, query: Query) -> Result<Response, ApiError> {
    let org = org_in(&query)?;
    let filter = DbrpFilter {
        id: query.text("id").map(|text| id("DBRP", text)).transpose()?,
        bucket: query.text("bucketID").map(|text| id("bucket", text)).transpose()?,
        database: query.owned("db"),
        retention_policy: query.owned("rp"),
        is_default: match query.text("default") {
            Some(text) => Some(go_bool(text).ok_or_else(|| ApiError::Query("invalid default parameter".into()))?),
            None => None,
        },
    };
    let found = state.service.dbrps(&caller, &org, &filter).await?;
    Ok(indented(StatusCode::OK, &ListBody { content: found.into_iter().map(dbrp_body).collect() }))
}

/// Create a DBRP mapping
///
/// Needs to write the bucket.
#[utoipa::path(post, path = "/api/v2/dbrps", tag = "DBRPs", operation_id = "PostDBRP",
    request_body = PostBody,
    responses((status = 201, description = "The mapping.", body = DbrpBody), BadRequest, NotFound, Conflict, TooLarge, Gated))]
pub async fn create(
    State(state): State<AppState>,
    Caller(caller): Caller,
    request: Body,
) -> Result<Response, ApiError> {
    let requested: PostBody = read(request, ApiError::JsonStructure).await?;
    let requested = RequestedDbrp {
        org: org(Some(&requested.org_id), Some(&requested.org))?,
        bucket: id("bucket", &requested.bucket_id)?,
        database: requested.database,
        retention_policy: requested.retention_policy,
        is_default: requested.default,
    };
    Ok(indented(StatusCode::CREATED, &dbrp_body(state.service.create_dbrp(&caller, requested).await?)))
}

/// Retrieve a DBRP mapping
#[utoipa::path(get, path = "/api/v2/dbrps/{dbrpID}", tag = "DBRPs", operation_id = "GetDBRPsID",
    params(
        ("dbrpID" = DbrpId, Path, description = "The mapping."),
        ("orgID" = Option<OrgId>, Query, description = "The organization."),
        ("org" = Option<String>, Query, description = "The organization's name, if `orgID` is absent."),
    ),
    responses((status = 200, description = "The mapping.", body = OneBody), BadRequest, NotFound, Gated))]
pub async fn get(
    State(state): State<AppState>,
    Caller(caller): Caller,
    Path(path): Path<DbrpPath>,
    query: Query,
) -> Result<Response, ApiError> {
    let org = org_in(&query)?;
    let dbrp = state.service.dbrp(&caller, &org, path.id()?).await?;
    Ok(indented(StatusCode::OK, &OneBody { content: dbrp_body(dbrp) }))
}

/// Change a DBRP mapping
///
/// Needs to write the bucket. A database always has a default: if this mapping no longer is it, another becomes it.
#[utoipa::path(patch, path = "/api/v2/dbrps/{dbrpID}", tag = "DBRPs", operation_id = "PatchDBRPID",
    params(
        ("dbrpID" = DbrpId, Path, description = "The mapping."),
        ("orgID" = Option<OrgId>, Query, description = "The organization."),
        ("org" = Option<String>, Query, description = "The organization's name, if `orgID` is absent."),
    ),
    request_body = PatchBody,
    responses((status = 200, description = "The mapping.", body = OneBody), BadRequest, NotFound, Conflict, TooLarge, Gated))]
pub async fn update(
    State(state): State<AppState>,
    Caller(caller): Caller,
    Path(path): Path<DbrpPath>,
    query: Query,
    request: Body,
) -> Result<Response, ApiError> {
    let (org, id) = (org_in(&query)?, path.id()?);
    let PatchBody { retention_policy, default } = read(request, ApiError::JsonStructure).await?;
    let update = DbrpUpdate { retention_policy, is_default: default };
    let dbrp = state.service.update_dbrp(&caller, &org, id, update).await?;
    Ok(indented(StatusCode::OK, &OneBody { content: dbrp_body(dbrp) }))
}

/// Delete a DBRP mapping
///
/// Needs to write the bucket. If the mapping was the default of its database, the first other mapping becomes it.
#[utoipa::path(delete, path = "/api/v2/dbrps/{dbrpID}", tag = "DBRPs", operation_id = "DeleteDBRPID",
    params(
        ("dbrpID" = DbrpId, Path, description = "The mapping."),
        ("orgID" = Option<OrgId>, Query, description = "The organization."),
        ("org" = Option<String>, Query, description = "The organization's name, if `orgID` is absent."),
    ),
    responses((status = 204, description = "It is deleted."), BadRequest, NotFound, Gated))]
pub async fn delete(
    State(state): State<AppState>,
    Caller(caller): Caller,
    Path(path): Path<DbrpPath>,
    query: Query,
) -> Result<Response, ApiError> {
    let org = org_in(&query)?;
    state.service.delete_dbrp(&caller, &org, path.id()?).await?;
    Ok(no_content().into_response())
}
