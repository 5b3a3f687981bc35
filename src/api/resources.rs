//! `/api/v2` and `/api/v2/resources` (contract §5.7, §5.9).

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::json::compact;
use crate::model::ResourceType;

/// The types that can be granted, and `instance`.
pub async fn list() -> Response {
    let names: Vec<&str> = ResourceType::ALL.iter().map(|kind| kind.name()).collect();
    ([(header::CONTENT_TYPE, "application/json")], json!(names).to_string() + "\n").into_response()
}

/// influxd's map of links; what Jeton does not serve leads to an answer that says so.
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
