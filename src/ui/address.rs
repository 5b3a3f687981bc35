//! Addresses of the console.

use std::fmt;

use crate::model::{AuthorizationId, OrgId, listing::TokenQuery};

/// Something of an organization's API Tokens page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tokens {
    List,
    AllAccess,
    Custom,
    Details(AuthorizationId),
    Edit(AuthorizationId),
    Rename(AuthorizationId),
    Clone(AuthorizationId),
    Delete(AuthorizationId),
}

impl Tokens {
    /// Its address, with the state of the list, so that closing leads back to it.
    pub fn address(self, org: OrgId, query: &TokenQuery) -> String {
        let parameters = query.parameters();
        let mut text = format!("/orgs/{org}/load-data/tokens{self}");
        if !parameters.is_empty() {
            text.push('?');
            text.push_str(&form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish());
        }
        text
    }
}

impl fmt::Display for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::List => Ok(()),
            Self::AllAccess => f.write_str("/generate/all-access"),
            Self::Custom => f.write_str("/generate/custom-api"),
            Self::Details(id) => write!(f, "/{id}"),
            Self::Edit(id) => write!(f, "/{id}/edit"),
            Self::Rename(id) => write!(f, "/{id}/rename"),
            Self::Clone(id) => write!(f, "/{id}/clone"),
            Self::Delete(id) => write!(f, "/{id}/delete"),
        }
    }
}

/// The path and query parameters of an address of this site.
pub fn split(address: &str) -> (&str, Vec<(String, String)>) {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    (path, form_urlencoded::parse(query.as_bytes()).into_owned().collect())
}

/// What a path of the API Tokens page means.
pub fn parse_tokens(path: &str) -> Option<(OrgId, Tokens)> {
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    let ["orgs", org, "load-data", "tokens", rest @ ..] = segments.as_slice() else { return None };
    let org = org.parse().ok()?;
    let tokens = match rest {
        [] => Tokens::List,
        ["generate", "all-access"] => Tokens::AllAccess,
        ["generate", "custom-api"] => Tokens::Custom,
        [id] => Tokens::Details(id.parse().ok()?),
        [id, "edit"] => Tokens::Edit(id.parse().ok()?),
        [id, "rename"] => Tokens::Rename(id.parse().ok()?),
        [id, "clone"] => Tokens::Clone(id.parse().ok()?),
        [id, "delete"] => Tokens::Delete(id.parse().ok()?),
        _ => return None,
    };
    Some((org, tokens))
}

/// An address to go back to after signing in: one path of this site, or else the start. `//host` and `/\host` would
/// lead elsewhere.
pub fn local(address: &str) -> &str {
    let mut letters = address.chars();
    let is_local = letters.next() == Some('/') && !matches!(letters.next(), Some('/' | '\\'));
    if is_local && !address.chars().any(char::is_control) { address } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Id;

    #[test]
    fn only_a_path_of_this_site_is_gone_back_to() {
        assert_eq!(local("/orgs/1?page=2"), "/orgs/1?page=2");
        for evil in [
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "",
            "evil",
            "/a\nb",
            "/\t/evil",
        ] {
            assert_eq!(local(evil), "/", "{evil:?}");
        }
    }

    #[test]
    fn addresses_are_read_as_they_are_written() {
        let (org, id) = (OrgId(Id::new(1).unwrap()), AuthorizationId(Id::new(2).unwrap()));
        for tokens in [
            Tokens::List,
            Tokens::AllAccess,
            Tokens::Custom,
            Tokens::Details(id),
            Tokens::Edit(id),
            Tokens::Rename(id),
            Tokens::Clone(id),
            Tokens::Delete(id),
        ] {
            let address = tokens.address(org, &TokenQuery { page: 2, ..TokenQuery::default() });
            let (path, query) = split(&address);
            assert_eq!(parse_tokens(path), Some((org, tokens)));
            assert_eq!(query, [("page".to_owned(), "2".to_owned())]);
        }
        assert_eq!(parse_tokens("/orgs/1/load-data/tokens"), None);
    }
}
