//! Saving list preferences without JavaScript.

use axum::{
    extract::Request,
    http::header,
    response::{IntoResponse, Redirect, Response},
};

use jeton_http::cookies;

use crate::{
    routes,
    state::list_preferences::{COOKIE, ListPreferences},
};

use super::read_fields;

/// Stores the preferences in a cookie, and redirects to the list.
pub(super) async fn choose(request: Request) -> Response {
    let fields = read_fields(request.into_body()).await.unwrap_or_default();
    let to = routes::return_url(fields.get("to").unwrap_or("/"));
    let cookie = cookies::preference(COOKIE, &ListPreferences::from_fields(&fields).to_cookie());
    ([(header::SET_COOKIE, cookie)], Redirect::to(to)).into_response()
}
