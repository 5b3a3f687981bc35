//! The forms of the Users page. The Members page shares those of a new user and of the status.

#[cfg(feature = "ssr")]
use secrecy::SecretString;

use super::form::form;

form! {
    /// The field with the id of the user whom a form in a list is about.
    pub struct UserForm {
        USER = "user" => user: String,
    }
}

form! {
    /// The buttons that activate or deactivate a user.
    pub struct UserStatusForm {
        STATUS = "status" => status: Option<String>,
    }
}

form! {
    /// The form that creates a user.
    pub struct NewUserForm {
        USERNAME = "username" => username: String,
        /// May be empty.
        PASSWORD = "password" => password: SecretString,
    }
}

form! {
    /// The form that renames a user.
    pub struct RenameUserForm {
        USERNAME = "username" => username: Option<String>,
    }
}

form! {
    /// The form that sets a user's password.
    pub struct SetPasswordForm {
        PASSWORD = "password" => password: SecretString,
    }
}
