//! Entries of the audit log, each signed together with its predecessor.

use serde_json::{Value, json};

use jeton_model::{
    Id, OrgId, Timestamp, UserId,
    token::{is_token, redact},
};
use jeton_store::audit::Stored;

use crate::{AuditKey, Caller, Client, Error, auth::caller::Credential, users::sessions};

use super::{Event, detail::AuditDetail, tombstones};

/// An entry before it is appended to the chain.
pub(crate) struct Entry {
    /// The event that the entry records.
    pub event: Event,
    /// The organization that the entry is about; `None` if it is about none.
    pub org: Option<OrgId>,
    /// Id of the subject; its type follows from the event.
    pub subject: Option<Id>,
    /// An object made from an [`AuditDetail`].
    detail: Value,
}

impl Entry {
    /// An entry with this detail, which must not hold a secret.
    pub fn new<'a>(event: Event, org: Option<OrgId>, subject: Option<Id>, detail: impl Into<AuditDetail<'a>>) -> Self {
        Self { event, org, subject, detail: detail.into().into_value() }
    }

    /// Adds the origin of the change to the detail, if there is one.
    pub fn via(mut self, via: Option<&str>) -> Self {
        if let (Some(via), Value::Object(members)) = (via, &mut self.detail) {
            members.insert("via".into(), via.into());
        }
        self
    }

    #[cfg(test)]
    pub const fn detail(&self) -> &Value {
        &self.detail
    }
}

/// Appends an entry to the chain, and the tombstone of a deletion, in the transaction of the change. Returns the entry
/// as it is stored.
///
/// # Errors
/// The database may fail.
pub(crate) async fn append(
    write: &mut jeton_store::Write,
    key: &AuditKey,
    actor: &Actor,
    entry: &Entry,
) -> Result<Stored, Error> {
    let prev = write.head().clone();
    let mut row = Stored {
        seq: prev.seq + 1,
        at: actor.at,
        action: entry.event.name().into(),
        actor_user: actor.user,
        actor_authorization: actor.authorization,
        actor_session: actor.session.clone(),
        address: actor.address.clone(),
        org: entry.org.map(Id::from),
        subject_type: entry.event.subject_type().into(),
        subject: entry.subject,
        detail: without_tokens(&entry.detail).to_string(),
        prev: prev.hash,
        hash: String::new(),
    };
    row.hash = key.sign(&message(&row));
    tombstones::write(write, entry.event, entry.subject, &entry.detail).await?;
    write.append(row.clone()).await?;
    Ok(row)
}

/// Redacts tokens to their prefixes: people paste tokens into descriptions.
fn without_tokens(detail: &Value) -> Value {
    match detail {
        Value::String(text) => {
            let word = |word: &str| if is_token(word.trim_end()) { redact(word) } else { word.to_owned() };
            Value::String(text.split_inclusive(char::is_whitespace).map(word).collect())
        }
        Value::Array(items) => items.iter().map(without_tokens).collect(),
        Value::Object(members) => {
            Value::Object(members.iter().map(|(name, value)| (name.clone(), without_tokens(value))).collect())
        }
        other => other.clone(),
    }
}

/// The user and credential of an act, its time and its address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Actor {
    /// Time of the act.
    pub at: Timestamp,
    /// The user who acted; `None` if unknown, or for the server itself.
    pub user: Option<Id>,
    /// The token or 1.x credential that was used; `None` for a session.
    pub authorization: Option<Id>,
    /// The short name of the session.
    pub session: Option<String>,
    /// IP address of the client, as text; `None` if unknown, or without a client.
    pub address: Option<String>,
}

impl Actor {
    /// An unknown actor.
    pub const fn stranger(at: Timestamp, address: Option<String>) -> Self {
        Self { at, user: None, authorization: None, session: None, address }
    }

    /// A user in the session with this short name.
    pub fn in_session(user: UserId, session: String, client: &Client, at: Timestamp) -> Self {
        let address = client.address.map(|address| address.to_string());
        Self { at, user: Some(user.into()), authorization: None, session: Some(session), address }
    }

    /// The caller as an actor.
    pub fn of(caller: &Caller, at: Timestamp) -> Self {
        let (authorization, session) = match &caller.credential {
            Credential::Token(id) | Credential::V1(id) => (Some((*id).into()), None),
            Credential::Session(hash) => (None, Some(sessions::short(hash))),
        };
        Self {
            at,
            user: Some(caller.id().into()),
            authorization,
            session,
            address: caller.client.address.map(|address| address.to_string()),
        }
    }
}

/// The signed message: every column except the signature, in an unambiguous form.
pub(crate) fn message(row: &Stored) -> Vec<u8> {
    let mut signed = vec![
        json!(row.seq),
        json!(row.at.micros()),
        json!(row.action),
        json!(row.actor_user),
        json!(row.actor_authorization),
        json!(row.address),
        json!(row.org),
        json!(row.subject_type),
        json!(row.subject),
        json!(row.detail),
        json!(row.prev),
    ];
    // Entries that are older than this column must still verify.
    signed.extend(row.actor_session.as_ref().map(|session| json!(session)));
    Value::Array(signed).to_string().into_bytes()
}

#[cfg(test)]
mod tests {
    use jeton_model::token::NewToken;

    use super::*;

    #[test]
    fn a_token_in_a_description_is_cut_to_its_prefix() {
        let token = NewToken::generate([9; 32]);
        let detail = json!({"before": {"description": format!("for {} now", token.expose())}, "count": 1});
        let prefix = token.prefix().unwrap();
        assert_eq!(
            without_tokens(&detail),
            json!({"before": {"description": format!("for {prefix} now")}, "count": 1})
        );
        let name = "measurements_from_the_north_sea_platform_2024";
        assert_eq!(without_tokens(&json!(name)), json!(name), "a long name is no token");
    }
}
