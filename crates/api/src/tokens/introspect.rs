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
    Action, AuthorizationId, Error, Id, OrgId, ResourceType, Timestamp, UserId, console::simulation::Ruling,
};
use jeton_service::{
    auth::credential_status::PresentedFrom,
    tokens::{
        introspection::{ActiveToken, IntrospectionRequest, RequestedAccess, RequestedOrg},
        simulate::Thing,
    },
};

use crate::{
    extractors::Caller,
    form::{Form, Named},
    openapi::schema::{BadRequest, Gated, TooLarge},
    session::no_store,
};

/// What is asked about a token.
#[derive(ToSchema)]
#[schema(as = IntrospectionRequest)]
#[expect(dead_code, reason = "read one by one, so that each refusal says what is wrong")]
struct RequestForm {
    /// The token to ask about.
    #[schema(required, min_length = 1)]
    token: String,
    /// Read and ignored.
    token_type_hint: Option<String>,
    /// What the token is to do; then `resourceType` is needed too.
    action: Option<Action>,
    /// What it is to do it with: any type but `instance`.
    #[schema(rename = "resourceType")]
    resource_type: Option<ResourceType>,
    /// The id of one thing; without it and `resourceName`, all of the type in the organization.
    #[schema(rename = "resourceID")]
    resource_id: Option<Id>,
    /// In the place of `resourceID`: the name of a bucket, telegraf configuration, user or organization.
    #[schema(rename = "resourceName")]
    resource_name: Option<String>,
    /// The organization it is in; the token's own, unless given.
    #[schema(rename = "orgID")]
    org_id: Option<OrgId>,
    /// In the place of `orgID`: the organization's name.
    org: Option<String>,
    /// The address of the client that showed the token, or `any`. A token that is bound to networks is active only if it
    /// is accepted from there; with `any`, its networks are left out of account; without an address, it is inactive.
    #[schema(examples("192.0.2.7", "any"))]
    address: Option<String>,
}

/// What a token is worth. Of one that does not work, or that the caller may not read, `active` is all there is.
#[derive(Default, Serialize, ToSchema)]
#[schema(as = Introspection)]
struct AnswerBody {
    /// Whether it works.
    active: bool,
    /// Its permissions, with a space between them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("read:orgs/020f755c3c082000/buckets"))]
    scope: Option<String>,
    /// `Bearer`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    token_type: Option<&'static str>,
    /// The owner's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    sub: Option<UserId>,
    /// The owner's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    username: Option<String>,
    /// When it stops working, in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    exp: Option<i64>,
    /// When it was created, in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    iat: Option<i64>,
    /// The id of its authorization.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    jti: Option<AuthorizationId>,
    /// The organization's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    org: Option<String>,
    /// The organization's id.
    #[serde(skip_serializing_if = "Option::is_none", rename = "orgID")]
    #[schema(nullable = false)]
    org_id: Option<OrgId>,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    description: Option<String>,
    /// The networks it is accepted from, if not from everywhere.
    #[serde(skip_serializing_if = "Option::is_none", rename = "allowedNetworks")]
    #[schema(nullable = false)]
    allowed_networks: Option<Vec<String>>,
    /// Whether it may do what was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    allowed: Option<bool>,
    /// The permission of the token that allows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    permission: Option<String>,
    /// The permission that it would need; left out where the resource names nothing that the caller may see.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    missing: Option<String>,
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
/// What a token is worth, after RFC 7662, for gateways and servers that were shown one. Needs to read the token's
/// authorization and its owner; a token that may not be read is answered as one that does not work. With `action` and
/// `resourceType` the answer says whether the token may do that, and which permission decides or is missing. Credentials
/// of 1.x clients are not known here. A token that is bound to networks is active only with an `address` from which it is
/// accepted, or with `any`. Asking about a token is no use of it.
#[utoipa::path(post, path = "/api/v2/tokens/introspect", tag = "Tokens", operation_id = "PostTokensIntrospect",
    request_body(content = RequestForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "What it is worth.", body = AnswerBody), BadRequest, TooLarge, Gated))]
pub async fn introspect(
    State(state): State<AppState>,
    Caller(caller): Caller,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, ApiError> {
    let asked = asked(&Form::read(&headers, request).await?)?;
    let found = state.service.introspect(&caller, &asked).await?;
    Ok(no_store(indented(StatusCode::OK, &found.map(AnswerBody::from).unwrap_or_default())))
}

fn asked(form: &Form) -> Result<IntrospectionRequest, Error> {
    let refuse = |sentence: &str| Error::BadForm(sentence.into());
    let token =
        form.text("token").ok_or_else(|| refuse("token is missing: send the token to ask about in the form"))?;
    let place = match form.text("address") {
        None => PresentedFrom::From(None),
        Some("any") => PresentedFrom::Anywhere,
        Some(text) => {
            let address = text.parse().map_err(|_| refuse("address is no IP address, such as 192.0.2.7, nor any"))?;
            PresentedFrom::From(Some(address))
        }
    };
    Ok(IntrospectionRequest { token: token.into(), place, wanted: wanted(form)? })
}

fn wanted(form: &Form) -> Result<Option<RequestedAccess>, Error> {
    let refuse = |sentence: String| Error::BadForm(sentence);
    let (action, kind) = match (form.text("action"), form.text("resourceType")) {
        (Some(action), Some(kind)) => (action, kind),
        (None, None) => {
            let rest =
                ["resourceID", "resourceName", "orgID", "org"].into_iter().find(|name| form.text(name).is_some());
            return rest
                .map_or(Ok(None), |name| Err(refuse(format!("{name} needs action and resourceType beside it"))));
        }
        (None, Some(_)) => return Err(refuse("action is missing: read or write".into())),
        (Some(_), None) => return Err(refuse("resourceType is missing, such as buckets".into())),
    };
    let action = action.parse().map_err(|_| refuse("action must be read or write".into()))?;
    let kind = ResourceType::grantable().find(|one| one.name() == kind);
    let kind = kind.ok_or_else(|| refuse("resourceType is none that tokens are granted, such as buckets".into()))?;
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
