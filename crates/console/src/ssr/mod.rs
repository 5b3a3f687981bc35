//! Server-side rendering: the router of the console's pages, their forms and the server functions.

pub mod document;
mod download;
mod error_messages;
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
use leptos_router::location::RequestUrl;
use tower_http::{CompressionLevel, compression::CompressionLayer};

use jeton_http::{assets, base_path, cookies, error::ApiError, state::AppState};
use jeton_model::console::token_query::TokenQuery;
use jeton_service::{
    Error,
    error::{AuthError, SetupError},
};

use crate::{
    actions::{ActionResult, perform},
    error::ConsoleError,
    forms::{
        flash::Flash,
        outcome::{FormFields, FormResponse, Outcome},
        preferences::ThemeForm,
    },
    routes::{self, Audit, ConsoleRoute, PageRoute as _, Tokens, address_of},
};

use document::shell;
use request::Request as PageRequest;

/// Maximum size of a form in bytes.
const MAX_FORM: usize = 512 * 1024;

/// Returns the router of pages, forms and server functions.
pub fn router(state: &AppState) -> Router<AppState> {
    // Leptos spawns the resources of pages; another server in this process may have initialized the executor already.
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
        .route("/docs", shown(get(crate::docs::page)));
    with_components(router).layer(from_fn_with_state(state.clone(), base_path::provide))
}

/// Compresses pages, but not responses to forms: those may contain a token beside text that the sender chose, so that
/// the compressed length would leak the token (BREACH attack).
fn shown(page: MethodRouter<AppState>) -> MethodRouter<AppState> {
    page.layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
}

/// Adds the gallery of components.
#[cfg(debug_assertions)]
fn with_components(router: Router<AppState>) -> Router<AppState> {
    crate::dev::add(router)
}

/// Adds nothing: release builds have no gallery.
#[cfg(not(debug_assertions))]
const fn with_components(router: Router<AppState>) -> Router<AppState> {
    router
}

/// Returns the address to redirect a visitor to: of set-up while there are no users, of sign-in without a session.
async fn elsewhere(request: &PageRequest, uri: &Uri) -> Result<Option<String>, ApiError> {
    let path = uri.path();
    let signed_in = request.signed_in();
    let nobody = !signed_in && request.service().setup_allowed().await?;
    Ok(match path {
        "/setup" => (!nobody).then(|| address_of("/")),
        _ if nobody => Some(address_of("/setup")),
        "/sign-in" => signed_in.then(|| wanted(uri)),
        _ if !signed_in => Some(sign_in_for(uri.path_and_query().map_or("/", |address| address.as_str()))),
        _ => None,
    })
}

/// Returns the address that was requested before the redirect to sign-in.
fn wanted(uri: &Uri) -> String {
    let (_, query) = routes::split(uri.path_and_query().map_or("", |address| address.as_str()));
    let to = query.iter().find(|(key, _)| key == "to").map_or("/", |(_, value)| value.as_str());
    routes::return_url(to)
}

/// Returns the address of sign-in, from where a visitor returns. `here`: the requested path and query.
fn sign_in_for(here: &str) -> String {
    let to = [("to", address_of(here))];
    routes::with_parameters(address_of("/sign-in"), if here == "/" { &[] } else { &to })
}

async fn page(State(state): State<AppState>, OriginalUri(uri): OriginalUri, request: Request) -> Response {
    if let Some(address) = uri.path_and_query().and_then(|address| routes::redact_tokens(address.as_str())) {
        return Redirect::to(&address_of(&address)).into_response();
    }
    let (parts, body) = request.into_parts();
    let page = PageRequest::of(state.clone(), &parts);
    match elsewhere(&page, &uri).await {
        Ok(None) => match ConsoleRoute::parse(uri.path()) {
            Some((org, ConsoleRoute::Tokens(Tokens::Export(export)))) => export::answer(&page, org, export, &uri).await,
            Some((org, ConsoleRoute::Audit(Audit::Export(format)))) => {
                download::audit_log(&page, org, format, &uri).await
            }
            _ => remember_org(&uri, page.state(), render(state, parts, body, None).await),
        },
        Ok(Some(address)) => Redirect::to(&address).into_response(),
        Err(error) => jeton_http::plain_text::plain_refusal(error),
    }
}

/// Handles a form submitted without JavaScript: redirects after success; renders the page itself for an error or a new
/// token.
async fn form(State(state): State<AppState>, OriginalUri(uri): OriginalUri, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let page = PageRequest::of(state.clone(), &parts);
    let here = uri.path_and_query().map_or("/", |address| address.as_str()).to_owned();
    let (fields, done) = match too_late(&page, &uri).await {
        Some(error) => (FormFields::default(), ActionResult::from(Err(error))),
        None => {
            let fields = match read_fields(body).await {
                Ok(fields) => fields,
                Err(error) => return jeton_http::plain_text::plain_refusal(error),
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
            let status = done.result.as_ref().err().map(|error| status_of_page(error.status()));
            let result = done.result.map_err(ConsoleError::from);
            render(state, parts, Body::empty(), Some((FormResponse { fields, result }, status))).await
        }
    };
    if let Some(cookie) = done.cookie.and_then(|cookie| HeaderValue::try_from(cookie).ok()) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// Returns why a form is refused before its fields are read, such as a second set-up.
async fn too_late(page: &PageRequest, uri: &Uri) -> Option<ApiError> {
    if uri.path() != "/setup" {
        return None;
    }
    match page.service().setup_allowed().await {
        Ok(true) => None,
        Ok(false) => Some(Error::from(SetupError::AlreadyDone).into()),
        Err(error) => Some(error.into()),
    }
}

async fn read_fields(body: Body) -> Result<FormFields, ApiError> {
    let too_large = |_| ApiError::TooLarge { what: "the form".into(), limit: MAX_FORM };
    let bytes = axum::body::to_bytes(body, MAX_FORM).await.map_err(too_large)?;
    Ok(FormFields(form_urlencoded::parse(&bytes).into_owned().collect()))
}

/// Returns the redirect after a form, if the outcome needs no page of its own.
fn leads_to(result: &Result<Outcome, ApiError>, here: &str) -> Option<String> {
    let (flash, list) = match result {
        Ok(Outcome::SignedIn { to }) => return Some(to.clone()),
        Ok(Outcome::SignedOut) => return Some(address_of("/sign-in")),
        Err(ApiError::Service(Error::Auth(AuthError::Unauthenticated))) if !here.starts_with("/sign-in") => {
            return Some(sign_in_for(here));
        }
        Ok(Outcome::Updated { .. }) => (Flash::TokenUpdated, token_list(here)?),
        Ok(Outcome::Deleted) => (Flash::TokenDeleted, token_list(here)?),
        Ok(Outcome::Done { flash, to } | Outcome::Many { flash, to, .. }) => (*flash, to.clone()),
        _ => return None,
    };
    Some(routes::with_parameters(list, &[("done", flash.word())]))
}

/// Returns the address of the token list that a form belongs to.
fn token_list(here: &str) -> Option<String> {
    let (path, query) = routes::split(here);
    let (org, _) = ConsoleRoute::parse(path)?;
    let query =
        TokenQuery::from_parameters(|name| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str()));
    Some(Tokens::List.address(org, &query.parameters()))
}

/// Renders a page. `form`: the response to its form, and the status of a refusal.
async fn render(
    state: AppState,
    parts: Parts,
    body: Body,
    form: Option<(FormResponse, Option<StatusCode>)>,
) -> Response {
    let (answer, refused) = form.map_or((None, None), |(answer, status)| (Some(answer), status));
    let nonce = parts.extensions.get::<Nonce>().cloned();
    let url = address_of(parts.uri.path_and_query().map_or("/", |address| address.as_str()));
    let context = move || {
        provide_context(state.clone());
        // The router's own would be without the base path, which the browser's location contains.
        provide_context(RequestUrl::new(&url));
        if let Some(nonce) = nonce.clone() {
            provide_context(nonce);
        }
        // The response to a form has no scripts, and thus no preload links to chunks.
        if let Some(answer) = answer.clone() {
            provide_context(answer);
        } else if let Some(parts) = assets::parts(&state.settings.base_path) {
            provide_context(parts);
        }
        if let (Some(status), Some(options)) = (refused, use_context::<ResponseOptions>()) {
            options.set_status(status);
        }
    };
    render_app_async_with_context(context, shell)(Request::from_parts(parts, body)).await
}

/// Maps the API's status of an error to that of a page: 422 for errors that the visitor can correct in the form,
/// whatever the API calls them. Rate limiting keeps its 429.
fn status_of_page(status: StatusCode) -> StatusCode {
    match status.as_u16() {
        401 | 403 | 404 | 429 | 500 | 503 => status,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

fn remember_org(uri: &Uri, state: &AppState, mut response: Response) -> Response {
    if let Some((org, _)) = ConsoleRoute::parse(uri.path())
        && response.status().is_success()
        && let Ok(cookie) = HeaderValue::try_from(cookies::last_org(org, &state.settings.base_path))
    {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// Handles a server function. Leptos responds to invalid arguments with 500; here they are the client's error.
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
        return ApiError::TooLarge { what: "the form".into(), limit: MAX_FORM }.into_response();
    };
    let response =
        handle_server_fns_with_context(context, Request::from_parts(parts, Body::from(bytes))).await.into_response();
    let (mut parts, body) = response.into_parts();
    if parts.status != StatusCode::INTERNAL_SERVER_ERROR {
        return Response::from_parts(parts, body);
    }
    let bytes = axum::body::to_bytes(body, MAX_FORM).await.unwrap_or_default();
    // Refusals of operations have a status already.
    if let Ok(ConsoleError::Arguments(_)) = <PostcardEncoding as Decodes<ConsoleError>>::decode(bytes.clone()) {
        parts.status = StatusCode::BAD_REQUEST;
    }
    Response::from_parts(parts, Body::from(bytes))
}

/// Stores the theme for a browser without JavaScript, and redirects back.
async fn theme(State(state): State<AppState>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let fields = read_fields(body).await.unwrap_or_default();
    let referer = parts.headers.get(header::REFERER).and_then(|referer| referer.to_str().ok());
    let cookie = cookies::theme(&ThemeForm::from(&fields).theme, &state.settings.base_path);
    ([(header::SET_COOKIE, cookie)], Redirect::to(&back_to(referer))).into_response()
}

/// Returns the path of a referer, without its host, to prevent open redirects.
fn back_to(referer: Option<&str>) -> String {
    let url = referer.and_then(|referer| referer.parse::<Uri>().ok());
    let path = url.as_ref().and_then(Uri::path_and_query).map_or("/", |path| path.as_str());
    routes::return_url(path)
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
