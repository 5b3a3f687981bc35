//! `/api/v2/telegrafs` (contract §5.6).

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::Value;

use super::{
    extract::{Caller, PathId},
    json::{compact, read_object},
    no_content,
    query::Query,
    refusal::Refusal,
};
use crate::{
    model::{Error, OrgId, Telegraf, TelegrafId},
    server::AppState,
    service::telegrafs::AskedTelegraf,
};

#[derive(Serialize)]
struct TelegrafBody {
    id: TelegrafId,
    #[serde(rename = "orgID")]
    org_id: OrgId,
    #[serde(skip_serializing_if = "String::is_empty")]
    name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    description: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    config: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<Value>,
    labels: [(); 0],
    links: Links,
}

#[derive(Serialize)]
struct Links {
    #[serde(rename = "self")]
    this: String,
    labels: String,
    members: String,
    owners: String,
}

#[derive(Serialize)]
struct ListBody {
    configurations: Vec<TelegrafBody>,
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
        metadata: telegraf.metadata,
        labels: [],
    }
}

pub async fn list(State(state): State<AppState>, Caller(caller): Caller, query: Query) -> Result<Response, Refusal> {
    let org = query.id("orgID").map_err(|error| Error::BadQuery(format!("orgID is invalid: {error}")))?;
    let configurations = state.service.telegrafs(&caller, org).await?.into_iter().map(telegraf_body).collect();
    Ok(compact(StatusCode::OK, &ListBody { configurations }))
}

pub async fn create(State(state): State<AppState>, Caller(caller): Caller, request: Body) -> Result<Response, Refusal> {
    let telegraf = state.service.create_telegraf(&caller, asked(request).await?).await?;
    Ok(compact(StatusCode::CREATED, &telegraf_body(telegraf)))
}

async fn asked(request: Body) -> Result<AskedTelegraf, Error> {
    read_object(request, Error::BadJson, |members| {
        Ok(AskedTelegraf {
            org: members.id("orgID")?,
            name: members.text("name")?.unwrap_or_default(),
            description: members.text("description")?.unwrap_or_default(),
            config: members.text("config")?.unwrap_or_default(),
            metadata: members.get("metadata").map(super::json::Json::to_value),
        })
    })
    .await
}

/// TOML, which is what agents fetch, unless JSON is asked for.
pub async fn get(
    State(state): State<AppState>,
    Caller(caller): Caller,
    PathId(id): PathId<TelegrafId>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let telegraf = state.service.telegraf(&caller, id).await?;
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if accept.contains("application/json") {
        return Ok(compact(StatusCode::OK, &telegraf_body(telegraf)));
    }
    if accept.contains("application/octet-stream") {
        let name: String =
            telegraf.name.chars().filter(|letter| letter.is_ascii_alphanumeric() || "-_. ".contains(*letter)).collect();
        let disposition = format!("attachment; filename=\"{name}.toml\"");
        return Ok((
            [(header::CONTENT_TYPE, "application/octet-stream".into()), (header::CONTENT_DISPOSITION, disposition)],
            telegraf.config,
        )
            .into_response());
    }
    Ok(([(header::CONTENT_TYPE, "application/toml; charset=utf-8")], telegraf.config).into_response())
}

pub async fn update(
    State(state): State<AppState>,
    Caller(caller): Caller,
    PathId(id): PathId<TelegrafId>,
    request: Body,
) -> Result<Response, Refusal> {
    let telegraf = state.service.update_telegraf(&caller, id, asked(request).await?).await?;
    Ok(compact(StatusCode::OK, &telegraf_body(telegraf)))
}

pub async fn delete(
    State(state): State<AppState>,
    Caller(caller): Caller,
    PathId(id): PathId<TelegrafId>,
) -> Result<Response, Refusal> {
    state.service.delete_telegraf(&caller, id).await?;
    Ok(no_content().into_response())
}
