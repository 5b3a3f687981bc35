//! What pages ask the server for.

use leptos::{prelude::*, server_fn::codec::Json};
use serde::{Deserialize, Serialize};

use crate::model::{
    AuthorizationId, Error, Id, OrgId, UserId,
    listing::{Choice, Choices, Details, Place, TokenPage, TokenQuery},
    selection::Pick,
};
#[cfg(feature = "ssr")]
use crate::ui::request::Request;

/// What every page of an organization shows around its own content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    pub user: String,
    pub user_id: UserId,
    pub org: Place,
    /// How many tokens the user sees in it.
    pub tokens: u64,
    /// Where else the user can go.
    pub places: Vec<Place>,
    /// How programs reach this server.
    pub origin: String,
}

/// What the Custom API Token dialog lets pick.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picker {
    pub buckets: Choices,
    pub telegrafs: Choices,
    /// What was ticked before.
    pub ticked: Vec<Choice>,
    /// The boxes of types that the caller can't grant.
    pub refused: Vec<Pick>,
}

#[server(input = Json)]
pub async fn load_frame(org: OrgId) -> Result<Frame, Error> {
    Request::current().frame(org).await
}

#[server(input = Json)]
pub async fn load_tokens(org: OrgId, query: TokenQuery) -> Result<TokenPage, Error> {
    let request = Request::current();
    request.answer(request.service().token_page(request.caller()?, org, &query).await)
}

#[server(input = Json)]
pub async fn load_details(id: AuthorizationId) -> Result<Details, Error> {
    let request = Request::current();
    request.answer(request.service().token_details(request.caller()?, id).await)
}

#[server(input = Json)]
pub async fn load_picker(org: OrgId, search: String, ticked: Vec<Id>) -> Result<Picker, Error> {
    let request = Request::current();
    let (service, caller) = (request.service(), request.caller()?);
    let (buckets, telegrafs, refused) = request.answer(service.picker(caller, org, &search).await)?;
    let ticked = request.answer(service.choices(caller, org, &ticked).await)?;
    Ok(Picker { buckets, telegrafs, ticked, refused })
}

/// The framework's own failures, in the program's words.
impl FromServerFnError for Error {
    type Encoder = leptos::server_fn::codec::JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(text)
            | ServerFnErrorErr::MissingArg(text)
            | ServerFnErrorErr::Deserialization(text) => Self::BadJson(text),
            ServerFnErrorErr::Request(_) => {
                Self::BadQuery("The server did not answer. Check the connection, then try again.".into())
            }
            _ => Self::Internal,
        }
    }
}
