//! Error messages for users, and the form fields they belong to.

use crate::{
    Error, Timestamp,
    wording::{capitalized, count},
};

/// Returns the message of an error that belongs to no field.
pub fn sentence(error: &Error) -> String {
    match error {
        Error::Internal => "The server failed. Try again. If it fails again, check the server’s log.".into(),
        Error::Busy => "The server is busy. Wait a moment, then try again.".into(),
        Error::Unauthenticated => "You are signed out. Sign in, then try again.".into(),
        Error::OldPasswordRequired => "Change your own password on the Account page with your current password.".into(),
        Error::SessionNotFound => "The session has already ended. Reload the page.".into(),
        Error::OrgNotFoundToDelete(_) => "The organization no longer exists. Reload the list.".into(),
        Error::AuthorizationNotFound => "The token no longer exists. Reload the list.".into(),
        Error::BucketNotFound => "The bucket no longer exists. Reload the list.".into(),
        Error::Unauthorized(permission) => {
            format!("You lack the permission {permission}. Ask someone who may grant it.")
        }
        Error::HoldsMore(permission) => format!(
            "This token holds {permission}, and you don't. Only its owner or a user with its permissions may change it."
        ),
        Error::NotGrantable(permission) => format!("You can't grant {permission} because you don't hold it."),
        Error::Told { sentence, .. } => sentence.clone(),
        other => capitalized(&other.to_string()),
    }
}

/// Returns the messages at the fields of a form: field and message.
pub fn at_fields(error: &Error) -> Vec<(String, String)> {
    let one = |field: &str, sentence: &str| vec![(field.to_owned(), sentence.to_owned())];
    match error {
        Error::SetupMissing(fields) => fields.iter().map(|field| (field.clone(), "Fill this in.".to_owned())).collect(),
        Error::PasswordLength => one("password", "Use 8 to 72 characters."),
        Error::UserNameEmpty => one("username", "Fill this in."),
        Error::WrongPassword => one("old", "This is not your password. Type the one you sign in with."),
        Error::UserNameTaken { .. } => one("username", "A user with this name already exists."),
        Error::OrgNameEmpty => one("org", "Fill this in."),
        Error::OrgNameTaken { .. } => one("org", "An organization with this name already exists. Choose another."),
        Error::BucketNameEmpty => one("bucket", "Fill this in."),
        Error::BucketNameUnderscore { .. } => one("bucket", "A bucket name must not start with an underscore."),
        Error::BucketNameQuote { .. } => one("bucket", "A bucket name must not contain quotation marks."),
        Error::BucketNameTaken { .. } | Error::BucketNameNotUnique => {
            one("bucket", "A bucket with this name already exists. Choose another.")
        }
        Error::RetentionTooShort => one("retention", "Keep data for at least 1 hour."),
        Error::TextTooLong { field, limit } => one(field, &format!("Use at most {limit} bytes.")),
        Error::TextNul { field } => one(field, "Remove the NUL character."),
        Error::Field { field, message } => one(field, message),
        Error::Told { fields, .. } => fields.clone(),
        Error::ExpiryPast => one("expires", "Choose a time in the future."),
        Error::RuleBroken(_)
        | Error::AuthorizationExpired
        | Error::OutlivesCaller { .. }
        | Error::BadNetwork(_)
        | Error::TooManyNetworks { .. }
        | Error::ReachesBeyondCaller { .. } => {
            let sentence = format!("{}.", capitalized(&error.to_string()));
            error.about().map(|field| one(field, &sentence)).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

/// Lists counts: "2 organizations and 1 token"; omits those that are zero.
pub fn list(parts: &[(u64, &str)]) -> String {
    let parts: Vec<String> =
        parts.iter().filter(|(number, _)| *number > 0).map(|(number, one)| count(*number, one)).collect();
    match parts.as_slice() {
        [] => String::new(),
        [only] => only.clone(),
        [before @ .., last] => format!("{} and {last}", before.join(", ")),
    }
}

/// Formats the time until `time` in one unit, rounded to the nearest, so that a life of 90 days just set reads as such.
pub fn ahead(time: Timestamp, now: Timestamp) -> String {
    let seconds = u64::try_from(time.seconds_since(now)).unwrap_or(0);
    match seconds {
        0..60 => "in a moment".into(),
        60..3600 => format!("in {}", count(seconds / 60, "minute")),
        3600..86_400 => format!("in {}", count((seconds + 1800) / 3600, "hour")),
        _ => format!("in {}", count((seconds + 43_200) / 86_400, "day")),
    }
}

/// Formats a token's expiry: "in 12 days", "expired 3 days ago", "never".
pub fn expiry(end: Option<Timestamp>, now: Timestamp) -> String {
    match end {
        None => "never".into(),
        Some(end) if end <= now => format!("expired {}", end.ago(now)),
        Some(end) => ahead(end, now),
    }
}

/// Returns a token's name: “Telegraf”, or its prefix if it has no description.
pub fn name(description: &str, prefix: Option<&str>) -> String {
    match (description.is_empty(), prefix) {
        (false, _) => description.to_owned(),
        (true, Some(prefix)) => format!("{prefix}…"),
        (true, None) => "without description".to_owned(),
    }
}

/// Formats a time with its age, or, if it is long ago, as a date.
pub fn ago_or_day(time: Timestamp, now: Timestamp) -> String {
    if now.seconds_since(time) < 30 * 86_400 { time.ago(now) } else { time.date() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_there_is_none_of_is_not_listed() {
        assert_eq!(list(&[(7, "bucket"), (0, "thing"), (1, "token")]), "7 buckets and 1 token");
        assert_eq!(list(&[(2, "bucket"), (3, "member"), (1, "token")]), "2 buckets, 3 members and 1 token");
        assert_eq!(list(&[(0, "bucket"), (1, "token")]), "1 token");
        assert_eq!(list(&[(0, "bucket")]), "");
    }

    #[test]
    fn what_is_to_come_has_one_unit() {
        let now = Timestamp::from_micros(1_700_000_000_000_000);
        let ahead = |seconds: i64| ahead(now.plus_seconds(seconds), now);
        assert_eq!(ahead(-5), "in a moment");
        assert_eq!(ahead(54 * 60 + 10), "in 54 minutes");
        assert_eq!(ahead(3600), "in 1 hour");
        assert_eq!(ahead(3 * 86_400), "in 3 days");
        assert_eq!(ahead(90 * 86_400 - 5), "in 90 days");
    }

    #[test]
    fn an_expiry_is_said_from_where_one_stands() {
        let now = Timestamp::from_micros(1_700_000_000_000_000);
        assert_eq!(expiry(None, now), "never");
        assert_eq!(expiry(Some(now.plus_seconds(12 * 86_400 + 5)), now), "in 12 days");
        assert_eq!(expiry(Some(now.plus_seconds(-3 * 86_400)), now), "expired 3 days ago");
        assert_eq!(expiry(Some(now), now), "expired just now");
    }

    #[test]
    fn every_missing_field_is_told_at_its_place() {
        let fields = at_fields(&Error::SetupMissing(vec!["username".into(), "bucket".into()]));
        assert_eq!(fields.len(), 2);
    }
}
