//! `/api/v2/orgs/{orgID}/secrets`: the keys of an organization's secrets. Jeton stores none
//! (docs/influxdb-compatibility.md §5.4).

use axum::{extract::State, http::StatusCode, response::Response};
use serde::Serialize;
use utoipa::ToSchema;

use jeton_http::{error::ApiError, json_response::indented, state::AppState};
use jeton_model::OrgId;

use crate::{
    extractors::{Caller, ParentId},
    openapi::schema::{BadRequest, Gated, NotFound},
};

#[derive(Serialize, ToSchema)]
#[schema(as = SecretKeysResponse)]
struct ListBody {
    links: Links,
    /// Always empty: Jeton stores no secrets.
    secrets: Vec<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = SecretKeysLinks)]
struct Links {
    org: String,
    #[serde(rename = "self")]
    this: String,
}

/// List the keys of an organization's secrets
///
/// Always empty: Jeton stores no secrets. Needs `read:secrets` of the organization.
#[utoipa::path(get, path = "/api/v2/orgs/{orgID}/secrets", tag = "Organizations", operation_id = "GetOrgsIDSecrets",
    params(("orgID" = OrgId, Path, description = "The organization.")),
    responses((status = 200, description = "No keys.", body = ListBody), BadRequest, NotFound, Gated))]
pub async fn list(
    State(state): State<AppState>,
    Caller(caller): Caller,
    ParentId(id): ParentId<OrgId>,
) -> Result<Response, ApiError> {
    state.service.check_readable_secrets(&caller, id).await?;
    let org = format!("/api/v2/orgs/{id}");
    let body = ListBody { links: Links { this: format!("{org}/secrets"), org }, secrets: Vec::new() };
    Ok(indented(StatusCode::OK, &body))
}
