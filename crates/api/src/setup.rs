//! `/api/v2/setup` (docs/influxdb-compatibility.md §3).

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use jeton_http::{error::ApiError, json_response::indented, state::AppState};
use jeton_model::{AuthorizationId, Error, OrgId, Permission, Status, Timestamp, UserId, token::NewToken};
use jeton_service::setup::{DoneSetUp, SetUp};

use crate::{
    authorizations::body::Links,
    buckets::{BucketBody, bucket_body},
    extractors::Client,
    json::read,
    openapi::schema::{BadRequest, Conflict, Open, TooLarge},
    orgs::{OrgBody, org_body},
    session::no_store,
    users::{BarePermission, UserBody, user_body},
};

#[derive(Serialize, ToSchema)]
#[schema(as = IsOnboarding)]
struct Allowed {
    allowed: bool,
}

#[derive(Serialize, ToSchema)]
#[schema(as = OnboardingResponse)]
struct DoneBody {
    user: UserBody,
    bucket: BucketBody,
    org: OrgBody,
    auth: AuthBody,
}

/// Without the names that authorizations have elsewhere.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = OnboardingAuthorization)]
struct AuthBody {
    id: AuthorizationId,
    token: NewToken,
    status: Status,
    description: String,
    #[serde(rename = "orgID")]
    org_id: OrgId,
    #[serde(rename = "userID")]
    user_id: UserId,
    #[schema(value_type = Vec<BarePermission>)]
    permissions: Vec<Permission>,
    created_at: Timestamp,
    updated_at: Timestamp,
    links: Links,
}

/// The first user, organization and bucket.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = OnboardingRequest)]
struct PostBody {
    #[schema(required, min_length = 1, max_length = 255)]
    #[serde(default)]
    username: String,
    /// 8 to 72 bytes. Without one the user can't sign in, but the token works.
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 72)]
    #[serde(default)]
    password: SecretString,
    #[schema(required, min_length = 1, max_length = 255)]
    #[serde(default)]
    org: String,
    #[schema(required, min_length = 1, max_length = 255)]
    #[serde(default)]
    bucket: String,
    /// How long the bucket keeps data; 0 is for ever.
    #[serde(default)]
    retention_period_seconds: i64,
    /// Nanoseconds, despite its name; counts only where the seconds say nothing.
    #[schema(deprecated)]
    #[serde(default)]
    retention_period_hrs: i64,
    /// The operator token's value, where the caller chooses it: 32 random characters or more, for it opens everything.
    #[schema(value_type = String, format = Password, max_length = 512)]
    #[serde(default)]
    token: SecretString,
}

impl Default for PostBody {
    fn default() -> Self {
        let (password, token) = (SecretString::from(""), SecretString::from(""));
        let (username, org, bucket) = (String::new(), String::new(), String::new());
        Self { username, password, org, bucket, retention_period_seconds: 0, retention_period_hrs: 0, token }
    }
}

impl From<PostBody> for SetUp {
    fn from(body: PostBody) -> Self {
        let given = |secret: SecretString| Some(secret).filter(|secret| !secret.expose_secret().is_empty());
        Self {
            username: body.username,
            password: given(body.password),
            org: body.org,
            bucket: body.bucket,
            retention_seconds: match body.retention_period_seconds {
                seconds if seconds > 0 => seconds,
                _ => body.retention_period_hrs / 1_000_000_000,
            },
            token: given(body.token),
        }
    }
}

/// Whether set-up is still to be done
#[utoipa::path(get, path = "/api/v2/setup", tag = "Set-up", operation_id = "GetSetup", security(()),
    responses((status = 200, description = "Whether it is.", body = Allowed), Open))]
pub async fn allowed(State(state): State<AppState>) -> Result<Response, ApiError> {
    let allowed = state.service.setup_allowed().await?;
    Ok(indented(StatusCode::OK, &Allowed { allowed }))
}

/// Set up: the first user, organization and bucket, and the operator token
///
/// Once. Happens whole or not at all.
#[utoipa::path(post, path = "/api/v2/setup", tag = "Set-up", operation_id = "PostSetup", security(()),
    request_body = PostBody,
    responses((status = 201, description = "What was made, with the token.", body = DoneBody), BadRequest, Conflict, TooLarge, Open))]
pub async fn set_up(
    State(state): State<AppState>,
    Client(client): Client,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, ApiError> {
    state.settings.check_setup_host(&headers)?;
    // The operation checks this again; here it spares reading the body of a request that comes too late.
    if !state.service.setup_allowed().await? {
        return Err(Error::AlreadySetUp.into());
    }
    let given: PostBody = read(request, Error::BadJson).await?;
    let done = state.service.set_up(given.into(), &client, false).await?;
    Ok(no_store(indented(StatusCode::CREATED, &body(done))))
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
