//! The query for the filter choices of the list of tokens.

use leptos::{
    prelude::*,
    server_fn::codec::{Json, Postcard},
};

use jeton_model::{OrgId, console::tokens::FilterChoices};

use crate::error::ConsoleError;

#[cfg(feature = "ssr")]
use crate::ssr::request::Request;

/// Returns the owners, creators, buckets and configurations to filter by.
#[server(input = Json, output = Postcard)]
pub async fn load_filter_choices(org: OrgId) -> Result<FilterChoices, ConsoleError> {
    let request = Request::current();
    request.answer(request.service().filter_choices(request.caller()?, org).await)
}
