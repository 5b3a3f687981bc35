//! `/api/v2/telegrafs` (docs/influxdb-compatibility.md §5.6).

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use jeton_http::{
    error::ApiError,
    json_response::compact,
    json_stream::{Layout, Portions, streamed},
    state::AppState,
};
use jeton_model::{OrgId, Telegraf, TelegrafId};
use jeton_service::{
    Error,
    telegrafs::{AskedTelegraf, TelegrafList},
};

use crate::{
    extractors::{Caller, PathId},
    json::read,
    labels::NoLabels,
    no_content,
    openapi::schema::{BadRequest, Gated, NotFound, TooLarge},
    query::Query,
};

/// A configuration for Telegraf agents.
#[derive(Serialize, ToSchema)]
#[schema(as = Telegraf)]
pub struct TelegrafBody {
    id: TelegrafId,
    #[serde(rename = "orgID")]
    org_id: OrgId,
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schema(required = false)]
    name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schema(required = false)]
    description: String,
    /// The configuration in TOML.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schema(required = false)]
    config: String,
    /// Data that InfluxDB's console stores with a configuration.
    metadata: Value,
    labels: NoLabels,
    links: Links,
}

#[derive(Serialize, ToSchema)]
#[schema(as = TelegrafLinks)]
struct Links {
    #[serde(rename = "self")]
    this: String,
    labels: String,
    members: String,
    owners: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Telegrafs)]
struct ListBody {
    configurations: Vec<TelegrafBody>,
}

/// A configuration to create, or to replace another with.
#[derive(Default, Deserialize, ToSchema)]
#[schema(as = TelegrafRequest)]
struct AskedBody {
    /// The organization; required to create a configuration.
    #[serde(rename = "orgID")]
    org_id: Option<OrgId>,
    #[schema(max_length = 255)]
    #[serde(default)]
    name: String,
    #[serde(default)]
    description: String,
    /// The configuration in TOML, at most 512 KiB. It is stored unchanged.
    #[serde(default)]
    config: String,
    /// Any JSON value. It is stored unchanged.
    metadata: Option<Value>,
}

impl From<AskedBody> for AskedTelegraf {
    fn from(body: AskedBody) -> Self {
        Self {
            org: body.org_id,
            name: body.name,
            description: body.description,
            config: body.config,
            metadata: body.metadata,
        }
    }
}

fn telegraf_body(telegraf: Telegraf) -> TelegrafBody {
    let this = format!("/api/v2/telegrafs/{}", telegraf.id);
    TelegrafBody {
        links: Links {
            labels: format!("{this}/labels"),
            members: format!("{this}/members"),
            owners: format!("{this}/owners"),
            this,
        },
        id: telegraf.id,
        org_id: telegraf.org,
        name: telegraf.name,
        description: telegraf.description,
        config: telegraf.config,
        metadata: telegraf.metadata.unwrap_or_else(|| json!({"buckets": []})),
        labels: NoLabels([]),
    }
}

/// List telegraf configurations
///
/// Those that the caller may read, in the order of their ids.
#[utoipa::path(get, path = "/api/v2/telegrafs", tag = "Telegrafs", operation_id = "GetTelegrafs",
    params(
        ("orgID" = Option<OrgId>, Query, description = "Only configurations of this organization."),
        ("org" = Option<String>, Query, description = "Ignored, as in InfluxDB."),
    ),
    responses((status = 200, description = "The configurations.", body = ListBody), BadRequest, Gated))]
pub async fn list(State(state): State<AppState>, Caller(caller): Caller, query: Query) -> Result<Response, ApiError> {
    let org = query.id("orgID").map_err(|error| ApiError::Query(format!("orgID is invalid: {error}")))?;
    let list = state.service.telegrafs(&caller, org);
    Ok(streamed(Layout::Compact, &ListBody { configurations: Vec::new() }, TelegrafBodies(list)).await?)
}

/// The bodies of a list of telegraf configurations.
struct TelegrafBodies(TelegrafList);

impl Portions for TelegrafBodies {
    type Item = TelegrafBody;

    async fn next(&mut self) -> Result<Option<Vec<TelegrafBody>>, Error> {
        let some = self.0.next().await?;
        Ok(some.map(|some| some.into_iter().map(telegraf_body).collect()))
    }
}

/// Create a telegraf configuration
///
/// Needs `write:telegrafs` of the organization.
#[utoipa::path(post, path = "/api/v2/telegrafs", tag = "Telegrafs", operation_id = "PostTelegrafs",
    request_body = AskedBody,
    responses((status = 201, description = "The configuration.", body = TelegrafBody), BadRequest, NotFound, TooLarge, Gated))]
pub async fn create(
    State(state): State<AppState>,
    Caller(caller): Caller,
    request: Body,
) -> Result<Response, ApiError> {
    let asked: AskedBody = read(request, ApiError::Json).await?;
    let telegraf = state.service.create_telegraf(&caller, asked.into()).await?;
    Ok(compact(StatusCode::CREATED, &telegraf_body(telegraf)))
}

/// Retrieve a telegraf configuration
///
/// In TOML, as agents fetch it, unless `Accept` is `application/json` or `application/octet-stream`.
#[utoipa::path(get, path = "/api/v2/telegrafs/{telegrafID}", tag = "Telegrafs", operation_id = "GetTelegrafsID",
    params(
        ("telegrafID" = TelegrafId, Path, description = "The configuration."),
        ("Accept" = Option<String>, Header, description = "`application/toml`, `application/json` or `application/octet-stream`."),
    ),
    responses(
        (status = 200, description = "The configuration.", content(
            (String = "application/toml"), (TelegrafBody = "application/json"), (String = "application/octet-stream"))),
        BadRequest, NotFound, Gated,
    ))]
pub async fn get(
    State(state): State<AppState>,
    Caller(caller): Caller,
    PathId(id): PathId<TelegrafId>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let telegraf = state.service.telegraf(&caller, id).await?;
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if accept.contains("application/json") {
        return Ok(compact(StatusCode::OK, &telegraf_body(telegraf)));
    }
    if accept.contains("application/octet-stream") {
        let disposition = format!("attachment; filename=\"{}\"", telegraf.file_name());
        return Ok((
            [(header::CONTENT_TYPE, "application/octet-stream".into()), (header::CONTENT_DISPOSITION, disposition)],
            telegraf.config,
        )
            .into_response());
    }
    Ok(([(header::CONTENT_TYPE, "application/toml; charset=utf-8")], telegraf.config).into_response())
}

/// Replace a telegraf configuration
///
/// Replaces name, description, text and metadata. Members that are left out become empty.
#[utoipa::path(put, path = "/api/v2/telegrafs/{telegrafID}", tag = "Telegrafs", operation_id = "PutTelegrafsID",
    params(("telegrafID" = TelegrafId, Path, description = "The configuration.")),
    request_body = AskedBody,
    responses((status = 200, description = "The configuration.", body = TelegrafBody), BadRequest, NotFound, TooLarge, Gated))]
pub async fn update(
    State(state): State<AppState>,
    Caller(caller): Caller,
    PathId(id): PathId<TelegrafId>,
    request: Body,
) -> Result<Response, ApiError> {
    let asked: AskedBody = read(request, ApiError::Json).await?;
    let telegraf = state.service.update_telegraf(&caller, id, asked.into()).await?;
    Ok(compact(StatusCode::OK, &telegraf_body(telegraf)))
}

/// Delete a telegraf configuration
#[utoipa::path(delete, path = "/api/v2/telegrafs/{telegrafID}", tag = "Telegrafs", operation_id = "DeleteTelegrafsID",
    params(("telegrafID" = TelegrafId, Path, description = "The configuration.")),
    responses((status = 204, description = "It is deleted."), BadRequest, NotFound, Gated))]
pub async fn delete(
    State(state): State<AppState>,
    Caller(caller): Caller,
    PathId(id): PathId<TelegrafId>,
) -> Result<Response, ApiError> {
    state.service.delete_telegraf(&caller, id).await?;
    Ok(no_content().into_response())
}
