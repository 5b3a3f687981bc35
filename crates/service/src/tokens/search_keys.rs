//! The columns by which lists of authorizations are sorted and searched.

use jeton_model::{Authorization, grant::Breadth};
use jeton_store::authorizations::Keys;

use crate::fold;

/// The normalized texts for sorting and searching, and the type of the token.
pub(crate) fn keys(authorization: &Authorization) -> Keys {
    let reach = Breadth::of(&authorization.permissions, authorization.org);
    let breadth = match reach {
        Breadth::Operator => "operator ",
        Breadth::AllAccess(_) => "all access ",
        Breadth::Custom => "",
    };
    let mut search = format!(
        "{} {} {} {} {breadth}",
        fold(&authorization.description),
        authorization.id,
        fold(authorization.token_prefix.as_deref().unwrap_or_default()),
        authorization.status,
    );
    for permission in &authorization.permissions {
        search.push_str(
            &format!("{permission} {} {} ", permission.action, permission.resource.kind.words()).to_lowercase(),
        );
    }
    Keys { description: natural_order(&fold(&authorization.description)), search, kind: reach.into() }
}

/// A key that sorts numbers by their value: each run of digits is preceded by its length, so that "sensor 9" comes
/// before "sensor 10".
fn natural_order(text: &str) -> String {
    let mut key = String::with_capacity(text.len() + 4);
    let mut rest = text;
    while let Some(at) = rest.find(|letter: char| letter.is_ascii_digit()) {
        let (before, digits) = rest.split_at(at);
        let end = digits.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(digits.len());
        let number = digits[..end].trim_start_matches('0');
        key.push_str(before);
        key.push_str(&format!("{:04}{number}", number.len()));
        rest = &digits[end..];
    }
    key.push_str(rest);
    while key.len() > MAX_SORT_KEY {
        key.pop();
    }
    key
}

/// Maximum number of bytes of a sort key, which has to fit into an index row of PostgreSQL.
const MAX_SORT_KEY: usize = 1024;

#[cfg(test)]
mod tests {
    use super::natural_order;

    #[test]
    fn numbers_in_descriptions_sort_by_their_value() {
        let mut names = ["sensor 10", "sensor 9", "sensor", "sensor 9b", "sensor 010", "a 2", "a 12"];
        names.sort_by_key(|name| natural_order(name));
        assert_eq!(names, ["a 2", "a 12", "sensor", "sensor 9", "sensor 9b", "sensor 10", "sensor 010"]);
    }
}
