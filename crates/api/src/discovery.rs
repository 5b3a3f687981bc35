//! `/api/v2` and `/api/v2/resources` (docs/influxdb-compatibility.md §5.7, §5.9).

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

use jeton_http::json_response::compact;
use jeton_model::ResourceType;

use crate::openapi::schema::Gated;

/// List the resource types
///
/// All types that permissions can be granted for, and `instance`, for which they cannot.
#[utoipa::path(get, path = "/api/v2/resources", tag = "System", operation_id = "GetResources",
    responses((status = 200, description = "The names of the types.", body = Vec<ResourceType>), Gated))]
pub async fn list() -> Response {
    let names: Vec<&str> = ResourceType::ALL.iter().map(|kind| kind.name()).collect();
    ([(header::CONTENT_TYPE, "application/json")], json!(names).to_string() + "\n").into_response()
}

/// List the top-level endpoints
///
/// The links are InfluxDB's. Endpoints that Jeton does not have respond with an error.
#[utoipa::path(get, path = "/api/v2", tag = "System", operation_id = "GetRoutes", security(()),
    responses((status = 200, description = "Names and links.", body = serde_json::Value)))]
pub async fn root() -> Response {
    let names = [
        "authorizations",
        "backup",
        "buckets",
        "dashboards",
        "flags",
        "labels",
        "variables",
        "me",
        "notificationRules",
        "notificationEndpoints",
        "orgs",
        "restore",
        "setup",
        "signin",
        "signout",
        "sources",
        "scrapers",
        "tasks",
        "checks",
        "telegrafs",
        "plugins",
        "users",
        "write",
        "delete",
    ];
    let mut links = serde_json::Map::new();
    for name in names {
        links.insert(name.into(), format!("/api/v2/{name}").into());
    }
    links.insert("plugins".into(), "/api/v2/telegraf/plugins".into());
    links.insert("swagger".into(), "/api/v2/swagger.json".into());
    links.insert("external".into(), json!({"statusFeed": "https://www.influxdata.com/feed/json"}));
    links.insert(
        "query".into(),
        json!({"self": "/api/v2/query", "ast": "/api/v2/query/ast", "analyze": "/api/v2/query/analyze", "suggestions": "/api/v2/query/suggestions"}),
    );
    links.insert(
        "system".into(),
        json!({"metrics": "/metrics", "debug": "/debug/pprof", "health": "/health", "ready": "/ready"}),
    );
    compact(StatusCode::OK, &links)
}
