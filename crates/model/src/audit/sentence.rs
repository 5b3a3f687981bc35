//! An entry of the audit log in one sentence.

use serde_json::Value;

use crate::wording::{self, capitalized};

use super::AuditRow;

/// A sentence about an action, split around the name of its target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sentence {
    /// The text before the name; the whole sentence if there is no name.
    pub before: String,
    /// Name of the target.
    pub name: Option<String>,
    /// The text after the name, with its leading space or punctuation.
    pub after: String,
    /// True if it reports a denial.
    pub refused: bool,
}

impl Sentence {
    fn new(before: impl Into<String>) -> Self {
        Self { before: before.into(), ..Self::default() }
    }

    fn about(before: &str, name: Option<String>) -> Self {
        Self { before: before.into(), name, ..Self::default() }
    }

    fn then(self, after: impl Into<String>) -> Self {
        Self { after: after.into(), ..self }
    }

    /// Returns the whole sentence.
    pub fn text(&self) -> String {
        let name = self.name.as_ref().map(|name| format!(" “{name}”")).unwrap_or_default();
        format!("{}{name}{}", self.before, self.after)
    }
}

/// Returns the sentence for an entry; unknown actions get a generic one.
pub fn sentence(row: &AuditRow) -> Sentence {
    let (detail, name) = (&row.detail, name(row));
    let text = |path: &str| detail.pointer(path).and_then(Value::as_str).unwrap_or_default();
    let count = |path: &str, one: &str| wording::count(detail.pointer(path).and_then(Value::as_u64).unwrap_or(0), one);
    match row.action.as_str() {
        "signed in" => Sentence::new("Signed in"),
        "signed out" => Sentence::new("Signed out"),
        "set up" => Sentence::about("Set up organization", Some(text("/organization").into())),
        // Names the user if it wasn't the actor.
        "sessions ended" => match detail.pointer("/name").and_then(Value::as_str) {
            Some(name) => Sentence::about(&format!("Ended {} of", count("/count", "session")), Some(name.into())),
            None => Sentence::new(format!("Ended {}", count("/count", "session"))),
        },
        "session refused" => refused(Sentence::about("Refused a session of", name).then(because(detail))),
        "password change refused" => {
            refused(Sentence::about("Refused to change the password of", name).then(because(detail)))
        }
        "telegraf configurations read" => Sentence::new(format!("Read {}", count("/count", "telegraf configuration"))),
        "reads left out" => Sentence::new(format!("Did not record {}", count("/count", "further read"))),
        "API tokens exported" => Sentence::about("Exported the API tokens of", name).then(as_file(detail)),
        "audit log exported" => Sentence::new("Exported the audit log").then(as_file(detail)),
        "password set" => Sentence::about("Set the password of", name),
        "1.x password set" => Sentence::about("Set the password of 1.x credential", name),
        "member added" => Sentence::about("Added", name).then(format!(" as {}", text("/role"))),
        "member removed" => Sentence::about("Removed member", name),
        "role changed" => Sentence::about("Changed the role of", name).then(format!(
            " from {} to {}",
            text("/before/role"),
            text("/after/role")
        )),
        "audit log trimmed" => Sentence::new(format!("Deleted {} past their retention", count("/entries", "entry"))),
        "audit key rotated" => Sentence::new("Replaced the audit key"),
        "audit key adopted" => Sentence::new("Continued with the new audit key"),
        "backup taken" => Sentence::about("Backed up the database into", Some(text("/file").into())),
        "refusals left out" => refused(Sentence::new(format!("Did not record {}", count("/count", "further refusal")))),
        "sign-in refused" if name.is_none() => refused(Sentence::new("Refused to sign in: unknown name")),
        "sign-in refused" => refused(Sentence::about("Refused to sign in", name).then(because(detail))),
        "unknown token refused" => refused(Sentence::new("Refused an unknown token")),
        "bucket bound" | "bucket unbound" | "bucket suspended" | "bucket confirmed" => {
            generic(&row.action, name, detail).then(at_gate(detail))
        }
        "authorization updated" | "user updated" | "1.x credential updated" => updated(row, name),
        other => generic(other, name, detail),
    }
}

fn refused(sentence: Sentence) -> Sentence {
    Sentence { refused: true, ..sentence }
}

/// Returns the sentence for an update; activation and deactivation have their own verbs.
fn updated(row: &AuditRow, name: Option<String>) -> Sentence {
    let status = |side: &str| row.detail.pointer(&format!("/{side}/status")).and_then(Value::as_str);
    let noun = noun(row.action.trim_end_matches(" updated"));
    match (status("before"), status("after")) {
        (before, Some("inactive")) if before != Some("inactive") => {
            Sentence::about(&format!("Deactivated {noun}"), name)
        }
        (before, Some("active")) if before != Some("active") => Sentence::about(&format!("Activated {noun}"), name),
        _ => Sentence::about(&format!("Changed {noun}"), name),
    }
}

/// Formats an action with the verb first: "Created bucket" for "bucket created".
fn generic(action: &str, name: Option<String>, detail: &Value) -> Sentence {
    let Some((what, verb)) = action.rsplit_once(' ') else { return Sentence::new(capitalized(action)) };
    let verb = match (what, verb) {
        ("authorization", "created") => "Generated".into(),
        (_, "updated") => "Changed".into(),
        (_, verb) => capitalized(verb),
    };
    let sentence = Sentence::about(&format!("{verb} {}", noun(what)), name);
    if verb == "Refused" { refused(sentence.then(by_gate(detail) + &because(detail))) } else { sentence }
}

fn noun(what: &str) -> &str {
    if what == "authorization" { "token" } else { what }
}

/// Returns the words for the format of an exported file.
fn as_file(detail: &Value) -> String {
    match detail.get("format").and_then(Value::as_str) {
        Some("jsonl" | "json") => " as JSON".into(),
        Some("csv") => " as CSV".into(),
        _ => String::new(),
    }
}

/// Returns the words for the database of a bucket and its gate, in parentheses.
fn at_gate(detail: &Value) -> String {
    let text = |name: &str| detail.get(name).and_then(Value::as_str);
    let database = match (text("database"), text("retentionPolicy")) {
        (Some(database), Some(policy)) => format!("database “{database}/{policy}”, "),
        (Some(database), None) => format!("database “{database}”, "),
        (None, _) => String::new(),
    };
    format!(" ({database}gate “{}”)", text("gate").unwrap_or_default())
}

/// Returns the words for the gate that denied a request.
fn by_gate(detail: &Value) -> String {
    let gate = detail.get("gate").and_then(Value::as_str);
    gate.map(|gate| format!(" at gate “{gate}”")).unwrap_or_default()
}

/// Returns the reason of a denial, after a colon.
fn because(detail: &Value) -> String {
    let reason = detail.get("reason").and_then(Value::as_str).unwrap_or_default();
    let permission = detail.get("permission").and_then(Value::as_str).unwrap_or_default();
    let words = match reason {
        "" => return String::new(),
        "network" => "from a network that is not allowed",
        "owner inactive" => "its owner is inactive",
        "owner deleted" => "its owner was deleted",
        "ended" => "its owner or organization was deleted",
        "operator" => "only an operator may do this",
        "organization" => "it belongs to another organization",
        "surface" => "its key was used on the wrong interface (console or API)",
        "permission" => return format!(": lacks {permission}"),
        other => other,
    };
    format!(": {words}")
}

/// Returns the target's name at the time or, if it wasn't recorded, its current one.
fn name(row: &AuditRow) -> Option<String> {
    let members = ["/after/name", "/name", "/username", "/database", "/after/description", "/description"];
    let said = members
        .iter()
        .find_map(|path| row.detail.pointer(path).and_then(Value::as_str).filter(|text| !text.is_empty()));
    let prefix = || row.detail.get("prefix").and_then(Value::as_str).map(|prefix| format!("{prefix}…"));
    said.map(Into::into)
        .or_else(|| row.target.name.clone())
        .or_else(prefix)
        .or_else(|| row.target.id.map(|id| id.to_string()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{
        Id, Timestamp,
        audit::{Actor, Target},
    };

    use super::*;

    fn text_of(action: &str, detail: Value) -> String {
        let row = AuditRow {
            seq: 1,
            at: Timestamp::from_micros(0),
            action: action.into(),
            actor: Actor::default(),
            address: None,
            org: None,
            target: Target { kind: "x".into(), id: Id::new(1), name: None },
            detail,
            hash: String::new(),
        };
        sentence(&row).text()
    }

    #[test]
    fn what_was_done_is_told_as_people_say_it() {
        assert_eq!(text_of("authorization created", json!({"description": "Hall 2"})), "Generated token “Hall 2”");
        assert_eq!(
            text_of("authorization deleted", json!({"description": "", "prefix": "jtn_abcd"})),
            "Deleted token “jtn_abcd…”"
        );
        let status = json!({"before": {"description": "a", "status": "active"}, "after": {"description": "a", "status": "inactive"}});
        assert_eq!(text_of("authorization updated", status), "Deactivated token “a”");
        let renamed = json!({"before": {"description": "a", "status": "active"}, "after": {"description": "b", "status": "active"}});
        assert_eq!(text_of("authorization updated", renamed), "Changed token “b”");
        let role = json!({"name": "bruno", "before": {"role": "member"}, "after": {"role": "owner"}});
        assert_eq!(text_of("role changed", role), "Changed the role of “bruno” from member to owner");
        assert_eq!(text_of("bucket deleted", json!({"name": "iot", "description": "Halls"})), "Deleted bucket “iot”");
        let bound = json!({"name": "iot", "gate": "plant", "database": "db", "retentionPolicy": "week"});
        assert_eq!(text_of("bucket bound", bound), "Bound bucket “iot” (database “db/week”, gate “plant”)");
        let suspended = json!({"name": "iot", "gate": "plant"});
        assert_eq!(text_of("bucket suspended", suspended), "Suspended bucket “iot” (gate “plant”)");
        assert_eq!(text_of("audit log trimmed", json!({"entries": 2})), "Deleted 2 entries past their retention");
        assert_eq!(text_of("audit key rotated", json!({"newKey": "00ff"})), "Replaced the audit key");
        assert_eq!(text_of("audit key adopted", json!({"oldKey": "00ff"})), "Continued with the new audit key");
        let backup = json!({"file": "jeton.db", "lastEntry": 3});
        assert_eq!(text_of("backup taken", backup), "Backed up the database into “jeton.db”");
    }

    #[test]
    fn what_was_refused_says_why() {
        let refused = json!({"description": "Hall 2", "reason": "permission", "permission": "write:orgs"});
        assert_eq!(text_of("authorization refused", refused), "Refused token “Hall 2”: lacks write:orgs");
        let at_gate = json!({"description": "Hall 2", "gate": "plant", "reason": "operator"});
        let said = "Refused token “Hall 2” at gate “plant”: only an operator may do this";
        assert_eq!(text_of("authorization refused", at_gate), said);
        assert_eq!(
            text_of("sign-in refused", json!({"name": "bob", "reason": "wrong password"})),
            "Refused to sign in “bob”: wrong password"
        );
        assert_eq!(text_of("unknown token refused", json!({})), "Refused an unknown token");
    }

    #[test]
    fn sessions_passwords_reads_and_exports_are_told() {
        assert_eq!(text_of("sessions ended", json!({"count": 2})), "Ended 2 sessions");
        assert_eq!(text_of("sessions ended", json!({"count": 1, "name": "bob"})), "Ended 1 session of “bob”");
        let refused = json!({"name": "bob", "reason": "permission", "permission": "write:orgs"});
        assert_eq!(text_of("session refused", refused), "Refused a session of “bob”: lacks write:orgs");
        assert_eq!(
            text_of("password change refused", json!({"name": "bob", "reason": "wrong password"})),
            "Refused to change the password of “bob”: wrong password"
        );
        assert_eq!(
            text_of("telegraf configuration read", json!({"name": "roof"})),
            "Read telegraf configuration “roof”"
        );
        assert_eq!(text_of("telegraf configurations read", json!({"count": 3})), "Read 3 telegraf configurations");
        assert_eq!(text_of("reads left out", json!({"count": 1})), "Did not record 1 further read");
        assert_eq!(
            text_of("API tokens exported", json!({"format": "csv", "filter": []})),
            "Exported the API tokens of “0000000000000001” as CSV"
        );
        assert_eq!(text_of("audit log exported", json!({"format": "jsonl"})), "Exported the audit log as JSON");
    }

    #[test]
    fn what_is_not_known_yet_makes_a_sentence_too() {
        assert_eq!(text_of("authorization rotated", json!({"description": "Hall 2"})), "Rotated token “Hall 2”");
        assert_eq!(text_of("rules updated", json!({})), "Changed rules “0000000000000001”");
    }
}
