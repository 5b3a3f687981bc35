//! `/api/v2/authorizations/attention`, and the parameters of the list that filter by attention. Jeton's own.

use axum::{extract::State, http::StatusCode, response::Response};
use serde::Serialize;
use utoipa::ToSchema;

use jeton_http::{error::ApiError, json_response::indented, state::AppState};
use jeton_model::{OrgId, attention::Attention, console::attention_filter::AttentionFilter, duration::Span};

use crate::{
    extractors::Caller,
    openapi::schema::{BadRequest, Gated, NotFound},
    query::Query,
};

/// Numbers of an organization's tokens that need attention, by reason. A token may have several reasons.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Attention)]
pub struct AttentionBody {
    #[serde(rename = "orgID")]
    org_id: OrgId,
    /// Tokens with any reason except `operator` and `noExpiry`; each counts once.
    any: u64,
    /// Tokens that work, expire within 14 days and have no successor.
    expiring: u64,
    /// Tokens that have expired.
    expired: u64,
    /// Tokens that work, but were last used 90 days ago or earlier.
    unused: u64,
    /// Tokens that work, were created 30 days ago or earlier, and were never used.
    never_used: u64,
    /// Tokens whose owner or organization was deleted.
    orphaned: u64,
    /// Tokens that are active, but whose owner is not.
    owner_inactive: u64,
    /// Tokens that work, and break a rule of the organization.
    out_of_line: u64,
    /// Tokens that work in every organization.
    operator: u64,
    /// Tokens that work, and never expire.
    no_expiry: u64,
}

/// Count the tokens that need attention
///
/// Needs `read:authorizations` in the organization. The numbers include tokens whose owners the caller may not read,
/// although lists leave these tokens out. Not in InfluxDB.
#[utoipa::path(get, path = "/api/v2/authorizations/attention", tag = "Authorizations", operation_id = "GetAuthorizationsAttention",
    params(("orgID" = OrgId, Query, description = "The organization.")),
    responses((status = 200, description = "The numbers.", body = AttentionBody), BadRequest, NotFound, Gated))]
pub async fn counts(State(state): State<AppState>, Caller(caller): Caller, query: Query) -> Result<Response, ApiError> {
    let org: OrgId = query.id("orgID")?.ok_or_else(|| ApiError::Query("orgID is required".into()))?;
    let counts = state.service.attention(&caller, org).await?;
    let number = |kind| counts.of(AttentionFilter::Only(kind)).known();
    let body = AttentionBody {
        org_id: org,
        any: counts.of(AttentionFilter::Any).known(),
        expiring: number(Attention::Expiring),
        expired: number(Attention::Expired),
        unused: number(Attention::Unused),
        never_used: number(Attention::NeverUsed),
        orphaned: number(Attention::Orphaned),
        owner_inactive: number(Attention::OwnerInactive),
        out_of_line: number(Attention::OutOfLine),
        operator: number(Attention::Operator),
        no_expiry: number(Attention::NoExpiry),
    };
    Ok(indented(StatusCode::OK, &body))
}

/// Parses `attention=unused`, `never-used`, …, or `any`.
pub fn filter(query: &Query) -> Result<Option<AttentionFilter>, ApiError> {
    let Some(text) = query.text("attention") else { return Ok(None) };
    let words = || AttentionFilter::all().map(AttentionFilter::name).collect::<Vec<_>>().join(", ");
    text.parse().map(Some).map_err(|()| ApiError::Query(format!("attention must be one of {}", words())))
}

/// Parses a duration, as in `expiring=14d` or `unused=90d`.
pub fn span(query: &Query, name: &str) -> Result<Option<Span>, ApiError> {
    let Some(text) = query.text(name) else { return Ok(None) };
    text.parse().map(Some).map_err(|error| ApiError::Query(format!("{name} {error}")))
}
