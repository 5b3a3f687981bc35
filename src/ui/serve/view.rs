//! How lists look, chosen without script.

use axum::{
    extract::Request,
    http::header,
    response::{IntoResponse, Redirect, Response},
};

use super::read_fields;
use crate::{
    server::cookie,
    ui::{address, view::View},
};

/// Remembers it, and goes back to the list.
pub(super) async fn choose(request: Request) -> Response {
    let fields = read_fields(request.into_body()).await.unwrap_or_default();
    let to = address::local(fields.get("to").unwrap_or("/"));
    ([(header::SET_COOKIE, cookie::view(&View::from_fields(&fields).to_cookie()))], Redirect::to(to)).into_response()
}
