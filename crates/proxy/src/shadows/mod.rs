//! Shadows: authorizations that the gate creates in the database, one per distinct set of permissions of its callers. A
//! request carries the shadow with its caller's permissions, so that the database checks them again. The tokens of
//! shadows are in memory only.

mod cache;
mod creation;
mod database;
mod in_use;

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use http::{HeaderValue, Request, header::AUTHORIZATION};
use jeton_gate::Delegated;
use jeton_model::AuthorizationId;
use tokio::{
    sync::Notify,
    time::{sleep, timeout},
};

use crate::{
    body::AnyBody,
    counters::UpstreamFailure,
    upstream::{NoResponse, Upstream},
};

use cache::ShadowCache;
use creation::Creation;
pub(crate) use in_use::InUse;

/// Maximum time for which a request waits for a shadow.
const WAIT: Duration = Duration::from_secs(5);
/// Time between two searches for unused shadows.
const SWEEP_EVERY: Duration = Duration::from_secs(30);

/// An authorization in the database. Its token is never logged.
pub(crate) struct Shadow {
    id: AuthorizationId,
    credential: HeaderValue,
}

impl Shadow {
    /// Adds the credential to a request.
    pub(crate) fn authorize(&self, request: &mut Request<AnyBody>) {
        request.headers_mut().insert(AUTHORIZATION, self.credential.clone());
    }
}

/// The shadows of a gate.
pub(crate) struct Shadows {
    /// The description of each shadow, by which this instance of Jeton recognizes its own.
    description: String,
    cache: Mutex<ShadowCache>,
    /// Locked while a shadow is created, so that concurrent requests with the same permissions create one.
    creation: tokio::sync::Mutex<Creation>,
    /// Notified when there are shadows to delete.
    obsolete: Notify,
    /// Number of gates that use them.
    gates: AtomicUsize,
    /// True once the last gate has ended.
    has_ended: AtomicBool,
}

impl Shadows {
    pub(crate) fn new(description: String) -> Self {
        Self {
            description,
            cache: Mutex::default(),
            creation: tokio::sync::Mutex::default(),
            obsolete: Notify::new(),
            gates: AtomicUsize::new(0),
            has_ended: AtomicBool::new(false),
        }
    }

    pub(crate) fn description(&self) -> &str {
        &self.description
    }

    /// Returns the shadow with these permissions, and creates it if there is none.
    ///
    /// # Errors
    /// Fails if the database does not create it in time.
    pub(crate) async fn obtain(
        self: &Arc<Self>,
        upstream: &Arc<Upstream>,
        rights: &Delegated,
    ) -> Result<Arc<Shadow>, NoResponse> {
        let found = self.cache().find(rights, Instant::now());
        if let Some(found) = found {
            return Ok(found);
        }
        let (shadows, upstream, rights) = (Arc::clone(self), Arc::clone(upstream), rights.clone());
        let until = Instant::now() + WAIT;
        // In a task of its own: if the client disconnects, the creation must still finish, or the database keeps a
        // shadow whose id is unknown.
        let created = tokio::spawn(async move { shadows.create_once(&upstream, rights, until).await });
        match timeout(WAIT, created).await {
            Ok(Ok(created)) => created,
            _ => Err(NoResponse::Failed(UpstreamFailure::Delegation)),
        }
    }

    /// Creates a shadow, unless another request has created it meanwhile. `until`: the time at which the request times
    /// out.
    async fn create_once(
        &self,
        upstream: &Upstream,
        rights: Delegated,
        until: Instant,
    ) -> Result<Arc<Shadow>, NoResponse> {
        let mut creation = self.creation.lock().await;
        let found = self.cache().find(&rights, Instant::now());
        if let Some(found) = found {
            return Ok(found);
        }
        self.check_runs()?;
        creation.check(Instant::now(), until)?;
        sleep(creation.pause(Instant::now())).await;
        let created = self.create(&mut creation, upstream, &rights).await;
        creation.note(created.as_ref().err().copied(), Instant::now());
        let shadow = Arc::new(created?);
        if self.cache().insert(rights, Arc::clone(&shadow), Instant::now()) {
            self.obsolete.notify_one();
        }
        if let Err(ended) = self.check_runs() {
            self.cache().remove(&shadow);
            self.delete_obsolete(upstream).await;
            return Err(ended);
        }
        Ok(shadow)
    }

    /// Fails after the end of the last gate: a shadow that is created later would not be deleted.
    fn check_runs(&self) -> Result<(), NoResponse> {
        let has_ended = self.has_ended.load(Ordering::SeqCst);
        if has_ended { Err(NoResponse::Failed(UpstreamFailure::Delegation)) } else { Ok(()) }
    }

    async fn create(
        &self,
        creation: &mut Creation,
        upstream: &Upstream,
        rights: &Delegated,
    ) -> Result<Shadow, NoResponse> {
        self.delete_unknown(creation, upstream).await?;
        let created = database::create(upstream, &self.description, rights).await;
        // After a failure, the database may have a shadow whose id is unknown.
        creation.is_clean = created.is_ok();
        created
    }

    /// Deletes the shadows that are in the database and not in the cache: those of an earlier start, and those whose
    /// creation was not answered. The caller has locked the creation.
    async fn delete_unknown(&self, creation: &mut Creation, upstream: &Upstream) -> Result<(), NoResponse> {
        if creation.is_clean {
            return Ok(());
        }
        for id in database::with_description(upstream, &self.description).await? {
            let is_known = self.cache().contains(id);
            if !is_known {
                database::delete(upstream, id).await?;
            }
        }
        creation.is_clean = true;
        Ok(())
    }

    /// Returns whether a refused shadow is to be checked now. Checks are limited, because a client can cause refusals
    /// at will.
    pub(crate) fn begin_check(&self, shadow: &Arc<Shadow>) -> bool {
        self.cache().begin_check(shadow, Instant::now())
    }

    /// Removes a refused shadow from the cache if it was deleted or deactivated in the database; returns whether it
    /// was. A shadow that is still active was refused for another reason and stays: a request must not replace the
    /// shadow of others.
    pub(crate) async fn forget_if_gone(&self, upstream: &Upstream, shadow: &Arc<Shadow>) -> bool {
        let is_gone = matches!(database::is_active(upstream, shadow.id).await, Ok(false));
        if is_gone {
            self.cache().remove(shadow);
            self.obsolete.notify_one();
        }
        is_gone
    }

    /// Periodically deletes orphaned and obsolete shadows from the database. It never returns.
    pub(crate) async fn keep_clean(&self, upstream: &Upstream) {
        loop {
            let mut creation = self.creation.lock().await;
            if self.delete_unknown(&mut creation, upstream).await.is_err() {
                tracing::debug!(shadows = self.description, "those that nobody knows are deleted later");
            }
            drop(creation);
            self.delete_obsolete(upstream).await;
            tokio::select! {
                () = sleep(SWEEP_EVERY) => {}
                () = self.obsolete.notified() => {}
            }
        }
    }

    /// Deletes the obsolete shadows from the database. Those whose deletion fails are tried again later.
    async fn delete_obsolete(&self, upstream: &Upstream) {
        let obsolete = self.cache().obsolete(Instant::now());
        for id in obsolete {
            if database::delete(upstream, id).await.is_ok() {
                self.cache().note_deleted(id);
            }
        }
    }

    /// Deletes every shadow at the end of the last gate, and prevents the creation of others.
    pub(crate) async fn end(&self, upstream: &Upstream) {
        self.has_ended.store(true, Ordering::SeqCst);
        self.cache().remove_all();
        self.delete_obsolete(upstream).await;
    }

    fn cache(&self) -> MutexGuard<'_, ShadowCache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
