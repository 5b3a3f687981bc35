//! Errors as a person reads them, and at which field.

use crate::model::{Error, Timestamp};

/// What to say about an error that belongs to no field.
pub fn sentence(error: &Error) -> String {
    match error {
        Error::Internal => "The server failed. Try again; if it stays so, its log says more.".into(),
        Error::Busy => "The server is busy. Wait a moment, then try again.".into(),
        Error::Unauthenticated => "You are signed out. Sign in, then try again.".into(),
        Error::AuthorizationNotFound => "The token was deleted meanwhile.".into(),
        Error::Unauthorized(permission) => {
            format!("You lack the permission {permission}. Ask someone who may grant it.")
        }
        Error::NotGrantable(permission) => format!("You can't grant {permission}, for you don't hold it."),
        other => capitalized(&other.to_string()),
    }
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// What to say at the fields of a form: field and sentence.
pub fn at_fields(error: &Error) -> Vec<(String, String)> {
    let one = |field: &str, sentence: &str| vec![(field.to_owned(), sentence.to_owned())];
    match error {
        Error::SetupMissing(fields) => fields.iter().map(|field| (field.clone(), "Fill this in.".to_owned())).collect(),
        Error::PasswordLength => one("password", "Use 8 to 72 characters."),
        Error::UserNameEmpty => one("username", "Fill this in."),
        Error::UserNameTaken { .. } => one("username", "There is a user of this name already."),
        Error::OrgNameEmpty => one("org", "Fill this in."),
        Error::BucketNameEmpty => one("bucket", "Fill this in."),
        Error::BucketNameUnderscore { .. } => one("bucket", "A bucket name must not start with an underscore."),
        Error::BucketNameQuote { .. } => one("bucket", "A bucket name must not contain quotation marks."),
        Error::TextTooLong { field, limit } => one(field, &format!("Use at most {limit} bytes.")),
        Error::TextNul { field } => one(field, "Remove the NUL character."),
        Error::Field { field, message } => one(field, message),
        _ => Vec::new(),
    }
}

/// "1 token", "2 tokens".
pub fn count(number: u64, one: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{} {one}{ending}", grouped(number))
}

/// A number with a comma between thousands.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A token as people recognise it: “Telegraf”, or its prefix if it has no description.
pub fn name(description: &str, prefix: Option<&str>) -> String {
    match (description.is_empty(), prefix) {
        (false, _) => description.to_owned(),
        (true, Some(prefix)) => format!("{prefix}…"),
        (true, None) => "without description".to_owned(),
    }
}

/// A time and how long ago it was, unless it was long ago: then the day.
pub fn ago_or_day(time: Timestamp, now: Timestamp) -> String {
    if now.seconds_since(time) < 30 * 86_400 { time.ago(now) } else { time.date() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        assert_eq!(grouped(7), "7");
        assert_eq!(grouped(128), "128");
        assert_eq!(grouped(100_000), "100,000");
        assert_eq!(count(1, "token"), "1 token");
    }

    #[test]
    fn every_missing_field_is_told_at_its_place() {
        let fields = at_fields(&Error::SetupMissing(vec!["username".into(), "bucket".into()]));
        assert_eq!(fields.len(), 2);
    }
}
