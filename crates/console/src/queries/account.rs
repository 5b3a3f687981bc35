//! The query of the Account page.

use leptos::{
    prelude::*,
    server_fn::codec::{Json, Postcard},
};

#[cfg(feature = "ssr")]
use crate::ssr::request::Request;
use jeton_model::{Error, console::session::UserSessions};

#[server(input = Json, output = Postcard)]
pub async fn load_own_sessions() -> Result<UserSessions, Error> {
    let request = Request::current();
    request.answer(request.service().own_sessions(request.caller()?).await)
}
