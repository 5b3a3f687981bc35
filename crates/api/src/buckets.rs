//! `/api/v2/buckets` (docs/influxdb-compatibility.md §5.5).

use axum::{
    body::Body,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use jeton_http::{error::ApiError, json_response::indented, state::AppState};
use jeton_model::{Bucket, BucketId, OrgId, Timestamp, bucket::BucketKind};
use jeton_service::buckets::{BucketQuery, BucketUpdate, RequestedBucket, RequestedRetention};

use crate::{
    extractors::{Caller, PathId},
    json::read,
    labels::NoLabels,
    no_content,
    openapi::schema::{BadRequest, Conflict, Gated, NotFound, TooLarge},
    query::{Paging, PagingParameters, Query},
};

/// A bucket.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Bucket)]
pub struct BucketBody {
    id: BucketId,
    #[serde(rename = "orgID")]
    org_id: OrgId,
    #[serde(rename = "type")]
    kind: BucketKind,
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schema(required = false)]
    description: String,
    name: String,
    /// The 1.x retention policy's name.
    #[serde(rename = "rp", skip_serializing_if = "String::is_empty")]
    #[schema(required = false)]
    retention_policy: String,
    retention_rules: Vec<RuleBody>,
    created_at: Timestamp,
    updated_at: Timestamp,
    links: Links,
    labels: NoLabels,
}

/// Retention of a bucket.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RetentionRule)]
struct RuleBody {
    #[serde(rename = "type")]
    #[schema(examples("expire"))]
    kind: &'static str,
    /// Retention period in seconds; 0 keeps data forever.
    every_seconds: i64,
    /// Shard group duration in seconds.
    shard_group_duration_seconds: i64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = BucketLinks)]
struct Links {
    labels: String,
    members: String,
    org: String,
    owners: String,
    #[serde(rename = "self")]
    this: String,
    write: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Buckets)]
struct ListBody {
    links: PageLinks,
    buckets: Vec<BucketBody>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = BucketsLinks)]
struct PageLinks {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    prev: Option<String>,
    #[serde(rename = "self")]
    this: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    next: Option<String>,
}

/// A bucket to create.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PostBucketRequest)]
struct PostBody {
    #[serde(rename = "orgID")]
    #[schema(required)]
    org_id: Option<OrgId>,
    /// At most 255 bytes, without quotation marks, not beginning with `_`.
    #[schema(required, min_length = 1, max_length = 255)]
    #[serde(default)]
    name: String,
    #[serde(default)]
    description: String,
    /// The 1.x retention policy's name.
    #[serde(default)]
    rp: String,
    /// At most one rule; without a rule, data is kept forever.
    #[schema(max_items = 1)]
    #[serde(default)]
    retention_rules: Vec<RequestedRule>,
}

/// Changes to a bucket.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PatchBucketRequest)]
struct PatchBody {
    #[schema(min_length = 1, max_length = 255)]
    name: Option<String>,
    description: Option<String>,
    #[schema(max_items = 1)]
    retention_rules: Option<Vec<RequestedRule>>,
}

/// Retention of a bucket.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RetentionRuleRequest)]
struct RequestedRule {
    /// Retention period in seconds, at least 3,600; 0 keeps data forever.
    #[schema(minimum = 0)]
    every_seconds: Option<i64>,
    /// Shard group duration in seconds, at most the retention period.
    #[schema(minimum = 0)]
    shard_group_duration_seconds: Option<i64>,
}

impl From<RequestedRule> for RequestedRetention {
    fn from(rule: RequestedRule) -> Self {
        Self { every: rule.every_seconds, shard_group: rule.shard_group_duration_seconds }
    }
}

fn rules(rules: Vec<RequestedRule>) -> Vec<RequestedRetention> {
    rules.into_iter().map(Into::into).collect()
}

/// Returns the JSON of a bucket.
pub fn bucket_body(bucket: Bucket) -> BucketBody {
    let (id, org) = (bucket.id, bucket.org);
    let below = |what: &str| format!("/api/v2/buckets/{id}/{what}");
    BucketBody {
        id,
        org_id: org,
        kind: bucket.kind,
        description: bucket.description,
        name: bucket.name,
        retention_policy: bucket.retention_policy,
        retention_rules: vec![RuleBody {
            kind: "expire",
            every_seconds: bucket.retention.every,
            shard_group_duration_seconds: bucket.retention.shard_group,
        }],
        created_at: bucket.created_at,
        updated_at: bucket.updated_at,
        links: Links {
            labels: below("labels"),
            members: below("members"),
            org: format!("/api/v2/orgs/{org}"),
            owners: below("owners"),
            this: format!("/api/v2/buckets/{id}"),
            write: format!("/api/v2/write?org={org}&bucket={id}"),
        },
        labels: NoLabels([]),
    }
}

/// List buckets
///
/// Within one organization in the order of names, otherwise in the order of ids. Buckets that the caller may not read
/// are left out after paging, so pages may be short.
#[utoipa::path(get, path = "/api/v2/buckets", tag = "Buckets", operation_id = "GetBuckets",
    params(
        PagingParameters,
        ("org" = Option<String>, Query, description = "Only buckets of the organization with this name."),
        ("orgID" = Option<OrgId>, Query, description = "Only buckets of this organization."),
        ("name" = Option<String>, Query, description = "Only buckets with this name."),
        ("id" = Option<BucketId>, Query, description = "Only this bucket."),
    ),
    responses((status = 200, description = "The buckets.", body = ListBody), BadRequest, NotFound, Gated))]
pub async fn list(State(state): State<AppState>, Caller(caller): Caller, query: Query) -> Result<Response, ApiError> {
    let paging = Paging::of(&query)?;
    let requested = BucketQuery {
        id: query.id("id")?,
        name: query.owned("name"),
        org: query.id("orgID")?,
        org_name: query.owned("org"),
        after: paging.after,
        descending: paging.descending,
        offset: paging.offset,
        limit: paging.limit,
    };
    let buckets = state.service.buckets(&caller, &requested).await?;
    let links = page_links(&requested, &query, buckets.len());
    Ok(indented(StatusCode::OK, &ListBody { links, buckets: buckets.into_iter().map(bucket_body).collect() }))
}

/// Returns links as influxd writes them: parameters are sorted, the name is called differently, and there is a next
/// page whenever this one is full.
fn page_links(requested: &BucketQuery, query: &Query, count: usize) -> PageLinks {
    let link = |offset: u32| {
        let pairs = [
            ("after", requested.after.map(|id| id.to_string())),
            ("bucket", requested.name.clone()),
            ("descending", Some(requested.descending.to_string())),
            ("id", requested.id.map(|id| id.to_string())),
            ("limit", Some(requested.limit.to_string())),
            ("offset", Some(offset.to_string())),
            ("org", requested.org_name.clone()),
            ("orgID", requested.org.map(|id| id.to_string())),
            ("sortBy", query.owned("sortBy")),
        ];
        let present = pairs.into_iter().filter_map(|(key, value)| value.map(|value| (key, value)));
        let encoded = form_urlencoded::Serializer::new(String::new()).extend_pairs(present).finish();
        format!("/api/v2/buckets?{encoded}")
    };
    PageLinks {
        prev: (requested.offset > 0).then(|| link(requested.offset.saturating_sub(requested.limit))),
        this: link(requested.offset),
        next: (count >= requested.limit as usize).then(|| link(requested.offset.saturating_add(requested.limit))),
    }
}

/// Create a bucket
///
/// Needs `write:buckets` of the organization.
#[utoipa::path(post, path = "/api/v2/buckets", tag = "Buckets", operation_id = "PostBuckets",
    request_body = PostBody,
    responses((status = 201, description = "The bucket.", body = BucketBody), BadRequest, NotFound, Conflict, TooLarge, Gated))]
pub async fn create(
    State(state): State<AppState>,
    Caller(caller): Caller,
    request: Body,
) -> Result<Response, ApiError> {
    let requested: PostBody = read(request, ApiError::JsonResource).await?;
    let requested = RequestedBucket {
        org: requested.org_id,
        name: requested.name,
        description: requested.description,
        retention_policy: requested.rp,
        retention: rules(requested.retention_rules),
    };
    Ok(indented(StatusCode::CREATED, &bucket_body(state.service.create_bucket(&caller, requested).await?)))
}

/// Retrieve a bucket
#[utoipa::path(get, path = "/api/v2/buckets/{bucketID}", tag = "Buckets", operation_id = "GetBucketsID",
    params(("bucketID" = BucketId, Path, description = "The bucket.")),
    responses((status = 200, description = "The bucket.", body = BucketBody), BadRequest, NotFound, Gated))]
pub async fn get(
    State(state): State<AppState>,
    Caller(caller): Caller,
    PathId(id): PathId<BucketId>,
) -> Result<Response, ApiError> {
    Ok(indented(StatusCode::OK, &bucket_body(state.service.bucket(&caller, id).await?)))
}

/// Change a bucket
///
/// Members that are left out stay as they are. A bucket that is bound to a database behind a gate keeps its name.
#[utoipa::path(patch, path = "/api/v2/buckets/{bucketID}", tag = "Buckets", operation_id = "PatchBucketsID",
    params(("bucketID" = BucketId, Path, description = "The bucket.")),
    request_body = PatchBody,
    responses((status = 200, description = "The bucket.", body = BucketBody), BadRequest, NotFound, Conflict, TooLarge, Gated))]
pub async fn update(
    State(state): State<AppState>,
    Caller(caller): Caller,
    PathId(id): PathId<BucketId>,
    request: Body,
) -> Result<Response, ApiError> {
    let PatchBody { name, description, retention_rules } = read(request, ApiError::JsonResource).await?;
    let update = BucketUpdate { name, description, retention: retention_rules.map(rules) };
    Ok(indented(StatusCode::OK, &bucket_body(state.service.update_bucket(&caller, id, update).await?)))
}

/// Delete a bucket
///
/// Its bindings to databases behind gates end; the databases keep their data. Only an operator deletes a bucket of a
/// retention policy whose data would then belong to the bucket of the whole database.
#[utoipa::path(delete, path = "/api/v2/buckets/{bucketID}", tag = "Buckets", operation_id = "DeleteBucketsID",
    params(("bucketID" = BucketId, Path, description = "The bucket.")),
    responses((status = 204, description = "It is deleted."), BadRequest, NotFound, Gated))]
pub async fn delete(
    State(state): State<AppState>,
    Caller(caller): Caller,
    PathId(id): PathId<BucketId>,
) -> Result<Response, ApiError> {
    state.service.delete_bucket(&caller, id).await?;
    Ok(no_content().into_response())
}
