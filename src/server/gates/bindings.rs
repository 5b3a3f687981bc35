//! The bindings of a gate, from what is stored.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use jeton_gate::Directory;
use jeton_model::{
    DatabasePattern,
    binding::{DirectoryContent, DirectoryRecord, FoundDatabase, GateIdentity, GateKind, Upstream},
};
use jeton_proxy::{DefaultPolicies, Directories, DirectoryFuture, PolicyCache, Unavailable};
use jeton_service::{Error, Service, error::OrgError};

use crate::config::gates::GateSettings;

/// The bindings of one gate. The service keeps what is stored in memory; this keeps what follows from it.
pub(super) struct StoredBindings {
    service: Service,
    name: String,
    kind: GateKind,
    /// Name or id of the organization.
    org: String,
    upstream: Upstream,
    databases: Vec<DatabasePattern>,
    /// The default retention policies that the database reported.
    policies: PolicyCache,
    cached: Mutex<Cached>,
}

#[derive(Default)]
struct Cached {
    /// The gate, once its organization exists: it keeps the organization if that is renamed.
    gate: Option<Arc<GateIdentity>>,
    latest: Option<Latest>,
    /// True after a reading that failed, so that only changes are logged.
    is_failing: bool,
}

/// The bindings, and what they were made of.
struct Latest {
    record: Arc<DirectoryRecord>,
    policies: Option<Arc<DefaultPolicies>>,
    directory: Arc<Directory>,
}

impl Latest {
    fn is_of(&self, record: &Arc<DirectoryRecord>, policies: Option<&Arc<DefaultPolicies>>) -> bool {
        let has_policies = match (self.policies.as_ref(), policies) {
            (Some(own), Some(known)) => Arc::ptr_eq(own, known),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        };
        has_policies && Arc::ptr_eq(&self.record, record)
    }
}

impl StoredBindings {
    /// Returns the bindings of a gate with these settings.
    pub(super) fn of(settings: &GateSettings, service: Service) -> Self {
        Self {
            service,
            name: settings.name.to_string(),
            kind: settings.kind,
            org: settings.org.clone(),
            upstream: settings.upstream.clone(),
            databases: settings.databases.clone(),
            policies: PolicyCache::default(),
            cached: Mutex::default(),
        }
    }

    /// Returns the id of the organization, or the name or id in the configuration file until it is resolved.
    pub(super) fn known_org(&self) -> String {
        self.lock().gate.as_ref().map_or_else(|| self.org.clone(), |gate| gate.org.to_string())
    }

    async fn read(&self) -> Result<Arc<Directory>, Error> {
        let record = match self.service.gate_directory(&*self.identity().await?).await {
            Err(error @ Error::Org(OrgError::NotFound)) => {
                self.lock().gate = None;
                return Err(error);
            }
            read => read?,
        };
        let policies = self.policies.current(Instant::now());
        let mut cached = self.lock();
        if let Some(latest) = cached.latest.as_ref().filter(|latest| latest.is_of(&record, policies.as_ref())) {
            return Ok(Arc::clone(&latest.directory));
        }
        let known = policies.as_deref().cloned().unwrap_or_default();
        let directory = Arc::new(Directory::of_record(&self.guarded(&record), known));
        cached.latest = Some(Latest { record, policies, directory: Arc::clone(&directory) });
        Ok(directory)
    }

    /// Returns the gate with its organization, which does not exist yet on a server that is not set up.
    async fn identity(&self) -> Result<Arc<GateIdentity>, Error> {
        let known = self.lock().gate.clone();
        if let Some(gate) = known {
            return Ok(gate);
        }
        let org = self.service.gate_org(&self.org).await?;
        let (name, kind, upstream) = (self.name.clone(), self.kind, self.upstream.clone());
        let gate = Arc::new(GateIdentity { name, kind, org, upstream });
        self.lock().gate = Some(Arc::clone(&gate));
        Ok(gate)
    }

    /// Leaves out databases whose names the gate's patterns do not match.
    fn guarded(&self, record: &DirectoryRecord) -> DirectoryRecord {
        let guards = |database: &str| self.databases.iter().any(|pattern| pattern.matches(database));
        let mut record = record.clone();
        match &mut record.content {
            DirectoryContent::Bound(bound) => bound.retain(|one| guards(&one.database)),
            DirectoryContent::Buckets { buckets, .. } => buckets.retain(|bucket| guards(&bucket.name)),
        }
        record
    }

    fn note(&self, error: Option<&Error>) {
        let was_failing = std::mem::replace(&mut self.lock().is_failing, error.is_some());
        match error {
            Some(error) if !was_failing => {
                tracing::warn!(gate = self.name, %error, "the bindings of a gate cannot be read");
            }
            None if was_failing => tracing::info!(gate = self.name, "the bindings of a gate can be read again"),
            Some(_) | None => {}
        }
    }

    fn lock(&self) -> MutexGuard<'_, Cached> {
        self.cached.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Directories for StoredBindings {
    fn directory(&self) -> DirectoryFuture<'_> {
        Box::pin(async {
            let read = self.read().await;
            self.note(read.as_ref().err());
            read.map_err(|_| Unavailable)
        })
    }

    fn stored(&self) -> Option<Arc<GateIdentity>> {
        self.lock().gate.clone()
    }

    fn update_policies(&self, found: &[FoundDatabase], requested_at: Instant) {
        self.policies.update(found, requested_at);
    }
}
