//! The outcome of a form.

use serde::{Deserialize, Serialize};

use jeton_model::{AuthorizationId, IdempotencyKey, OrgId, Status, ValidationError, leaked::Finding, token::NewToken};

use crate::error::ConsoleError;

use super::flash::Flash;

/// The effect of a successful form.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Outcome {
    /// The first user is signed in; contains the operator token.
    SetUp(CreatedToken),
    /// Signed in; contains the address to navigate to.
    SignedIn {
        to: String,
    },
    SignedOut,
    Created(CreatedToken),
    Cloned(CreatedToken),
    /// A successor was created; contains a sentence about the end of the old token.
    Rotated {
        token: CreatedToken,
        old: String,
    },
    Updated {
        description: String,
        status: Status,
    },
    Deleted,
    /// Done; contains the address to navigate to.
    Done {
        flash: Flash,
        to: String,
    },
    /// Done to a number of tokens; contains the address to navigate to.
    Many {
        flash: Flash,
        count: u64,
        to: String,
    },
    /// Nothing was changed yet: the page asks to confirm the number of tokens.
    Asked {
        count: u64,
    },
    /// The results for the tokens that were reported as leaked.
    Reported(Vec<Finding>),
    /// The boxes ticked so far, with the search text; nothing was created.
    Searched,
}

/// A token that was just created: displayed once, and only in the response that created it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CreatedToken {
    pub token: NewToken,
    pub id: AuthorizationId,
    pub org: OrgId,
    pub org_name: String,
    pub description: String,
    /// A one-line summary of its permissions.
    pub summary: String,
    /// A bucket that it may write to, for the examples.
    pub bucket: Option<String>,
    /// The base URL of this server.
    pub origin: String,
}

/// The submitted fields: names and values, in order.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct FormFields(pub Vec<(String, String)>);

impl FormFields {
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Returns the form's idempotency key.
    ///
    /// # Errors
    /// Those of [`IdempotencyKey::parse`].
    pub fn idempotency_key(&self) -> Result<Option<IdempotencyKey>, ValidationError> {
        self.get("form").filter(|key| !key.is_empty()).map(IdempotencyKey::parse).transpose()
    }

    /// Returns all values of a name, such as those of check boxes.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// The response to a form submitted without JavaScript, in the context of the page that displays it.
#[derive(Clone, Debug)]
pub struct FormResponse {
    pub fields: FormFields,
    pub result: Result<Outcome, ConsoleError>,
}
