//! InfluxDB's wire format: read a request, call one operation of the service, write the answer. No rules.

mod authorizations;
mod buckets;
mod extract;
mod gate;
mod json;
mod members;
mod orgs;
mod query;
mod refusal;
mod resources;
mod session;
mod setup;
pub mod system;
mod telegrafs;
mod users;

use axum::{
    Router,
    extract::Request,
    http::{StatusCode, header},
    middleware,
    response::{IntoResponse, Response},
    routing::{any, delete, get, patch, post, put},
};
use tower::ServiceBuilder;

use crate::{model::Error, server::AppState};
use refusal::Refusal;

/// Everything below `/api/v2` and `/private`. The gate stands before the routes: credentials are asked for before a
/// path is looked at (contract §1.6).
pub fn router(state: &AppState) -> Router<AppState> {
    let routes = Router::new()
        .route("/api/v2", get(resources::root))
        .route("/api/v2/resources", any(resources::list))
        .route("/api/v2/setup", get(setup::allowed).post(setup::set_up))
        .route("/api/v2/signin", post(session::sign_in))
        .route("/api/v2/signout", post(session::sign_out))
        .route("/api/v2/me", get(users::me))
        .route("/api/v2/me/password", put(users::change_own_password))
        .route("/api/v2/authorizations", get(authorizations::list).post(authorizations::create))
        .route(
            "/api/v2/authorizations/{id}",
            get(authorizations::get).patch(authorizations::update).delete(authorizations::delete),
        )
        .route("/api/v2/users", get(users::list).post(users::create))
        .route("/api/v2/users/{id}", get(users::get).patch(users::update).delete(users::delete))
        .route("/api/v2/users/{id}/permissions", get(users::permissions))
        .route("/api/v2/users/{id}/password", post(users::set_password).put(users::change_password))
        .route("/api/v2/orgs", get(orgs::list).post(orgs::create))
        .route("/api/v2/orgs/{id}", get(orgs::get).patch(orgs::update).delete(orgs::delete))
        .route("/api/v2/orgs/{id}/{role}", get(members::of_org).post(members::add_to_org))
        .route("/api/v2/orgs/{id}/{role}/{user}", delete(members::remove_from_org))
        .route("/api/v2/buckets", get(buckets::list).post(buckets::create))
        .route("/api/v2/buckets/{id}", patch(buckets::update).get(buckets::get).delete(buckets::delete))
        .route("/api/v2/buckets/{id}/{role}", get(members::of_bucket).post(members::add_to_bucket))
        .route("/api/v2/buckets/{id}/{role}/{user}", delete(members::remove_from_bucket))
        .route("/api/v2/telegrafs", get(telegrafs::list).post(telegrafs::create))
        .route("/api/v2/telegrafs/{id}", get(telegrafs::get).put(telegrafs::update).delete(telegrafs::delete))
        .fallback(unknown_path)
        .layer(middleware::from_fn(crate::server::observe::remember_route))
        .with_state(state.clone());
    let gated = ServiceBuilder::new().layer(middleware::from_fn_with_state(state.clone(), gate::gate)).service(routes);
    Router::new()
        .route_service("/api/v2", gated.clone())
        .route_service("/api/v2/{*path}", gated.clone())
        .route_service("/private/{*path}", gated)
}

/// Resources whose own router answers below them, with a text instead of JSON.
const MOUNTED: [&str; 8] = ["authorizations", "users", "orgs", "buckets", "me", "setup", "signin", "signout"];

async fn unknown_path(request: Request) -> Response {
    let mut segments = request.uri().path().trim_start_matches("/api/v2/").split('/');
    let below = segments.next().is_some_and(|first| MOUNTED.contains(&first)) && segments.next().is_some();
    if below { not_found_text() } else { Refusal(Error::PathNotFound).into_response() }
}

/// What an unknown path below a known resource answers.
fn not_found_text() -> Response {
    (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], "404 page not found\n")
        .into_response()
}

/// An answer without a body.
const fn no_content() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// An error in the API's form, for what stands before it.
pub fn refuse(error: Error) -> Response {
    Refusal(error).into_response()
}
