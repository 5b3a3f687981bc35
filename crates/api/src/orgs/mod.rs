//! `/api/v2/orgs` (docs/influxdb-compatibility.md §5.4).

pub(crate) mod rules;
pub(crate) mod secrets;

use axum::{
    body::Body,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use jeton_http::{error::ApiError, json_response::indented, state::AppState};
use jeton_model::{Org, OrgId, Timestamp, UserId};
use jeton_service::orgs::{OrgQuery, OrgUpdate};

use crate::{
    extractors::{Caller, PathId},
    json::read,
    no_content,
    openapi::schema::{BadRequest, Conflict, Gated, NotFound, TooLarge},
    query::{Paging, PagingParameters, Query},
};

/// An organization.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Organization)]
pub struct OrgBody {
    links: Links,
    id: OrgId,
    name: String,
    description: String,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// Links as in InfluxDB: names in them are not escaped, and two refer to paths that do not exist.
#[derive(Serialize, ToSchema)]
#[schema(as = OrganizationLinks)]
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

#[derive(Serialize, ToSchema)]
#[schema(as = Organizations)]
struct ListBody {
    links: ListLinks,
    orgs: Vec<OrgBody>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = OrganizationsLinks)]
struct ListLinks {
    #[serde(rename = "self")]
    this: &'static str,
}

/// An organization to create.
#[derive(Default, Deserialize, ToSchema)]
#[schema(as = PostOrganizationRequest)]
struct PostBody {
    /// At most 255 bytes; unique, ignoring spaces around it.
    #[schema(required, min_length = 1, max_length = 255)]
    #[serde(default)]
    name: String,
    #[serde(default)]
    description: String,
}

/// Changes to an organization.
#[derive(Default, Deserialize, ToSchema)]
#[schema(as = PatchOrganizationRequest)]
struct PatchBody {
    #[schema(min_length = 1, max_length = 255)]
    name: Option<String>,
    description: Option<String>,
}

/// Returns the JSON of an organization.
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

/// List organizations
///
/// In the order of their ids. Those that the caller may not read are left out.
#[utoipa::path(get, path = "/api/v2/orgs", tag = "Organizations", operation_id = "GetOrgs",
    params(
        PagingParameters,
        ("org" = Option<String>, Query, description = "Only the organization with this name."),
        ("orgID" = Option<OrgId>, Query, description = "Only this organization. An invalid id is ignored, as in InfluxDB."),
        ("userID" = Option<UserId>, Query, description = "Only organizations of which this user is a member or owner. An invalid id is ignored, as in InfluxDB."),
    ),
    responses((status = 200, description = "The organizations.", body = ListBody), BadRequest, NotFound, Gated))]
pub async fn list(State(state): State<AppState>, Caller(caller): Caller, query: Query) -> Result<Response, ApiError> {
    let paging = Paging::<OrgId>::of(&query)?;
    let requested = OrgQuery {
        id: query.lenient_id("orgID"),
        name: query.owned("org"),
        user: query.lenient_id("userID"),
        offset: paging.offset,
        limit: paging.limit,
    };
    let orgs = state.service.orgs(&caller, &requested).await?.into_iter().map(org_body).collect();
    Ok(indented(StatusCode::OK, &ListBody { links: ListLinks { this: "/api/v2/orgs" }, orgs }))
}

/// Create an organization
///
/// The caller becomes its owner. Needs `write:orgs` of all organizations.
#[utoipa::path(post, path = "/api/v2/orgs", tag = "Organizations", operation_id = "PostOrgs",
    request_body = PostBody,
    responses((status = 201, description = "The organization.", body = OrgBody), BadRequest, Conflict, TooLarge, Gated))]
pub async fn create(
    State(state): State<AppState>,
    Caller(caller): Caller,
    request: Body,
) -> Result<Response, ApiError> {
    let PostBody { name, description } = read(request, ApiError::JsonResource).await?;
    Ok(indented(StatusCode::CREATED, &org_body(state.service.create_org(&caller, &name, &description).await?)))
}

/// Retrieve an organization
#[utoipa::path(get, path = "/api/v2/orgs/{orgID}", tag = "Organizations", operation_id = "GetOrgsID",
    params(("orgID" = OrgId, Path, description = "The organization.")),
    responses((status = 200, description = "The organization.", body = OrgBody), BadRequest, NotFound, Gated))]
pub async fn get(
    State(state): State<AppState>,
    Caller(caller): Caller,
    PathId(id): PathId<OrgId>,
) -> Result<Response, ApiError> {
    Ok(indented(StatusCode::OK, &org_body(state.service.org(&caller, id).await?)))
}

/// Change an organization's name or description
#[utoipa::path(patch, path = "/api/v2/orgs/{orgID}", tag = "Organizations", operation_id = "PatchOrgsID",
    params(("orgID" = OrgId, Path, description = "The organization.")),
    request_body = PatchBody,
    responses((status = 200, description = "The organization.", body = OrgBody), BadRequest, NotFound, Conflict, TooLarge, Gated))]
pub async fn update(
    State(state): State<AppState>,
    Caller(caller): Caller,
    PathId(id): PathId<OrgId>,
    request: Body,
) -> Result<Response, ApiError> {
    let PatchBody { name, description } = read(request, ApiError::JsonResource).await?;
    let org = state.service.update_org(&caller, id, OrgUpdate { name, description }).await?;
    Ok(indented(StatusCode::OK, &org_body(org)))
}

/// Delete an organization
///
/// Deletes its buckets too. Its tokens stop working for good.
#[utoipa::path(delete, path = "/api/v2/orgs/{orgID}", tag = "Organizations", operation_id = "DeleteOrgsID",
    params(("orgID" = OrgId, Path, description = "The organization.")),
    responses((status = 204, description = "It is deleted."), BadRequest, NotFound, Gated))]
pub async fn delete(
    State(state): State<AppState>,
    Caller(caller): Caller,
    PathId(id): PathId<OrgId>,
) -> Result<Response, ApiError> {
    state.service.delete_org(&caller, id).await?;
    Ok(no_content().into_response())
}
