//! The query for the filter choices of the list of tokens.

use leptos::{
    prelude::*,
    server_fn::codec::{Json, Postcard},
};

#[cfg(feature = "ssr")]
use crate::ssr::request::Request;
use jeton_model::{Error, OrgId, console::tokens::FilterChoices};

#[server(input = Json, output = Postcard)]
pub async fn load_filter_choices(org: OrgId) -> Result<FilterChoices, Error> {
    let request = Request::current();
    request.answer(request.service().filter_choices(request.caller()?, org).await)
}
