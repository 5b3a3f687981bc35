//! `/api/v2/users/{userID}/sessions`, an endpoint of Jeton's own.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

use jeton_http::{error::ApiError, json_response::indented, state::AppState};
use jeton_model::{Id, Timestamp, UserId, console::session::SessionRow};
use jeton_service::users::sessions::Which;

use crate::{
    extractors::{Caller, PartId, PathId},
    no_content,
    openapi::schema::{BadRequest, Gated, NotFound},
};

/// A session of a user.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = UserSession)]
struct SessionBody {
    /// Id of the session. It is not the session key and grants no access.
    id: String,
    /// True for the session of this request.
    current: bool,
    /// The interface for which the session is valid: `console` or `api`.
    kind: &'static str,
    created_at: Timestamp,
    last_used_at: Timestamp,
    expires_at: Timestamp,
    /// Address of the client that started the session.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    address: Option<String>,
    /// Short name of the browser or program that started the session.
    client: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = UserSessions)]
struct ListBody {
    links: Links,
    /// The session of this request, then the most recently used ones; at most 100.
    sessions: Vec<SessionBody>,
    /// Number of all sessions of the user.
    total: u64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = UserSessionsLinks)]
struct Links {
    #[serde(rename = "self")]
    this: String,
}

fn session_body(row: SessionRow) -> SessionBody {
    SessionBody {
        id: row.key,
        current: row.is_current,
        kind: if row.from_console { "console" } else { "api" },
        created_at: row.began_at,
        last_used_at: row.seen_at,
        expires_at: row.expires_at,
        address: row.address,
        client: row.agent,
    }
}

/// List a user's sessions
///
/// Needs `read:users` of all users, or a session cookie for the caller's own sessions. Not in InfluxDB.
#[utoipa::path(get, path = "/api/v2/users/{userID}/sessions", tag = "Sessions", operation_id = "GetUsersIDSessions",
    params(("userID" = UserId, Path, description = "The user.")),
    responses((status = 200, description = "The sessions.", body = ListBody), BadRequest, NotFound, Gated))]
pub async fn list(
    State(state): State<AppState>,
    Caller(caller): Caller,
    PathId(id): PathId<UserId>,
) -> Result<Response, ApiError> {
    let found = state.service.user_sessions(&caller, id).await?;
    let links = Links { this: format!("/api/v2/users/{id}/sessions") };
    let sessions = found.rows.into_iter().map(session_body).collect();
    Ok(indented(StatusCode::OK, &ListBody { links, sessions, total: found.total }))
}

/// Sign a user out everywhere
///
/// Ends all sessions of the user except that of this request. Needs `write:users` of the user. Not in InfluxDB.
#[utoipa::path(delete, path = "/api/v2/users/{userID}/sessions", tag = "Sessions", operation_id = "DeleteUsersIDSessions",
    params(("userID" = UserId, Path, description = "The user.")),
    responses((status = 204, description = "They are ended."), BadRequest, NotFound, Gated))]
pub async fn end_all(
    State(state): State<AppState>,
    Caller(caller): Caller,
    PathId(id): PathId<UserId>,
) -> Result<Response, ApiError> {
    state.service.end_user_sessions(&caller, id, Which::Others).await?;
    Ok(no_content().into_response())
}

/// End a session of a user
///
/// Needs `write:users` of the user. To end the session of this request, sign out. Not in InfluxDB.
#[utoipa::path(delete, path = "/api/v2/users/{userID}/sessions/{sessionID}", tag = "Sessions", operation_id = "DeleteUsersIDSessionsID",
    params(
        ("userID" = UserId, Path, description = "The user."),
        ("sessionID" = Id, Path, description = "The session, by the `id` in the list."),
    ),
    responses((status = 204, description = "It is ended."), BadRequest, NotFound, Gated))]
pub async fn end(
    State(state): State<AppState>,
    Caller(caller): Caller,
    PathId(user): PathId<UserId>,
    PartId(session): PartId<Id>,
) -> Result<Response, ApiError> {
    state.service.end_user_sessions(&caller, user, Which::One(&session.to_string())).await?;
    Ok(no_content().into_response())
}
