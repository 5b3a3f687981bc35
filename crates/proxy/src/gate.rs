//! A running gate.

use std::{sync::Arc, time::Instant};

use jeton_gate::{Gate, Inventory, Kind, Question, Settings};
use jeton_model::binding::{FoundDatabase, GateRefusal, UpstreamHealth};
use jeton_service::Service;
use secrecy::SecretString;

use crate::{
    body_memory::BodyMemory,
    config::{ConfigError, GateConfig, Limits, Mode},
    counters::Counters,
    directories::Directories,
    encryption::Encryption,
    exchange::Exchanges,
    influxdb2_context::Influxdb2Context,
    recent::RecentRefusals,
    shadows::{InUse, Shadows},
    upstream::Upstream,
    verdict_cache::VerdictCache,
};

/// The parts of the server that a gate uses.
#[derive(Clone)]
pub struct ServerContext {
    /// The operations of Jeton.
    pub service: Service,
    /// The source of the gate's bindings.
    pub directories: Arc<dyn Directories>,
    /// The id of this instance of Jeton, by which it recognizes what it created in a database; `None` for gates that
    /// create nothing.
    pub instance: Option<String>,
    /// The TLS of the gate's listener; `None` without TLS.
    pub encryption: Option<Arc<dyn Encryption>>,
    /// The further parts that a gate for InfluxDB 2 uses.
    pub influxdb2: Option<Influxdb2Context>,
}

/// A gate in front of a database. Cheap to clone.
#[derive(Clone)]
pub struct ProxyGate(Arc<Inner>);

struct Inner {
    name: Arc<str>,
    forward_auth_key: Option<Arc<SecretString>>,
    mode: Mode,
    limits: Limits,
    rules: Gate,
    service: Service,
    directories: Arc<dyn Directories>,
    encryption: Option<Arc<dyn Encryption>>,
    influxdb2: Option<Influxdb2Context>,
    upstream: Arc<Upstream>,
    body_memory: BodyMemory,
    verdicts: VerdictCache,
    /// The authorizations or users with callers' permissions, for a database that checks them again.
    shadows: Option<InUse>,
    exchanges: Arc<Exchanges>,
    counters: Arc<Counters>,
    recent: RecentRefusals,
}

impl ProxyGate {
    /// Returns the gate of a configuration. It takes over the counters of an earlier gate of the same name, and the
    /// authorizations or users that this one created, if the database is the same.
    ///
    /// # Errors
    /// Fails if the configuration cannot be used.
    pub fn within(config: &GateConfig, context: ServerContext, earlier: Option<&Self>) -> Result<Self, ConfigError> {
        config.check()?;
        let upstream = Arc::new(Upstream::new(config)?);
        let shadows = shadows(config, &context)?.map(|new| taken_over(new, &upstream, earlier));
        let ServerContext { service, directories, encryption, influxdb2, .. } = context;
        let settings = Settings { delegates: config.has_users(), ..config.settings.clone() };
        Ok(Self(Arc::new(Inner {
            name: config.name.as_str().into(),
            forward_auth_key: config.forward_auth_key.clone().map(Arc::new),
            mode: config.mode,
            limits: config.limits,
            rules: Gate::new(config.kind, settings),
            service,
            directories,
            encryption,
            influxdb2,
            upstream,
            body_memory: BodyMemory::default(),
            verdicts: VerdictCache::new(),
            shadows: shadows.map(InUse::of),
            exchanges: Arc::default(),
            counters: earlier.map(|earlier| Arc::clone(&earlier.0.counters)).unwrap_or_default(),
            recent: RecentRefusals::default(),
        })))
    }

    /// Returns the name of the gate.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Returns the name of the gate in shared ownership.
    pub(crate) fn shared_name(&self) -> &Arc<str> {
        &self.0.name
    }

    /// Returns the counters of the gate.
    pub fn counters(&self) -> &Counters {
        &self.0.counters
    }

    /// Returns the key of forward auth.
    pub(crate) fn forward_auth_key(&self) -> Option<&Arc<SecretString>> {
        self.0.forward_auth_key.as_ref()
    }

    /// Returns whether the last request or probe reached the database, and it accepted the credential of the gate.
    pub fn upstream_is_up(&self) -> bool {
        self.0.upstream.is_up()
    }

    /// Returns the health of the database, as the last request showed it.
    pub fn health(&self) -> UpstreamHealth {
        self.upstream().health()
    }

    /// Returns the last refusals, the newest first.
    pub fn refusals(&self) -> Vec<GateRefusal> {
        self.0.recent.all()
    }

    /// Asks the database what it has, with the credential of the gate; `None` if it does not tell. The default
    /// retention policies of the bindings follow from the answer.
    pub async fn inventory(&self) -> Option<Vec<FoundDatabase>> {
        let requested_at = Instant::now();
        let mut question = Question::first(self.rules().kind())?;
        loop {
            let answer = self.upstream().list(question.target()).await?;
            match question.read(&answer)? {
                Inventory::Ask(next) => question = next,
                Inventory::Done(found) => {
                    self.directories().update_policies(&found, requested_at);
                    return Some(found);
                }
            }
        }
    }

    pub(crate) fn recent(&self) -> &RecentRefusals {
        &self.0.recent
    }

    /// Returns whether the gate observes rather than refuses.
    pub(crate) fn observes(&self) -> bool {
        self.0.mode == Mode::Observe
    }

    pub(crate) fn limits(&self) -> Limits {
        self.0.limits
    }

    pub(crate) fn rules(&self) -> &Gate {
        &self.0.rules
    }

    pub(crate) fn service(&self) -> &Service {
        &self.0.service
    }

    pub(crate) fn directories(&self) -> &dyn Directories {
        self.0.directories.as_ref()
    }

    pub(crate) fn encryption(&self) -> Option<&Arc<dyn Encryption>> {
        self.0.encryption.as_ref()
    }

    pub(crate) fn influxdb2(&self) -> Option<&Influxdb2Context> {
        self.0.influxdb2.as_ref()
    }

    pub(crate) fn upstream(&self) -> &Arc<Upstream> {
        &self.0.upstream
    }

    pub(crate) fn body_memory(&self) -> &BodyMemory {
        &self.0.body_memory
    }

    pub(crate) fn verdicts(&self) -> &VerdictCache {
        &self.0.verdicts
    }

    pub(crate) fn shadows(&self) -> Option<&Arc<Shadows>> {
        self.0.shadows.as_ref().map(InUse::shadows)
    }

    /// Returns the authorizations or users with callers' permissions, if no other gate uses them.
    pub(crate) fn own_shadows(&self) -> Option<&Arc<Shadows>> {
        self.0.shadows.as_ref().filter(|shadows| shadows.is_only()).map(InUse::shadows)
    }

    pub(crate) fn exchanges(&self) -> &Arc<Exchanges> {
        &self.0.exchanges
    }
}

/// Returns an empty set of shadows; `None` for a database that does not check the callers' permissions again.
fn shadows(config: &GateConfig, context: &ServerContext) -> Result<Option<Shadows>, ConfigError> {
    let outside = |what| Err(ConfigError::Unsupported(config.name.clone(), what));
    match (config.kind, &context.instance, &context.influxdb2) {
        (Kind::Influxdb2, Some(instance), Some(_)) => Ok(Some(Shadows::of_authorizations(instance, &config.name))),
        (Kind::Influxdb2, ..) => outside("kind = \"influxdb2\" outside of a server"),
        (Kind::Influxdb1, Some(instance), _) if config.has_users() => {
            Ok(Some(Shadows::of_users(instance, &config.name)))
        }
        (Kind::Influxdb1, None, _) if config.has_users() => outside("auth = \"delegate\" outside of a server"),
        (Kind::Influxdb1 | Kind::Influxdb3 | Kind::Victoriametrics, ..) => Ok(None),
    }
}

/// Returns the shadows of an earlier gate of the same name and database, or else the new ones.
fn taken_over(new: Shadows, upstream: &Upstream, earlier: Option<&ProxyGate>) -> Arc<Shadows> {
    let earlier = earlier.filter(|earlier| earlier.upstream().is_like(upstream)).and_then(ProxyGate::shadows);
    let same = earlier.filter(|shadows| shadows.mark() == new.mark());
    same.map_or_else(|| Arc::new(new), Arc::clone)
}
