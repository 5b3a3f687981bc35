//! The audit log: a row for each change, chained so that none can be altered, dropped or added unnoticed.

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretSlice};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::{
    model::{Error, Id, OrgId},
    store::{self, Store, audit::Stored},
};

use super::{Service, caller::Credential};

/// The key of the chain. Nodes that share a database share it.
#[derive(Clone)]
pub struct AuditKey(SecretSlice<u8>);

impl AuditKey {
    /// `bytes`: any number of them; 32 from a random generator are right.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(bytes.into())
    }

    fn sign(&self, message: &[u8]) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.expose_secret())
            .unwrap_or_else(|_| unreachable!("HMAC takes keys of any length"));
        mac.update(message);
        mac.finalize().into_bytes().iter().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }

    /// What other nodes recognise the key by.
    fn check(&self) -> String {
        self.sign(b"jeton audit key")
    }
}

/// Why the audit log can't be continued.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error(
        "the audit key is not the one this database was started with; give every node the same JETON_AUDIT_KEY or audit.key file"
    )]
    Other,
    #[error("the database failed: {0}")]
    Store(#[from] store::Error),
}

/// Makes `key` the database's, or finds that it is.
pub(super) async fn adopt_key(store: &Store, key: &AuditKey) -> Result<(), KeyError> {
    let mut write = store.write().await?;
    let known = store::audit::key_check(&mut write).await?;
    if known.is_empty() {
        store::audit::set_key_check(&mut write, &key.check()).await?;
        write.commit().await?;
    } else if known != key.check() {
        return Err(KeyError::Other);
    }
    Ok(())
}

/// What was done, as the log names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    SetUp,
    SignedIn,
    SignedOut,
    SessionsEnded,
    PasswordSet,
    AuthorizationCreated,
    AuthorizationCloned,
    AuthorizationRotated,
    OverlapEnded,
    AuthorizationUpdated,
    AuthorizationDeleted,
    V1AuthorizationCreated,
    V1AuthorizationUpdated,
    V1AuthorizationDeleted,
    V1PasswordSet,
    UserCreated,
    UserUpdated,
    UserDeleted,
    OrgCreated,
    OrgUpdated,
    OrgDeleted,
    OrgRulesChanged,
    MemberAdded,
    RoleChanged,
    MemberRemoved,
    BucketCreated,
    BucketUpdated,
    BucketDeleted,
    DbrpCreated,
    DbrpUpdated,
    DbrpDeleted,
    TelegrafCreated,
    TelegrafUpdated,
    TelegrafDeleted,
}

impl Event {
    const fn name(self) -> &'static str {
        match self {
            Self::SetUp => "set up",
            Self::SignedIn => "signed in",
            Self::SignedOut => "signed out",
            Self::SessionsEnded => "sessions ended",
            Self::PasswordSet => "password set",
            Self::AuthorizationCreated => "authorization created",
            Self::AuthorizationCloned => "authorization cloned",
            Self::AuthorizationRotated => "authorization rotated",
            Self::OverlapEnded => "overlap ended",
            Self::AuthorizationUpdated => "authorization updated",
            Self::AuthorizationDeleted => "authorization deleted",
            Self::V1AuthorizationCreated => "1.x credential created",
            Self::V1AuthorizationUpdated => "1.x credential updated",
            Self::V1AuthorizationDeleted => "1.x credential deleted",
            Self::V1PasswordSet => "1.x password set",
            Self::UserCreated => "user created",
            Self::UserUpdated => "user updated",
            Self::UserDeleted => "user deleted",
            Self::OrgCreated => "organization created",
            Self::OrgUpdated => "organization updated",
            Self::OrgDeleted => "organization deleted",
            Self::OrgRulesChanged => "organization rules changed",
            Self::MemberAdded => "member added",
            Self::RoleChanged => "role changed",
            Self::MemberRemoved => "member removed",
            Self::BucketCreated => "bucket created",
            Self::BucketUpdated => "bucket updated",
            Self::BucketDeleted => "bucket deleted",
            Self::DbrpCreated => "DBRP mapping created",
            Self::DbrpUpdated => "DBRP mapping updated",
            Self::DbrpDeleted => "DBRP mapping deleted",
            Self::TelegrafCreated => "telegraf configuration created",
            Self::TelegrafUpdated => "telegraf configuration updated",
            Self::TelegrafDeleted => "telegraf configuration deleted",
        }
    }

    const fn subject_type(self) -> &'static str {
        match self {
            Self::SetUp
            | Self::OrgCreated
            | Self::OrgUpdated
            | Self::OrgDeleted
            | Self::OrgRulesChanged
            | Self::MemberAdded
            | Self::RoleChanged
            | Self::MemberRemoved => "orgs",
            Self::SignedIn
            | Self::SignedOut
            | Self::SessionsEnded
            | Self::PasswordSet
            | Self::UserCreated
            | Self::UserUpdated
            | Self::UserDeleted => "users",
            Self::AuthorizationCreated
            | Self::AuthorizationCloned
            | Self::AuthorizationRotated
            | Self::OverlapEnded
            | Self::AuthorizationUpdated
            | Self::AuthorizationDeleted
            | Self::V1AuthorizationCreated
            | Self::V1AuthorizationUpdated
            | Self::V1AuthorizationDeleted
            | Self::V1PasswordSet => "authorizations",
            Self::BucketCreated | Self::BucketUpdated | Self::BucketDeleted => "buckets",
            Self::DbrpCreated | Self::DbrpUpdated | Self::DbrpDeleted => "dbrp",
            Self::TelegrafCreated | Self::TelegrafUpdated | Self::TelegrafDeleted => "telegrafs",
        }
    }
}

/// An entry before it has its place in the chain. `detail` never holds a secret.
pub(super) struct Entry {
    pub event: Event,
    pub org: Option<OrgId>,
    pub subject: Id,
    pub detail: Value,
}

/// Appends an entry to the chain, within the transaction of the change it tells of.
pub(super) async fn append(
    write: &mut store::Write,
    key: &AuditKey,
    actor: &Actor,
    entry: &Entry,
) -> Result<(), Error> {
    let prev = write.head().clone();
    let detail = entry.detail.to_string();
    let mut row = Stored {
        seq: prev.seq + 1,
        at: actor.at,
        action: entry.event.name().into(),
        actor_user: actor.user,
        actor_authorization: actor.authorization,
        address: actor.address.clone(),
        org: entry.org.map(Id::from),
        subject_type: entry.event.subject_type().into(),
        subject: Some(entry.subject),
        detail,
        prev: prev.hash,
        hash: String::new(),
    };
    row.hash = key.sign(&message(&row));
    write.append(&row).await?;
    Ok(())
}

/// Who did it, when and from where.
#[derive(Clone, Debug)]
pub(super) struct Actor {
    pub at: crate::model::Timestamp,
    pub user: Option<Id>,
    pub authorization: Option<Id>,
    pub address: Option<String>,
}

impl Actor {
    pub fn of(caller: &super::Caller, at: crate::model::Timestamp) -> Self {
        let authorization = match caller.credential {
            Credential::Token(id) | Credential::V1(id) => Some(id.into()),
            Credential::Session(_) => None,
        };
        Self {
            at,
            user: Some(caller.id().into()),
            authorization,
            address: caller.client.address.map(|address| address.to_string()),
        }
    }
}

/// What is signed: every column but the signature, in an unambiguous form.
fn message(row: &Stored) -> Vec<u8> {
    json!([
        row.seq,
        row.at.micros(),
        row.action,
        row.actor_user,
        row.actor_authorization,
        row.address,
        row.org,
        row.subject_type,
        row.subject,
        row.detail,
        row.prev,
    ])
    .to_string()
    .into_bytes()
}

/// How many entries are read at once when the chain is checked.
const CHECK_AT_ONCE: i64 = 1000;

impl Service {
    /// Checks the chain from its first entry: the number of entries that are in order, and whether that is all.
    pub async fn check_audit_log(&self) -> Result<(i64, bool), Error> {
        let mut reader = self.read().await?;
        // Read first: what is appended meanwhile comes after it.
        let head = store::audit::head(&mut reader).await?;
        let (mut seq, mut hash) = (0, String::new());
        let mut reached = head.seq == 0;
        loop {
            let rows = store::audit::after(&mut reader, seq, CHECK_AT_ONCE).await?;
            if rows.is_empty() {
                return Ok((seq, reached));
            }
            for row in rows {
                if row.seq != seq + 1 || row.prev != hash || row.hash != self.0.audit_key.sign(&message(&row)) {
                    return Ok((seq, false));
                }
                (seq, hash) = (row.seq, row.hash);
                reached |= seq == head.seq && hash == head.hash;
            }
        }
    }
}
