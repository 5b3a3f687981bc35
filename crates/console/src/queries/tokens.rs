//! The queries of the API Tokens page.

use leptos::{
    prelude::*,
    server_fn::codec::{Json, Postcard},
};
use serde::{Deserialize, Serialize};

use jeton_model::{
    AuthorizationId, Id, OrgId,
    console::{
        prefill::{Prefill, Prefilled},
        selection::Pick,
        simulation::{Question, Ruling},
        token_query::TokenQuery,
        tokens::{Choice, Choices, Details, TokenPage},
    },
};

use crate::error::ConsoleError;

#[cfg(feature = "ssr")]
use crate::ssr::request::Request;

/// The choices of the Custom API Token dialog.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picker {
    /// The buckets that match the search.
    pub buckets: Choices,
    /// The telegraf configurations that match the search.
    pub telegrafs: Choices,
    /// The resources already ticked.
    pub ticked: Vec<Choice>,
    /// The boxes of types that the caller cannot grant.
    pub refused: Vec<Pick>,
}

/// Returns a page of the tokens that match the filters.
#[server(input = Json, output = Postcard)]
pub async fn load_tokens(org: OrgId, query: TokenQuery) -> Result<TokenPage, ConsoleError> {
    let request = Request::current();
    request.answer(request.service().token_page(request.caller()?, org, &query.normalised()).await)
}

/// Returns the details of a token.
#[server(input = Json, output = Postcard)]
pub async fn load_details(id: AuthorizationId) -> Result<Details, ConsoleError> {
    let request = Request::current();
    request.answer(request.service().token_details(request.caller()?, id).await)
}

/// Returns the choices whose names contain `search`. `ticked`: resources whose names are needed too.
#[server(input = Json, output = Postcard)]
pub async fn load_picker(org: OrgId, search: String, ticked: Vec<Id>) -> Result<Picker, ConsoleError> {
    let request = Request::current();
    let (service, caller) = (request.service(), request.caller()?);
    let (buckets, telegrafs, refused) = request.answer(service.picker(caller, org, &search).await)?;
    let ticked = request.answer(service.choices(caller, org, &ticked).await)?;
    Ok(Picker { buckets, telegrafs, ticked, refused })
}

/// Returns the prefill that the URL of the Custom API Token dialog requests.
#[server(input = Json, output = Postcard)]
pub async fn load_prefill(org: OrgId, requested: Prefill) -> Result<Prefilled, ConsoleError> {
    let request = Request::current();
    request.answer(request.service().prefill(request.caller()?, org, &requested).await)
}

/// Returns whether a token could do something, and why.
#[server(input = Json, output = Postcard)]
pub async fn load_ruling(id: AuthorizationId, question: Question) -> Result<Ruling, ConsoleError> {
    let request = Request::current();
    request.answer(request.service().what_if(request.caller()?, id, &question).await)
}
