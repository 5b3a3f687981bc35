//! What the list of tokens may be filtered by.

use leptos::{
    prelude::*,
    server_fn::codec::{Json, Postcard},
};

use crate::model::{Error, OrgId, listing::FilterChoices};
#[cfg(feature = "ssr")]
use crate::ui::request::Request;

#[server(input = Json, output = Postcard)]
pub async fn load_filter_choices(org: OrgId) -> Result<FilterChoices, Error> {
    let request = Request::current();
    request.answer(request.service().filter_choices(request.caller()?, org).await)
}
