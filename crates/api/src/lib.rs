//! InfluxDB's wire format: read a request, call one operation of the service, write the response. No rules.
//!
//! Every handler has its own description; the routes and the OpenAPI document come from the same list.

pub mod audit;
mod authenticate;
mod authorizations;
mod buckets;
mod dbrps;
mod discovery;
mod extractors;
mod form;
mod gates;
mod json;
mod labels;
mod members;
pub mod openapi;
mod orgs;
mod own_token;
mod query;
mod seen;
mod session;
mod setup;
pub mod system;
mod telegrafs;
mod tokens;
mod users;
mod v1_authorizations;

use axum::{
    Router,
    extract::Request,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::any,
};
use tower::Service as _;
use utoipa::OpenApi as _;
use utoipa_axum::{router::OpenApiRouter, routes};

use jeton_http::{error::ApiError, state::AppState, telemetry::RememberRoute};

/// Returns all routes below `/api/v2` and `/private`, with their description.
fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(openapi::Description::openapi())
        .routes(routes!(discovery::root))
        .routes(routes!(setup::allowed, setup::set_up))
        .routes(routes!(session::sign_in))
        .routes(routes!(session::sign_out))
        .routes(routes!(users::me))
        .routes(routes!(users::change_own_password))
        .routes(routes!(authorizations::list, authorizations::create))
        .routes(routes!(authorizations::attention::counts))
        .routes(routes!(authorizations::get, authorizations::update, authorizations::delete))
        .routes(routes!(tokens::introspect::introspect))
        .routes(routes!(tokens::leaked::report))
        .routes(routes!(authorizations::rotate::rotate))
        .routes(routes!(authorizations::descendants::list))
        .routes(routes!(authorizations::descendants::deactivate))
        .routes(routes!(authorizations::uses::list))
        .routes(routes!(authorizations::narrowed::get))
        .routes(routes!(v1_authorizations::list, v1_authorizations::create))
        .routes(routes!(v1_authorizations::get, v1_authorizations::update, v1_authorizations::delete))
        .routes(routes!(v1_authorizations::set_password))
        .routes(routes!(v1_authorizations::list_uses))
        .routes(routes!(users::list, users::create))
        .routes(routes!(users::get, users::update, users::delete))
        .routes(routes!(users::permissions))
        .routes(routes!(users::set_password, users::change_password))
        .routes(routes!(users::sessions::list, users::sessions::end_all))
        .routes(routes!(users::sessions::end))
        .routes(routes!(orgs::list, orgs::create))
        .routes(routes!(orgs::get, orgs::update, orgs::delete))
        .routes(routes!(orgs::rules::get, orgs::rules::set))
        .routes(routes!(orgs::secrets::list))
        .routes(routes!(buckets::list, buckets::create))
        .routes(routes!(buckets::get, buckets::update, buckets::delete))
        .routes(routes!(telegrafs::list, telegrafs::create))
        .routes(routes!(telegrafs::get, telegrafs::update, telegrafs::delete))
        .routes(routes!(dbrps::list, dbrps::create))
        .routes(routes!(dbrps::get, dbrps::update, dbrps::delete))
        .routes(routes!(gates::list))
        .routes(routes!(gates::check))
        .routes(routes!(gates::sync))
        .routes(routes!(gates::adoption::adopt))
        .routes(routes!(gates::bindings::list, gates::bindings::create))
        .routes(routes!(gates::bindings::delete))
        .routes(routes!(gates::bindings::confirm))
        .routes(routes!(gates::confirmation::confirm_all))
        .routes(routes!(audit::list))
        .merge(members::routes())
        .merge(labels::routes())
        .routes(routes!(openapi::document))
        .routes(routes!(openapi::swagger))
}

/// The API: authentication, then the routes. Authentication comes before routing: a missing credential is refused
/// before the path is matched (docs/influxdb-compatibility.md §1.6).
pub struct Api {
    state: AppState,
    routes: Router,
}

impl Api {
    /// Returns the API of this server.
    pub fn new(state: &AppState) -> Self {
        let (routes, _) = routes().split_for_parts();
        let routes = routes
            // Any method is allowed here, unlike in the description.
            .route("/api/v2/resources", any(discovery::list))
            .fallback(unknown_path)
            .layer(RememberRoute)
            .with_state(state.clone());
        Self { state: state.clone(), routes }
    }

    /// Answers a request for a path that [`mount`] knows.
    pub async fn answer(&self, request: Request) -> Response {
        authenticate::authenticate(self, request).await
    }

    /// Answers a request that may pass.
    async fn route(&self, request: Request) -> Response {
        let Ok(response) = self.routes.clone().call(request).await;
        response
    }
}

/// Returns the part of the API that a path belongs to, in the notation of routes; `None` for all other paths.
pub fn mount(path: &str) -> Option<&'static str> {
    match path {
        "/api/v2" => Some("/api/v2"),
        // Clients that are generated from InfluxDB's description ask with the slash.
        "/api/v2/" => Some("/api/v2/"),
        _ if path.starts_with("/api/v2/") => Some("/api/v2/{*path}"),
        _ if path.strip_prefix("/private/").is_some_and(|rest| !rest.is_empty()) => Some("/private/{*path}"),
        _ => None,
    }
}

/// Resources that have a router of their own in influxd, which answers unknown paths below them with text instead of
/// JSON.
const MOUNTED: [&str; 8] = ["authorizations", "users", "orgs", "buckets", "me", "setup", "signin", "signout"];

async fn unknown_path(request: Request) -> Response {
    let mut segments = request.uri().path().trim_start_matches("/api/v2/").split('/');
    let below = segments.next().is_some_and(|first| MOUNTED.contains(&first)) && segments.next().is_some();
    if below { not_found_text() } else { ApiError::PathNotFound.into_response() }
}

/// Returns the response to an unknown path below a known resource.
fn not_found_text() -> Response {
    (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], "404 page not found\n")
        .into_response()
}

/// Returns the status of a response without a body.
const fn no_content() -> StatusCode {
    StatusCode::NO_CONTENT
}

#[cfg(test)]
mod tests {
    use super::mount;

    #[test]
    fn the_api_answers_below_its_two_paths_only() {
        for (path, part) in [
            ("/api/v2", "/api/v2"),
            ("/api/v2/", "/api/v2/"),
            ("/api/v2//", "/api/v2/{*path}"),
            ("/api/v2/me", "/api/v2/{*path}"),
            ("/private/legacy/authorizations", "/private/{*path}"),
        ] {
            assert_eq!(mount(path), Some(part), "{path}");
        }
        for path in ["", "/", "*", "/api", "/api/v2x", "/api/v1/me", "/API/v2", "/private", "/private/", "//api/v2/me"]
        {
            assert_eq!(mount(path), None, "{path}");
        }
    }
}
