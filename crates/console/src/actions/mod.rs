//! The action of each form: reads its fields, calls one operation of the service and returns the outcome.

mod account;
mod buckets;
mod bulk_tokens;
mod databases;
mod members;
mod orgs;
mod rotation;
mod session;
mod telegrafs;
pub(crate) mod token_forms;
mod tokens;
pub(crate) mod user_forms;
mod users;

use jeton_http::error::ApiError;
use jeton_model::{OrgId, console::list_query::ListQuery};

use crate::{
    forms::outcome::{FormFields, Outcome},
    routes::{self, Buckets, ConsoleRoute, Members, Orgs, PageRoute, Users},
    ssr::request::Request,
};

/// The outcome of a form, and the cookie to set with it.
pub struct ActionResult {
    /// The outcome, or the reason why the form is refused.
    pub result: Result<Outcome, ApiError>,
    /// The value of a `Set-Cookie` header, if the form signs in or out.
    pub cookie: Option<String>,
}

impl From<Result<Outcome, ApiError>> for ActionResult {
    fn from(result: Result<Outcome, ApiError>) -> Self {
        Self { result, cookie: None }
    }
}

/// Runs the action of the form at `address`.
pub async fn perform(request: &Request, address: &str, fields: &FormFields) -> ActionResult {
    let (path, query) = routes::split(address);
    let done = match path {
        "/setup" => session::set_up(request, fields).await,
        "/sign-in" => {
            let to = query.iter().find(|(key, _)| key == "to").map_or("/", |(_, value)| value.as_str());
            session::sign_in(request, fields, to).await
        }
        "/sign-out" => session::sign_out(request).await,
        "/" => Ok(ActionResult::from(orgs::start(request, fields).await)),
        _ => match ConsoleRoute::parse(path) {
            Some((org, route)) => Ok(ActionResult::from(on_page(request, org, route, &query, fields).await)),
            None => Err(ApiError::PathNotFound),
        },
    };
    done.unwrap_or_else(|error| ActionResult::from(Err(error)))
}

async fn on_page(
    request: &Request,
    org: OrgId,
    route: ConsoleRoute,
    query: &[(String, String)],
    fields: &FormFields,
) -> Result<Outcome, ApiError> {
    match route {
        ConsoleRoute::Buckets(page) => buckets::perform(request, org, page, list::<Buckets>(org, query), fields).await,
        ConsoleRoute::Tokens(page) => tokens::perform(request, org, page, fields).await,
        ConsoleRoute::Orgs(page) => orgs::perform(request, org, page, list::<Orgs>(org, query), fields).await,
        ConsoleRoute::Databases(page) => databases::perform(request, org, page, fields).await,
        ConsoleRoute::Account(_) => account::perform(request, org, fields).await,
        ConsoleRoute::Telegrafs(page) => telegrafs::perform(request, org, page, fields).await,
        ConsoleRoute::Members(page) => members::perform(request, org, page, list::<Members>(org, query), fields).await,
        ConsoleRoute::Users(page) => users::perform(request, org, page, list::<Users>(org, query), fields).await,
        ConsoleRoute::Audit(_) | ConsoleRoute::About(_) => Err(ApiError::PathNotFound),
    }
}

/// Returns the address of the list that a form belongs to.
fn list<P: PageRoute>(org: OrgId, query: &[(String, String)]) -> String {
    let get = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    P::LIST.address(org, &ListQuery::from_parameters(get).parameters())
}
