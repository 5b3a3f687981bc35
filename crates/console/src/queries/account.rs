//! The query of the Account page.

use leptos::{
    prelude::*,
    server_fn::codec::{Json, Postcard},
};

use jeton_model::console::session::UserSessions;

use crate::error::ConsoleError;

#[cfg(feature = "ssr")]
use crate::ssr::request::Request;

/// Returns the caller's own live sessions.
#[server(input = Json, output = Postcard)]
pub async fn load_own_sessions() -> Result<UserSessions, ConsoleError> {
    let request = Request::current();
    request.answer(request.service().own_sessions(request.caller()?).await)
}
