//! The forms of the API Tokens page.

#[cfg(feature = "ssr")]
use secrecy::SecretString;

#[cfg(feature = "ssr")]
use jeton_model::{Expiry, Timestamp, ValidationError, expiry};

use super::form::form;

form! {
    /// The field of the description, in the forms that create a token.
    pub struct NewTokenForm {
        DESCRIPTION = "description" => description: String,
    }
}

form! {
    /// The other fields of the form that creates a custom token; those of its limits are in [`LimitsForm`].
    pub struct CustomForm {
        /// A ticked box of the picker.
        PERMISSION = "permission" => permissions: Vec<String>,
        /// The template that was chosen last.
        TEMPLATE = "template",
        /// The token that the form rotates, if it does not create one; the field of [`RotateForm`] then belongs to it.
        ROTATES = "rotates" => rotates: Option<String>,
    }
}

form! {
    /// The search in the form that creates a custom token.
    pub struct SearchForm {
        SEARCH = "search",
        /// The button beside the field.
        FIND = "find" => find: bool,
    }
}

form! {
    /// The fields of a token's limits.
    pub struct LimitsForm {
        /// A period in seconds, or one of the words of [`jeton_model::expiry`].
        EXPIRES = "expires" => expires: String,
        /// The day, if a day was chosen.
        EXPIRES_DAY = "expires-day" => expires_day: String,
        NETWORKS = "networks" => networks: Option<String>,
    }
}

#[cfg(feature = "ssr")]
impl LimitsForm {
    /// Returns the requested expiry.
    ///
    /// # Errors
    /// Those of [`expiry::chosen`].
    pub fn expiry(&self, now: Timestamp) -> Result<Option<Expiry>, ValidationError> {
        expiry::chosen(&self.expires, &self.expires_day, now)
    }
}

form! {
    /// The fields and buttons that change a token.
    pub struct TokenForm {
        STATUS = "status" => status: Option<String>,
        DESCRIPTION = "description" => description: Option<String>,
    }
}

form! {
    /// The form that rotates a token.
    pub struct RotateForm {
        OVERLAP = "overlap" => overlap: Option<String>,
    }
}

form! {
    /// The form that ends the overlap of a rotation.
    pub struct EndOverlapForm {
        /// The button that submits it.
        OVERLAP = "overlap" => pressed: bool,
        /// The token whose details are displayed.
        SHOWN = "shown" => shown: Option<String>,
    }
}

form! {
    /// The form that deactivates the tokens created with a token.
    pub struct DescendantsForm {
        /// The number of tokens that was confirmed.
        EXPECTED = "expected" => expected: Option<u64>,
    }
}

form! {
    /// The form that reports leaked tokens.
    pub struct LeakedForm {
        LEAKED = "leaked" => leaked: SecretString,
    }
}

form! {
    /// The form of the check boxes in the list, and of the dialogs that confirm an action on the ticked tokens.
    pub struct SelectedForm {
        /// A ticked token.
        ID = "id" => ids: Vec<String>,
        /// The box for all tokens that match the filter.
        ALL = "all" => all: bool,
        /// The number of tokens that match the filter, as displayed.
        EXPECTED = "expected" => expected: Option<u64>,
        /// The button of an action on the ticked tokens.
        DO = "do" => action: Option<String>,
        /// Present if the action was confirmed.
        SURE = "sure" => sure: bool,
        /// The switch of an inactive token's row; its value is the token.
        ACTIVATE = "activate" => activate: Option<String>,
        /// The switch of an active token's row; its value is the token.
        DEACTIVATE = "deactivate" => deactivate: Option<String>,
    }
}
