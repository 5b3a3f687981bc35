//! `/api/v2/authorizations/{authID}/rotate`, an endpoint of Jeton's own.

use axum::{body::Body, extract::State, http::StatusCode, response::Response};
use serde::Deserialize;
use utoipa::ToSchema;

use jeton_http::{error::ApiError, json_response::indented, state::AppState};
use jeton_model::{AuthorizationId, Expiry, Timestamp};
use jeton_service::tokens::rotation::RotateAuthorization;

use crate::{
    extractors::{Caller, PathId},
    json::read_with_null,
    openapi::schema::{BadRequest, Conflict, Gated, NotFound, TooLarge},
    session::no_store,
};

use super::{
    PATH,
    body::{AuthorizationBody, authorization_body},
};

/// Options of a rotation.
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
}

/// Rotate an authorization
///
/// Creates a successor with the same permissions, owner, description and networks. The old token stops working at the
/// end of the overlap, or at its own expiry if that is earlier. Needs the same permissions as the creation of an
/// authorization. Only this response contains the new token. Not in InfluxDB.
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
    let (body, never) = read_with_null::<RotateBody>(request, "expiresAt", ApiError::Json).await?;
    let RotateBody { overlap, expires_at } = body;
    let expires_at = if never { Some(Expiry::Never) } else { expires_at.map(Expiry::At) };
    let rotated = state
        .service
        .rotate_authorization(&caller, id, RotateAuthorization { overlap, expires_at }, None)
        .await?
        .created;
    Ok(no_store(indented(StatusCode::CREATED, &authorization_body(rotated.details, rotated.token, PATH))))
}
