//! One change: everything an operation writes, with its rows in the audit log, or nothing.

use std::ops::{Deref, DerefMut};

use serde_json::Value;

use crate::{
    model::{Error, Id, OrgId, Timestamp},
    store,
};

use super::{
    AuditKey, Caller, Service,
    audit::{
        Event,
        entry::{self, Actor, Entry},
    },
    users::sessions,
};

/// A writing transaction, and who makes it. Reads and writes go through it as through a connection.
pub(crate) struct AuditedTransaction {
    write: store::Write,
    actor: Actor,
    key: AuditKey,
    /// What made the change, where it was no request.
    via: Option<&'static str>,
    pub now: Timestamp,
}

impl Service {
    /// Begins a change and reads the caller again under the write lock: what they were allowed a moment ago may have
    /// been taken from them since.
    pub(crate) async fn begin(&self, caller: &Caller) -> Result<(AuditedTransaction, Caller), Error> {
        let mut write = self.store().write().await?;
        let now = self.now();
        let caller = self.caller_again(&mut write, caller, now).await?;
        let actor = Actor::of(&caller, now);
        Ok((AuditedTransaction { write, actor, key: self.0.audit_key.clone(), via: None, now }, caller))
    }

    /// Begins a change that no caller makes: set-up, sign-in.
    pub(crate) async fn begin_as(&self, address: Option<String>) -> Result<AuditedTransaction, Error> {
        let write = self.store().write().await?;
        let now = self.now();
        let actor = Actor::stranger(now, address);
        Ok(AuditedTransaction { write, actor, key: self.0.audit_key.clone(), via: None, now })
    }
}

impl AuditedTransaction {
    /// From here on, `user` is who does it: set-up and sign-in learn it on the way.
    pub fn acts_as(&mut self, user: impl Into<Id>) {
        self.actor.user = Some(user.into());
    }

    /// From here on, the audit log's details name what makes the change: nobody signed in does.
    pub fn via(mut self, what: &'static str) -> Self {
        self.via = Some(what);
        self
    }

    /// From here on, it happens in the session with this hash of a key.
    pub fn acts_in(&mut self, key_hash: &str) {
        self.actor.session = Some(sessions::short(key_hash));
    }

    /// Tells the audit log. `detail` must not hold a secret.
    pub async fn record(
        &mut self,
        event: Event,
        org: Option<OrgId>,
        subject: impl Into<Id>,
        mut detail: Value,
    ) -> Result<(), Error> {
        if let (Some(via), Value::Object(members)) = (self.via, &mut detail) {
            members.insert("via".into(), via.into());
        }
        let entry = Entry { event, org, subject: Some(subject.into()), detail };
        entry::append(&mut self.write, &self.key, &self.actor, &entry).await
    }

    /// Tells the audit log what was done to nothing that has an id.
    pub async fn record_without_subject(
        &mut self,
        event: Event,
        org: Option<OrgId>,
        detail: Value,
    ) -> Result<(), Error> {
        let entry = Entry { event, org, subject: None, detail };
        entry::append(&mut self.write, &self.key, &self.actor, &entry).await
    }

    /// Tells the audit log what someone else did, at another moment.
    pub async fn record_of(&mut self, actor: &Actor, entry: &Entry) -> Result<(), Error> {
        entry::append(&mut self.write, &self.key, actor, entry).await
    }

    /// Makes it happen.
    pub async fn commit(self) -> Result<(), Error> {
        Ok(self.write.commit().await?)
    }
}

impl Deref for AuditedTransaction {
    type Target = store::Connection;
    fn deref(&self) -> &store::Connection {
        &self.write
    }
}

impl DerefMut for AuditedTransaction {
    fn deref_mut(&mut self) -> &mut store::Connection {
        &mut self.write
    }
}
