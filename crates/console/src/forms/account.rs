//! The forms of the Account page. That of its sessions is in [`super::session`].

#[cfg(feature = "ssr")]
use secrecy::SecretString;

use super::form::form;

form! {
    /// The form that changes the caller's own password.
    pub struct ChangePasswordForm {
        OLD = "old" => old: SecretString,
        NEW = "password" => new: SecretString,
        CONFIRM = "confirm" => confirm: SecretString,
    }
}
