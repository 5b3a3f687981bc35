//! `/api/v2/orgs/{orgID}/rules`: an organization's rules for its tokens. Jeton's own.

use axum::{body::Body, extract::State, http::StatusCode, response::Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use jeton_http::{error::ApiError, json_response::indented, state::AppState};
use jeton_model::{
    OrgId,
    org_rules::{OperatorTokens, OrgRules},
    supplied_token::SuppliedTokens,
};

use crate::{
    extractors::{Caller, ParentId},
    json::read,
    openapi::schema::{BadRequest, Conflict, Gated, NotFound, TooLarge},
};

/// An organization's rules for tokens. They apply when a token is created, cloned, rotated or changed; existing tokens
/// keep working. A member that is left out sets its default.
#[derive(Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
#[schema(as = OrganizationRules)]
struct RulesBody {
    /// Maximum lifetime of a token in seconds, from its creation to its expiry; at most a hundred years.
    #[schema(minimum = 1, maximum = 3155760000_i64, examples(31536000))]
    longest_life_seconds: Option<i64>,
    /// Default lifetime of a token in seconds, if it is created without an expiry; at most the maximum lifetime.
    #[schema(minimum = 1, maximum = 3155760000_i64, examples(7776000))]
    default_life_seconds: Option<i64>,
    /// True if each token must expire.
    expiry_required: bool,
    /// True if each token must have a description.
    description_required: bool,
    #[schema(value_type = OperatorTokens)]
    operator_tokens: String,
    /// True if a token may rotate itself without any permission. The successor lives as long as the old token was to
    /// live, within the maximum lifetime. Only a caller without an expiry may set it.
    self_rotation: bool,
    /// The callers who may supply the value or the hash of a token that they create; `operators` by default.
    #[schema(value_type = SuppliedTokens)]
    supplied_tokens: String,
}

impl From<OrgRules> for RulesBody {
    fn from(rules: OrgRules) -> Self {
        Self {
            longest_life_seconds: rules.longest_life,
            default_life_seconds: rules.default_life,
            expiry_required: rules.expiry_required,
            description_required: rules.description_required,
            operator_tokens: rules.operator_tokens.name().into(),
            self_rotation: rules.self_rotation,
            supplied_tokens: rules.supplied_tokens.name().into(),
        }
    }
}

impl TryFrom<RulesBody> for OrgRules {
    type Error = ApiError;

    fn try_from(body: RulesBody) -> Result<Self, ApiError> {
        Ok(Self {
            longest_life: body.longest_life_seconds,
            default_life: body.default_life_seconds,
            expiry_required: body.expiry_required,
            description_required: body.description_required,
            operator_tokens: match body.operator_tokens.as_str() {
                "" => OperatorTokens::default(),
                word => word.parse()?,
            },
            self_rotation: body.self_rotation,
            supplied_tokens: match body.supplied_tokens.as_str() {
                "" => SuppliedTokens::default(),
                word => word.parse()?,
            },
        })
    }
}

/// Retrieve an organization's rules for tokens
///
/// Needs `read:orgs` of the organization. Not in InfluxDB.
#[utoipa::path(get, path = "/api/v2/orgs/{orgID}/rules", tag = "Organizations", operation_id = "GetOrgsIDRules",
    params(("orgID" = OrgId, Path, description = "The organization.")),
    responses((status = 200, description = "The rules.", body = RulesBody), BadRequest, NotFound, Gated))]
pub async fn get(
    State(state): State<AppState>,
    Caller(caller): Caller,
    ParentId(id): ParentId<OrgId>,
) -> Result<Response, ApiError> {
    let rules = state.service.org_rules(&caller, id).await?;
    Ok(indented(StatusCode::OK, &RulesBody::from(rules)))
}

/// Set an organization's rules for tokens
///
/// Replaces all rules. Needs `write:orgs` of the organization. Tokens that break a rule keep working.
#[utoipa::path(put, path = "/api/v2/orgs/{orgID}/rules", tag = "Organizations", operation_id = "PutOrgsIDRules",
    params(("orgID" = OrgId, Path, description = "The organization.")),
    request_body = RulesBody,
    responses((status = 200, description = "The rules.", body = RulesBody), BadRequest, NotFound, Conflict, TooLarge, Gated))]
pub async fn set(
    State(state): State<AppState>,
    Caller(caller): Caller,
    ParentId(id): ParentId<OrgId>,
    request: Body,
) -> Result<Response, ApiError> {
    let body: RulesBody = read(request, ApiError::Json).await?;
    let rules = state.service.set_org_rules(&caller, id, body.try_into()?).await?;
    Ok(indented(StatusCode::OK, &RulesBody::from(rules)))
}
