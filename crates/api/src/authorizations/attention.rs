//! `/api/v2/authorizations/attention`, and the parameters of the list that filter by attention. Jeton's own.

use axum::{extract::State, http::StatusCode, response::Response};
use serde::Serialize;
use utoipa::ToSchema;

use jeton_http::{error::ApiError, json_response::indented, state::AppState};
use jeton_model::{Error, OrgId, attention::Attention, console::attention_filter::AttentionFilter, duration::Span};

use crate::{
    extractors::Caller,
    openapi::schema::{BadRequest, Gated, NotFound},
    query::Query,
};

/// How many tokens of an organization deserve attention, by the reason. One token may give several reasons.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Attention)]
pub struct AttentionBody {
    #[serde(rename = "orgID")]
    org_id: OrgId,
    /// Tokens that give any reason but `operator` and `noExpiry`; each counts once.
    any: u64,
    /// Work, end within 14 days, and have no successor.
    expiring: u64,
    /// Their time is over.
    expired: u64,
    /// Work, but were last used 90 days ago or earlier.
    unused: u64,
    /// Work, are 30 days old, and were never used.
    never_used: u64,
    /// Their owner was deleted.
    orphaned: u64,
    /// Are active, but their owner is not.
    owner_inactive: u64,
    /// Work, and break a rule of the organization.
    out_of_line: u64,
    /// Work in every organization.
    operator: u64,
    /// Work without end.
    no_expiry: u64,
}

/// Count what deserves attention
///
/// Needs `read:authorizations` in the organization. Tokens whose owners the caller may not read are counted, though no
/// list shows them. Jeton's own.
#[utoipa::path(get, path = "/api/v2/authorizations/attention", tag = "Authorizations", operation_id = "GetAuthorizationsAttention",
    params(("orgID" = OrgId, Query, description = "The organization.")),
    responses((status = 200, description = "The numbers.", body = AttentionBody), BadRequest, NotFound, Gated))]
pub async fn counts(State(state): State<AppState>, Caller(caller): Caller, query: Query) -> Result<Response, ApiError> {
    let org: OrgId = query.id("orgID")?.ok_or_else(|| Error::BadQuery("orgID is required".into()))?;
    let counts = state.service.attention(&caller, org).await?;
    let number = |kind| counts.of(AttentionFilter::Only(kind));
    let body = AttentionBody {
        org_id: org,
        any: counts.of(AttentionFilter::Any),
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
pub fn filter(query: &Query) -> Result<Option<AttentionFilter>, Error> {
    let Some(text) = query.text("attention") else { return Ok(None) };
    let words = || AttentionFilter::all().map(AttentionFilter::name).collect::<Vec<_>>().join(", ");
    text.parse().map(Some).map_err(|()| Error::BadQuery(format!("attention must be one of {}", words())))
}

/// Parses a duration, as in `expiring=14d` or `unused=90d`.
pub fn span(query: &Query, name: &str) -> Result<Option<Span>, Error> {
    let Some(text) = query.text(name) else { return Ok(None) };
    text.parse().map(Some).map_err(|error| Error::BadQuery(format!("{name} {error}")))
}
