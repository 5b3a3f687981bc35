//! The forms that begin and end sessions: set-up, sign-in, and the lists of sessions.

#[cfg(feature = "ssr")]
use secrecy::SecretString;

use super::form::form;

form! {
    /// The form of the set-up page.
    pub struct SetupForm {
        USERNAME = "username" => username: String,
        PASSWORD = "password" => password: SecretString,
        CONFIRM = "confirm" => confirm: SecretString,
        ORG = "org" => org: String,
        BUCKET = "bucket" => bucket: String,
    }
}

form! {
    /// The form of the sign-in page.
    pub struct SignInForm {
        USERNAME = "username" => username: String,
        PASSWORD = "password" => password: SecretString,
    }
}

form! {
    /// The buttons that sign out one session or several, on the Account page and in the dialog with a user's sessions.
    pub struct EndSessionsForm {
        /// Its value is the key of a session, or a word for several.
        SESSION = "session" => session: Option<String>,
    }
}
