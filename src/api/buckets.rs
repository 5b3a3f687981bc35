//! `/api/v2/buckets` (contract §5.5).

use axum::{
    body::Body,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Serialize;

use super::{
    extract::{Caller, PathId},
    json::{Json, Members, indented, read_object},
    no_content,
    query::{Paging, Query},
    refusal::Refusal,
};
use crate::{
    model::{Bucket, BucketId, Error, OrgId, Timestamp, bucket::BucketKind},
    server::AppState,
    service::buckets::{AskedBucket, AskedRetention, BucketQuery, BucketUpdate},
};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BucketBody {
    id: BucketId,
    #[serde(rename = "orgID")]
    org_id: OrgId,
    #[serde(rename = "type")]
    kind: BucketKind,
    #[serde(skip_serializing_if = "String::is_empty")]
    description: String,
    name: String,
    #[serde(rename = "rp", skip_serializing_if = "String::is_empty")]
    retention_policy: String,
    retention_rules: [RuleBody; 1],
    created_at: Timestamp,
    updated_at: Timestamp,
    links: Links,
    labels: [(); 0],
}

/// Seconds; `everySeconds` 0 is for ever.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RuleBody {
    #[serde(rename = "type")]
    kind: &'static str,
    every_seconds: i64,
    shard_group_duration_seconds: i64,
}

#[derive(Serialize)]
struct Links {
    labels: String,
    members: String,
    org: String,
    owners: String,
    #[serde(rename = "self")]
    this: String,
    write: String,
}

#[derive(Serialize)]
struct ListBody {
    links: PageLinks,
    buckets: Vec<BucketBody>,
}

#[derive(Serialize)]
struct PageLinks {
    #[serde(skip_serializing_if = "Option::is_none")]
    prev: Option<String>,
    #[serde(rename = "self")]
    this: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

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
        retention_rules: [RuleBody {
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
        labels: [],
    }
}

pub async fn list(State(state): State<AppState>, Caller(caller): Caller, query: Query) -> Result<Response, Refusal> {
    let paging = Paging::of(&query)?;
    let asked = BucketQuery {
        id: query.id("id")?,
        name: query.owned("name"),
        org: query.id("orgID")?,
        org_name: query.owned("org"),
        after: paging.after,
        descending: paging.descending,
        offset: paging.offset,
        limit: paging.limit,
    };
    let buckets = state.service.buckets(&caller, &asked).await?;
    let links = page_links(&asked, &query, buckets.len());
    Ok(indented(StatusCode::OK, &ListBody { links, buckets: buckets.into_iter().map(bucket_body).collect() }))
}

/// influxd's links: the parameters sorted, the name under another name, and a next page whenever this one is full.
fn page_links(asked: &BucketQuery, query: &Query, count: usize) -> PageLinks {
    let link = |offset: u32| {
        let pairs = [
            ("after", asked.after.map(|id| id.to_string())),
            ("bucket", asked.name.clone()),
            ("descending", Some(asked.descending.to_string())),
            ("id", asked.id.map(|id| id.to_string())),
            ("limit", Some(asked.limit.to_string())),
            ("offset", Some(offset.to_string())),
            ("org", asked.org_name.clone()),
            ("orgID", asked.org.map(|id| id.to_string())),
            ("sortBy", query.owned("sortBy")),
        ];
        let present = pairs.into_iter().filter_map(|(key, value)| value.map(|value| (key, value)));
        let encoded = form_urlencoded::Serializer::new(String::new()).extend_pairs(present).finish();
        format!("/api/v2/buckets?{encoded}")
    };
    PageLinks {
        prev: (asked.offset > 0).then(|| link(asked.offset.saturating_sub(asked.limit))),
        this: link(asked.offset),
        next: (count >= asked.limit as usize).then(|| link(asked.offset.saturating_add(asked.limit))),
    }
}

pub async fn create(State(state): State<AppState>, Caller(caller): Caller, request: Body) -> Result<Response, Refusal> {
    let asked = read_object(request, Error::BadJsonResource, |members| {
        Ok(AskedBucket {
            org: members.id("orgID")?,
            name: members.text("name")?.unwrap_or_default(),
            description: members.text("description")?.unwrap_or_default(),
            retention_policy: members.text("rp")?.unwrap_or_default(),
            retention: rules(members)?,
        })
    })
    .await?;
    Ok(indented(StatusCode::CREATED, &bucket_body(state.service.create_bucket(&caller, asked).await?)))
}

fn rules(members: Members<'_>) -> Result<Vec<AskedRetention>, String> {
    members.list("retentionRules")?.iter().map(rule).collect()
}

fn rule(json: &Json) -> Result<AskedRetention, String> {
    let members = json.object()?;
    Ok(AskedRetention {
        every: members.number("everySeconds")?,
        shard_group: members.number("shardGroupDurationSeconds")?,
    })
}

pub async fn get(
    State(state): State<AppState>,
    Caller(caller): Caller,
    PathId(id): PathId<BucketId>,
) -> Result<Response, Refusal> {
    Ok(indented(StatusCode::OK, &bucket_body(state.service.bucket(&caller, id).await?)))
}

pub async fn update(
    State(state): State<AppState>,
    Caller(caller): Caller,
    PathId(id): PathId<BucketId>,
    request: Body,
) -> Result<Response, Refusal> {
    let update = read_object(request, Error::BadJsonResource, |members| {
        let retention = members.get("retentionRules").is_some().then(|| rules(members)).transpose()?;
        Ok(BucketUpdate { name: members.text("name")?, description: members.text("description")?, retention })
    })
    .await?;
    Ok(indented(StatusCode::OK, &bucket_body(state.service.update_bucket(&caller, id, update).await?)))
}

pub async fn delete(
    State(state): State<AppState>,
    Caller(caller): Caller,
    PathId(id): PathId<BucketId>,
) -> Result<Response, Refusal> {
    state.service.delete_bucket(&caller, id).await?;
    Ok(no_content().into_response())
}
