//! `/api/v2/audit`, an endpoint of Jeton's own.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use jeton_http::{
    audit_export::entry::{EntryBody, entry_body},
    error::ApiError,
    json_response::indented,
    state::AppState,
};
use jeton_model::{
    Id, OrgId, ResourceType, Timestamp,
    audit::{AuditQuery, Format, parse_time, query::AuditScope},
};

use crate::{
    extractors::Caller,
    openapi::schema::{BadRequest, Gated},
    query::Query,
};

const USUAL_LIMIT: u32 = 100;
const MAX_LIMIT: u32 = 1000;

/// The filters of the log, for the API's description.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "read one by one")]
struct AuditParameters {
    /// Only entries from this time on: RFC 3339, or a date.
    #[param(nullable = false)]
    from: Option<Timestamp>,
    /// Only entries before this time: RFC 3339, or a date.
    #[param(nullable = false)]
    to: Option<Timestamp>,
    /// Only entries of this actor: a user's name or id, or a token's prefix or id.
    #[param(nullable = false)]
    actor: Option<String>,
    /// Only entries with this action, such as `bucket created`, or of one of the groups `sign-ins`, `created`,
    /// `changed`, `deleted`, `read` and `refused`.
    #[param(nullable = false)]
    action: Option<String>,
    /// Only entries about this target: a type such as `authorizations`, or a type and an id, separated by a slash.
    #[param(nullable = false)]
    target: Option<String>,
    /// Only entries that contain this name, id, token prefix or address.
    #[param(nullable = false)]
    about: Option<String>,
    /// Only entries of this organization.
    #[param(nullable = false)]
    org: Option<OrgId>,
    /// Only entries older than the one with this `seq`.
    #[param(nullable = false)]
    after: Option<i64>,
    /// Maximum number of entries; 100 by default. Ignored for files.
    #[param(nullable = false, minimum = 1, maximum = 1000)]
    limit: Option<i64>,
    /// `jsonl` or `csv` for a file of all matching entries; same as `Accept: application/jsonl` or `text/csv`.
    #[param(nullable = false)]
    format: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = AuditEntries)]
struct ListBody {
    entries: Vec<EntryBody>,
    links: Links,
}

#[derive(Serialize, ToSchema)]
#[schema(as = AuditLinks)]
struct Links {
    /// Link to older entries; absent if there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// Read the audit log
///
/// Newest entries first. Operators read all entries, owners of an organization those of the organization, and all users
/// their own. `links.next` is a link to older entries. Not in InfluxDB.
#[utoipa::path(get, path = "/api/v2/audit", tag = "Audit", operation_id = "GetAudit",
    params(AuditParameters),
    responses((status = 200, description = "The entries.", content(
        (ListBody = "application/json"), (String = "application/jsonl"), (String = "text/csv"))), BadRequest, Gated))]
pub async fn list(
    State(state): State<AppState>,
    Caller(caller): Caller,
    query: Query,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let requested = requested(&query)?;
    if let Some(format) = format(&query, &headers)? {
        let within = requested.org.map(AuditScope::Org);
        return Ok(jeton_http::audit_export::answer(&state.service, &caller, within, requested, format).await?);
    }
    let limit = limit(&query)?;
    let rows = state.service.audit_entries(&caller, &requested, limit).await?;
    let is_full = rows.len() as u64 == u64::from(limit);
    let next = rows.last().filter(|last| is_full && last.seq > 1).map(|last| next_link(&query, last.seq));
    let body = ListBody { entries: rows.into_iter().map(entry_body).collect(), links: Links { next } };
    Ok(indented(StatusCode::OK, &body).into_response())
}

const KEPT: [&str; 8] = ["from", "to", "actor", "action", "target", "about", "org", "limit"];

fn next_link(query: &Query, after: i64) -> String {
    let mut next = form_urlencoded::Serializer::new(String::from("/api/v2/audit?"));
    next.extend_pairs(KEPT.into_iter().filter_map(|name| Some((name, query.text(name)?))));
    next.append_pair("after", &after.to_string()).finish()
}

fn requested(query: &Query) -> Result<AuditQuery, ApiError> {
    let refuse = |text: String| ApiError::Query(text);
    let time = |name: &str| {
        let wrong = || refuse(format!("{name} is not a time; write it in RFC 3339, such as 2026-05-05T09:14:07Z"));
        query.text(name).map(|text| parse_time(text).ok_or_else(wrong)).transpose()
    };
    let target = query.owned("target").unwrap_or_default();
    check_target(&target)?;
    let after =
        query.text("after").map(str::parse).transpose().map_err(|_| refuse("after must be an entry's seq".into()))?;
    Ok(AuditQuery {
        from: time("from")?,
        to: time("to")?,
        actor: query.owned("actor").unwrap_or_default(),
        action: query.owned("action").unwrap_or_default(),
        target,
        about: query.owned("about").unwrap_or_default(),
        org: query.id("org")?,
        after,
        ..AuditQuery::default()
    })
}

/// Checks a target filter: a meaningless one would match nothing, without a reason that the caller could see.
fn check_target(target: &str) -> Result<(), ApiError> {
    let (kind, id) = target.split_once('/').map_or((target, None), |(kind, id)| (kind, Some(id)));
    let is_known = kind.is_empty() || kind == "audit" || kind.parse::<ResourceType>().is_ok();
    if !is_known || (kind.is_empty() && id.is_some()) {
        return Err(ApiError::Query(format!("target begins with \"{kind}\", which is not a resource type")));
    }
    id.map_or(Ok(()), |id| id.parse::<Id>().map(drop).map_err(ApiError::Id))
}

fn limit(query: &Query) -> Result<u32, ApiError> {
    let refuse = || ApiError::Query(format!("limit must be between 1 and {MAX_LIMIT}"));
    let limit = query.text("limit").map(str::parse::<u32>).transpose().map_err(|_| refuse())?.unwrap_or(USUAL_LIMIT);
    if (1..=MAX_LIMIT).contains(&limit) { Ok(limit) } else { Err(refuse()) }
}

/// Returns the file format that is requested, if one is; the parameter takes precedence over the header.
fn format(query: &Query, headers: &HeaderMap) -> Result<Option<Format>, ApiError> {
    if let Some(name) = query.text("format") {
        let known = Format::ALL.into_iter().find(|format| format.ending() == name);
        return match (known, name) {
            (None, "json") => Ok(None),
            (None, _) => Err(ApiError::Query("format must be json, jsonl or csv".into())),
            (known, _) => Ok(known),
        };
    }
    let accepted = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    Ok(match accepted.split([',', ';']).next().unwrap_or_default().trim() {
        "application/jsonl" | "application/x-ndjson" => Some(Format::JsonLines),
        "text/csv" => Some(Format::Csv),
        _ => None,
    })
}
