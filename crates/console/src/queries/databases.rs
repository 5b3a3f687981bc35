//! The queries of the Databases page.

use leptos::{
    prelude::*,
    server_fn::codec::{Json, Postcard},
};

use jeton_model::{
    OrgId,
    binding::{Explanation, NotExplained},
    console::{
        databases::{DatabasePage, GateDetails, GateKey},
        gate_question::GateQuestion,
        list_query::ListQuery,
    },
};

use crate::error::ConsoleError;

#[cfg(feature = "ssr")]
use crate::ssr::request::Request;

/// Returns a page of the gates of an organization.
#[server(input = Json, output = Postcard)]
pub async fn load_databases(org: OrgId, query: ListQuery) -> Result<DatabasePage, ConsoleError> {
    let request = Request::current();
    request.answer(request.state().gate_page(request.caller()?, org, &query.normalised()).await)
}

/// Returns a gate with its bindings and refusals.
#[server(input = Json, output = Postcard)]
pub async fn load_database(org: OrgId, gate: GateKey) -> Result<GateDetails, ConsoleError> {
    let request = Request::current();
    let found = request.state().gate_details(request.caller()?, org, gate.as_str()).await;
    let mut details = request.answer(found)?;
    if let Ok(address) = details.gate.address.parse() {
        details.gate.address = request.gate_url(address, details.gate.is_encrypted);
    }
    Ok(details)
}

/// Explains what a gate decides about a request.
#[server(input = Json, output = Postcard)]
pub async fn load_explanation(
    org: OrgId,
    gate: GateKey,
    question: GateQuestion,
) -> Result<Result<Explanation, NotExplained>, ConsoleError> {
    let request = Request::current();
    let explained = request.state().explain(request.caller()?, org, gate.as_str(), &question.normalised()).await;
    request.answer(explained)
}
