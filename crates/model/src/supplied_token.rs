//! Tokens that their creator supplies, as a value or as its hash, and the rule about who may do so.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{
    ValidationError,
    token::{ADVISED_LENGTH, TokenHash, is_jwt},
};

/// Minimum number of characters of a supplied value: shorter ones can be guessed.
pub const MIN_VALUE: usize = ADVISED_LENGTH;
/// Maximum number of characters of a supplied value.
pub const MAX_VALUE: usize = 512;

/// The callers who may supply the value or the hash of a token that they create.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SuppliedTokens {
    /// No caller: every token is generated.
    Nobody,
    /// Operators only.
    #[default]
    Operators,
    /// Every caller who may create the token.
    Anyone,
}

impl SuppliedTokens {
    /// Every choice.
    pub const ALL: [Self; 3] = [Self::Nobody, Self::Operators, Self::Anyone];

    /// Returns the name in the API, which is also the stored one.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nobody => "nobody",
            Self::Operators => "operators",
            Self::Anyone => "anyone",
        }
    }

    /// Returns whether a caller may supply a token.
    pub const fn allow(self, by_operator: bool) -> bool {
        match self {
            Self::Nobody => false,
            Self::Operators => by_operator,
            Self::Anyone => true,
        }
    }
}

impl FromStr for SuppliedTokens {
    type Err = ValidationError;

    fn from_str(text: &str) -> Result<Self, ValidationError> {
        let known = Self::ALL.into_iter().find(|one| one.name() == text);
        known.ok_or_else(|| {
            ValidationError::field("suppliedTokens", "suppliedTokens must be nobody, operators or anyone")
        })
    }
}

/// Checks that a supplied value is long enough, can be sent in a header, and is not taken for a JWT.
///
/// # Errors
/// Fails, for the member `tokenValue`, without repeating the value.
pub fn check_value(value: &str) -> Result<(), ValidationError> {
    let is_printable = value.bytes().all(|byte| byte.is_ascii_graphic());
    if (MIN_VALUE..=MAX_VALUE).contains(&value.len()) && is_printable && !is_jwt(value) {
        return Ok(());
    }
    let rule = format!(
        "tokenValue must have {MIN_VALUE} to {MAX_VALUE} characters, all of them printable ASCII without spaces, and must \
         not be a JWT"
    );
    Err(ValidationError::field("tokenValue", rule))
}

/// Parses a supplied hash. Nothing is known about the value behind it.
///
/// # Errors
/// Fails, for the member `tokenHash`, if it has another form.
pub fn parse_hash(text: &str) -> Result<TokenHash, ValidationError> {
    let refuse = || {
        let rule = "tokenHash must be $influxdb2-sha256$ followed by the token's SHA-256 in base64url with its padding";
        ValidationError::field("tokenHash", rule)
    };
    TokenHash::parse(text).ok_or_else(refuse)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_long_printable_and_no_jwt() {
        let long = "a".repeat(MAX_VALUE);
        for good in ["a".repeat(MIN_VALUE), long.clone(), "!~$%&/()=?\"'\\#".repeat(3)] {
            assert_eq!(check_value(&good), Ok(()), "{good}");
        }
        let jwt = format!("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.{}", "A".repeat(40));
        for bad in [
            String::new(),
            "a".repeat(MIN_VALUE - 1),
            format!("{long}a"),
            format!("{} {}", "a".repeat(20), "a".repeat(20)),
            format!("{}\n", "a".repeat(40)),
            format!("{}\u{e9}", "a".repeat(40)),
            jwt,
        ] {
            let refused = check_value(&bad).expect_err(&bad).to_string();
            assert!(bad.is_empty() || !refused.contains(&bad), "{refused}");
        }
    }

    #[test]
    fn a_hash_has_influxds_form_in_its_one_spelling() {
        let hash = TokenHash::of("my-token");
        assert_eq!(parse_hash(hash.as_str()), Ok(hash.clone()));
        let base = "_s5Q0ih_ckWupYGbdfle6L7ClaFPjvHnox8X8drp30Q=";
        for bad in [
            String::new(),
            base.to_owned(),
            "$influxdb2-sha256$".to_owned(),
            format!("$influxdb2-sha512${base}"),
            format!("$influxdb2-sha256${}", base.trim_end_matches('=')),
            format!("$influxdb2-sha256${}", base.replace('_', "/")),
            // The last character has two bits that belong to no byte.
            format!("$influxdb2-sha256${}", base.replace("Q=", "R=")),
            format!("$influxdb2-sha256${base}\n"),
            format!("$influxdb2-sha256${}", "A".repeat(44)),
        ] {
            assert!(parse_hash(&bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn operators_supply_tokens_unless_a_rule_says_otherwise() {
        let allowed = |who: SuppliedTokens| (who.allow(false), who.allow(true));
        assert_eq!(allowed(SuppliedTokens::default()), (false, true));
        assert_eq!(allowed(SuppliedTokens::Nobody), (false, false));
        assert_eq!(allowed(SuppliedTokens::Anyone), (true, true));
        for who in SuppliedTokens::ALL {
            assert_eq!(who.name().parse(), Ok(who));
        }
        assert!("everyone".parse::<SuppliedTokens>().is_err());
    }
}
