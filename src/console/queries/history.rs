//! What became of a token.

use leptos::{
    prelude::*,
    server_fn::codec::{Json, Postcard},
};

#[cfg(feature = "ssr")]
use crate::console::ssr::request::Request;
use crate::model::{AuthorizationId, Error, console::lineage::Lineage};

/// The uses of a token, and the tokens that took over from each other.
#[server(input = Json, output = Postcard)]
pub async fn load_history(id: AuthorizationId) -> Result<Lineage, Error> {
    let request = Request::current();
    request.answer(request.service().token_history(request.caller()?, id).await)
}
