//! The start address: redirects to the organization last used.

use axum::{
    extract::{Request, State},
    http::request::Parts,
    response::{IntoResponse, Redirect, Response},
};

use jeton_http::{cookies, error::ApiError, plain_text::plain_refusal, state::AppState};
use jeton_model::OrgId;

use crate::{
    forms::flash::Flash,
    routes::{self, PageRoute as _, Tokens},
};

use super::{elsewhere, render, request::Request as PageRequest};

/// Handles the start address: redirects, or renders the start page for a user without an organization.
pub(super) async fn start(State(state): State<AppState>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let page = PageRequest::of(state.clone(), &parts);
    match start_leads_to(&page, &parts).await {
        Ok(Some(address)) => Redirect::to(&address).into_response(),
        Ok(None) => render(state, parts, body, None).await,
        Err(error) => plain_refusal(error),
    }
}

/// Returns the token page of the organization last used, or of the first one, with the flash message of the previous
/// form.
async fn start_leads_to(page: &PageRequest, parts: &Parts) -> Result<Option<String>, ApiError> {
    if let Some(address) = elsewhere(page, &parts.uri).await? {
        return Ok(Some(address));
    }
    let (service, caller) = (page.service(), page.caller()?);
    let last: Option<OrgId> = cookies::read(&parts.headers, cookies::LAST_ORG).and_then(|id| id.parse().ok());
    let last = match last {
        Some(id) => service.org(caller, id).await.ok().map(|org| org.id),
        None => None,
    };
    let org = match last {
        Some(id) => Some(id),
        None => service.places(caller).await?.first().map(|place| place.id),
    };
    let (_, query) = routes::split(parts.uri.path_and_query().map_or("/", |address| address.as_str()));
    let done = query.iter().find(|(key, _)| key == "done").and_then(|(_, word)| Flash::from_word(word));
    let done: Vec<_> = done.map(|flash| ("done", flash.word().to_owned())).into_iter().collect();
    Ok(org.map(|org| Tokens::List.address(org, &done)))
}
