//! Shadows: authorizations of InfluxDB 2, or users of InfluxDB 1.x, that the gate creates in the database, one per
//! distinct set of permissions of its callers. A request carries the credential of the shadow with its caller's
//! permissions, so that the database checks them again. These credentials are in memory only.

mod authorizations;
mod cache;
mod creation;
mod credential;
mod held_back;
mod in_use;
mod issuer;
mod turns;
mod users;

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use http::{Request, header::AUTHORIZATION};
use jeton_gate::Authority;
use jeton_model::Timestamp;
use tokio::{
    sync::{Notify, Semaphore},
    time::{sleep, timeout},
};

use crate::{
    body::AnyBody,
    counters::UpstreamFailure,
    upstream::{NoResponse, Upstream},
};

use authorizations::Authorizations;
use cache::ShadowCache;
use creation::{Creation, concerns_all, concerns_all_grants};
use credential::Credential;
use held_back::HeldBack;
pub(crate) use in_use::InUse;
use issuer::Issuer;
use turns::Turns;
use users::Users;

/// Maximum time for which a request waits for a shadow.
const WAIT: Duration = Duration::from_secs(5);
/// Maximum number of shadows with many permissions that get them at the same time. One with few needs no place: it gets
/// them in one request, and creations are limited per second. It would wait for minutes behind those with many.
const MOST_INCOMPLETE: usize = 16;
/// Time between two searches for unused shadows.
const SWEEP_EVERY: Duration = Duration::from_secs(30);

/// An authorization or a user in the database.
pub(crate) struct Shadow {
    /// Its id or name.
    id: String,
    credential: Credential,
}

impl Shadow {
    /// Adds the credential to a request.
    ///
    /// # Errors
    /// Fails if there is no header with the credential.
    pub(crate) fn authorize(&self, request: &mut Request<AnyBody>, now: Timestamp) -> Result<(), NoResponse> {
        let value = self.credential.value(now).ok_or(NoResponse::Failed(UpstreamFailure::Delegation))?;
        request.headers_mut().insert(AUTHORIZATION, value);
        Ok(())
    }

    /// Discards a refused credential if there can be a better one; returns whether there can.
    pub(crate) fn renew(&self, now: Timestamp) -> bool {
        self.credential.renew(now)
    }
}

/// The shadows of a gate.
pub(crate) struct Shadows {
    issuer: Box<dyn Issuer>,
    cache: Mutex<ShadowCache>,
    /// Locked while a shadow is created, and not while it gets its permissions: of a user with many databases, that takes
    /// minutes.
    creation: tokio::sync::Mutex<Creation>,
    /// Concurrent requests with the same permissions create one shadow.
    turns: Turns,
    /// The authorities that failed by themselves.
    held_back: HeldBack,
    /// The places of shadows with many permissions that get them.
    places: Semaphore,
    /// Notified when there are shadows to delete.
    obsolete: Notify,
    /// Number of gates that use them.
    gates: AtomicUsize,
    /// True once the last gate has ended.
    has_ended: AtomicBool,
}

impl Shadows {
    /// Returns those of a gate for InfluxDB 2. `instance`: the id of the instance of Jeton.
    pub(crate) fn of_authorizations(instance: &str, gate: &str) -> Self {
        Self::issued_by(Box::new(Authorizations::of(instance, gate)))
    }

    /// Returns those of a gate for InfluxDB 1.x. `instance`: the id of the instance of Jeton.
    pub(crate) fn of_users(instance: &str, gate: &str) -> Self {
        Self::issued_by(Box::new(Users::of(instance, gate)))
    }

    fn issued_by(issuer: Box<dyn Issuer>) -> Self {
        Self {
            issuer,
            cache: Mutex::default(),
            creation: tokio::sync::Mutex::default(),
            turns: Turns::default(),
            held_back: HeldBack::default(),
            places: Semaphore::new(MOST_INCOMPLETE),
            obsolete: Notify::new(),
            gates: AtomicUsize::new(0),
            has_ended: AtomicBool::new(false),
        }
    }

    /// Returns the mark by which this instance of Jeton recognizes its own shadows.
    pub(crate) fn mark(&self) -> &str {
        self.issuer.mark()
    }

    /// Returns the shadow with the permissions of an authority, and creates it if there is none.
    ///
    /// # Errors
    /// Fails if the database does not create it in time.
    pub(crate) async fn obtain(
        self: &Arc<Self>,
        upstream: &Arc<Upstream>,
        authority: &Authority,
    ) -> Result<Arc<Shadow>, NoResponse> {
        let found = self.cache().find(authority, Instant::now());
        if let Some(found) = found {
            return Ok(found);
        }
        let (shadows, upstream, authority) = (Arc::clone(self), Arc::clone(upstream), authority.clone());
        let until = Instant::now() + WAIT;
        // In a task of its own: if the client disconnects, the creation must still finish, or the database keeps a
        // shadow whose id is unknown.
        let created = tokio::spawn(async move { shadows.create_once(&upstream, authority, until).await });
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
        authority: Authority,
        until: Instant,
    ) -> Result<Arc<Shadow>, NoResponse> {
        let turn = self.turns.of(&authority);
        let _turn = in_time(until, turn.lock()).await?;
        let found = self.cache().find(&authority, Instant::now());
        if let Some(found) = found {
            return Ok(found);
        }
        self.held_back.check(&authority, Instant::now())?;
        let takes_long = self.issuer.takes_long(&authority);
        let _place = if takes_long { Some(in_time(until, self.places.acquire()).await?) } else { None };
        let shadow = Arc::new(self.begin(upstream, &authority, until).await?);
        let completed = self.issuer.complete(upstream, &shadow.id, &authority).await;
        match completed {
            Ok(()) => {
                if self.cache().insert(authority, Arc::clone(&shadow), Instant::now()) {
                    self.obsolete.notify_one();
                }
            }
            Err(failure) => {
                self.cache().abandon(&shadow.id);
                self.obsolete.notify_one();
                if concerns_all_grants(failure) {
                    self.creation.lock().await.note(Some(failure), Instant::now());
                } else {
                    self.held_back.note(&authority, failure, Instant::now());
                }
            }
        }
        if let Err(ended) = self.check_runs() {
            self.cache().remove(&shadow);
            self.delete_obsolete(upstream).await;
            return Err(ended);
        }
        completed.map(|()| shadow)
    }

    /// Creates a shadow that may lack permissions.
    async fn begin(&self, upstream: &Upstream, authority: &Authority, until: Instant) -> Result<Shadow, NoResponse> {
        let mut creation = self.creation.lock().await;
        self.check_runs()?;
        creation.check(Instant::now(), until)?;
        sleep(creation.pause(Instant::now())).await;
        let cleaned = self.delete_unknown(&mut creation, upstream).await;
        cleaned.inspect_err(|failure| creation.note(Some(*failure), Instant::now()))?;
        let created = self.create(&mut creation, upstream, authority).await;
        match created.as_ref().err().copied() {
            Some(failure) if !concerns_all(failure) => self.held_back.note(authority, failure, Instant::now()),
            failure => creation.note(failure, Instant::now()),
        }
        created
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
        authority: &Authority,
    ) -> Result<Shadow, NoResponse> {
        let created = self.issuer.create(upstream, authority).await;
        // After a failure, the database may have a shadow whose id is unknown.
        creation.is_clean = created.is_ok();
        if let Ok(shadow) = &created {
            self.cache().announce(&shadow.id);
        }
        created
    }

    /// Deletes the shadows that are in the database and not in the cache: those of an earlier start, and those whose
    /// creation was not answered. The caller has locked the creation.
    async fn delete_unknown(&self, creation: &mut Creation, upstream: &Upstream) -> Result<(), NoResponse> {
        if creation.is_clean {
            return Ok(());
        }
        for id in self.issuer.list(upstream).await? {
            let is_known = self.cache().contains(&id);
            if !is_known {
                self.issuer.delete(upstream, &id).await?;
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

    /// Removes a refused shadow from the cache if it was deleted, deactivated or restricted in the database; returns
    /// whether it was. A shadow that is still active was refused for another reason and stays: a request must not replace the
    /// shadow of others.
    pub(crate) async fn forget_if_gone(
        &self,
        upstream: &Upstream,
        shadow: &Arc<Shadow>,
        authority: &Authority,
    ) -> bool {
        let is_gone = matches!(self.issuer.is_active(upstream, &shadow.id, authority).await, Ok(false));
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
                tracing::debug!(shadows = self.mark(), "those that nobody knows are deleted later");
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
            if self.issuer.delete(upstream, &id).await.is_ok() {
                self.cache().note_deleted(&id);
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

/// Waits until a time at most.
async fn in_time<T>(until: Instant, waiting: impl Future<Output = T>) -> Result<T, NoResponse> {
    let late = |_| NoResponse::Failed(UpstreamFailure::Delegation);
    timeout(until.saturating_duration_since(Instant::now()), waiting).await.map_err(late)
}
