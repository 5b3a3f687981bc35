//! The query of the About page.

use leptos::{
    prelude::*,
    server_fn::codec::{Json, Postcard},
};

use jeton_model::console::server_info::ServerInfo;

use crate::error::ConsoleError;

#[cfg(feature = "ssr")]
use crate::ssr::request::Request;

/// Returns facts about this server.
#[server(input = Json, output = Postcard)]
pub async fn load_about() -> Result<ServerInfo, ConsoleError> {
    let request = Request::current();
    request.caller()?;
    Ok(request.facts().await)
}
