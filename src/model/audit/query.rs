//! Which entries are wanted: all of it stands in the address.

use serde::{Deserialize, Serialize};

use crate::model::{OrgId, Timestamp, console::tokens::shorten, token};

/// At most so many bytes of a text are looked for.
const MAX_TEXT: usize = 255;

/// A filter of the log, and a place in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AuditQuery {
    /// Only what happened so recently.
    pub span: Option<Span>,
    /// Only what happened then or later.
    pub from: Option<Timestamp>,
    /// Only what happened before.
    pub to: Option<Timestamp>,
    /// Who did it: a user's name or id, a token's prefix or id; empty for anyone.
    pub actor: String,
    /// A whole action, as in "bucket created", or the name of an [`ActionGroup`]; empty for all.
    pub action: String,
    /// What it was done to: a type, or a type, a slash and an id; empty for anything.
    pub target: String,
    /// A name, an id or a prefix that stands anywhere in the entry.
    pub about: String,
    /// Only what happened in this organization.
    pub org: Option<OrgId>,
    /// Only entries older than this one.
    pub after: Option<i64>,
    /// Only entries newer than this one, and of those the oldest.
    pub before: Option<i64>,
}

/// A stretch of time that ends now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Span {
    Hour,
    Day,
    Week,
    Month,
}

impl Span {
    pub const ALL: [Self; 4] = [Self::Hour, Self::Day, Self::Week, Self::Month];

    /// As an address has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hour => "1h",
            Self::Day => "24h",
            Self::Week => "7d",
            Self::Month => "30d",
        }
    }

    pub const fn title(self) -> &'static str {
        match self {
            Self::Hour => "Last hour",
            Self::Day => "Last 24 hours",
            Self::Week => "Last 7 days",
            Self::Month => "Last 30 days",
        }
    }

    pub const fn seconds(self) -> i64 {
        match self {
            Self::Hour => 3600,
            Self::Day => 86_400,
            Self::Week => 7 * 86_400,
            Self::Month => 30 * 86_400,
        }
    }
}

/// Actions of one sort.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActionGroup {
    SignIns,
    Created,
    Changed,
    Deleted,
    /// Reads of texts that may hold secrets, and files of lists and of the log.
    Read,
    Refused,
}

impl ActionGroup {
    pub const ALL: [Self; 6] = [Self::SignIns, Self::Created, Self::Changed, Self::Deleted, Self::Read, Self::Refused];

    /// As an address has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SignIns => "sign-ins",
            Self::Created => "created",
            Self::Changed => "changed",
            Self::Deleted => "deleted",
            Self::Read => "read",
            Self::Refused => "refused",
        }
    }

    pub const fn title(self) -> &'static str {
        match self {
            Self::SignIns => "Sign-ins",
            Self::Created => "Created",
            Self::Changed => "Changed",
            Self::Deleted => "Deleted",
            Self::Read => "Read or exported",
            Self::Refused => "Refused",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|group| group.name() == name)
    }
}

/// A time as people and programs write it: RFC 3339; or a day, or a day and minutes, in UTC.
pub fn parse_time(text: &str) -> Option<Timestamp> {
    let whole = match text.len() {
        10 => format!("{text}T00:00:00Z"),
        16 => format!("{text}:00Z"),
        19 => format!("{text}Z"),
        _ => text.to_owned(),
    };
    serde_json::from_value(serde_json::Value::String(whole)).ok()
}

impl AuditQuery {
    /// From the parameters of an address; what makes no sense is left out, and a token is cut to its prefix.
    pub fn from_parameters<'a>(get: impl Fn(&str) -> Option<&'a str>) -> Self {
        let text = |name: &str| {
            let text = get(name).unwrap_or_default().trim().replace('\0', "");
            shorten(token::redact(&text), MAX_TEXT)
        };
        let place = |name: &str| get(name).and_then(|text| text.parse().ok()).filter(|seq| *seq >= 0);
        Self {
            span: Span::ALL.into_iter().find(|span| get("last") == Some(span.name())),
            from: get("from").and_then(parse_time),
            to: get("to").and_then(parse_time),
            actor: text("actor"),
            action: text("action"),
            target: text("target"),
            about: text("searchTerm"),
            org: None,
            after: place("after"),
            before: place("before"),
        }
    }

    /// The same as an address could say it: what a browser's program sends may be anything.
    pub fn normalised(&self) -> Self {
        let parameters = self.parameters();
        let get = |name: &str| parameters.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str());
        Self::from_parameters(get)
    }

    /// The parameters of an address that leads back here; only what differs from the usual, and never a token.
    pub fn parameters(&self) -> Vec<(&'static str, String)> {
        let mut parameters = Vec::new();
        if let Some(span) = self.span {
            parameters.push(("last", span.name().to_owned()));
        }
        for (name, time) in [("from", self.from), ("to", self.to)] {
            parameters.extend(time.map(|time| (name, time.to_string())));
        }
        let texts =
            [("actor", &self.actor), ("action", &self.action), ("target", &self.target), ("searchTerm", &self.about)];
        parameters.extend(
            texts.into_iter().filter(|(_, text)| !text.is_empty()).map(|(name, text)| (name, token::redact(text))),
        );
        for (name, place) in [("after", self.after), ("before", self.before)] {
            parameters.extend(place.map(|seq| (name, seq.to_string())));
        }
        parameters
    }

    /// The same log from its newest entry, changed.
    pub fn with(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut changed = Self { after: None, before: None, ..self.clone() };
        change(&mut changed);
        changed
    }

    /// Whether anything is left out, wherever in the log one is.
    pub fn is_filtered(&self) -> bool {
        let everything = Self { org: self.org, after: self.after, before: self.before, ..Self::default() };
        *self != everything
    }

    /// From when on, all limits together.
    pub fn since(&self, now: Timestamp) -> Option<Timestamp> {
        let recent = self.span.map(|span| now.plus_seconds(-span.seconds()));
        self.from.max(recent)
    }
}

/// Which organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditScope {
    /// This one alone.
    Org(OrgId),
    /// This one, and what belongs to none.
    OrgOrNone(OrgId),
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::{option, prelude::*, sample::select};

    use super::*;

    fn read(parameters: &[(&'static str, String)]) -> AuditQuery {
        let map: HashMap<&str, &str> = parameters.iter().map(|(key, value)| (*key, value.as_str())).collect();
        AuditQuery::from_parameters(|key| map.get(key).copied())
    }

    #[test]
    fn times_are_read_as_people_write_them() {
        let time = |text: &str| parse_time(text).map(|time| time.to_string());
        assert_eq!(time("2026-05-05").as_deref(), Some("2026-05-05T00:00:00Z"));
        assert_eq!(time("2026-05-05T09:14").as_deref(), Some("2026-05-05T09:14:00Z"));
        assert_eq!(time("2026-05-05T11:14:07+02:00").as_deref(), Some("2026-05-05T09:14:07Z"));
        assert_eq!(time("2026-05-05T09:14:07").as_deref(), Some("2026-05-05T09:14:07Z"));
        for nonsense in ["", "yesterday", "2026-13-05", "ॐॐॐ x", "2026-05-05T25:00"] {
            assert_eq!(time(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn a_pasted_token_becomes_its_prefix() {
        let token = token::NewToken::generate([3; 32]);
        let query = AuditQuery::from_parameters(|name| (name == "searchTerm").then_some(token.expose()));
        assert_eq!(Some(query.about), token.prefix());
    }

    #[test]
    fn the_later_of_two_beginnings_counts() {
        let now = Timestamp::from_micros(1_700_000_000_000_000);
        let of = |span, from| AuditQuery { span, from, ..AuditQuery::default() }.since(now);
        assert_eq!(of(None, None), None);
        assert_eq!(of(Some(Span::Hour), Some(now.plus_seconds(-60))), Some(now.plus_seconds(-60)));
        assert_eq!(of(Some(Span::Hour), Some(now.plus_seconds(-7200))), Some(now.plus_seconds(-3600)));
    }

    proptest! {
        #[test]
        fn addresses_round_trip(
            span in option::of(select(Span::ALL.as_slice())), from in option::of(0i64..4_000_000_000_000_000),
            actor in "[a-zA-Z]{0,12}", about in "[a-z ॐ]{0,12}", after in option::of(0i64..1000),
        ) {
            let query = AuditQuery {
                span, from: from.map(Timestamp::from_micros), actor, about: about.trim().into(), after, ..AuditQuery::default()
            };
            prop_assert_eq!(read(&query.parameters()), query);
        }
    }
}
