//! The audit log: a chain of signed entries in which none can be changed, removed or added unnoticed.

pub mod denial_recorder;
mod denial_writer;
pub(crate) mod denials;
pub(crate) mod detail;
pub(crate) mod entry;
mod exports;
pub mod query;
mod retention;
pub(crate) mod telegraf_reads;
pub(crate) mod tombstones;
pub mod verify;

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretSlice};
use sha2::Sha256;

use jeton_store::Store;

/// The key that signs the chain. All nodes of a database share it.
#[derive(Clone)]
pub struct AuditKey(SecretSlice<u8>);

impl AuditKey {
    /// Creates a key from any number of bytes; use 32 from a random generator.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(bytes.into())
    }

    /// The signature of a message, in hexadecimal digits.
    pub(super) fn sign(&self, message: &[u8]) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.expose_secret())
            .unwrap_or_else(|_| unreachable!("HMAC takes keys of any length"));
        mac.update(message);
        mac.finalize().into_bytes().iter().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }

    /// A check value by which nodes recognize the key.
    pub(super) fn check(&self) -> String {
        self.sign(b"jeton audit key")
    }
}

/// The reason why the audit log cannot be continued.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error(
        "the audit key is not the one this database was started with; give every node the same JETON_AUDIT_KEY or audit.key file"
    )]
    Other,
    #[error("the database failed: {0}")]
    Store(#[from] jeton_store::Error),
}

/// Makes `key` the database's, or checks that it is.
///
/// # Errors
/// [`KeyError::Other`]; the database may fail.
pub(super) async fn adopt_key(store: &Store, key: &AuditKey) -> Result<(), KeyError> {
    let mut write = store.write().await?;
    let known = jeton_store::audit::key_check(&mut write).await?;
    if known.is_empty() {
        jeton_store::audit::set_key_check(&mut write, &key.check()).await?;
        write.commit().await?;
    } else if known != key.check() {
        return Err(KeyError::Other);
    }
    Ok(())
}

/// The event of an audit entry.
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
    /// A token was reported as leaked and deactivated.
    AuthorizationLeaked,
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
    /// A sign-in was denied.
    SignInRefused,
    /// A session lacked a permission, or was used where it is not valid.
    SessionRefused,
    /// A password was not changed.
    PasswordChangeRefused,
    AuthorizationRefused,
    V1AuthorizationRefused,
    UnknownTokenRefused,
    /// Denials beyond the hourly limit were only counted.
    RefusalsLeftOut,
    /// The text of one configuration, which may hold secrets, was read.
    TelegrafRead,
    /// The texts of several configurations were read together.
    TelegrafsRead,
    /// Reads beyond the queue's limit were only counted.
    ReadsLeftOut,
    TokensExported,
    AuditExported,
    /// Old entries of the audit log were deleted.
    AuditTrimmed,
}

impl Event {
    /// The event's name in the audit log.
    pub(super) const fn name(self) -> &'static str {
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
            Self::AuthorizationLeaked => "authorization leaked",
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
            Self::SignInRefused => "sign-in refused",
            Self::SessionRefused => "session refused",
            Self::PasswordChangeRefused => "password change refused",
            Self::AuthorizationRefused => "authorization refused",
            Self::V1AuthorizationRefused => "1.x credential refused",
            Self::UnknownTokenRefused => "unknown token refused",
            Self::RefusalsLeftOut => "refusals left out",
            Self::TelegrafRead => "telegraf configuration read",
            Self::TelegrafsRead => "telegraf configurations read",
            Self::ReadsLeftOut => "reads left out",
            Self::TokensExported => "API tokens exported",
            Self::AuditExported => "audit log exported",
            Self::AuditTrimmed => "audit log trimmed",
        }
    }

    /// Returns whether the event deletes its subject.
    pub(super) const fn is_deletion(self) -> bool {
        matches!(
            self,
            Self::UserDeleted
                | Self::OrgDeleted
                | Self::BucketDeleted
                | Self::DbrpDeleted
                | Self::TelegrafDeleted
                | Self::AuthorizationDeleted
                | Self::V1AuthorizationDeleted
        )
    }

    /// The type of the event's subject.
    pub(super) const fn subject_type(self) -> &'static str {
        match self {
            Self::SetUp
            | Self::OrgCreated
            | Self::OrgUpdated
            | Self::OrgDeleted
            | Self::OrgRulesChanged
            | Self::MemberAdded
            | Self::RoleChanged
            | Self::MemberRemoved
            | Self::TokensExported => "orgs",
            Self::SignedIn
            | Self::SignInRefused
            | Self::SessionRefused
            | Self::PasswordChangeRefused
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
            | Self::AuthorizationLeaked
            | Self::V1AuthorizationCreated
            | Self::V1AuthorizationUpdated
            | Self::V1AuthorizationDeleted
            | Self::V1PasswordSet
            | Self::AuthorizationRefused
            | Self::V1AuthorizationRefused
            | Self::UnknownTokenRefused => "authorizations",
            Self::RefusalsLeftOut | Self::ReadsLeftOut | Self::AuditTrimmed | Self::AuditExported => "audit",
            Self::BucketCreated | Self::BucketUpdated | Self::BucketDeleted => "buckets",
            Self::DbrpCreated | Self::DbrpUpdated | Self::DbrpDeleted => "dbrp",
            Self::TelegrafCreated
            | Self::TelegrafUpdated
            | Self::TelegrafDeleted
            | Self::TelegrafRead
            | Self::TelegrafsRead => "telegrafs",
        }
    }
}
