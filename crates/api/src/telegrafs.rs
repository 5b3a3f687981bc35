//! `/api/v2/telegrafs` (docs/influxdb-compatibility.md §5.6).

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use jeton_http::{
    entity_tag::is_known,
    error::ApiError,
    json_response::compact,
    json_stream::{Layout, Portions, streamed},
    state::AppState,
};
use jeton_model::{OrgId, Telegraf, TelegrafId};
use jeton_service::{
    Error,
    telegrafs::{
        RequestedTelegraf, TelegrafList, metadata,
        plugins::{Plugin, rendered},
    },
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
    /// The metadata sent with the configuration; without any, `buckets` lists those that the text writes to.
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
struct RequestedBody {
    /// The organization; required to create a configuration.
    #[serde(rename = "orgID")]
    org_id: Option<OrgId>,
    /// Older clients' name of `orgID`; ignored if that is there.
    #[serde(rename = "organizationID")]
    organization_id: Option<OrgId>,
    #[schema(max_length = 255)]
    #[serde(default)]
    name: String,
    #[serde(default)]
    description: String,
    /// The configuration in TOML, at most 512 KiB. It is stored unchanged.
    #[serde(default)]
    config: String,
    /// Any JSON value. It is stored unchanged. Without it, the buckets are read from the configuration.
    metadata: Option<Value>,
    /// Plugins in the place of `config` and `metadata`; they are stored as TOML.
    plugins: Option<Vec<PluginBody>>,
}

/// A plugin of a configuration.
#[derive(Default, Deserialize, ToSchema)]
#[schema(as = TelegrafPluginRequest)]
#[serde(default)]
struct PluginBody {
    /// `input` or `output`.
    #[serde(rename = "type")]
    kind: String,
    /// The name in Telegraf. Outputs are `influxdb_v2` and `file`.
    #[schema(max_length = 255)]
    name: String,
    /// The settings, an object.
    config: Option<Value>,
}

impl From<PluginBody> for Plugin {
    fn from(PluginBody { kind, name, config }: PluginBody) -> Self {
        Self { kind, name, config }
    }
}

impl TryFrom<RequestedBody> for RequestedTelegraf {
    type Error = Error;

    fn try_from(body: RequestedBody) -> Result<Self, Error> {
        // An empty list does not replace a configuration.
        let plugins = body.plugins.filter(|plugins| !plugins.is_empty() || body.config.is_empty());
        let (config, metadata) = match plugins {
            Some(plugins) => (rendered(&plugins.into_iter().map(Plugin::from).collect::<Vec<_>>())?, None),
            None => (body.config, body.metadata),
        };
        let (name, description) = (body.name, body.description);
        Ok(Self { org: body.org_id.or(body.organization_id), name, description, config, metadata })
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
        metadata: metadata(&telegraf),
        name: telegraf.name,
        description: telegraf.description,
        config: telegraf.config,
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
/// Needs `write:telegrafs` of the organization. A text that is not TOML is refused with the line of its first error.
#[utoipa::path(post, path = "/api/v2/telegrafs", tag = "Telegrafs", operation_id = "PostTelegrafs",
    request_body = RequestedBody,
    responses((status = 201, description = "The configuration.", body = TelegrafBody), BadRequest, NotFound, TooLarge, Gated))]
pub async fn create(
    State(state): State<AppState>,
    Caller(caller): Caller,
    request: Body,
) -> Result<Response, ApiError> {
    let requested: RequestedBody = read(request, ApiError::Json).await?;
    let telegraf = state.service.create_telegraf(&caller, requested.try_into()?).await?;
    Ok(compact(StatusCode::CREATED, &telegraf_body(telegraf)))
}

/// Retrieve a telegraf configuration
///
/// In TOML, as agents fetch it, unless `Accept` is `application/json` or `application/octet-stream`. `HEAD` is answered
/// with the same headers, among them `Last-Modified` and `ETag`, which agents watch for changes.
#[utoipa::path(get, path = "/api/v2/telegrafs/{telegrafID}", tag = "Telegrafs", operation_id = "GetTelegrafsID",
    params(
        ("telegrafID" = TelegrafId, Path, description = "The configuration."),
        ("Accept" = Option<String>, Header, description = "`application/toml`, `application/json` or `application/octet-stream`."),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of an earlier response."),
    ),
    responses(
        (status = 200, description = "The configuration.", content(
            (String = "application/toml"), (TelegrafBody = "application/json"), (String = "application/octet-stream"))),
        (status = 304, description = "The configuration is the one of `If-None-Match`."),
        BadRequest, NotFound, Gated,
    ))]
pub async fn get(
    State(state): State<AppState>,
    Caller(caller): Caller,
    PathId(id): PathId<TelegrafId>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let form = Form::requested(&headers);
    let is_known = |telegraf: &Telegraf| is_known(&headers, &form.etag(telegraf));
    let is_withheld = |telegraf: &Telegraf| method == Method::HEAD || is_known(telegraf);
    let telegraf = state.service.telegraf_unless(&caller, id, is_withheld).await?;
    let version = [
        (header::ETAG, form.etag(&telegraf)),
        (header::LAST_MODIFIED, telegraf.updated_at.http_date()),
        (header::VARY, "Accept".to_owned()),
    ];
    let response = if is_known(&telegraf) { StatusCode::NOT_MODIFIED.into_response() } else { form.response(telegraf) };
    Ok((version, response).into_response())
}

/// The form in which a client wants a configuration.
#[derive(Clone, Copy)]
enum Form {
    Toml,
    Json,
    File,
}

impl Form {
    fn requested(headers: &HeaderMap) -> Self {
        let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if accept.contains("application/json") {
            Self::Json
        } else if accept.contains("application/octet-stream") {
            Self::File
        } else {
            Self::Toml
        }
    }

    /// Returns the entity tag of the configuration's present content in this form.
    fn etag(self, telegraf: &Telegraf) -> String {
        format!("W/\"{}-{:x}-{}\"", telegraf.id, telegraf.updated_at.micros(), self.name())
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Toml => "toml",
            Self::Json => "json",
            Self::File => "file",
        }
    }

    fn response(self, telegraf: Telegraf) -> Response {
        match self {
            Self::Toml => {
                ([(header::CONTENT_TYPE, "application/toml; charset=utf-8")], telegraf.config).into_response()
            }
            Self::Json => compact(StatusCode::OK, &telegraf_body(telegraf)),
            Self::File => {
                let disposition = format!("attachment; filename=\"{}\"", telegraf.file_name());
                let kind = "application/octet-stream".to_owned();
                let headers = [(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, disposition)];
                (headers, telegraf.config).into_response()
            }
        }
    }
}

/// Replace a telegraf configuration
///
/// Replaces name, description, text and metadata. Members that are left out become empty. A text that is not TOML is
/// refused, unless it is the present one.
#[utoipa::path(put, path = "/api/v2/telegrafs/{telegrafID}", tag = "Telegrafs", operation_id = "PutTelegrafsID",
    params(("telegrafID" = TelegrafId, Path, description = "The configuration.")),
    request_body = RequestedBody,
    responses((status = 200, description = "The configuration.", body = TelegrafBody), BadRequest, NotFound, TooLarge, Gated))]
pub async fn update(
    State(state): State<AppState>,
    Caller(caller): Caller,
    PathId(id): PathId<TelegrafId>,
    request: Body,
) -> Result<Response, ApiError> {
    let requested: RequestedBody = read(request, ApiError::Json).await?;
    let telegraf = state.service.update_telegraf(&caller, id, requested.try_into()?).await?;
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
