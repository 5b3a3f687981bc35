//! Saving list preferences without JavaScript.

use axum::{
    extract::{Request, State},
    http::header,
    response::{IntoResponse, Redirect, Response},
};

use jeton_http::{cookies, state::AppState};
use jeton_model::console::preference_cookie::TOKEN_LIST;

use crate::{forms::preferences::ReturnForm, routes, state::list_preferences::ListPreferences};

use super::read_fields;

/// Stores the preferences in a cookie, and redirects to the list.
pub(super) async fn choose(State(state): State<AppState>, request: Request) -> Response {
    let fields = read_fields(request.into_body()).await.unwrap_or_default();
    let to = ReturnForm::from(&fields).to;
    let to = routes::return_url(to.as_deref().unwrap_or("/"));
    let value = ListPreferences::from_fields(&fields).to_cookie();
    let cookie = cookies::preference(TOKEN_LIST, &value, &state.settings.base_path);
    ([(header::SET_COOKIE, cookie)], Redirect::to(&to)).into_response()
}
