//! The OpenAPI document, generated from the code.

pub(crate) mod schema;

use std::sync::LazyLock;

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use utoipa::{
    Modify, OpenApi,
    openapi::{
        self, Server,
        security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme},
    },
};

use jeton_http::{error::ErrorBody, json_response::written, state::AppState};

use crate::discovery;

/// The parts of the document besides its operations.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Jeton",
        description = "Users, organizations, buckets and the API tokens for them. The API is InfluxDB 2's: clients \
            and scripts written for InfluxDB work unchanged. Members that Jeton adds are optional. Answers to a token that \
            expires within 30 days have the header `jeton-token-expires` with the time of its expiry. A valid \
            `X-Request-Id` of a request is repeated in the answer.",
    ),
    tags(
        (name = "Authorizations", description = "Records of API tokens: their owners, permissions and status."),
        (name = "Tokens", description = "Introspection of tokens and reports of leaked tokens. Not in InfluxDB."),
        (name = "Users", description = "Users, who sign in and own tokens."),
        (name = "Organizations", description = "Organizations of buckets and tokens, their members and rules."),
        (name = "Buckets", description = "Buckets, to which permissions refer. Jeton does not store their data."),
        (name = "Telegrafs", description = "Configurations that Telegraf agents fetch."),
        (name = "DBRPs", description = "Mappings of 1.x databases and retention policies to buckets."),
        (name = "Gates", description = "Gates in front of databases, and which database holds the data of a bucket. Not in InfluxDB."),
        (name = "1.x credentials", description = "User names and passwords for clients of InfluxDB 1.x."),
        (name = "Sessions", description = "Sign-in and sign-out with name and password, and the sessions of users."),
        (name = "Set-up", description = "Creation of the first user, organization, bucket and operator token."),
        (name = "Audit", description = "The audit log: changes, sign-ins and denied requests, with actor and address."),
        (name = "System", description = "Health, metrics and API description of the server."),
    ),
    paths(discovery::list),
    components(schemas(ErrorBody)),
    modifiers(&Credentials),
    security(("Token" = []), ("Session" = []))
)]
pub struct Description;

struct Credentials;

impl Modify for Credentials {
    fn modify(&self, description: &mut openapi::OpenApi) {
        let components = description.components.get_or_insert_default();
        let header = ApiKeyValue::with_description("Authorization", "`Token <token>` or `Bearer <token>`.");
        components.add_security_scheme("Token", SecurityScheme::ApiKey(ApiKey::Header(header)));
        let cookie =
            ApiKeyValue::with_description("influxdb-oss-session", "Session cookie, set by `POST /api/v2/signin`.");
        components.add_security_scheme("Session", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
        components.add_security_scheme("Password", SecurityScheme::Http(Http::new(HttpAuthScheme::Basic)));
    }
}

/// Returns the whole document, without the server's own address.
pub fn description() -> &'static openapi::OpenApi {
    static WHOLE: LazyLock<openapi::OpenApi> = LazyLock::new(|| {
        let (_, mut whole) =
            crate::routes().merge(crate::system::routes()).merge(crate::system::metrics_routes()).split_for_parts();
        whole.info.version = env!("CARGO_PKG_VERSION").into();
        whole
    });
    &WHOLE
}

/// Returns the document as JSON text, with these servers. It is serialized once: anyone may request it.
fn with_servers(servers: Option<&str>) -> String {
    static TEXT: LazyLock<String> = LazyLock::new(|| serde_json::to_string(description()).unwrap_or_default());
    match (servers, TEXT.strip_prefix('{')) {
        (Some(servers), Some(rest)) => format!("{{\"servers\":{servers},{rest}"),
        _ => TEXT.clone(),
    }
}

/// Retrieve this description
///
/// The format is OpenAPI 3.1.
#[utoipa::path(get, path = "/api/v2/openapi.json", tag = "System", operation_id = "GetOpenAPI", security(()),
    responses((status = 200, description = "The description.", body = serde_json::Value)))]
pub async fn document(State(state): State<AppState>, headers: HeaderMap) -> Response {
    let url = state.settings.base_url(&headers);
    let servers = url.map(|url| serde_json::to_string(&[Server::new(url)]).unwrap_or_default());
    written(StatusCode::OK, with_servers(servers.as_deref()).into_bytes())
}

/// Retrieve this description, at InfluxDB's path
#[utoipa::path(get, path = "/api/v2/swagger.json", tag = "System", operation_id = "GetSwagger", security(()),
    responses((status = 200, description = "The description.", body = serde_json::Value)))]
pub async fn swagger(state: State<AppState>, headers: HeaderMap) -> Response {
    document(state, headers).await
}
