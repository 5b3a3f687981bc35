//! What a form is answered.

use serde::{Deserialize, Serialize};

use crate::model::{AuthorizationId, Error, OrgId, Status, leaked::Finding, token::NewToken};

use super::flash::Flash;

/// What a form did.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Outcome {
    /// The first user is signed in; here is the operator token.
    SetUp(CreatedToken),
    /// Signed in; go there.
    SignedIn {
        to: String,
    },
    SignedOut,
    Created(CreatedToken),
    Cloned(CreatedToken),
    /// A successor, and what becomes of the old token, in a sentence.
    Rotated {
        token: CreatedToken,
        old: String,
    },
    Updated {
        description: String,
        status: Status,
    },
    Deleted,
    /// Done; go there.
    Done {
        flash: Flash,
        to: String,
    },
    /// Done to so many tokens; go there.
    Many {
        flash: Flash,
        count: u64,
        to: String,
    },
    /// Nothing was done yet: the page asks whether so many tokens are meant.
    Asked {
        count: u64,
    },
    /// What became of the tokens that were reported as leaked.
    Reported(Vec<Finding>),
    /// The boxes ticked so far, with what was searched for; nothing was created.
    Searched,
}

/// A token that was just created: shown once, and only in the answer that created it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CreatedToken {
    pub token: NewToken,
    pub id: AuthorizationId,
    pub org: OrgId,
    pub org_name: String,
    pub description: String,
    /// What it may do, in one line.
    pub summary: String,
    /// A bucket it may write to, for the examples.
    pub bucket: Option<String>,
    /// How programs reach this server.
    pub origin: String,
}

/// A form as it was sent: names and values in their order.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct FormFields(pub Vec<(String, String)>);

impl FormFields {
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Every value of a name, as check boxes have.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// The answer to a form that was sent without script: in the context of the page that shows it.
#[derive(Clone, Debug)]
pub struct FormResponse {
    pub fields: FormFields,
    pub result: Result<Outcome, Error>,
}
