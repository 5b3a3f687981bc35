//! The token of a new authorization: generated, or supplied by its creator as a value or as a hash. The reasons are in
//! docs/decisions/0009-supplied-tokens.md.

use secrecy::{ExposeSecret as _, SecretString};

use jeton_model::{
    OrgId,
    grant::Breadth,
    org_rules::OrgRules,
    presented_token::PresentedToken,
    supplied_token::{check_value, parse_hash},
    token::{NewToken, TokenHash},
};
use jeton_store::Connection;

use crate::{
    Caller, Error, Service,
    auth::{credential_status::by_token, inherited_limits::LimitBounds},
    error::{CreationError, TokenError},
    random,
};

/// The token that a request supplies, not yet checked. Without either member the token is generated.
#[derive(Clone, Debug, Default)]
pub struct SuppliedToken {
    /// The value.
    pub value: Option<SecretString>,
    /// The hash of a value that only the caller knows.
    pub hash: Option<String>,
}

/// The origin of a new authorization's token.
#[derive(Clone, Debug)]
pub(crate) enum TokenSource {
    /// The server generates it.
    Generated,
    /// The creator chose this value.
    Value(NewToken),
    /// The creator gave this hash, and the server never learns the value.
    Hash(TokenHash),
}

impl TokenSource {
    /// Checks the form of what a request supplies.
    ///
    /// # Errors
    /// `ValidationError::Field` for the member that is wrong.
    pub fn parse(given: SuppliedToken) -> Result<Self, Error> {
        match (given.value, given.hash) {
            (None, None) => Ok(Self::Generated),
            (Some(value), None) => {
                check_value(value.expose_secret())?;
                Ok(Self::Value(NewToken::supplied(value.expose_secret().into())))
            }
            (None, Some(hash)) => Ok(Self::Hash(parse_hash(&hash)?)),
            (Some(_), Some(_)) => Err(Error::field("tokenHash", "tokenValue and tokenHash must not be given together")),
        }
    }

    /// Returns how it was supplied, if it was, in the words of the audit log.
    pub const fn supplied_as(&self) -> Option<&'static str> {
        match self {
            Self::Generated => None,
            Self::Value(_) => Some("value"),
            Self::Hash(_) => Some("hash"),
        }
    }

    /// The token to show, empty if only its hash is known, and the hash to store.
    pub fn issue(&self) -> (NewToken, TokenHash) {
        match self {
            Self::Generated => with_hash(NewToken::generate(random())),
            Self::Value(token) => with_hash(token.clone()),
            Self::Hash(hash) => (NewToken::supplied(String::new()), hash.clone()),
        }
    }

    /// Denies a value by which a record is found already.
    ///
    /// # Errors
    /// [`CreationError::TokenNotAvailable`]; the database may fail.
    pub async fn check_available(&self, connection: &mut Connection) -> Result<(), Error> {
        let Self::Value(token) = self else { return Ok(()) };
        match by_token(connection, &PresentedToken::new(token.expose())).await? {
            Some(_) => Err(self.taken()),
            None => Ok(()),
        }
    }

    /// The error for a token that exists. It tells nothing about the record that has it.
    pub const fn taken(&self) -> Error {
        Error::Creation(match self {
            Self::Generated => CreationError::TokenExists,
            Self::Value(_) | Self::Hash(_) => CreationError::TokenNotAvailable,
        })
    }
}

fn with_hash(token: NewToken) -> (NewToken, TokenHash) {
    let hash = token.hash();
    (token, hash)
}

impl Service {
    /// Checks that a caller may supply a token in an organization: by its rules, and by those of other organizations
    /// whose tokens the delegated permissions come from. A token that a non-operator supplies counts as an unknown one
    /// of the address, so that a creation is no faster way to guess than authentication.
    ///
    /// # Errors
    /// [`TokenError::RuleBroken`]; `AuthError::TooManyAttempts`.
    pub(super) fn check_may_supply(
        &self,
        caller: &Caller,
        source: &TokenSource,
        org: OrgId,
        bounds: &[LimitBounds],
        rules: &OrgRules,
    ) -> Result<(), Error> {
        if matches!(source, TokenSource::Generated) {
            return Ok(());
        }
        let by_operator = Breadth::of(caller.permissions(), org) == Breadth::Operator;
        let mut all_rules = bounds.iter().map(|one| &one.rules).chain([rules]);
        match all_rules.find_map(|rules| rules.broken_by_supplying(by_operator)) {
            Some(rule) => Err(Error::Token(TokenError::RuleBroken(rule))),
            None if by_operator => Ok(()),
            None => self.count_as_unknown(&caller.client),
        }
    }
}
