//! The queries of the Telegraf page.

use leptos::{
    prelude::*,
    server_fn::codec::{Json, Postcard},
};

use jeton_model::{
    OrgId, TelegrafId,
    console::list_query::{ListQuery, Listed},
    telegraf::{Flaw, TelegrafFacts, TelegrafRow, TelegrafText},
};

use crate::error::ConsoleError;

#[cfg(feature = "ssr")]
use crate::ssr::request::Request;

/// Returns a page of an organization's telegraf configurations.
#[server(input = Json, output = Postcard)]
pub async fn load_telegrafs(org: OrgId, query: ListQuery) -> Result<Listed<TelegrafRow>, ConsoleError> {
    let request = Request::current();
    request.answer(request.service().telegraf_page(request.caller()?, org, &query.normalised()).await)
}

/// Returns the facts about a configuration, without its text.
#[server(input = Json, output = Postcard)]
pub async fn load_telegraf(org: OrgId, id: TelegrafId) -> Result<TelegrafFacts, ConsoleError> {
    let request = Request::current();
    request.answer(request.service().telegraf_facts(request.caller()?, org, id).await)
}

/// Returns the text of a configuration for the editor.
#[server(input = Json, output = Postcard)]
pub async fn load_telegraf_text(org: OrgId, id: TelegrafId) -> Result<TelegrafText, ConsoleError> {
    let request = Request::current();
    request.answer(request.service().telegraf_text(request.caller()?, org, id).await)
}

/// Returns the names of user buckets to offer.
#[server(input = Json, output = Postcard)]
pub async fn load_bucket_names(org: OrgId) -> Result<Vec<String>, ConsoleError> {
    let request = Request::current();
    request.answer(request.service().bucket_names(request.caller()?, org).await)
}

/// Returns the syntax error of a text that is no valid TOML.
#[server(input = Json, output = Postcard)]
pub async fn check_toml(text: String) -> Result<Option<Flaw>, ConsoleError> {
    let request = Request::current();
    request.caller()?;
    Ok(request.service().check_toml(&text))
}
