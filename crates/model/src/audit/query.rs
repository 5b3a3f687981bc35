//! The query of the audit log's page, as the URL's parameters state it.

use serde::{Deserialize, Serialize};

use crate::{OrgId, Timestamp, console::tokens::shorten, token};

/// Maximum number of bytes of a text to search for.
const MAX_TEXT: usize = 255;

/// A filter of the log, and a place in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AuditQuery {
    /// Restricts to entries of this length of time until now.
    pub span: Option<Span>,
    /// Restricts to entries at or after this time.
    pub from: Option<Timestamp>,
    /// Restricts to entries before this time.
    pub to: Option<Timestamp>,
    /// The actor: a user's name or id, a token's prefix or id; empty for anyone.
    pub actor: String,
    /// A whole action, such as "bucket created", or the name of an [`ActionGroup`]; empty for all.
    pub action: String,
    /// The target: a type, or a type, a slash and an id; empty for anything.
    pub target: String,
    /// A name, an id or a prefix anywhere in the entry.
    pub about: String,
    /// Restricts to entries of this organization.
    pub org: Option<OrgId>,
    /// Restricts to entries older than this one.
    pub after: Option<i64>,
    /// Restricts to entries newer than this one; the page begins with the oldest of those.
    pub before: Option<i64>,
}

/// A length of time that ends now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Span {
    /// The last 60 minutes.
    Hour,
    /// The last 24 hours.
    Day,
    /// The last 7 days, of 24 hours each.
    Week,
    /// The last 30 days, of 24 hours each.
    Month,
}

impl Span {
    /// Every length, the shortest first.
    pub const ALL: [Self; 4] = [Self::Hour, Self::Day, Self::Week, Self::Month];

    /// Returns the name in URLs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hour => "1h",
            Self::Day => "24h",
            Self::Week => "7d",
            Self::Month => "30d",
        }
    }

    /// Returns the title that the console shows.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Hour => "Last hour",
            Self::Day => "Last 24 hours",
            Self::Week => "Last 7 days",
            Self::Month => "Last 30 days",
        }
    }

    /// Returns the number of seconds.
    pub const fn seconds(self) -> i64 {
        match self {
            Self::Hour => 3600,
            Self::Day => 86_400,
            Self::Week => 7 * 86_400,
            Self::Month => 30 * 86_400,
        }
    }
}

/// A group of actions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActionGroup {
    /// Sign-ins, successful and denied, sign-outs, and sessions that were ended.
    SignIns,
    /// Creations, clones, added members, and the set-up.
    Created,
    /// Every action that is in no other group, such as updates, rotations and changed roles.
    Changed,
    /// Deletions, removed members, and entries deleted past their retention.
    Deleted,
    /// Reads of texts that may contain secrets, and exports of lists and of the log.
    Read,
    /// Denials, and the entry that counts denials that were not recorded one by one.
    Refused,
}

impl ActionGroup {
    /// Every group.
    pub const ALL: [Self; 6] = [Self::SignIns, Self::Created, Self::Changed, Self::Deleted, Self::Read, Self::Refused];

    /// Returns the name in URLs.
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

    /// Returns the title that the console shows.
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

    /// Returns the group with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|group| group.name() == name)
    }
}

/// Parses a time in RFC 3339, or a day, or a day with hours and minutes, in UTC.
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
    /// Parses the parameters of a URL. Invalid values are ignored, and tokens are cut to their prefix.
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

    /// Returns the query as parsed from its own parameters, because browsers can send arbitrary values.
    pub fn normalised(&self) -> Self {
        let parameters = self.parameters();
        let get = |name: &str| parameters.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str());
        Self::from_parameters(get)
    }

    /// Returns the parameters of a URL with this query: only those that differ from the default, and never a token.
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

    /// Returns the query with a change, from the newest entry on.
    pub fn with(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut changed = Self { after: None, before: None, ..self.clone() };
        change(&mut changed);
        changed
    }

    /// Returns whether a filter is set; the place in the log is ignored.
    pub fn is_filtered(&self) -> bool {
        let everything = Self { org: self.org, after: self.after, before: self.before, ..Self::default() };
        *self != everything
    }

    /// Returns the latest of the lower limits on time.
    pub fn since(&self, now: Timestamp) -> Option<Timestamp> {
        let recent = self.span.map(|span| now.plus_seconds(-span.seconds()));
        self.from.max(recent)
    }
}

/// The organization that a search is restricted to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditScope {
    /// This organization only.
    Org(OrgId),
    /// This organization, and entries of none.
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
