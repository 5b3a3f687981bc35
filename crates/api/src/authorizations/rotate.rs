//! `/api/v2/authorizations/{authID}/rotate`, an endpoint of Jeton's own.

use axum::{body::Body, extract::State, http::StatusCode, response::Response};
use serde::Deserialize;
use utoipa::ToSchema;

use jeton_http::{error::ApiError, json_response::indented, state::AppState};
use jeton_model::{AuthorizationId, Expiry, Timestamp};
use jeton_service::tokens::rotation::RotateAuthorization;

use crate::{
    extractors::{Caller, PathId},
    json::{
        Json, read_body,
        unknown_members::{refuse_unknown, unknown_members},
    },
    openapi::schema::{BadRequest, Conflict, Gated, NotFound, TooLarge},
    session::no_store,
};

use super::{
    PATH,
    body::{AuthorizationBody, PostPermission, authorization_body, networks, requested_permissions},
};

/// The members of the body.
const MEMBERS: [&str; 5] = ["overlap", "expiresAt", "permissions", "description", "allowedNetworks"];
/// The members of a permission, and of its resource.
const OF_PERMISSION: [&str; 2] = ["action", "resource"];
const OF_RESOURCE: [&str; 5] = ["type", "id", "orgID", "name", "org"];

/// Options of a rotation, and what the successor has instead of the old token's. Unknown members are refused.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AuthorizationRotateRequest)]
pub struct RotateBody {
    /// Time for which the old token keeps working: a number and `s`, `m`, `h`, `d` or `w`, at most 90 days; `0` ends it
    /// at once. `24h` by default.
    #[schema(examples("24h"))]
    overlap: Option<String>,
    /// Expiry of the new token; `null` for never. By default it gets the same lifetime as the old one.
    expires_at: Option<Timestamp>,
    /// Permissions of the new token: at least one, at most 4,096 different ones. The caller must hold each of them. By
    /// default those of the old token.
    #[schema(min_items = 1)]
    permissions: Option<Vec<PostPermission>>,
    /// Description of the new token, at most 1,024 bytes. By default that of the old token.
    #[schema(max_length = 1024)]
    description: Option<String>,
    /// Networks from which the new token is accepted, IPv4 or IPv6, at most 64; an empty list means any address. By
    /// default those of the old token.
    #[schema(max_items = 64, examples(json!(["10.40.0.0/16", "2001:db8:40::/48"])))]
    allowed_networks: Option<Vec<String>>,
}

impl TryFrom<RotateBody> for RotateAuthorization {
    type Error = ApiError;

    fn try_from(body: RotateBody) -> Result<Self, ApiError> {
        Ok(Self {
            overlap: body.overlap,
            expires_at: body.expires_at.map(Expiry::At),
            permissions: body.permissions.map(requested_permissions).transpose()?,
            description: body.description,
            networks: networks(body.allowed_networks)?,
        })
    }
}

/// Rotate an authorization
///
/// Creates a successor with the same owner and, unless the body gives others, the same permissions, description and
/// networks. The old token stops working at the end of the overlap, or at its own expiry if that is earlier. Needs the
/// same permissions as the creation of an authorization, and has the same limits: if the successor is refused, the old
/// token is unchanged. Where the rule `selfRotation` of its organization allows it, a token rotates itself without any
/// permission if the body gives nothing but the overlap, and its successor gets the same lifetime from then on. Only
/// this response contains the new token. Not in InfluxDB.
#[utoipa::path(post, path = "/api/v2/authorizations/{authID}/rotate", tag = "Authorizations", operation_id = "PostAuthorizationsIDRotate",
    params(("authID" = AuthorizationId, Path, description = "The authorization of the old token.")),
    request_body = RotateBody,
    responses((status = 201, description = "The successor, with its token.", body = AuthorizationBody), BadRequest, NotFound, Conflict, TooLarge, Gated))]
pub async fn rotate(
    State(state): State<AppState>,
    Caller(caller): Caller,
    PathId(id): PathId<AuthorizationId>,
    request: Body,
) -> Result<Response, ApiError> {
    let requested = read(request).await?;
    let rotated = state.service.rotate_authorization(&caller, id, requested, None).await?.created;
    Ok(no_store(indented(StatusCode::CREATED, &authorization_body(rotated.details, rotated.token, PATH))))
}

/// Reads the body. `null` as the expiry is never.
async fn read(request: Body) -> Result<RotateAuthorization, ApiError> {
    let json = Json::parse(&read_body(request).await?).map_err(ApiError::Json)?;
    check_members(&json)?;
    let body = RotateBody::deserialize(&json).map_err(|error| ApiError::Json(error.to_string()))?;
    let mut requested = RotateAuthorization::try_from(body)?;
    if json.member("expiresAt") == Some(&Json::Null) {
        requested.expires_at = Some(Expiry::Never);
    }
    Ok(requested)
}

/// Refuses unknown members. One that is meant to narrow a permission would otherwise widen it.
fn check_members(json: &Json) -> Result<(), ApiError> {
    refuse_unknown(&unknown_members(json, &MEMBERS, ""), &MEMBERS)?;
    let Some(Json::List(permissions)) = json.member("permissions") else { return Ok(()) };
    for (index, permission) in permissions.iter().enumerate() {
        let place = format!("permissions[{index}].");
        refuse_unknown(&unknown_members(permission, &OF_PERMISSION, &place), &OF_PERMISSION)?;
        if let Some(resource) = permission.member("resource") {
            let place = format!("{place}resource.");
            refuse_unknown(&unknown_members(resource, &OF_RESOURCE, &place), &OF_RESOURCE)?;
        }
    }
    Ok(())
}
