//! The credential of a request, in every form that the databases' clients use.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{Malformed, Parameters};

/// A credential as the client sent it.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential {
    /// The user name of `Basic` or `u=`.
    user: Option<String>,
    secret: String,
    /// True with the scheme `Token`, whose value 1.x clients also write as `user:password`.
    is_token: bool,
}

/// Never shows the secret.
impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credential(…)")
    }
}

impl Credential {
    /// Returns the token or password.
    pub fn secret(&self) -> &str {
        &self.secret
    }

    /// Returns user name and password, which may also stand as `user:password` behind `Token`; `None` if one of them is
    /// missing or empty.
    pub fn user_and_password(&self) -> Option<(&str, &str)> {
        let pair = match &self.user {
            Some(user) => Some((user.as_str(), self.secret.as_str())),
            None if self.is_token => self.secret.split_once(':'),
            None => None,
        };
        pair.filter(|(user, password)| !user.is_empty() && !password.is_empty())
    }

    fn agrees(&self, other: &Self) -> bool {
        let same_user = match (&self.user, &other.user) {
            (Some(one), Some(other)) => one == other,
            _ => true,
        };
        self.secret == other.secret && same_user
    }
}

/// The credentials of a request. They never contradict each other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Credentials {
    header: Option<Credential>,
    query: Option<Credential>,
}

impl Credentials {
    pub(super) fn parse(authorization: Option<&str>, query: &Parameters) -> Result<Self, Malformed> {
        let header = authorization.map(header).transpose()?;
        let secret = query.filled("p")?;
        let user = query.filled("u")?.map(str::to_owned);
        let query = secret.map(|secret| Credential { user, secret: secret.to_owned(), is_token: false });
        match (&header, &query) {
            (Some(header), Some(query)) if !header.agrees(query) => Err(Malformed::TwoCredentials),
            _ => Ok(Self { header, query }),
        }
    }

    /// Returns the parameters of the credential in the query string.
    pub(super) fn pairs(&self) -> Vec<(String, String)> {
        let Some(Credential { user, secret, .. }) = &self.query else { return Vec::new() };
        let user = user.iter().map(|user| ("u".to_owned(), user.clone()));
        user.chain([("p".to_owned(), secret.clone())]).collect()
    }

    /// Returns the credential of a path that takes none from the query string.
    pub fn of_header(&self) -> Option<&Credential> {
        self.header.as_ref()
    }

    /// Returns the credential of a 1.x path, where `u` and `p` count: of two with one secret, the one with a user name.
    pub fn of_header_or_query(&self) -> Option<&Credential> {
        let (header, query) = (self.header.as_ref(), self.query.as_ref());
        let named = query.filter(|query| query.user.is_some());
        header.filter(|header| header.user.is_some() || named.is_none()).or(query)
    }
}

fn header(value: &str) -> Result<Credential, Malformed> {
    let unreadable = || Malformed::HeaderValue("Authorization");
    let (scheme, value) = value.split_once(' ').ok_or_else(unreadable)?;
    if value.is_empty() || value.contains(' ') {
        return Err(unreadable());
    }
    match scheme.to_ascii_lowercase().as_str() {
        "token" => Ok(Credential { user: None, secret: value.to_owned(), is_token: true }),
        "bearer" => Ok(Credential { user: None, secret: value.to_owned(), is_token: false }),
        "basic" => basic(value).ok_or_else(unreadable),
        _ => Err(unreadable()),
    }
}

fn basic(value: &str) -> Option<Credential> {
    let text = String::from_utf8(STANDARD.decode(value).ok()?).ok()?;
    let (user, secret) = text.split_once(':')?;
    Some(Credential { user: Some(user.to_owned()), secret: secret.to_owned(), is_token: false })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(header: Option<&str>, query: &str) -> Result<Credentials, Malformed> {
        Credentials::parse(header, &Parameters::parse(query).unwrap())
    }

    #[test]
    fn every_form_of_a_token_is_read() {
        for header in ["Token t", "token t", "Bearer t", "BEARER t", "Basic YW55OnQ="] {
            assert_eq!(parse(Some(header), "").unwrap().of_header().unwrap().secret(), "t", "{header}");
        }
        let query = parse(None, "u=any&p=t").unwrap();
        assert_eq!(query.of_header_or_query().unwrap().secret(), "t");
        assert_eq!(query.of_header(), None);
    }

    #[test]
    fn a_user_name_and_a_password_are_read_in_every_form_of_1_x_clients() {
        let read = |header: Option<&str>, query: &str| {
            let credentials = parse(header, query).unwrap();
            let pair = credentials.of_header_or_query()?.user_and_password();
            pair.map(|(user, password)| format!("{user} {password}"))
        };
        let named = [
            (Some("Basic dTpw"), ""),
            (Some("Token u:p"), ""),
            (None, "u=u&p=p"),
            (Some("Token p"), "u=u&p=p"),
            (Some("Basic dTpw"), "u=u&p=p"),
            (Some("Basic dTpw"), "p=p"),
        ];
        for (header, query) in named {
            assert_eq!(read(header, query).as_deref(), Some("u p"), "{header:?} {query}");
        }
        assert_eq!(read(Some("Basic dTpwOnE="), "").as_deref(), Some("u p:q"), "the first colon separates");
        assert_eq!(read(Some("Token u:p:q"), "").as_deref(), Some("u p:q"));
        let unnamed = [
            (Some("Token p"), ""),
            (Some("Bearer u:p"), ""),
            (Some("Token :p"), ""),
            (Some("Token u:"), ""),
            (Some("Basic OnA="), ""),
            (Some("Basic dTo="), ""),
            (None, "p=p"),
            (None, "u=u"),
            (None, "u=&p=p"),
        ];
        for (header, query) in unnamed {
            assert_eq!(read(header, query), None, "{header:?} {query}");
        }
    }

    #[test]
    fn two_credentials_must_be_one() {
        for (header, query) in [("Token t", "p=x"), ("Basic YW55OnQ=", "u=other&p=t"), ("Token t", "p=t&p=t")] {
            assert!(parse(Some(header), query).is_err(), "{header} {query}");
        }
        for (header, query) in [("Token t", "u=any&p=t"), ("Token t", "p="), ("Token t", "u=x")] {
            assert!(parse(Some(header), query).is_ok(), "{header} {query}");
        }
    }

    #[test]
    fn a_header_that_cannot_be_read_is_no_credential() {
        for header in ["", "Token", "Token ", "Token  t", "Token a b", "Digest x", "Basic !", "Basic YQ=="] {
            assert!(parse(Some(header), "").is_err(), "{header:?}");
        }
    }

    #[test]
    fn secrets_are_not_shown() {
        assert!(!format!("{:?}", parse(Some("Token hidden"), "").unwrap()).contains("hidden"));
    }
}
