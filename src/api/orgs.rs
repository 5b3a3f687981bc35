//! `/api/v2/orgs` (contract §5.4).

use axum::{
    body::Body,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Serialize;

use super::{
    extract::{Caller, PathId},
    json::{indented, read_object},
    no_content,
    query::{Paging, Query},
    refusal::Refusal,
};
use crate::{
    model::{Error, Org, OrgId, Timestamp},
    server::AppState,
    service::orgs::{OrgQuery, OrgUpdate},
};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OrgBody {
    links: Links,
    id: OrgId,
    name: String,
    description: String,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// The names in them are not escaped, and two lead nowhere: influxd's links.
#[derive(Serialize)]
struct Links {
    buckets: String,
    dashboards: String,
    labels: String,
    logs: String,
    members: String,
    owners: String,
    secrets: String,
    #[serde(rename = "self")]
    this: String,
    tasks: String,
}

#[derive(Serialize)]
struct ListBody {
    links: ListLinks,
    orgs: Vec<OrgBody>,
}

#[derive(Serialize)]
struct ListLinks {
    #[serde(rename = "self")]
    this: &'static str,
}

pub fn org_body(org: Org) -> OrgBody {
    let (id, name) = (org.id, &org.name);
    let below = |what: &str| format!("/api/v2/orgs/{id}/{what}");
    OrgBody {
        links: Links {
            buckets: format!("/api/v2/buckets?org={name}"),
            dashboards: format!("/api/v2/dashboards?org={name}"),
            labels: below("labels"),
            logs: below("logs"),
            members: below("members"),
            owners: below("owners"),
            secrets: below("secrets"),
            this: format!("/api/v2/orgs/{id}"),
            tasks: format!("/api/v2/tasks?org={name}"),
        },
        id,
        name: org.name,
        description: org.description,
        created_at: org.created_at,
        updated_at: org.updated_at,
    }
}

pub async fn list(State(state): State<AppState>, Caller(caller): Caller, query: Query) -> Result<Response, Refusal> {
    let paging = Paging::<OrgId>::of(&query)?;
    let asked = OrgQuery {
        id: query.lenient_id("orgID"),
        name: query.owned("org"),
        user: query.lenient_id("userID"),
        offset: paging.offset,
        limit: paging.limit,
    };
    let orgs = state.service.orgs(&caller, &asked).await?.into_iter().map(org_body).collect();
    Ok(indented(StatusCode::OK, &ListBody { links: ListLinks { this: "/api/v2/orgs" }, orgs }))
}

pub async fn create(State(state): State<AppState>, Caller(caller): Caller, request: Body) -> Result<Response, Refusal> {
    let (name, description) = read_object(request, Error::BadJsonResource, |members| {
        Ok((members.text("name")?.unwrap_or_default(), members.text("description")?.unwrap_or_default()))
    })
    .await?;
    Ok(indented(StatusCode::CREATED, &org_body(state.service.create_org(&caller, &name, &description).await?)))
}

pub async fn get(
    State(state): State<AppState>,
    Caller(caller): Caller,
    PathId(id): PathId<OrgId>,
) -> Result<Response, Refusal> {
    Ok(indented(StatusCode::OK, &org_body(state.service.org(&caller, id).await?)))
}

pub async fn update(
    State(state): State<AppState>,
    Caller(caller): Caller,
    PathId(id): PathId<OrgId>,
    request: Body,
) -> Result<Response, Refusal> {
    let update = read_object(request, Error::BadJsonResource, |members| {
        Ok(OrgUpdate { name: members.text("name")?, description: members.text("description")? })
    })
    .await?;
    Ok(indented(StatusCode::OK, &org_body(state.service.update_org(&caller, id, update).await?)))
}

pub async fn delete(
    State(state): State<AppState>,
    Caller(caller): Caller,
    PathId(id): PathId<OrgId>,
) -> Result<Response, Refusal> {
    state.service.delete_org(&caller, id).await?;
    Ok(no_content().into_response())
}
