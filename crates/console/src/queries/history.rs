//! The query for the lineage of a token.

use leptos::{
    prelude::*,
    server_fn::codec::{Json, Postcard},
};

use jeton_model::{AuthorizationId, console::lineage::Lineage};

use crate::error::ConsoleError;

#[cfg(feature = "ssr")]
use crate::ssr::request::Request;

/// Returns the usage of a token and its rotation chain.
#[server(input = Json, output = Postcard)]
pub async fn load_history(id: AuthorizationId) -> Result<Lineage, ConsoleError> {
    let request = Request::current();
    request.answer(request.service().token_history(request.caller()?, id).await)
}
