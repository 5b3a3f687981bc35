//! Redaction of tokens that users pasted into an address.

use jeton_model::{
    console::gate_question::{GateQuestion, without_tokens},
    token::redact,
};

use super::{ConsoleRoute, Tokens, split, with_parameters};

/// Returns the address with any token in its free text shortened to the public prefix, or `None` if there is none.
/// Browsers store addresses, and users share them.
pub fn redact_tokens(address: &str) -> Option<String> {
    let (path, query) = split(address);
    let (text, cut): (&str, fn(&str) -> String) = match ConsoleRoute::parse(path)? {
        (_, ConsoleRoute::Tokens(Tokens::Custom)) => ("description", redact),
        (_, ConsoleRoute::Tokens(Tokens::Details(_))) => ("id", redact),
        (_, ConsoleRoute::Databases(_)) => (GateQuestion::REQUEST, without_tokens),
        (_, ConsoleRoute::Audit(_)) => ("searchTerm", redact),
        _ => return None,
    };
    let safe: Vec<(String, String)> = query
        .iter()
        .map(|(name, value)| (name.clone(), if name == text { cut(value) } else { value.clone() }))
        .collect();
    (safe != query).then(|| with_parameters(path.to_owned(), &safe))
}

#[cfg(test)]
mod tests {
    use jeton_model::token::NewToken;

    use super::*;

    #[test]
    fn a_token_in_a_description_is_cut_and_all_else_stays() {
        let token = NewToken::generate([4; 32]);
        let dialog = "/orgs/0000000000000001/load-data/tokens/generate/custom-api";
        let address = format!("{dialog}?page=2&description=for+{}&read=buckets%2Fiot", token.expose());
        let expected = format!("{dialog}?page=2&description=for+{}&read=buckets%2Fiot", token.prefix().unwrap());
        assert_eq!(redact_tokens(&address), Some(expected.clone()));
        assert_eq!(redact_tokens(&expected), None);
        let log = "/orgs/0000000000000001/settings/audit-log?searchTerm=";
        assert_eq!(
            redact_tokens(&format!("{log}{}", token.expose())),
            Some(format!("{log}{}", token.prefix().unwrap()))
        );
        let gate = "/orgs/0000000000000001/settings/databases/plant?request=GET+%2Fquery%3Fp%3D";
        assert_eq!(
            redact_tokens(&format!("{gate}{}%26db%3Da", token.expose())),
            Some(format!("{gate}{}%26db%3Da", token.prefix().unwrap()))
        );
    }
}
