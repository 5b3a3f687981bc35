//! Writing transactions whose changes and audit entries are committed together.

use std::{
    ops::{Deref, DerefMut},
    sync::Arc,
};

use jeton_model::{Id, OrgId, Timestamp};
use jeton_store::audit::Head;

use crate::{
    AuditKey, Caller, Error, Service,
    audit::{
        Event,
        detail::AuditDetail,
        entry::{self, Actor, Entry},
    },
    auth::verifier::{Change, Verifier},
    gates::cache::Directories,
    users::sessions,
};

/// A writing transaction and its actor. Dereferences to the connection.
pub(crate) struct AuditedTransaction {
    write: jeton_store::Write,
    actor: Actor,
    key: AuditKey,
    /// The origin of the change, if it is not a request.
    via: Option<&'static str>,
    /// The last entry before this transaction.
    before: Head,
    /// Changes of the tokens in memory, which are applied after the commit.
    changes: Vec<Change>,
    verifier: Arc<Verifier>,
    directories: Arc<Directories>,
    /// True if the entries are about what the directories of gates contain.
    changes_directories: bool,
    /// The time of the transaction's changes and entries.
    pub now: Timestamp,
}

impl Service {
    /// Takes the write lock and reads the caller again: their rights may have been revoked since the request began.
    ///
    /// # Errors
    /// `AuthError::Unauthenticated`, `AuthError::V1Unauthorized` or `AuthError::UserInactive` if the credential no
    /// longer works; the database may fail.
    pub(crate) async fn begin(&self, caller: &Caller) -> Result<(AuditedTransaction, Caller), Error> {
        self.check_accepts_changes()?;
        self.begin_with(self.store().write().await?, caller).await
    }

    /// Begins a change of many things, which is committed alone: see `Store::write_alone`.
    ///
    /// # Errors
    /// Those of [`Service::begin`].
    pub(crate) async fn begin_alone(&self, caller: &Caller) -> Result<(AuditedTransaction, Caller), Error> {
        self.check_accepts_changes()?;
        self.begin_with(self.store().write_alone().await?, caller).await
    }

    async fn begin_with(
        &self,
        mut write: jeton_store::Write,
        caller: &Caller,
    ) -> Result<(AuditedTransaction, Caller), Error> {
        let now = self.now();
        let caller = self.caller_again(&mut write, caller, now).await?;
        let actor = Actor::of(&caller, now);
        Ok((self.audited(write, actor, now)?, caller))
    }

    /// Takes the write lock for a change without a caller, such as set-up and sign-in.
    ///
    /// # Errors
    /// The database may fail.
    pub(crate) async fn begin_as(&self, address: Option<String>) -> Result<AuditedTransaction, Error> {
        self.check_accepts_changes()?;
        self.begin_as_in(self.store().write().await?, address)
    }

    /// Takes the write lock for a job of the server or of the command line, which is committed alone: it may be long. A
    /// job is not refused where changes are: what it records has happened already, as denials have, or protects data,
    /// as a suspension does.
    ///
    /// # Errors
    /// The database may fail.
    pub(crate) async fn begin_job(&self) -> Result<AuditedTransaction, Error> {
        self.begin_as_in(self.store().write_alone().await?, None)
    }

    fn begin_as_in(&self, write: jeton_store::Write, address: Option<String>) -> Result<AuditedTransaction, Error> {
        let now = self.now();
        let actor = Actor::stranger(now, address);
        self.audited(write, actor, now)
    }

    /// Begins an audited transaction, unless the audit key of the database was rotated: a node that still runs with the
    /// earlier key must not continue the chain.
    fn audited(&self, write: jeton_store::Write, actor: Actor, now: Timestamp) -> Result<AuditedTransaction, Error> {
        if write.key_check().is_some_and(|known| !known.is_empty() && known != self.0.audit_key.check()) {
            tracing::error!("the audit key of the database was rotated; restart this node with the new key");
            return Err(Error::Unavailable);
        }
        let (key, verifier) = (self.0.audit_key.clone(), Arc::clone(&self.0.verifier));
        let directories = Arc::clone(&self.0.directories);
        let before = write.head().clone();
        Ok(AuditedTransaction {
            write,
            actor,
            key,
            via: None,
            before,
            changes: Vec::new(),
            verifier,
            directories,
            changes_directories: false,
            now,
        })
    }
}

impl AuditedTransaction {
    /// Sets the user of the entries that follow: set-up and sign-in learn it during the transaction.
    pub fn acts_as(&mut self, user: impl Into<Id>) {
        self.actor.user = Some(user.into());
    }

    /// Adds the origin of the change to the details of the entries that follow.
    pub fn via(mut self, what: &'static str) -> Self {
        self.via = Some(what);
        self
    }

    /// Signs the entries that follow with another key.
    pub fn continue_with(&mut self, key: AuditKey) {
        self.key = key;
    }

    /// Sets the session of the entries that follow, by the hash of its key.
    pub fn acts_in(&mut self, key_hash: &str) {
        self.actor.session = Some(sessions::short(key_hash));
    }

    /// Appends an entry to the audit log. `detail` must not hold a secret.
    ///
    /// # Errors
    /// The database may fail.
    pub async fn record<'a>(
        &mut self,
        event: Event,
        org: Option<OrgId>,
        subject: impl Into<Id>,
        detail: impl Into<AuditDetail<'a>>,
    ) -> Result<(), Error> {
        let entry = Entry::new(event, org, Some(subject.into()), detail).via(self.via);
        self.append(None, &entry).await
    }

    /// Appends an entry about something that has no id.
    ///
    /// # Errors
    /// The database may fail.
    pub async fn record_without_subject<'a>(
        &mut self,
        event: Event,
        org: Option<OrgId>,
        detail: impl Into<AuditDetail<'a>>,
    ) -> Result<(), Error> {
        let entry = Entry::new(event, org, None, detail);
        self.append(None, &entry).await
    }

    /// Appends an entry about the act of another actor, at its own time.
    ///
    /// # Errors
    /// The database may fail.
    pub async fn record_of(&mut self, actor: &Actor, entry: &Entry) -> Result<(), Error> {
        self.append(Some(actor), entry).await
    }

    /// Appends an entry of an actor, or of the transaction's.
    async fn append(&mut self, actor: Option<&Actor>, entry: &Entry) -> Result<(), Error> {
        let actor = actor.unwrap_or(&self.actor);
        let row = entry::append(&mut self.write, &self.key, actor, entry).await?;
        self.changes.extend(Change::of(&row));
        self.changes_directories |= ["buckets", "dbrp", "orgs"].contains(&row.subject_type.as_str());
        Ok(())
    }

    /// Commits the changes and their entries. Before this returns, memory knows what changed. A commit that has begun
    /// is finished even if the client leaves.
    ///
    /// # Errors
    /// The database may fail.
    pub async fn commit(self) -> Result<(), Error> {
        let Self { mut write, verifier, changes, before, directories, changes_directories, .. } = self;
        let after = write.head().clone();
        let mut doubt = Doubt {
            changes: changes.clone(),
            changes_directories,
            verifier: Arc::clone(&verifier),
            directories: Arc::clone(&directories),
            is_over: false,
        };
        write.on_commit(move || {
            verifier.committed(&changes, &before, after);
            if changes_directories {
                directories.forget();
            }
        });
        write.commit().await?;
        doubt.is_over = true;
        Ok(())
    }
}

/// The changes of a commit that may fail, or whose end nobody awaits because the client has left. It may be committed all
/// the same: when this is dropped, what it changes is read again, even where memory may be stale.
struct Doubt {
    changes: Vec<Change>,
    changes_directories: bool,
    verifier: Arc<Verifier>,
    directories: Arc<Directories>,
    /// True if it was committed, so that memory knows.
    is_over: bool,
}

impl Drop for Doubt {
    fn drop(&mut self) {
        if self.is_over {
            return;
        }
        self.verifier.apply(&self.changes);
        if self.changes_directories {
            self.directories.forget();
        }
    }
}

impl Deref for AuditedTransaction {
    type Target = jeton_store::Connection;
    fn deref(&self) -> &jeton_store::Connection {
        &self.write
    }
}

impl DerefMut for AuditedTransaction {
    fn deref_mut(&mut self) -> &mut jeton_store::Connection {
        &mut self.write
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_whose_end_is_not_known_counts_as_a_change() {
        let directories = Arc::<Directories>::default();
        let end = |is_over| {
            let verifier = Arc::<Verifier>::default();
            let changes = vec![Change::Everything];
            drop(Doubt {
                changes,
                changes_directories: true,
                verifier,
                directories: Arc::clone(&directories),
                is_over,
            });
            directories.changes()
        };
        assert_eq!(end(true), 0, "memory was told with the commit");
        assert_eq!(end(false), 1);
    }
}
