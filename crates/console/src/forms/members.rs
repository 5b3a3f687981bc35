//! The forms of the Members page. Those that it shares with the Users page are in [`super::users`].

#[cfg(feature = "ssr")]
use jeton_model::org::Role;

use super::form::form;
#[cfg(feature = "ssr")]
use super::{form::FieldValue, outcome::FormFields};

form! {
    /// The field of a user's role in the organization, in each form of a member.
    pub struct MemberRoleForm {
        ROLE = "role" => role: Option<Role>,
    }
}

form! {
    /// The form that adds an existing user.
    pub struct AddMemberForm {
        /// A name or an id.
        USER = "user" => user: String,
    }
}

/// A role; `None` if the field is missing or names none.
#[cfg(feature = "ssr")]
impl FieldValue for Option<Role> {
    fn read(fields: &FormFields, name: &str) -> Self {
        fields.get(name).and_then(Role::from_name)
    }
}
