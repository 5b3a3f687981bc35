//! What the Account page asks for.

use leptos::{
    prelude::*,
    server_fn::codec::{Json, Postcard},
};

use crate::model::{Error, session::OwnSessions};
#[cfg(feature = "ssr")]
use crate::ui::request::Request;

#[server(input = Json, output = Postcard)]
pub async fn load_own_sessions() -> Result<OwnSessions, Error> {
    let request = Request::current();
    request.answer(request.service().own_sessions(request.caller()?).await)
}
