//! Parsing of the form of an organization's rules.

use jeton_model::{
    ValidationError,
    org_rules::{OrgRules, from_days},
};

/// Parses the rules from the fields of their form. `get`: returns the value of a field.
pub fn rules_of(get: impl Fn(&str) -> Option<String>) -> Result<OrgRules, ValidationError> {
    let text = |name| get(name).unwrap_or_default();
    Ok(OrgRules {
        longest_life: from_days("longestLife", &text("longest-life"))?,
        default_life: from_days("defaultLife", &text("default-life"))?,
        expiry_required: !text("expiry-required").is_empty(),
        description_required: !text("description-required").is_empty(),
        operator_tokens: text("operator-tokens").parse()?,
    })
}
