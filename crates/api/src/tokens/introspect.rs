//! `/api/v2/tokens/introspect`: token introspection (RFC 7662) for programs that received a token.

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::Serialize;
use utoipa::ToSchema;

use jeton_http::{error::ApiError, json_response::indented, state::AppState};
use jeton_model::{
    Action, AuthorizationId, Id, OrgId, ResourceType, Timestamp, UserId,
    console::simulation::{Ruling, Stopped},
};
use jeton_service::{
    auth::credential_status::PresentedFrom,
    tokens::{
        introspection::{
            ActiveToken, InactiveToken, Introspection, IntrospectionRequest, RequestedAccess, RequestedOrg,
        },
        simulate::Thing,
    },
};

use crate::{
    extractors::Caller,
    form::{Form, Named},
    openapi::schema::{BadRequest, Gated, TooLarge},
    session::no_store,
};

/// A token to introspect, and optionally a permission to check.
#[derive(ToSchema)]
#[schema(as = IntrospectionRequest)]
#[expect(dead_code, reason = "read one by one, so that each refusal says what is wrong")]
struct RequestForm {
    /// The token to introspect.
    #[schema(required, min_length = 1)]
    token: String,
    /// Ignored.
    token_type_hint: Option<String>,
    /// Action to check; requires `resourceType`.
    action: Option<Action>,
    /// Resource type to check: any type except `instance`.
    #[schema(rename = "resourceType")]
    resource_type: Option<ResourceType>,
    /// Id of one resource; without it and `resourceName`, all resources of the type in the organization are checked.
    #[schema(rename = "resourceID")]
    resource_id: Option<Id>,
    /// Instead of `resourceID`: the name of a bucket, telegraf configuration, user or organization.
    #[schema(rename = "resourceName")]
    resource_name: Option<String>,
    /// Organization of the resource; that of the token by default.
    #[schema(rename = "orgID")]
    org_id: Option<OrgId>,
    /// Instead of `orgID`: the organization's name.
    org: Option<String>,
    /// Address of the client that presented the token, or `any`. A token that is bound to networks is active only if it
    /// is accepted from this address; `any` ignores the networks; without an address, such a token is inactive.
    #[schema(examples("192.0.2.7", "any"))]
    address: Option<String>,
    /// `true` to learn why a token that the caller may read does not work.
    explain: Option<bool>,
}

/// Result of an introspection. If the token does not work, or the caller may not read it, only `active` is present;
/// with `explain`, a caller who may read the token also gets `reason`, `jti` and `exp`.
#[derive(Default, Serialize, ToSchema)]
#[schema(as = Introspection)]
struct AnswerBody {
    /// True if the token works.
    active: bool,
    /// Permissions of the token, separated by spaces.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("read:orgs/020f755c3c082000/buckets"))]
    scope: Option<String>,
    /// `Bearer`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    token_type: Option<&'static str>,
    /// Id of the owner.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    sub: Option<UserId>,
    /// Name of the owner.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    username: Option<String>,
    /// Expiry, in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    exp: Option<i64>,
    /// Time of creation, in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    iat: Option<i64>,
    /// Id of the authorization.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    jti: Option<AuthorizationId>,
    /// Name of the organization.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    org: Option<String>,
    /// Id of the organization.
    #[serde(skip_serializing_if = "Option::is_none", rename = "orgID")]
    #[schema(nullable = false)]
    org_id: Option<OrgId>,
    /// Description of the token.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    description: Option<String>,
    /// Networks from which the token is accepted; absent if it is accepted from any address.
    #[serde(skip_serializing_if = "Option::is_none", rename = "allowedNetworks")]
    #[schema(nullable = false)]
    allowed_networks: Option<Vec<String>>,
    /// True if the token has the checked permission.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    allowed: Option<bool>,
    /// The permission of the token that covers the checked one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    permission: Option<String>,
    /// The missing permission; absent if the resource does not exist or the caller may not read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    missing: Option<String>,
    /// The reason why the token does not work.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Stopped>, nullable = false)]
    reason: Option<&'static str>,
}

impl From<InactiveToken> for AnswerBody {
    fn from(token: InactiveToken) -> Self {
        let InactiveToken { id, stopped, expires_at } = token;
        Self { jti: Some(id), exp: expires_at.map(seconds), reason: Some(stopped.name()), ..Self::default() }
    }
}

impl From<ActiveToken> for AnswerBody {
    fn from(token: ActiveToken) -> Self {
        let ActiveToken { authorization, owner, org_name, ruling } = token;
        let scope: Vec<String> = authorization.permissions.iter().map(ToString::to_string).collect();
        let networks = authorization.networks;
        let answer = Self {
            active: true,
            scope: Some(scope.join(" ")),
            token_type: Some("Bearer"),
            sub: Some(owner.id),
            username: Some(owner.name),
            exp: authorization.expires_at.map(seconds),
            iat: Some(seconds(authorization.created_at)),
            jti: Some(authorization.id),
            org: Some(org_name),
            org_id: Some(authorization.org),
            description: Some(authorization.description).filter(|text| !text.is_empty()),
            allowed_networks: (!networks.is_everywhere()).then(|| networks.texts()),
            ..Self::default()
        };
        match ruling {
            Some(ruling) => answer.ruled(ruling),
            None => answer,
        }
    }
}

impl AnswerBody {
    fn ruled(self, ruling: Ruling) -> Self {
        let allowed = Some(ruling.is_yes());
        match ruling {
            Ruling::Unknown => Self { allowed, ..self },
            Ruling::Decided { required, by: None, .. } => {
                Self { allowed, missing: Some(required.permission.to_string()), ..self }
            }
            Ruling::Decided { by: Some(by), .. } => Self { allowed, permission: Some(by.to_string()), ..self },
        }
    }
}

/// Returns whole seconds since 1970, rounded down: a token never lives longer than reported.
const fn seconds(time: Timestamp) -> i64 {
    time.micros().div_euclid(1_000_000)
}

/// Introspect a token
///
/// Token introspection according to RFC 7662, for gateways and servers that received a token. Needs to read the token's
/// authorization and its owner, unless it is the caller's own token, for which the address defaults to the caller's; a
/// token that the caller may not read is reported as inactive. With `action` and
/// `resourceType`, the response states whether the token has this permission, and which of its permissions covers it or
/// which one is missing. Credentials of 1.x clients cannot be introspected. A token that is bound to networks is active
/// only with an `address` from which it is accepted, or with `any`. An introspection does not count as a use of the
/// token. Not in InfluxDB.
#[utoipa::path(post, path = "/api/v2/tokens/introspect", tag = "Tokens", operation_id = "PostTokensIntrospect",
    request_body(content = RequestForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "The result.", body = AnswerBody), BadRequest, TooLarge, Gated))]
pub async fn introspect(
    State(state): State<AppState>,
    Caller(caller): Caller,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, ApiError> {
    let requested = requested(&Form::read(&headers, request).await?)?;
    let found = state.service.introspect(&caller, &requested).await?;
    let answer = match found {
        Introspection::Active(token) => AnswerBody::from(*token),
        Introspection::Inactive(described) => described.map(AnswerBody::from).unwrap_or_default(),
    };
    Ok(no_store(indented(StatusCode::OK, &answer)))
}

fn requested(form: &Form) -> Result<IntrospectionRequest, ApiError> {
    let refuse = |sentence: &str| ApiError::Form(sentence.into());
    let token =
        form.text("token").ok_or_else(|| refuse("token is missing: send the token to introspect in the form"))?;
    let place = match form.text("address") {
        None => PresentedFrom::From(None),
        Some("any") => PresentedFrom::Anywhere,
        Some(text) => {
            let address =
                text.parse().map_err(|_| refuse("address must be an IP address such as 192.0.2.7, or any"))?;
            PresentedFrom::From(Some(address))
        }
    };
    let explain = match form.text("explain") {
        None | Some("false") => false,
        Some("true") => true,
        Some(_) => return Err(refuse("explain must be true or false")),
    };
    Ok(IntrospectionRequest { token: token.into(), place, wanted: wanted(form)?, explain })
}

fn wanted(form: &Form) -> Result<Option<RequestedAccess>, ApiError> {
    let refuse = |sentence: String| ApiError::Form(sentence);
    let (action, kind) = match (form.text("action"), form.text("resourceType")) {
        (Some(action), Some(kind)) => (action, kind),
        (None, None) => {
            let rest =
                ["resourceID", "resourceName", "orgID", "org"].into_iter().find(|name| form.text(name).is_some());
            return rest.map_or(Ok(None), |name| Err(refuse(format!("{name} needs action and resourceType"))));
        }
        (None, Some(_)) => return Err(refuse("action is missing: read or write".into())),
        (Some(_), None) => return Err(refuse("resourceType is missing, such as buckets".into())),
    };
    let action = action.parse().map_err(|_| refuse("action must be read or write".into()))?;
    let kind = ResourceType::grantable().find(|one| one.name() == kind);
    let kind = kind.ok_or_else(|| refuse("resourceType must be a type that can be granted, such as buckets".into()))?;
    let thing = match form.named("resourceID", "resourceName")? {
        Named::Not => Thing::All,
        Named::ById(id) => Thing::Id(id),
        Named::ByName(name) => Thing::Name(name),
    };
    let org = match form.named("orgID", "org")? {
        Named::Not => RequestedOrg::OfTheToken,
        Named::ById(id) => RequestedOrg::Id(id),
        Named::ByName(name) => RequestedOrg::Name(name),
    };
    Ok(Some(RequestedAccess { action, kind, thing, org }))
}
