//! The server function through which hydrated forms run the same actions as posted ones.

use leptos::{
    prelude::*,
    server_fn::codec::{Json, Postcard},
};

use crate::error::ConsoleError;

use super::outcome::{FormFields, Outcome};

/// Runs the action of the form at an address.
#[server(input = Json, output = Postcard)]
pub async fn submit(address: String, fields: FormFields) -> Result<Outcome, ConsoleError> {
    let request = crate::ssr::request::Request::current();
    let done = crate::actions::perform(&request, &address, &fields).await;
    if let (Some(cookie), Some(options)) = (done.cookie, use_context::<leptos_axum::ResponseOptions>())
        && let Ok(cookie) = http::HeaderValue::try_from(cookie)
    {
        options.append_header(http::header::SET_COOKIE, cookie);
    }
    request.answer(done.result)
}
