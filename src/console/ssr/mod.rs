//! The console's half of the router: pages, the forms that post to them, and the server functions.

pub mod document;
mod download;
mod export;
mod home;
mod list_preferences;
pub mod request;
mod session;

use axum::{
    Router,
    body::Body,
    extract::{OriginalUri, Request, State},
    http::{HeaderValue, StatusCode, Uri, header, request::Parts},
    middleware::from_fn_with_state,
    response::{IntoResponse, Redirect, Response},
    routing::{MethodRouter, get, post},
};
use leptos::{
    nonce::Nonce,
    prelude::*,
    server_fn::{Decodes, codec::PostcardEncoding},
};
use leptos_axum::{ResponseOptions, handle_server_fns_with_context, render_app_async_with_context};

use tower_http::{CompressionLevel, compression::CompressionLayer};

use crate::{
    http::{assets::PARTS, cookies, error::ApiError, state::AppState},
    model::{Error, console::tokens::TokenQuery},
};

use super::{
    forms::{
        flash::Flash,
        outcome::{FormFields, FormResponse, Outcome},
    },
    routes::{self, Audit, ConsoleRoute, PageRoute as _, Tokens},
};

use document::shell;
use request::Request as PageRequest;

pub use super::actions::{ActionResult, perform};

/// At most so many bytes in a form.
const MAX_FORM: usize = 512 * 1024;

/// Pages, forms and server functions.
pub fn router(state: &AppState) -> Router<AppState> {
    // Pages spawn what they load; another server in this process may have said so already.
    drop(any_spawner::Executor::init_tokio());
    let page = shown(get(page)).post(form);
    let router = Router::new()
        .route("/", shown(get(home::start)).post(form))
        .route("/setup", page.clone())
        .route("/sign-in", page.clone())
        .route("/sign-out", post(form))
        .route("/theme", post(theme))
        .route("/view", post(list_preferences::choose))
        .route("/orgs/{*path}", page)
        .route("/download/telegrafs/{id}", get(download::telegraf))
        .route("/fn/{name}", post(server_function))
        .layer(axum::extract::DefaultBodyLimit::max(MAX_FORM))
        .layer(from_fn_with_state(state.clone(), session::who))
        .route("/docs", shown(get(super::docs::page)));
    with_components(router)
}

/// Compresses what a page shows. Never the answer to a form: that may show a token beside what the sender chose, and how
/// short the two get together tells of the token.
fn shown(page: MethodRouter<AppState>) -> MethodRouter<AppState> {
    page.layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
}

/// The page that shows every component.
#[cfg(debug_assertions)]
fn with_components(router: Router<AppState>) -> Router<AppState> {
    super::dev::add(router)
}

/// A release has no such page.
#[cfg(not(debug_assertions))]
const fn with_components(router: Router<AppState>) -> Router<AppState> {
    router
}

/// Where to send a visitor instead: to set-up while there is nobody, to sign in while they are not.
async fn elsewhere(request: &PageRequest, uri: &Uri) -> Result<Option<String>, Error> {
    let path = uri.path();
    let signed_in = request.signed_in();
    let nobody = !signed_in && request.service().setup_allowed().await?;
    Ok(match path {
        "/setup" => (!nobody).then(|| "/".to_owned()),
        _ if nobody => Some("/setup".into()),
        "/sign-in" => signed_in.then(|| wanted(uri)),
        _ if !signed_in => Some(sign_in_for(uri.path_and_query().map_or("/", |address| address.as_str()))),
        _ => None,
    })
}

/// The page someone wanted before they were asked to sign in.
fn wanted(uri: &Uri) -> String {
    let (_, query) = routes::split(uri.path_and_query().map_or("", |address| address.as_str()));
    let to = query.iter().find(|(key, _)| key == "to").map_or("/", |(_, value)| value.as_str());
    routes::return_url(to).to_owned()
}

fn sign_in_for(here: &str) -> String {
    let to = [("to", here)];
    routes::with_parameters("/sign-in".into(), if here == "/" { &[] } else { &to })
}

async fn page(State(state): State<AppState>, OriginalUri(uri): OriginalUri, request: Request) -> Response {
    if let Some(address) = uri.path_and_query().and_then(|address| routes::redact_tokens(address.as_str())) {
        return Redirect::to(&address).into_response();
    }
    let (parts, body) = request.into_parts();
    let page = PageRequest::of(state.clone(), &parts);
    match elsewhere(&page, &uri).await {
        Ok(None) => match ConsoleRoute::parse(uri.path()) {
            Some((org, ConsoleRoute::Tokens(Tokens::Export(export)))) => export::answer(&page, org, export, &uri).await,
            Some((org, ConsoleRoute::Audit(Audit::Export(format)))) => {
                download::audit_log(&page, org, format, &uri).await
            }
            _ => remember_org(&uri, render(state, parts, body, None).await),
        },
        Ok(Some(address)) => Redirect::to(&address).into_response(),
        Err(error) => crate::http::plain_text::plain_refusal(&error).into_response(),
    }
}

/// A form that was sent without script. What is done leads on; what is refused, or shows a token, is the page itself.
async fn form(State(state): State<AppState>, OriginalUri(uri): OriginalUri, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let page = PageRequest::of(state.clone(), &parts);
    let here = uri.path_and_query().map_or("/", |address| address.as_str()).to_owned();
    let (fields, done) = match too_late(&page, &uri).await {
        Some(error) => (FormFields::default(), ActionResult::from(Err(error))),
        None => {
            let fields = match read_fields(body).await {
                Ok(fields) => fields,
                Err(error) => return crate::http::plain_text::plain_refusal(&error).into_response(),
            };
            let done = perform(&page, &here, &fields).await;
            (fields, done)
        }
    };
    page.note(done.result.as_ref().err());
    let mut response = match leads_to(&done.result, &here) {
        Some(address) => Redirect::to(&address).into_response(),
        None => {
            parts.method = axum::http::Method::GET;
            render(state, parts, Body::empty(), Some(FormResponse { fields, result: done.result })).await
        }
    };
    if let Some(cookie) = done.cookie.and_then(|cookie| HeaderValue::try_from(cookie).ok()) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// Why a form is refused before it is read: nobody sets up a second time, and nobody has to be known to try.
async fn too_late(page: &PageRequest, uri: &Uri) -> Option<Error> {
    if uri.path() != "/setup" {
        return None;
    }
    match page.service().setup_allowed().await {
        Ok(true) => None,
        Ok(false) => Some(Error::AlreadySetUp),
        Err(error) => Some(error),
    }
}

async fn read_fields(body: Body) -> Result<FormFields, Error> {
    let too_large = |_| Error::TooLarge { what: "the form".into(), limit: MAX_FORM };
    let bytes = axum::body::to_bytes(body, MAX_FORM).await.map_err(too_large)?;
    Ok(FormFields(form_urlencoded::parse(&bytes).into_owned().collect()))
}

/// Where a form leads that needs no page of its own.
fn leads_to(result: &Result<Outcome, Error>, here: &str) -> Option<String> {
    let (flash, list) = match result {
        Ok(Outcome::SignedIn { to }) => return Some(to.clone()),
        Ok(Outcome::SignedOut) => return Some("/sign-in".into()),
        Err(Error::Unauthenticated) if !here.starts_with("/sign-in") => return Some(sign_in_for(here)),
        Ok(Outcome::Updated { .. }) => (Flash::TokenUpdated, token_list(here)?),
        Ok(Outcome::Deleted) => (Flash::TokenDeleted, token_list(here)?),
        Ok(Outcome::Done { flash, to } | Outcome::Many { flash, to, .. }) => (*flash, to.clone()),
        _ => return None,
    };
    Some(routes::with_parameters(list, &[("done", flash.word())]))
}

/// The list of tokens that a form on its page came from.
fn token_list(here: &str) -> Option<String> {
    let (path, query) = routes::split(here);
    let (org, _) = ConsoleRoute::parse(path)?;
    let query =
        TokenQuery::from_parameters(|name| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str()));
    Some(Tokens::List.address(org, &query.parameters()))
}

async fn render(state: AppState, parts: Parts, body: Body, answer: Option<FormResponse>) -> Response {
    let refused = answer.as_ref().and_then(|answer| answer.result.as_ref().err().map(|error| error.code().status()));
    let nonce = parts.extensions.get::<Nonce>().cloned();
    let context = move || {
        provide_context(state.clone());
        if let Some(nonce) = nonce.clone() {
            provide_context(nonce);
        }
        // The answer to a form carries no script, and asks for no part of it.
        if let Some(answer) = answer.clone() {
            provide_context(answer);
        } else if let Some(parts) = &*PARTS {
            provide_context(parts.clone());
        }
        if let (Some(status), Some(options)) = (refused, use_context::<ResponseOptions>()) {
            options
                .set_status(StatusCode::from_u16(status_of_page(status)).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY));
        }
    };
    render_app_async_with_context(context, shell)(Request::from_parts(parts, body)).await
}

/// A refused form is the visitor's to mend, whatever the API would call it; but guessing is told as guessing.
const fn status_of_page(status: u16) -> u16 {
    match status {
        401 | 403 | 404 | 429 | 500 | 503 => status,
        _ => 422,
    }
}

fn remember_org(uri: &Uri, mut response: Response) -> Response {
    if let Some((org, _)) = ConsoleRoute::parse(uri.path())
        && response.status().is_success()
        && let Ok(cookie) = HeaderValue::try_from(cookies::last_org(org))
    {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// The framework answers bad arguments with 500: here they are the client's.
async fn server_function(State(state): State<AppState>, request: Request) -> Response {
    let nonce = request.extensions().get::<Nonce>().cloned();
    let context = move || {
        provide_context(state.clone());
        if let Some(nonce) = nonce.clone() {
            provide_context(nonce);
        }
    };
    let (parts, body) = request.into_parts();
    let Ok(bytes) = axum::body::to_bytes(body, MAX_FORM).await else {
        return ApiError(Error::TooLarge { what: "the form".into(), limit: MAX_FORM }).into_response();
    };
    let response =
        handle_server_fns_with_context(context, Request::from_parts(parts, Body::from(bytes))).await.into_response();
    let (mut parts, body) = response.into_parts();
    if parts.status != StatusCode::INTERNAL_SERVER_ERROR {
        return Response::from_parts(parts, body);
    }
    let bytes = axum::body::to_bytes(body, MAX_FORM).await.unwrap_or_default();
    if let Ok(error) = <PostcardEncoding as Decodes<Error>>::decode(bytes.clone())
        && let Ok(status) = StatusCode::from_u16(error.code().status())
    {
        parts.status = status;
    }
    Response::from_parts(parts, Body::from(bytes))
}

/// The theme, for a browser without script: back to the page it was chosen on.
async fn theme(request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let fields = read_fields(body).await.unwrap_or_default();
    let referer = parts.headers.get(header::REFERER).and_then(|referer| referer.to_str().ok());
    let cookie = cookies::theme(fields.get("theme").unwrap_or_default());
    ([(header::SET_COOKIE, cookie)], Redirect::to(&back_to(referer))).into_response()
}

/// The path of a referer: its host is never gone to.
fn back_to(referer: Option<&str>) -> String {
    let url = referer.and_then(|referer| referer.parse::<Uri>().ok());
    let path = url.as_ref().and_then(Uri::path_and_query).map_or("/", |path| path.as_str());
    routes::return_url(path).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_foreign_referer_is_never_gone_to() {
        assert_eq!(back_to(Some("https://evil.example/x")), "/x");
        assert_eq!(back_to(Some("https://evil.example//evil.example/")), "/");
        assert_eq!(back_to(None), "/");
    }

    #[test]
    fn what_was_wanted_is_gone_back_to_only_here() {
        assert_eq!(wanted(&"/sign-in?to=%2Forgs%2F1%3Fpage%3D2".parse().unwrap()), "/orgs/1?page=2");
        assert_eq!(wanted(&"/sign-in?to=%2F%2Fevil.example".parse().unwrap()), "/");
        assert_eq!(wanted(&"/sign-in".parse().unwrap()), "/");
    }
}
