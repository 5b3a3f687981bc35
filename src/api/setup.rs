//! `/api/v2/setup` (contract §3).

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::Serialize;

use super::{
    buckets::{BucketBody, bucket_body},
    extract::Client,
    json::{indented, read_object},
    orgs::{OrgBody, org_body},
    refusal::Refusal,
    session::no_store,
    users::{UserBody, user_body},
};
use crate::{
    model::{AuthorizationId, Error, OrgId, Permission, Status, Timestamp, UserId, token::NewToken},
    server::AppState,
    service::setup::{DoneSetUp, SetUp},
};

#[derive(Serialize)]
struct Allowed {
    allowed: bool,
}

#[derive(Serialize)]
struct DoneBody {
    user: UserBody,
    bucket: BucketBody,
    org: OrgBody,
    auth: AuthBody,
}

/// Without the names that authorizations have elsewhere.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AuthBody {
    id: AuthorizationId,
    token: NewToken,
    status: Status,
    description: String,
    #[serde(rename = "orgID")]
    org_id: OrgId,
    #[serde(rename = "userID")]
    user_id: UserId,
    permissions: Vec<Permission>,
    created_at: Timestamp,
    updated_at: Timestamp,
    links: Links,
}

#[derive(Serialize)]
struct Links {
    #[serde(rename = "self")]
    this: String,
    user: String,
}

pub async fn allowed(State(state): State<AppState>) -> Result<Response, Refusal> {
    let allowed = state.service.setup_allowed().await?;
    Ok(indented(StatusCode::OK, &Allowed { allowed }))
}

pub async fn set_up(
    State(state): State<AppState>,
    Client(client): Client,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Refusal> {
    state.config.check_setup_host(&headers)?;
    let given = read_object(request, Error::BadJson, |members| {
        Ok(SetUp {
            username: members.text("username")?.unwrap_or_default(),
            password: members.text("password")?.filter(|password| !password.is_empty()).map(Into::into),
            org: members.text("org")?.unwrap_or_default(),
            bucket: members.text("bucket")?.unwrap_or_default(),
            retention_seconds: retention(
                members.number("retentionPeriodSeconds")?,
                members.number("retentionPeriodHrs")?,
            ),
            token: members.text("token")?.filter(|token| !token.is_empty()).map(Into::into),
        })
    })
    .await?;
    let done = state.service.set_up(given, &client, false).await?;
    Ok(no_store(indented(StatusCode::CREATED, &body(done))))
}

/// Despite its name, the older member holds nanoseconds; it counts only where the newer one says nothing.
fn retention(seconds: Option<i64>, nanoseconds: Option<i64>) -> i64 {
    match seconds {
        Some(seconds) if seconds > 0 => seconds,
        _ => nanoseconds.unwrap_or(0) / 1_000_000_000,
    }
}

fn body(done: DoneSetUp) -> DoneBody {
    let authorization = done.authorization;
    DoneBody {
        user: user_body(done.user),
        bucket: bucket_body(done.bucket),
        org: org_body(done.org),
        auth: AuthBody {
            links: Links {
                this: format!("/api/v2/authorizations/{}", authorization.id),
                user: format!("/api/v2/users/{}", authorization.user),
            },
            id: authorization.id,
            token: done.token,
            status: authorization.status,
            description: authorization.description,
            org_id: authorization.org,
            user_id: authorization.user,
            permissions: authorization.permissions,
            created_at: authorization.created_at,
            updated_at: authorization.updated_at,
        },
    }
}
