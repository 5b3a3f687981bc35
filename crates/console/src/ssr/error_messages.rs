//! The messages of errors, and the form fields that they belong to.

use jeton_http::error::ApiError;
use jeton_model::{ValidationError, rule_violation::RuleViolation, wording::capitalized};
use jeton_service::{
    Error,
    error::{
        AuthError, BucketError, DelegationError, GateError, OrgError, SetupError, TelegrafError, TokenError, UserError,
    },
};

use crate::error::{ConsoleError, INTERNAL};

impl From<Error> for ConsoleError {
    fn from(error: Error) -> Self {
        Self::from(&error)
    }
}

impl From<ApiError> for ConsoleError {
    fn from(error: ApiError) -> Self {
        match error {
            ApiError::Service(error) => Self::from(error),
            other => Self::message(capitalized(&other.to_string())),
        }
    }
}

impl From<&Error> for ConsoleError {
    fn from(error: &Error) -> Self {
        match error {
            Error::Auth(AuthError::Unauthenticated) => Self::Unauthenticated,
            Error::Auth(AuthError::UserInactive) => Self::UserInactive,
            Error::Auth(AuthError::Unauthorized(permission)) => Self::Unauthorized(*permission),
            Error::Auth(AuthError::OldPasswordRequired) => Self::OldPasswordRequired,
            Error::Auth(AuthError::TooManyAttempts { seconds }) => Self::TooManyAttempts { seconds: *seconds },
            Error::Org(OrgError::NotFound) => Self::OrgNotFound,
            Error::Org(OrgError::LastOwner) => Self::LastOwner,
            Error::User(UserError::NotFound) => Self::UserNotFound,
            Error::Token(TokenError::NotFound) => Self::TokenNotFound,
            Error::Token(TokenError::NothingSelected) => Self::NothingSelected,
            Error::Bucket(BucketError::SystemDelete) => Self::SystemBucket,
            Error::Bucket(BucketError::NotFound) => Self::BucketNotFound,
            Error::Telegraf(TelegrafError::NotFound) => Self::TelegrafNotFound,
            other => Self::Message { sentence: sentence(other), fields: at_fields(other) },
        }
    }
}

/// Returns the message about the page or the form as a whole.
fn sentence(error: &Error) -> String {
    match error {
        Error::Internal => INTERNAL.into(),
        Error::Busy => "The server is busy. Wait a moment, then try again.".into(),
        Error::Unavailable => "The database is unavailable. Wait a moment, then try again.".into(),
        Error::OutcomeUnknown => {
            "The database failed while it saved the change. It is unknown whether it did: look before you repeat it."
                .into()
        }
        Error::Auth(AuthError::SessionNotFound) => "The session has already ended. Reload the page.".into(),
        Error::Auth(AuthError::HoldsMore(permission)) => format!(
            "This token holds {permission}, and you don't. Only its owner or a user with its permissions may change it."
        ),
        Error::Org(OrgError::NotFoundToDelete(_)) => "The organization no longer exists. Reload the list.".into(),
        Error::Delegation(DelegationError::NotGrantable(permission)) => {
            format!("You can't grant {permission} because you don't hold it.")
        }
        other => capitalized(&other.to_string()),
    }
}

/// Returns the messages about fields of the form: name and message.
fn at_fields(error: &Error) -> Vec<(String, String)> {
    let one = |field: &str, message: &str| vec![(field.to_owned(), message.to_owned())];
    let whole = |field: &str| one(field, &format!("{}.", capitalized(&error.to_string())));
    match error {
        Error::Setup(SetupError::Missing(fields)) => {
            fields.iter().map(|field| (field.clone(), "Fill this in.".to_owned())).collect()
        }
        Error::Auth(AuthError::WrongPassword) => {
            one("old", "This is not your password. Type the one you sign in with.")
        }
        Error::User(UserError::NameTaken { .. }) => one("username", "A user with this name already exists."),
        Error::Org(OrgError::NameTaken { .. }) => {
            one("org", "An organization with this name already exists. Choose another.")
        }
        Error::Bucket(BucketError::NameTaken { .. } | BucketError::NameNotUnique) => {
            one("bucket", "A bucket with this name already exists. Choose another.")
        }
        Error::Gate(
            GateError::BoundBucketRenamed { .. }
            | GateError::UpstreamsBuckets { .. }
            | GateError::AlreadyBound { .. }
            | GateError::ReservedBucket { .. },
        ) => whole("bucket"),
        Error::Gate(GateError::NotGuarded { .. } | GateError::DatabaseTaken { .. }) => whole("database"),
        Error::Token(TokenError::ExpiryPast) => one("expires", "Choose a time in the future."),
        Error::Token(TokenError::RuleBroken(violation)) => of_rule(*violation).map(whole).unwrap_or_default(),
        Error::Token(TokenError::Expired) | Error::Delegation(DelegationError::OutlivesCaller { .. }) => {
            whole("expires")
        }
        Error::Delegation(DelegationError::ReachesBeyondCaller { .. }) => whole("networks"),
        Error::Validation(error) => of_value(error),
        _ => Vec::new(),
    }
}

/// Returns the field that a rule of the organization is about.
const fn of_rule(violation: RuleViolation) -> Option<&'static str> {
    match violation {
        RuleViolation::DescriptionRequired => Some("description"),
        RuleViolation::ExpiryRequired | RuleViolation::LongestLife(_) => Some("expires"),
        RuleViolation::OperatorsOnly | RuleViolation::Supplied(_) => None,
    }
}

/// Returns the message about a value, at its field.
fn of_value(error: &ValidationError) -> Vec<(String, String)> {
    let one = |field: &str, message: &str| vec![(field.to_owned(), message.to_owned())];
    match error {
        ValidationError::PasswordLength => one("password", "Use 8 to 72 characters."),
        ValidationError::UserNameEmpty => one("username", "Fill this in."),
        ValidationError::OrgNameEmpty => one("org", "Fill this in."),
        ValidationError::BucketNameEmpty => one("bucket", "Fill this in."),
        ValidationError::BucketNameUnderscore { .. } => {
            one("bucket", "A bucket name must not start with an underscore.")
        }
        ValidationError::BucketNameQuote { .. } => one("bucket", "A bucket name must not contain quotation marks."),
        ValidationError::RetentionTooShort => one("retention", "Keep data for at least 1 hour."),
        ValidationError::TextTooLong { field, limit } => one(field, &format!("Use at most {limit} bytes.")),
        ValidationError::TextNul { field } => one(field, "Remove the NUL character."),
        ValidationError::Field { field, message } => one(field, message),
        ValidationError::Network(_) | ValidationError::TooManyNetworks { .. } => {
            one("networks", &format!("{}.", capitalized(&error.to_string())))
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_missing_field_gets_its_message() {
        let error = ConsoleError::from(Error::Setup(SetupError::Missing(vec!["username".into(), "bucket".into()])));
        assert_eq!(error.fields().len(), 2);
        assert_eq!(error.at_field("bucket").as_deref(), Some("Fill this in."));
    }

    #[test]
    fn the_browser_gets_no_message_of_an_internal_failure_but_that_it_happened() {
        assert_eq!(ConsoleError::from(Error::Internal).sentence(), INTERNAL);
    }
}
