//! "What could this token do with …?": a question about one token, and its answer.

use serde::{Deserialize, Serialize};

use crate::{Action, Permission, ResourceType, describe::Named, token::redact};

use super::tokens::shorten;

/// Maximum number of bytes of a name to look up.
const MAX_THING: usize = 255;

/// A question whether the token may do something, as the URL states it: `?can=write&type=buckets&id=<name or id>`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Question {
    /// The action that the token would perform.
    pub action: Action,
    /// The type of the resource; never `instance`.
    pub kind: ResourceType,
    /// The name or id of one resource; empty for all of the type.
    pub thing: String,
}

impl Question {
    /// Parses the parameters of a URL; `None` if they are missing or invalid.
    pub fn from_parameters<'a>(get: impl Fn(&str) -> Option<&'a str>) -> Option<Self> {
        let action = Action::ALL.into_iter().find(|action| get("can") == Some(action.name()))?;
        let kind = ResourceType::grantable().find(|kind| get("type") == Some(kind.name()))?;
        let thing = redact(get("id").unwrap_or_default().trim()).replace('\0', "");
        Some(Self { action, kind, thing: shorten(thing, MAX_THING) })
    }

    /// Returns the parameters of a URL with this question.
    pub fn parameters(&self) -> Vec<(&'static str, String)> {
        let mut parameters = vec![("can", self.action.name().into()), ("type", self.kind.name().into())];
        if !self.thing.is_empty() {
            parameters.push(("id", self.thing.clone()));
        }
        parameters
    }
}

/// The reason why a token does nothing at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stopped {
    /// Switched off.
    Inactive,
    /// Reported as leaked.
    Leaked,
    /// Past its expiry.
    Expired,
    /// Its owner or its organization was deleted.
    Ended,
    /// Its owner is inactive, and with them their tokens.
    OwnerInactive,
    /// It is not accepted from the network where it is used.
    ForeignNetwork,
}

impl Stopped {
    /// All reasons.
    pub const ALL: [Self; 6] =
        [Self::Expired, Self::Inactive, Self::Leaked, Self::ForeignNetwork, Self::OwnerInactive, Self::Ended];

    /// Returns its name in introspections.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::Inactive => "deactivated",
            Self::Leaked => "leaked",
            Self::ForeignNetwork => "wrong-network",
            Self::OwnerInactive => "owner-inactive",
            Self::Ended => "ended",
        }
    }

    /// Returns the reason with that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }

    /// Returns the reason as a sentence: "this token is deactivated".
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Inactive => "this token is deactivated",
            Self::Leaked => "this token was reported as leaked and stays deactivated",
            Self::Expired => "this token expired",
            Self::Ended => "the owner or organization of this token was deleted",
            Self::OwnerInactive => "the owner of this token is deactivated",
            Self::ForeignNetwork => "wrong network: this token is not accepted from this network",
        }
    }

    /// Returns the reason as a clause: "it is inactive".
    pub const fn because(self) -> &'static str {
        match self {
            Self::Inactive => "it is inactive",
            Self::Leaked => "it was reported as leaked",
            Self::Expired => "it has expired",
            Self::Ended => "its owner or organization was deleted",
            Self::OwnerInactive => "its owner is inactive",
            Self::ForeignNetwork => "it is not accepted from this network",
        }
    }
}

/// The answer to a [`Question`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ruling {
    /// The name or id is unknown here, or the caller may not read the resource.
    Unknown,
    /// The permission that is required, with names; the permission of the token that permits it, if any; and what stops
    /// the token regardless of its permissions.
    Decided {
        /// The permission that the action requires, with names.
        required: Named,
        /// The token's permission that permits it, if any.
        by: Option<Permission>,
        /// The reason why the token does nothing, regardless of its permissions, if there is one.
        stopped: Option<Stopped>,
    },
}

impl Ruling {
    /// Returns whether the token may do it.
    pub const fn is_yes(&self) -> bool {
        matches!(self, Self::Decided { by: Some(_), stopped: None, .. })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn read(parameters: &[(&'static str, String)]) -> Option<Question> {
        let map: HashMap<&str, &str> = parameters.iter().map(|(key, value)| (*key, value.as_str())).collect();
        Question::from_parameters(|key| map.get(key).copied())
    }

    #[test]
    fn reasons_are_read_as_they_are_written() {
        for reason in Stopped::ALL {
            assert_eq!(Stopped::from_name(reason.name()), Some(reason));
        }
        assert_eq!(Stopped::from_name("unknown"), None);
    }

    #[test]
    fn questions_are_read_as_they_are_written() {
        for thing in ["", "iot", "a/b c"] {
            let question = Question { action: Action::Write, kind: ResourceType::Buckets, thing: thing.into() };
            assert_eq!(read(&question.parameters()), Some(question));
        }
    }

    #[test]
    fn what_makes_no_sense_asks_nothing() {
        assert_eq!(read(&[]), None);
        assert_eq!(read(&[("can", "delete".into()), ("type", "buckets".into())]), None);
        assert_eq!(read(&[("can", "read".into()), ("type", "instance".into())]), None);
    }
}
