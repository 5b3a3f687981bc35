//! The outcome of a form.

use serde::{Deserialize, Serialize};

use jeton_model::{
    AuthorizationId, IdempotencyKey, OrgId, Status, ValidationError, binding::GateKind, leaked::Finding,
    token::NewToken,
};

use crate::error::ConsoleError;

use super::flash::Flash;

/// The effect of a successful form.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Outcome {
    /// The first user is signed in; contains the operator token.
    SetUp(CreatedToken),
    /// Signed in; contains the address to navigate to.
    SignedIn {
        /// The address.
        to: String,
    },
    /// Signed out.
    SignedOut,
    /// A token was created.
    Created(CreatedToken),
    /// A token was created as a clone of another.
    Cloned(CreatedToken),
    /// A successor was created; contains a sentence about the end of the old token.
    Rotated {
        /// The successor.
        token: CreatedToken,
        /// A sentence about the end of the old token.
        old: String,
    },
    /// A token was changed; contains its present description and status.
    Updated {
        /// The present description.
        description: String,
        /// The present status.
        status: Status,
    },
    /// A token was deleted.
    Deleted,
    /// Done; contains the address to navigate to.
    Done {
        /// The flash message to show.
        flash: Flash,
        /// The address.
        to: String,
    },
    /// Done to a number of tokens; contains the address to navigate to.
    Many {
        /// The flash message to show.
        flash: Flash,
        /// Number of tokens that were changed.
        count: u64,
        /// The address.
        to: String,
    },
    /// Nothing was changed yet: the page asks to confirm the number of tokens.
    ConfirmationNeeded {
        /// Number of tokens to confirm.
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
    /// The token itself.
    pub token: NewToken,
    /// Id of its authorization.
    pub id: AuthorizationId,
    /// Id of its organization.
    pub org: OrgId,
    /// Name of its organization.
    pub org_name: String,
    /// Description of the token; may be empty.
    pub description: String,
    /// A one-line summary of its permissions.
    pub summary: String,
    /// False if its description was generated from its permissions, which the summary states too.
    pub is_described: bool,
    /// A bucket that it may write to, for the examples.
    pub bucket: Option<String>,
    /// The base URL of this server.
    pub base_url: String,
    /// The gate through which it is used, if one guards a database of its organization.
    pub gate: Option<TokenGate>,
}

/// The gate through which a new token is used, for the examples.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenGate {
    /// The URL that clients are configured with.
    pub url: String,
    /// The kind of the database.
    pub kind: GateKind,
    /// The database that holds the data of the token's bucket, if it is bound.
    pub database: Option<String>,
}

/// The submitted fields: names and values, in order.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct FormFields(pub Vec<(String, String)>);

impl FormFields {
    /// The name of the hidden field with the form's idempotency key.
    pub const FORM_ID: &'static str = "form";

    /// Returns the first value of a name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Returns the form's idempotency key.
    ///
    /// # Errors
    /// Those of [`IdempotencyKey::parse`].
    pub fn idempotency_key(&self) -> Result<Option<IdempotencyKey>, ValidationError> {
        self.get(Self::FORM_ID).filter(|key| !key.is_empty()).map(IdempotencyKey::parse).transpose()
    }

    /// Returns all values of a name, such as those of check boxes.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// The response to a form submitted without JavaScript, in the context of the page that displays it.
#[derive(Clone, Debug)]
pub struct FormResponse {
    /// The submitted fields, to be displayed again if the form was refused.
    pub fields: FormFields,
    /// The outcome, or the reason why the form was refused.
    pub result: Result<Outcome, ConsoleError>,
}
