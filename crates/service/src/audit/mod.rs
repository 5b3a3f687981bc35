//! The audit log: a chain of signed entries in which none can be changed, removed or added unnoticed.

mod backups;
mod chain_keys;
pub(crate) mod denial_reason;
pub mod denial_recorder;
mod denial_writer;
pub(crate) mod denials;
pub(crate) mod detail;
pub(crate) mod entry;
mod exports;
mod gate_denials;
mod key;
pub mod key_rotation;
pub(crate) mod last_check;
pub mod log_state;
pub mod outlet;
pub mod query;
mod retention;
pub(crate) mod telegraf_reads;
pub(crate) mod tombstones;
pub mod verify;

use jeton_store::Store;

pub use key::AuditKey;

/// The reason why the audit log cannot be continued.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The database was first started with another audit key.
    #[error(
        "the audit key is not the one this database was started with; give every node the same JETON_AUDIT_KEY or audit.key file; if jeton audit rotate-key was interrupted, run it again"
    )]
    Other,
    /// The database has an earlier key.
    #[error(
        "the database has an earlier audit key: it is a copy from before the rotation, or somebody undid the rotation; compare it with your backups. To go on with it, begin the file of the key with the earlier key, and rotate the key again"
    )]
    Earlier,
    /// The database failed.
    #[error("the database failed: {0}")]
    Store(#[from] jeton_store::Error),
}

/// Makes `key` the database's, or checks that it is.
///
/// # Errors
/// [`KeyError::Other`] or [`KeyError::Earlier`]; the database may fail.
pub(super) async fn adopt_key(store: &Store, key: &AuditKey) -> Result<(), KeyError> {
    let mut write = store.write().await?;
    let known = jeton_store::audit::key_check(&mut write).await?;
    if known.is_empty() {
        jeton_store::audit::set_key_check(&mut write, &key.check()).await?;
        write.commit().await?;
    } else if key.is_earlier(&known) {
        return Err(KeyError::Earlier);
    } else if known != key.check() {
        return Err(KeyError::Other);
    }
    Ok(())
}

/// The event of an audit entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Set-up created the first user, organization, bucket and operator token.
    SetUp,
    /// A user signed in: a session began, in the console or at the API.
    SignedIn,
    /// A user signed out: the session that they used ended.
    SignedOut,
    /// Sessions of a user were ended by a request other than signing out.
    SessionsEnded,
    /// A user's password was set or changed.
    PasswordSet,
    /// A token was created.
    AuthorizationCreated,
    /// A token was created with the permissions and the owner of another one.
    AuthorizationCloned,
    /// A token was rotated; one entry is about the successor, another about the new expiry of the old token.
    AuthorizationRotated,
    /// The overlap after a rotation was ended early: the old token expired at once.
    OverlapEnded,
    /// A token's status, description, expiry or networks were changed.
    AuthorizationUpdated,
    /// A token was deleted.
    AuthorizationDeleted,
    /// A token was reported as leaked and deactivated.
    AuthorizationLeaked,
    /// A 1.x credential was created, without a password.
    V1AuthorizationCreated,
    /// A 1.x credential's status, description, expiry or networks were changed.
    V1AuthorizationUpdated,
    /// A 1.x credential was deleted.
    V1AuthorizationDeleted,
    /// The password of a 1.x credential was set or changed.
    V1PasswordSet,
    /// A user was created.
    UserCreated,
    /// A user was renamed, activated or deactivated.
    UserUpdated,
    /// A user was deleted; their authorizations and sessions ended permanently.
    UserDeleted,
    /// An organization was created with its system buckets.
    OrgCreated,
    /// An organization's name or description was changed.
    OrgUpdated,
    /// An organization was deleted with its resources; its authorizations ended permanently.
    OrgDeleted,
    /// The rules of an organization for its tokens were changed.
    OrgRulesChanged,
    /// A user became a member or an owner of an organization, a bucket or a telegraf configuration.
    MemberAdded,
    /// A member of an organization was made an owner, or an owner a member.
    RoleChanged,
    /// A user's role in an organization, a bucket or a telegraf configuration was removed.
    MemberRemoved,
    /// A bucket was created.
    BucketCreated,
    /// A bucket's name, description or retention was changed.
    BucketUpdated,
    /// A bucket was deleted with its memberships and DBRP mappings.
    BucketDeleted,
    /// A 1.x database and retention policy were mapped to a bucket.
    DbrpCreated,
    /// A DBRP mapping's retention policy or default flag was changed.
    DbrpUpdated,
    /// A DBRP mapping was deleted, alone or with its bucket.
    DbrpDeleted,
    /// A bucket was bound to a database behind a gate.
    BucketBound,
    /// The binding of a bucket ended, alone or with the bucket.
    BucketUnbound,
    /// A bucket became unavailable through a gate, because its database vanished or changed.
    BucketSuspended,
    /// An operator made a suspended bucket available again.
    BucketConfirmed,
    /// A telegraf configuration was created.
    TelegrafCreated,
    /// A telegraf configuration's name, description, text or metadata was changed.
    TelegrafUpdated,
    /// A telegraf configuration was deleted with its memberships.
    TelegrafDeleted,
    /// A sign-in was denied.
    SignInRefused,
    /// A session lacked a permission, or was used where it is not valid.
    SessionRefused,
    /// A password was not changed.
    PasswordChangeRefused,
    /// A known token was denied: it does not work, or lacks a permission.
    AuthorizationRefused,
    /// A known 1.x credential was denied: it does not work, has another password, or lacks a permission.
    V1AuthorizationRefused,
    /// A token that belongs to no authorization was denied.
    UnknownTokenRefused,
    /// Denials beyond the hourly limit were only counted.
    RefusalsLeftOut,
    /// The text of one configuration, which may hold secrets, was read.
    TelegrafRead,
    /// The texts of several configurations were read together.
    TelegrafsRead,
    /// Reads beyond the queue's limit were only counted.
    ReadsLeftOut,
    /// A list of an organization's tokens was exported as a file.
    TokensExported,
    /// The audit log, or an organization's part of it, was exported as a file.
    AuditExported,
    /// Old entries of the audit log were deleted.
    AuditTrimmed,
    /// The audit key was replaced; the old key signs this entry.
    AuditKeyRotated,
    /// The audit key that the entry before names is in use; it signs this entry.
    AuditKeyAdopted,
    /// The server took a scheduled backup.
    BackupTaken,
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
            Self::BucketBound => "bucket bound",
            Self::BucketUnbound => "bucket unbound",
            Self::BucketSuspended => "bucket suspended",
            Self::BucketConfirmed => "bucket confirmed",
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
            Self::AuditKeyRotated => "audit key rotated",
            Self::AuditKeyAdopted => "audit key adopted",
            Self::BackupTaken => "backup taken",
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
            Self::RefusalsLeftOut
            | Self::ReadsLeftOut
            | Self::AuditTrimmed
            | Self::AuditExported
            | Self::AuditKeyRotated
            | Self::AuditKeyAdopted
            | Self::BackupTaken => "audit",
            Self::BucketCreated
            | Self::BucketUpdated
            | Self::BucketDeleted
            | Self::BucketBound
            | Self::BucketUnbound
            | Self::BucketSuspended
            | Self::BucketConfirmed => "buckets",
            Self::DbrpCreated | Self::DbrpUpdated | Self::DbrpDeleted => "dbrp",
            Self::TelegrafCreated
            | Self::TelegrafUpdated
            | Self::TelegrafDeleted
            | Self::TelegrafRead
            | Self::TelegrafsRead => "telegrafs",
        }
    }
}
