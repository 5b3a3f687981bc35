//! The parameters of an explanation: a request, and the token with which a gate would get it.

use serde::{Deserialize, Serialize};

use crate::{AuthorizationId, token::redact};

use super::tokens::shorten;

/// Maximum number of bytes of a request.
const MAX_REQUEST: usize = 2000;

/// A request that a gate might get, as the URL states it: `?request=GET /ping&token=<id>`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateQuestion {
    /// Method and address of the request.
    pub request: String,
    /// The token that the request carries; `None` for a request without one.
    pub token: Option<AuthorizationId>,
}

impl GateQuestion {
    /// The name of the field with the request.
    pub const REQUEST: &'static str = "request";
    /// The name of the field with the id of the token.
    pub const TOKEN: &'static str = "token";

    /// Parses the parameters of a URL; `None` without a request. An invalid id is left out.
    pub fn from_parameters<'a>(get: impl Fn(&str) -> Option<&'a str>) -> Option<Self> {
        let request = shorten(without_tokens(get(Self::REQUEST)?.trim()), MAX_REQUEST);
        let token = get(Self::TOKEN).and_then(|id| id.parse().ok());
        (!request.is_empty()).then_some(Self { request, token })
    }

    /// Returns the question as parsed from its own parameters, because browsers can send arbitrary values.
    pub fn normalised(&self) -> Self {
        let parameters = self.parameters();
        let get = |name: &str| parameters.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str());
        Self::from_parameters(get).unwrap_or(Self { request: String::new(), token: self.token })
    }

    /// Returns the parameters of a URL with this question.
    pub fn parameters(&self) -> Vec<(&'static str, String)> {
        let mut parameters = vec![(Self::REQUEST, self.request.clone())];
        parameters.extend(self.token.map(|token| (Self::TOKEN, token.to_string())));
        parameters
    }
}

/// Cuts whatever looks like a token out of a request, where it may be a part of the address.
pub fn without_tokens(request: &str) -> String {
    let ends = |letter: char| !letter.is_ascii_alphanumeric() && !matches!(letter, '-' | '_');
    let cut = |piece: &str| {
        let word = piece.trim_end_matches(ends);
        format!("{}{}", redact(word), &piece[word.len()..])
    };
    request.split_inclusive(ends).map(cut).collect()
}

#[cfg(test)]
mod tests {
    use crate::{Id, token::NewToken};

    use super::*;

    fn read(parameters: &[(&'static str, String)]) -> Option<GateQuestion> {
        GateQuestion::from_parameters(|name| {
            parameters.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str())
        })
    }

    #[test]
    fn a_question_is_read_as_it_is_written() {
        let request = "GET /query?db=a&q=SHOW MEASUREMENTS".to_owned();
        for token in [None, Some(AuthorizationId(Id::new(7).unwrap()))] {
            let question = GateQuestion { request: request.clone(), token };
            assert_eq!(read(&question.parameters()), Some(question.clone()));
            assert_eq!(question.normalised(), question);
        }
        assert_eq!(read(&[("request", " ".into())]), None);
        assert_eq!(read(&[]), None);
        let long = GateQuestion { request: "/a".repeat(5000), token: None };
        assert_eq!(long.normalised().request.len(), MAX_REQUEST);
    }

    #[test]
    fn a_token_in_the_address_is_cut() {
        let token = NewToken::generate([7; 32]);
        let requested = |text: &str| read(&[("request", text.to_owned())]).unwrap().request;
        for before in ["GET /query?db=a&u=x&p=", "GET /", "GET /query?q=SELECT '"] {
            let cut = requested(&format!("{before}{}&q=SHOW DATABASES", token.expose()));
            assert!(cut.starts_with(before) && cut.ends_with("&q=SHOW DATABASES"), "{cut}");
            assert!(!cut.contains(&token.expose()[12..24]), "{cut}");
        }
    }
}
