//! What each form does: read its fields, call one operation of the service, say what came of it.

mod entry;
mod selected;
mod tokens;

use crate::{
    model::{Error, OrgId},
    ui::{
        address::{self, Spot},
        answer::{Fields, Outcome},
        request::Request,
    },
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
    let (path, query) = address::split(address);
    let done = match path {
        "/setup" => entry::set_up(request, fields).await,
        "/sign-in" => {
            let to = query.iter().find(|(key, _)| key == "to").map_or("/", |(_, value)| value.as_str());
            entry::sign_in(request, fields, to).await
        }
        "/sign-out" => entry::sign_out(request).await,
        _ => match Spot::parse(path) {
            Some((org, spot)) => Ok(Done::from(on_page(request, org, spot, fields).await)),
            None => Err(Error::PathNotFound),
        },
    };
    done.unwrap_or_else(|error| Done::from(Err(error)))
}

async fn on_page(request: &Request, org: OrgId, spot: Spot, fields: &Fields) -> Result<Outcome, Error> {
    match spot {
        Spot::Tokens(page) => tokens::perform(request, org, page, fields).await,
        _ => Err(Error::PathNotFound),
    }
}
