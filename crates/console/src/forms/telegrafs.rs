//! The forms of the Telegraf page.

use super::form::form;

form! {
    /// The fields of the name and the description, in the forms that create and rename a configuration.
    pub struct TelegrafNameForm {
        NAME = "name" => name: String,
        DESCRIPTION = "description" => description: String,
    }
}

form! {
    /// The other fields of the form that creates a configuration.
    pub struct NewTelegrafForm {
        BUCKET = "bucket" => bucket: String,
        CONFIG = "config" => config: String,
    }
}

form! {
    /// The form of the editor.
    pub struct TelegrafTextForm {
        CONFIG = "config" => config: String,
        /// The button that replaces the tokens in the text.
        REPLACE = "replace" => replace: bool,
    }
}
