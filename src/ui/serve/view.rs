//! How lists look, chosen without script.

use axum::{
    extract::Request,
    http::header,
    response::{IntoResponse, Redirect, Response},
};

use super::{back_to, read_fields};
use crate::{server::cookie, ui::view::View};

/// Remembers it, and goes back to the page it was chosen on.
pub(super) async fn choose(request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let view = View::from_fields(&read_fields(body).await.unwrap_or_default());
    let referer = parts.headers.get(header::REFERER).and_then(|referer| referer.to_str().ok());
    ([(header::SET_COOKIE, cookie::view(&view.to_cookie()))], Redirect::to(&back_to(referer))).into_response()
}
