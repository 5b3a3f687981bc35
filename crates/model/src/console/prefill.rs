//! URLs that open the Custom API Token dialog with boxes already ticked, so that documentation can link to it:
//! `?template=telegraf-writer`, `?read=buckets/<name or id>&write=tasks&description=…`, `?from=<authorization>`. With
//! `?rotate=<authorization>`, the dialog rotates that token with changes; with `&narrow=1`, what it did not use through
//! gates lately is not ticked.

use serde::{Deserialize, Serialize};

use crate::{
    Action, AuthorizationId, Networks, Permission, ResourceType, Timestamp, authorization::MAX_DESCRIPTION,
    token::redact,
};

use super::{
    selection::Selection,
    template::Template,
    tokens::{Choice, shorten},
};

/// Maximum number of `read` and `write` parameters that are considered.
pub const MAX_WANTED: usize = 200;

/// A `read` or `write` parameter: a type, optionally with the name or id of one resource.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Wanted {
    /// The action: the name of the parameter.
    pub action: Action,
    /// The type as written; it may be unknown.
    pub kind: String,
    /// The name or id of one resource; `None` for all of the type.
    pub thing: Option<String>,
}

/// The parameters of a URL that prefills the dialog.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Prefill {
    /// The name of a template; it may be unknown.
    pub template: Option<String>,
    /// The id of the original, a token to start from, as written.
    pub from: Option<String>,
    /// The id of a token to rotate, as written; all other parameters are ignored.
    pub rotate: Option<String>,
    /// True if the rotated token is to be narrowed to what it used.
    #[serde(default)]
    pub narrow: bool,
    /// The `read` and `write` parameters; one more than [`MAX_WANTED`] if there are too many.
    pub wanted: Vec<Wanted>,
    /// The description, without anything that looks like a token.
    pub description: String,
}

impl Prefill {
    /// Parses the parameters of a URL; `all` returns every value of a name.
    pub fn from_parameters(all: impl Fn(&str) -> Vec<String>) -> Self {
        let first = |name: &str| all(name).into_iter().find(|text| !text.is_empty());
        let of = |action: Action| {
            let values = all(action.name()).into_iter().filter(|text| !text.is_empty());
            values.map(move |text| Wanted::read(action, &text))
        };
        let wanted = Action::ALL.into_iter().flat_map(of).take(MAX_WANTED + 1).collect();
        let description = redact(&first("description").unwrap_or_default());
        Self {
            template: first("template"),
            from: first("from"),
            narrow: first("rotate").and(first("narrow")).is_some(),
            rotate: first("rotate"),
            wanted,
            description: shorten(description, MAX_DESCRIPTION),
        }
    }

    /// Returns whether the URL prefills nothing.
    pub fn is_bare(&self) -> bool {
        *self == Self::default()
    }
}

impl Wanted {
    /// Parses `<type>` or `<type>/<name or id>`; a name may contain slashes.
    fn read(action: Action, text: &str) -> Self {
        let (kind, thing) = text.split_once('/').unwrap_or((text, ""));
        Self { action, kind: kind.into(), thing: Some(thing.to_owned()).filter(|thing| !thing.is_empty()) }
    }
}

/// The content of the prefilled dialog, and the parameters that couldn't be applied.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prefilled {
    /// The ticked boxes.
    pub selection: Selection,
    /// The template that was applied, if any.
    pub template: Option<Template>,
    /// The description in the URL or, if it has none, that of a clone of the original.
    pub description: String,
    /// The lifetime of the original, in seconds.
    pub life: Option<i64>,
    /// The networks from which the original is accepted.
    pub networks: Networks,
    /// The names for the ticked boxes.
    pub known: Vec<Choice>,
    /// The parameters that couldn't be applied, each once.
    pub gaps: Vec<Gap>,
    /// The token that the dialog rotates, if it does not generate one.
    pub rotates: Option<RotatedToken>,
}

/// A token that is rotated with changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RotatedToken {
    /// Id of the token.
    pub id: AuthorizationId,
    /// Its own expiry, beyond which no overlap goes.
    pub expires_at: Option<Timestamp>,
    /// The server's time when it was read.
    pub now: Timestamp,
}

/// A parameter that couldn't be applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Gap {
    /// The template is unknown.
    Template(String),
    /// The type is unknown.
    Type(String),
    /// No resource of this type has that name or id here, or the caller may not read it.
    Thing(ResourceType, String),
    /// Resources of this type have no boxes of their own.
    NoSingle(ResourceType, String),
    /// The caller doesn't hold the permission, so they can't grant it.
    NotHeld(Action, ResourceType, Option<String>),
    /// There are more parameters than [`MAX_WANTED`].
    TooMany,
    /// The original does not exist here, or the caller may not read it.
    Original,
    /// A permission of the original has no box.
    NoBox(Permission),
    /// A permission on buckets that the rotated token did not use through gates, with the name of its one bucket.
    Unused(Permission, Option<String>),
    /// The original reaches every organization.
    OnlyHere,
    /// The original belongs to someone else, with this name.
    OtherOwner(Option<String>),
    /// The rotated token belongs to someone else, with this name.
    OwnerStays(Option<String>),
}

impl Gap {
    /// Returns the sentence that the dialog shows. It quotes parameters, into which people paste tokens.
    pub fn sentence(&self) -> String {
        match self {
            Self::Template(word) => format!("There is no template “{}”.", redact(word)),
            Self::Type(word) => format!("There is no resource type “{}”.", redact(word)),
            Self::Thing(kind, text) => {
                format!("There is no “{}” among the {} that you can see.", redact(text), kind.words())
            }
            Self::NoSingle(kind, text) => {
                format!("“{}” was not ticked: {} can only be granted all together.", redact(text), kind.words())
            }
            Self::NotHeld(action, kind, name) => {
                let what = match (name, kind) {
                    (Some(name), _) => format!("“{name}”"),
                    // The boxes of these types cover the caller's own user and organization.
                    (None, ResourceType::Users) => "your own user".into(),
                    (None, ResourceType::Orgs) => "this organization".into(),
                    (None, kind) => format!("all {}", kind.words()),
                };
                format!("{} {what} was not ticked: you can't grant what you don't hold.", action.title())
            }
            Self::TooMany => format!("Only the first {MAX_WANTED} permissions in the address were used."),
            Self::Original => "The token to start from is not in this organization, or you may not see it.".into(),
            Self::NoBox(permission) => format!("{permission} cannot be granted here and was left out."),
            Self::Unused(permission, name) => match (name, permission.resource.id) {
                (Some(name), _) => {
                    format!("{} “{name}” was not ticked: no gate saw a use in 30 days.", permission.action.title())
                }
                (None, Some(_)) => format!("{permission} was not ticked: no gate saw a use in 30 days."),
                (None, None) => format!(
                    "{} all buckets was not ticked: only those that were used through a gate in 30 days are.",
                    permission.action.title()
                ),
            },
            Self::OnlyHere => "The original has access to every organization, the new token only to this one.".into(),
            Self::OtherOwner(name) => match name {
                Some(name) => format!("The original belongs to {name}; the new token will belong to you."),
                None => "The original’s owner was deleted; the new token will belong to you.".into(),
            },
            Self::OwnerStays(name) => format!(
                "The new token will belong to {}, as the old one does. The boxes for users stand for that user.",
                name.as_deref().unwrap_or("a deleted user")
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::token::NewToken;

    use super::*;

    fn read(parameters: &[(&str, &str)]) -> Prefill {
        Prefill::from_parameters(|name| {
            parameters.iter().filter(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()).collect()
        })
    }

    fn wanted(action: Action, kind: &str, thing: Option<&str>) -> Wanted {
        Wanted { action, kind: kind.into(), thing: thing.map(Into::into) }
    }

    #[test]
    fn parameters_repeat_and_a_type_alone_is_all_of_it() {
        let prefill = read(&[("read", "buckets/iot"), ("write", "buckets/iot"), ("read", "tasks"), ("read", "")]);
        let expected = [
            wanted(Action::Read, "buckets", Some("iot")),
            wanted(Action::Read, "tasks", None),
            wanted(Action::Write, "buckets", Some("iot")),
        ];
        assert_eq!(prefill.wanted, expected);
        assert_eq!(read(&[("read", "buckets/")]).wanted, [wanted(Action::Read, "buckets", None)]);
    }

    #[test]
    fn a_name_may_hold_slashes() {
        assert_eq!(read(&[("read", "buckets/db/autogen")]).wanted[0].thing.as_deref(), Some("db/autogen"));
    }

    #[test]
    fn an_address_without_parameters_of_the_dialog_is_bare() {
        assert!(read(&[]).is_bare());
        assert!(read(&[("page", "2"), ("template", ""), ("description", "")]).is_bare());
        assert!(!read(&[("template", "x")]).is_bare());
        assert!(read(&[("narrow", "1")]).is_bare(), "nothing is rotated");
        assert!(read(&[("rotate", "x"), ("narrow", "1")]).narrow);
    }

    #[test]
    fn a_pasted_token_is_cut_out_of_the_description() {
        let token = NewToken::generate([7; 32]);
        let prefill = read(&[("description", &format!("for {} now", token.expose()))]);
        assert_eq!(prefill.description, format!("for {} now", token.prefix().unwrap()));
    }

    #[test]
    fn no_address_is_looked_at_without_end() {
        let many: Vec<(&str, &str)> = vec![("read", "tasks"); 5000];
        assert_eq!(read(&many).wanted.len(), MAX_WANTED + 1);
        assert!(read(&[("description", &"ॐ".repeat(2000))]).description.len() <= MAX_DESCRIPTION);
    }
}
