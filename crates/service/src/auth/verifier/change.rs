//! Changes of the tokens in memory, as an entry of the audit log tells them.

use jeton_model::Id;
use jeton_store::audit::Stored;

/// The origin that an import leaves in the detail of its entries, which are compact JSON.
const BY_IMPORT: &str = "\"via\":\"import\"";

/// A record that may have changed, so that memory is not used for it any more. Nothing says how: the next use reads the
/// database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// One authorization: created, changed or deleted.
    Authorization(Id),
    /// A user, and whether the authorizations of that user work.
    User(Id),
    /// An organization, and whether the authorizations in it work.
    Org(Id),
    /// Anything.
    Everything,
}

impl Change {
    /// Returns the change that an entry tells; `None` for one about something that no token depends on. An
    /// unknown event, such as one of a newer version, counts as a change of everything.
    pub(crate) fn of(entry: &Stored) -> Option<Self> {
        // It may bring the SHA-512 of a token whose SHA-256 has another record: see `by_token_hashes`.
        if entry.detail.contains(BY_IMPORT) {
            return Some(Self::Everything);
        }
        match (entry.subject_type.as_str(), entry.subject) {
            ("authorizations", Some(id)) => Some(Self::Authorization(id)),
            ("users", Some(id)) => Some(Self::User(id)),
            ("orgs", Some(id)) => Some(Self::Org(id)),
            // Denials of unknown tokens, and of unknown names.
            ("authorizations" | "users", None) => None,
            ("audit" | "buckets" | "dbrp" | "telegrafs", _) => None,
            _ => Some(Self::Everything),
        }
    }
}

#[cfg(test)]
mod tests {
    use jeton_model::Timestamp;

    use super::*;

    fn id(value: u64) -> Id {
        Id::new(value).expect("an id")
    }

    fn entry(subject_type: &str, subject: Option<Id>, detail: &str) -> Stored {
        Stored {
            seq: 1,
            at: Timestamp::from_micros(0),
            action: "event of a newer version".into(),
            actor_user: None,
            actor_authorization: None,
            actor_session: None,
            address: None,
            org: None,
            subject_type: subject_type.into(),
            subject,
            detail: detail.into(),
            prev: String::new(),
            hash: String::new(),
        }
    }

    #[test]
    fn the_subject_of_an_entry_is_what_changes() {
        let of = |kind: &str| Change::of(&entry(kind, Some(id(7)), "{}"));
        assert_eq!(of("authorizations"), Some(Change::Authorization(id(7))));
        assert_eq!(of("users"), Some(Change::User(id(7))));
        assert_eq!(of("orgs"), Some(Change::Org(id(7))));
        assert_eq!(of("buckets"), None);
        assert_eq!(Change::of(&entry("authorizations", None, "{}")), None, "an unknown token");
    }

    #[test]
    fn what_is_not_known_here_changes_everything() {
        assert_eq!(Change::of(&entry("realms", Some(id(7)), "{}")), Some(Change::Everything));
        assert_eq!(Change::of(&entry("orgs", None, "{}")), Some(Change::Everything));
    }

    #[test]
    fn an_import_changes_everything() {
        let detail = serde_json::json!({"description": "x", "via": "import"}).to_string();
        assert_eq!(Change::of(&entry("authorizations", Some(id(7)), &detail)), Some(Change::Everything));
    }
}
