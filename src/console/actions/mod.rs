//! What each form does: read its fields, call one operation of the service, say what came of it.

mod account;
mod buckets;
mod bulk_tokens;
mod members;
mod orgs;
mod rotation;
mod session;
mod telegrafs;
pub(crate) mod token_forms;
mod tokens;
pub(crate) mod user_forms;
mod users;

use crate::model::{Error, OrgId, console::list_query::ListQuery};

use super::{
    forms::outcome::{Fields, Outcome},
    routes::{self, Buckets, Members, Orgs, Page, Spot, Users},
    ssr::request::Request,
};

/// What came of a form, and the cookie that goes with it.
pub struct Done {
    pub result: Result<Outcome, Error>,
    pub cookie: Option<String>,
}

impl From<Result<Outcome, Error>> for Done {
    fn from(result: Result<Outcome, Error>) -> Self {
        Self { result, cookie: None }
    }
}

/// Does what the form at `address` asks for.
pub async fn perform(request: &Request, address: &str, fields: &Fields) -> Done {
    let (path, query) = routes::split(address);
    let done = match path {
        "/setup" => session::set_up(request, fields).await,
        "/sign-in" => {
            let to = query.iter().find(|(key, _)| key == "to").map_or("/", |(_, value)| value.as_str());
            session::sign_in(request, fields, to).await
        }
        "/sign-out" => session::sign_out(request).await,
        "/" => Ok(Done::from(orgs::start(request, fields).await)),
        _ => match Spot::parse(path) {
            Some((org, spot)) => Ok(Done::from(on_page(request, org, spot, &query, fields).await)),
            None => Err(Error::PathNotFound),
        },
    };
    done.unwrap_or_else(|error| Done::from(Err(error)))
}

async fn on_page(
    request: &Request,
    org: OrgId,
    spot: Spot,
    query: &[(String, String)],
    fields: &Fields,
) -> Result<Outcome, Error> {
    match spot {
        Spot::Buckets(page) => buckets::perform(request, org, page, list::<Buckets>(org, query), fields).await,
        Spot::Tokens(page) => tokens::perform(request, org, page, fields).await,
        Spot::Orgs(page) => orgs::perform(request, org, page, list::<Orgs>(org, query), fields).await,
        Spot::Account(_) => account::perform(request, org, fields).await,
        Spot::Telegrafs(page) => telegrafs::perform(request, org, page, fields).await,
        Spot::Members(page) => members::perform(request, org, page, list::<Members>(org, query), fields).await,
        Spot::Users(page) => users::perform(request, org, page, list::<Users>(org, query), fields).await,
        Spot::Audit(_) | Spot::About(_) => Err(Error::PathNotFound),
    }
}

/// The list that a form on its page came from.
fn list<P: Page>(org: OrgId, query: &[(String, String)]) -> String {
    let get = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    P::LIST.address(org, &ListQuery::from_parameters(get).parameters())
}
