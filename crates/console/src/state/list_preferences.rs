//! Preferences for the list of tokens: density and hidden columns. A cookie stores them, so that the server renders
//! them from the first byte.

#[cfg(feature = "ssr")]
use leptos::prelude::use_context;

use jeton_model::console::preference_cookie::TOKEN_LIST;

use crate::{
    forms::{outcome::FormFields, preferences::ListPreferencesForm},
    hydrate::browser,
};

/// A column that can be hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// The permissions in short.
    Permissions,
    /// The user to whom the token belongs.
    Owner,
    /// The time of the last use.
    Used,
    /// The time of the creation.
    Created,
    /// The time of the last change.
    Modified,
    /// The expiry.
    Expires,
    /// The switch between active and inactive.
    Status,
}

impl Column {
    /// All columns that can be hidden, in the order of the list.
    pub const ALL: [Self; 7] =
        [Self::Permissions, Self::Owner, Self::Used, Self::Created, Self::Modified, Self::Expires, Self::Status];

    /// Returns its name in forms, cookies and style sheets.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Permissions => "permissions",
            Self::Owner => "owner",
            Self::Used => "used",
            Self::Created => "created",
            Self::Modified => "modified",
            Self::Expires => "expires",
            Self::Status => "status",
        }
    }

    /// Returns the heading of the column.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Permissions => "Permissions",
            Self::Owner => "Owner",
            Self::Used => "Last used",
            Self::Created => "Created",
            Self::Modified => "Last modified",
            Self::Expires => "Expires",
            Self::Status => "Status",
        }
    }
}

/// The preferences of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListPreferences {
    /// True if a row has one line instead of two.
    pub compact: bool,
    /// The hidden columns.
    pub hidden: Vec<Column>,
}

const COMPACT: &str = "compact";

impl ListPreferences {
    /// Returns the defaults: the time of the last change is hidden, as the details display it.
    fn usual() -> Self {
        Self { compact: false, hidden: vec![Column::Modified] }
    }

    /// Returns the preferences from this request's cookie.
    #[cfg(feature = "ssr")]
    pub fn chosen() -> Self {
        let parts = use_context::<http::request::Parts>();
        let cookie = parts.as_ref().and_then(|parts| jeton_http::cookies::read(&parts.headers, TOKEN_LIST));
        Self::from_cookie(cookie)
    }

    /// Returns the preferences from this browser's cookie.
    #[cfg(not(feature = "ssr"))]
    pub fn chosen() -> Self {
        Self::from_cookie(browser::preference(TOKEN_LIST).as_deref())
    }

    /// Stores the preferences in the cookie, for pages that the server renders.
    pub fn remember(&self) {
        browser::set_preference(TOKEN_LIST, Some(&self.to_cookie()));
    }

    /// Parses a form that names the visible columns.
    pub fn from_fields(fields: &FormFields) -> Self {
        let ListPreferencesForm { columns, density } = fields.into();
        let shown = |column: &Column| columns.iter().any(|name| name == column.name());
        Self { compact: density == COMPACT, hidden: Column::ALL.into_iter().filter(|column| !shown(column)).collect() }
    }

    /// Parses the value of the cookie; ignores unknown words.
    pub fn from_cookie(value: Option<&str>) -> Self {
        let Some(value) = value else { return Self::usual() };
        let words: Vec<&str> = value.split('.').collect();
        Self {
            compact: words.contains(&COMPACT),
            hidden: Column::ALL.into_iter().filter(|column| words.contains(&column.name())).collect(),
        }
    }

    /// Formats the value of the cookie: "compact.owner.created"; never empty, as that would remove it.
    pub fn to_cookie(&self) -> String {
        let mut value = String::from(if self.compact { COMPACT } else { "comfortable" });
        for column in &self.hidden {
            value.push('.');
            value.push_str(column.name());
        }
        value
    }

    /// Returns whether the column is not hidden.
    pub fn shows(&self, column: Column) -> bool {
        !self.hidden.contains(&column)
    }

    /// Returns the classes of the table.
    pub fn classes(&self) -> String {
        let mut classes = String::from(if self.compact { "grid-table tokens compact" } else { "grid-table tokens" });
        for column in &self.hidden {
            classes.push_str(" no-");
            classes.push_str(column.name());
        }
        classes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_is_remembered_as_it_was_chosen() {
        let fields = |pairs: &[(&str, &str)]| {
            FormFields(pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect())
        };
        let view =
            ListPreferences::from_fields(&fields(&[("density", "compact"), ("column", "status"), ("column", "owner")]));
        assert_eq!(
            view.hidden,
            [Column::Permissions, Column::Used, Column::Created, Column::Modified, Column::Expires]
        );
        assert_eq!(ListPreferences::from_cookie(Some(&view.to_cookie())), view);
        assert_eq!(ListPreferences::from_cookie(Some("x.owner;y")), ListPreferences::default());
        assert_eq!(ListPreferences::from_cookie(None).classes(), "grid-table tokens no-modified");
        assert_eq!(ListPreferences::from_cookie(Some("compact.owner")).classes(), "grid-table tokens compact no-owner");
    }
}
