//! The errors that the console displays.

use leptos::server_fn::{
    codec::PostcardEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};
use serde::{Deserialize, Serialize};

use jeton_model::Permission;

/// The message of a failure that the user did not cause.
pub const INTERNAL: &str = "The server failed. Try again. If it fails again, check the server’s log.";

/// The reason why a page is not shown or a form is refused, as the server sends it to the browser: as messages, since a
/// user reads them there. Only errors that the console reacts to have a variant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ConsoleError {
    /// The session has ended.
    Unauthenticated,
    /// The user was deactivated.
    UserInactive,
    /// The user lacks this permission.
    Unauthorized(Permission),
    /// There is no such organization.
    OrgNotFound,
    /// There is no such user.
    UserNotFound,
    /// There is no such token.
    TokenNotFound,
    /// A bulk action has no target.
    NothingSelected,
    /// The user is the organization's only owner.
    LastOwner,
    /// System buckets are not deleted.
    SystemBucket,
    /// Users change their own passwords on another page.
    OldPasswordRequired,
    /// There is no such bucket.
    BucketNotFound,
    /// There is no such telegraf configuration.
    TelegrafNotFound,
    /// A rate limit; the next attempt is possible in this many seconds.
    TooManyAttempts {
        /// Seconds until the next attempt is possible.
        seconds: u64,
    },
    /// The arguments of a server function could not be decoded.
    Arguments(String),
    /// A message for the user.
    Message {
        /// About the page or the form as a whole.
        sentence: String,
        /// About fields of the form: name and message.
        fields: Vec<(String, String)>,
    },
}

impl ConsoleError {
    /// Returns an error about the page or the form as a whole.
    pub fn message(sentence: impl Into<String>) -> Self {
        Self::Message { sentence: sentence.into(), fields: Vec::new() }
    }

    /// Returns the message about the page or the form as a whole.
    pub fn sentence(&self) -> String {
        match self {
            Self::Unauthenticated => "You are signed out. Sign in, then try again.".into(),
            Self::UserInactive => "User is inactive".into(),
            Self::Unauthorized(permission) => {
                format!("You lack the permission {permission}. Ask someone who may grant it.")
            }
            Self::OrgNotFound => "Organization not found".into(),
            Self::UserNotFound => "User not found".into(),
            Self::TokenNotFound => "The token no longer exists. Reload the list.".into(),
            Self::NothingSelected => "No token is selected; select at least one".into(),
            Self::LastOwner => "An organization needs an owner; add another owner first".into(),
            Self::SystemBucket => "System buckets cannot be deleted".into(),
            Self::OldPasswordRequired => {
                "Change your own password on the Account page with your current password.".into()
            }
            Self::BucketNotFound => "The bucket no longer exists. Reload the list.".into(),
            Self::TelegrafNotFound => "Telegraf configuration not found".into(),
            Self::TooManyAttempts { seconds } => format!("Too many attempts; try again in {seconds} seconds"),
            Self::Arguments(text) => jeton_model::wording::capitalized(text),
            Self::Message { sentence, .. } => sentence.clone(),
        }
    }

    /// Returns the messages about fields of the form: name and message.
    pub fn fields(&self) -> &[(String, String)] {
        if let Self::Message { fields, .. } = self { fields } else { &[] }
    }

    /// Returns the message about a field of the form.
    pub fn at_field(&self, field: &str) -> Option<String> {
        self.fields().iter().find(|(name, _)| name == field).map(|(_, message)| message.clone())
    }

    /// Returns the name of the field that the error is about.
    pub fn about(&self) -> Option<&str> {
        self.fields().first().map(|(field, _)| field.as_str())
    }
}

/// Converts the framework's own failures, such as a lost connection.
impl FromServerFnError for ConsoleError {
    type Encoder = PostcardEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(text)
            | ServerFnErrorErr::MissingArg(text)
            | ServerFnErrorErr::Deserialization(text) => Self::Arguments(text),
            ServerFnErrorErr::Request(_) => {
                Self::message("The server did not answer. Check the connection, then try again.")
            }
            _ => Self::message(INTERNAL),
        }
    }
}
