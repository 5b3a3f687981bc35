//! The forms of the Organizations page.

use jeton_model::{
    ValidationError,
    org_rules::{OrgRules, from_days},
};

use super::form::form;

form! {
    /// The form that creates an organization.
    pub struct NewOrgForm {
        NAME = "name" => name: String,
        DESCRIPTION = "description" => description: String,
    }
}

form! {
    /// The form of an organization's settings. The fields of [`OrgRulesForm`] belong to it.
    pub struct OrgSettingsForm {
        NAME = "name" => name: Option<String>,
        DESCRIPTION = "description" => description: Option<String>,
        /// Present if the form has the fields of the rules: an unticked box is not submitted.
        RULES = "rules" => rules: bool,
    }
}

form! {
    /// The fields of an organization's rules. The browser parses them as well, to count the tokens that break them.
    pub struct OrgRulesForm: shared {
        LONGEST_LIFE = "longest-life" => longest_life: String,
        DEFAULT_LIFE = "default-life" => default_life: String,
        EXPIRY_REQUIRED = "expiry-required" => expiry_required: String,
        DESCRIPTION_REQUIRED = "description-required" => description_required: String,
        OPERATOR_TOKENS = "operator-tokens" => operator_tokens: String,
        SELF_ROTATION = "self-rotation" => self_rotation: String,
        SUPPLIED_TOKENS = "supplied-tokens" => supplied_tokens: String,
    }
}

impl OrgRulesForm {
    /// Parses the rules.
    ///
    /// # Errors
    /// Fails, for one of the fields, if its value can't be parsed.
    pub fn rules(&self) -> Result<OrgRules, ValidationError> {
        Ok(OrgRules {
            longest_life: from_days("longestLife", &self.longest_life)?,
            default_life: from_days("defaultLife", &self.default_life)?,
            expiry_required: !self.expiry_required.is_empty(),
            description_required: !self.description_required.is_empty(),
            operator_tokens: self.operator_tokens.parse()?,
            self_rotation: !self.self_rotation.is_empty(),
            supplied_tokens: self.supplied_tokens.parse()?,
        })
    }
}

form! {
    /// The form that deletes an organization, confirmed by its name.
    pub struct DeleteOrgForm {
        NAME = "name" => name: String,
    }
}
