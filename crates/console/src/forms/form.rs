//! The declaration of a form: one list of fields for the page that displays it and the action that parses it.

#[cfg(feature = "ssr")]
use secrecy::SecretString;

use super::outcome::FormFields;

/// Declares the struct of a form. Each line is a constant with the name that the field is submitted under, and the
/// field of the struct with its value: `NAME = "name" => name: String`. A line without the second half is a field that
/// only pages read, to fill in a refused form again.
///
/// The constants exist in both halves of the console. The values and their `From<&FormFields>` exist on the server
/// alone, unless the struct is marked `shared`.
macro_rules! form {
    ($(#[$doc:meta])* pub struct $form:ident { $($lines:tt)+ }) => {
        #[cfg(feature = "ssr")]
        $crate::forms::form::form! { @values $(#[$doc])* $form { $($lines)+ } }

        $(#[$doc])*
        ///
        /// The browser uses only the names of its fields.
        #[cfg(not(feature = "ssr"))]
        pub enum $form {}

        $crate::forms::form::form! { @names $form { $($lines)+ } }
    };
    ($(#[$doc:meta])* pub struct $form:ident: shared { $($lines:tt)+ }) => {
        $crate::forms::form::form! { @values $(#[$doc])* $form { $($lines)+ } }
        $crate::forms::form::form! { @names $form { $($lines)+ } }
    };
    (@values $(#[$doc:meta])* $form:ident {
        $($(#[$note:meta])* $name:ident = $wire:literal $(=> $field:ident: $kind:ty)?),+ $(,)?
    }) => {
        $(#[$doc])*
        pub struct $form {
            $($(
                #[doc = concat!("The value of the field `", $wire, "`.")]
                pub $field: $kind,
            )?)+
        }

        impl From<&$crate::forms::outcome::FormFields> for $form {
            fn from(fields: &$crate::forms::outcome::FormFields) -> Self {
                Self { $($($field: $crate::forms::form::FieldValue::read(fields, Self::$name),)?)+ }
            }
        }
    };
    (@names $form:ident {
        $($(#[$note:meta])* $name:ident = $wire:literal $(=> $field:ident: $kind:ty)?),+ $(,)?
    }) => {
        impl $form {
            $(
                #[doc = concat!("The name of the field `", $wire, "`.")]
                $(#[$note])*
                pub const $name: &'static str = $wire;
            )+
        }
    };
}

pub(super) use form;

/// A type of values that fields of forms have.
pub trait FieldValue {
    /// Returns the value of the field `name`.
    fn read(fields: &FormFields, name: &str) -> Self;
}

/// A text; empty if the field is missing.
impl FieldValue for String {
    fn read(fields: &FormFields, name: &str) -> Self {
        fields.get(name).unwrap_or_default().to_owned()
    }
}

/// A text; `None` if the field is missing.
impl FieldValue for Option<String> {
    fn read(fields: &FormFields, name: &str) -> Self {
        fields.get(name).map(str::to_owned)
    }
}

/// A number; `None` if the field is missing or no number.
impl FieldValue for Option<u64> {
    fn read(fields: &FormFields, name: &str) -> Self {
        fields.get(name).and_then(|text| text.parse().ok())
    }
}

/// A ticked box or a pressed button: true if the field is present, whatever its value.
impl FieldValue for bool {
    fn read(fields: &FormFields, name: &str) -> Self {
        fields.get(name).is_some()
    }
}

/// The values of a repeated field, in order.
impl FieldValue for Vec<String> {
    fn read(fields: &FormFields, name: &str) -> Self {
        fields.all(name).map(str::to_owned).collect()
    }
}

/// A secret text; empty if the field is missing.
#[cfg(feature = "ssr")]
impl FieldValue for SecretString {
    fn read(fields: &FormFields, name: &str) -> Self {
        fields.get(name).unwrap_or_default().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    form! {
        /// A form with a field of each kind.
        pub struct Sample: shared {
            TEXT = "text" => text: String,
            NOTE = "a-note" => note: Option<String>,
            COUNT = "count" => count: Option<u64>,
            BOX = "box" => ticked: bool,
            ROW = "row" => rows: Vec<String>,
            SEARCH = "search",
        }
    }

    fn parsed(pairs: &[(&str, &str)]) -> Sample {
        let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Sample::from(&FormFields(pairs.collect()))
    }

    #[test]
    fn fields_are_found_by_their_names() {
        let form = parsed(&[
            (Sample::ROW, "1"),
            (Sample::TEXT, "a"),
            (Sample::NOTE, ""),
            (Sample::SEARCH, "x"),
            (Sample::COUNT, "12"),
            (Sample::BOX, ""),
            (Sample::ROW, "2"),
        ]);
        assert_eq!((form.text.as_str(), form.note.as_deref(), form.count), ("a", Some(""), Some(12)));
        assert_eq!((form.ticked, form.rows), (true, vec!["1".to_owned(), "2".to_owned()]));
        assert_eq!(Sample::NOTE, "a-note");
    }

    #[test]
    fn missing_fields_are_empty() {
        let form = parsed(&[(Sample::COUNT, "many")]);
        assert_eq!((form.text.as_str(), form.note, form.count), ("", None, None));
        assert_eq!((form.ticked, form.rows), (false, Vec::new()));
    }
}
