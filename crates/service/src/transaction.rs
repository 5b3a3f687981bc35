//! Writing transactions whose changes and audit entries are committed together.

use std::ops::{Deref, DerefMut};

use jeton_model::{Id, OrgId, Timestamp};

use crate::{
    AuditKey, Caller, Error, Service,
    audit::{
        Event,
        detail::AuditDetail,
        entry::{self, Actor, Entry},
    },
    users::sessions,
};

/// A writing transaction and its actor. Dereferences to the connection.
pub(crate) struct AuditedTransaction {
    write: jeton_store::Write,
    actor: Actor,
    key: AuditKey,
    /// The origin of the change, if it is not a request.
    via: Option<&'static str>,
    /// The time of the transaction's changes and entries.
    pub now: Timestamp,
}

impl Service {
    /// Takes the write lock and reads the caller again: their rights may have been revoked since the request began.
    ///
    /// # Errors
    /// `AuthError::Unauthenticated`, `AuthError::V1Unauthorized` or `AuthError::UserInactive` if the credential no longer
    /// works; the database may fail.
    pub(crate) async fn begin(&self, caller: &Caller) -> Result<(AuditedTransaction, Caller), Error> {
        let mut write = self.store().write().await?;
        let now = self.now();
        let caller = self.caller_again(&mut write, caller, now).await?;
        let actor = Actor::of(&caller, now);
        Ok((AuditedTransaction { write, actor, key: self.0.audit_key.clone(), via: None, now }, caller))
    }

    /// Takes the write lock for a change without a caller, such as set-up and sign-in.
    ///
    /// # Errors
    /// The database may fail.
    pub(crate) async fn begin_as(&self, address: Option<String>) -> Result<AuditedTransaction, Error> {
        let write = self.store().write().await?;
        let now = self.now();
        let actor = Actor::stranger(now, address);
        Ok(AuditedTransaction { write, actor, key: self.0.audit_key.clone(), via: None, now })
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
        entry::append(&mut self.write, &self.key, &self.actor, &entry).await
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
        entry::append(&mut self.write, &self.key, &self.actor, &entry).await
    }

    /// Appends an entry about the act of another actor, at its own time.
    ///
    /// # Errors
    /// The database may fail.
    pub async fn record_of(&mut self, actor: &Actor, entry: &Entry) -> Result<(), Error> {
        entry::append(&mut self.write, &self.key, actor, entry).await
    }

    /// Commits the changes and their entries.
    ///
    /// # Errors
    /// The database may fail.
    pub async fn commit(self) -> Result<(), Error> {
        Ok(self.write.commit().await?)
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
