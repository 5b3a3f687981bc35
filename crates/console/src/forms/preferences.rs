//! The forms of what the browser remembers: the theme, and the columns and density of the list of tokens.

use super::form::form;

form! {
    /// The form of the theme.
    pub struct ThemeForm: shared {
        THEME = "theme" => theme: String,
    }
}

form! {
    /// The form of the list's columns and density.
    pub struct ListPreferencesForm: shared {
        /// A visible column.
        COLUMN = "column" => columns: Vec<String>,
        DENSITY = "density" => density: String,
    }
}

form! {
    /// The field with the address to return to without JavaScript.
    pub struct ReturnForm {
        TO = "to" => to: Option<String>,
    }
}
