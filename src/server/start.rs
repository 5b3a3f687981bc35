//! Start, and graceful shutdown that loses no request.

use std::{future::Future, io, net::SocketAddr, time::Duration};

use metrics_exporter_prometheus::PrometheusHandle;
use tokio::{sync::watch, task::JoinHandle};

use jeton_http::{
    assets,
    certificate_health::CertificateHealth,
    gates::Comparisons,
    settings::Settings,
    state::{AppState, SharedState},
};
use jeton_service::{Clock, Service};

use crate::config::{AuditOutError, Config};

use super::{
    audit_out::AuditOut,
    backup::Schedule,
    config_watch::ConfigWatch,
    data_dir::{Data, Purpose},
    database_jobs::DatabaseJobs,
    first_set_up, front,
    gates::{self, GateRegistry, GateServer, Gates},
    jobs::{delete_expired_tokens, keep_audit_log},
    listeners::Listeners,
    metrics,
    run::run,
    service_manager::{self, Listener, State},
    site::Site,
    start_error::StartError,
    startup_warnings,
    tls_source::TlsSource,
};

/// A running server.
pub struct Running {
    /// Address of the listener, with the port that was selected if port 0 was requested.
    pub address: SocketAddr,
    /// Address of the listener for the metrics, if they have their own.
    pub metrics_address: Option<SocketAddr>,
    /// Address of the listener that redirects from http to https, if there is one.
    pub redirect_address: Option<SocketAddr>,
    /// True if the listener uses TLS.
    pub is_encrypted: bool,
    /// The health of the listener's certificate.
    pub certificate: CertificateHealth,
    /// The service, for callers in the same process.
    pub service: Service,
    gates: Gates,
    task: JoinHandle<io::Result<()>>,
    jobs: BackgroundJobs,
    /// Stops the background jobs when dropped.
    keeping: watch::Sender<()>,
    /// Keeps the data directory locked for as long as the server runs.
    data: Data,
}

/// The background jobs of a running server.
struct BackgroundJobs {
    audit_log: JoinHandle<()>,
    database: JoinHandle<()>,
    expired: JoinHandle<()>,
    config_watch: JoinHandle<()>,
    tls_watch: JoinHandle<()>,
    audit_out: JoinHandle<()>,
}

impl BackgroundJobs {
    /// Starts the jobs, which end when the sender of `running` is dropped.
    fn start(
        config: &Config,
        service: &Service,
        database: DatabaseJobs,
        audit_out: Option<AuditOut>,
        tls: Option<TlsSource>,
        config_watch: ConfigWatch,
        running: watch::Receiver<()>,
    ) -> Self {
        Self {
            database: tokio::spawn(database.run(running.clone())),
            expired: tokio::spawn(delete_expired_tokens(service.clone(), config.expired_retention, running.clone())),
            audit_log: tokio::spawn(keep_audit_log(service.clone(), config.audit_retention, running.clone())),
            audit_out: tokio::spawn(export_audit_entries(audit_out, running.clone())),
            tls_watch: tokio::spawn(watch_certificate(tls, running.clone())),
            config_watch: tokio::spawn(config_watch.run(running)),
        }
    }

    /// Waits until all jobs have ended.
    async fn finished(self) {
        let watches = async { tokio::join!(self.config_watch, self.tls_watch) };
        drop(tokio::join!(self.audit_log, self.expired, self.database, self.audit_out, watches));
    }
}

/// Maximum duration of closing the database after the running requests have ended, and of the background jobs before.
const CLOSE_WITHIN: Duration = Duration::from_secs(1);

/// Opens the data and starts listening; the server answers requests once this returns. `stop`: resolves when the server
/// is to stop.
pub async fn start(
    config: Config,
    clock: Clock,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<Running, StartError> {
    assets::register(Site::get);
    // Before the gates and the jobs, which set metrics: without a recorder, their values are lost.
    let recorder = metrics::recorder();
    let Checked { config_watch, settings, certificate, mut tls } = Checked::of(&config)?;
    let acceptor = tls.as_ref().map(TlsSource::acceptor);
    let is_encrypted = acceptor.is_some();
    let data = Data::open(&config.storage, Purpose::Serve { fresh: config.fresh }).await?;
    if let Some(tls) = &mut tls {
        tls.lock().await?;
    }
    let backups = config.backups().map(|settings| Schedule::prepare(settings, &config.storage)).transpose()?;
    let listeners = Listeners::open(&config, acceptor.clone()).await?;
    let service = Service::start(data.store.clone(), clock, data.audit_key.clone(), config.quotas()).await?;
    let audit_out = prepare_service(&config, &service).await?;
    let registry = GateRegistry::default();
    let state = state(&service, &registry, settings, certificate.clone(), recorder);
    let app = front(state.clone(), registry.forward_auth());
    let (gating, gated) = watch::channel(());
    let directory = config.storage.data.clone();
    let gate_server = GateServer::new(service.clone(), app.clone(), &state.settings, acceptor, directory);
    let gates = match Gates::start(config_watch.gates(), gate_server, registry, gated) {
        Ok(gates) => gates,
        Err(refused) => {
            service.close().await;
            return Err(refused.into());
        }
    };
    let stop = async move {
        stop.await;
        drop(gating);
    };
    let (keeping, running) = watch::channel(());
    let database =
        DatabaseJobs { store: data.store.clone(), service: service.clone(), key_mark: data.key_mark.clone(), backups };
    let jobs = BackgroundJobs::start(&config, &service, database, audit_out, tls, config_watch, running);
    metrics::count_at_start(&service).await;
    let (address, metrics_address, redirect_address) = listeners.addresses();
    let task = tokio::spawn(run(listeners, state, app, stop));
    Ok(Running {
        address,
        metrics_address,
        redirect_address,
        is_encrypted,
        certificate,
        service,
        gates,
        task,
        jobs,
        keeping,
        data,
    })
}

/// The parts of a configuration that are checked before the data are opened.
struct Checked {
    config_watch: ConfigWatch,
    settings: Settings,
    certificate: CertificateHealth,
    tls: Option<TlsSource>,
}

impl Checked {
    /// Checks a configuration and the files that it names.
    ///
    /// # Errors
    /// Fails if one of them cannot be used.
    fn of(config: &Config) -> Result<Self, StartError> {
        let config_watch = ConfigWatch::begin(config.file.as_ref(), config.tls_client_required)?;
        let settings = config.http_settings()?;
        config.check_audit_out()?;
        if let Some(sink) = config.http_sink()? {
            sink.check_files()?;
        }
        let certificate = CertificateHealth::default();
        let tls = config.tls()?.map(|settings| TlsSource::begin(settings, &certificate)).transpose()?;
        Ok(Self { config_watch, settings, certificate, tls })
    }
}

/// Prepares a service for its first request, and performs the first set-up. Returns the audit export.
///
/// # Errors
/// Fails if the audit export or the first set-up is not possible.
async fn prepare_service(config: &Config, service: &Service) -> Result<Option<AuditOut>, StartError> {
    service.allow_stale_reads(config.stale_reads);
    let audit_out = prepare_audit_out(config, service).await?;
    for caution in startup_warnings::of(config) {
        tracing::warn!("{caution}");
    }
    if let Err(refused) = first_set_up::perform(service, &config.init).await {
        service.close().await;
        return Err(refused.into());
    }
    Ok(audit_out)
}

/// Returns the audit export of a configuration, which is checked before the first change.
async fn prepare_audit_out(config: &Config, service: &Service) -> Result<Option<AuditOut>, AuditOutError> {
    let mut audit_out = AuditOut::of(config, &config.storage.data, service.clone())?;
    if let Some(audit_out) = &mut audit_out {
        audit_out.prepare().await;
    }
    Ok(audit_out)
}

/// Returns the state that the API and the console share.
fn state(
    service: &Service,
    registry: &GateRegistry,
    settings: Settings,
    certificate: CertificateHealth,
    recorder: PrometheusHandle,
) -> AppState {
    AppState::from(SharedState {
        started: service.now(),
        service: service.clone(),
        running_gates: registry.running(),
        comparisons: Comparisons::default(),
        settings,
        certificate,
        metrics: recorder,
        leptos: leptos::config::LeptosOptions::builder().output_name("jeton").build(),
        api_description: || serde_json::to_value(jeton_api::openapi::description()).unwrap_or_default(),
    })
}

impl Running {
    /// The addresses on which the gates listen, by their names, as they are after each reload.
    pub fn gate_addresses(&self) -> watch::Receiver<gates::Addresses> {
        self.gates.addresses()
    }

    /// Waits until the server has stopped, then closes the database.
    pub async fn stopped(self) -> Result<(), StartError> {
        let ended = self.task.await.map_err(|error| StartError::Stopped(io::Error::other(error)))?;
        self.gates.finished().await;
        drop(self.keeping);
        if tokio::time::timeout(CLOSE_WITHIN, self.jobs.finished()).await.is_err() {
            tracing::warn!("a background job was still running when the server stopped");
        }
        self.data.mark_key().await;
        if tokio::time::timeout(CLOSE_WITHIN, self.service.close()).await.is_err() {
            tracing::warn!("the database was still busy when the server stopped");
        }
        ended.map_err(StartError::Stopped)
    }
}

/// Keeps the certificate current, until the sender of `running` is dropped.
async fn watch_certificate(tls: Option<TlsSource>, running: watch::Receiver<()>) {
    if let Some(tls) = tls {
        tls.watch(running).await;
    }
}

/// Exports audit entries until the sender of `running` is dropped.
async fn export_audit_entries(audit_out: Option<AuditOut>, running: watch::Receiver<()>) {
    if let Some(audit_out) = audit_out {
        audit_out.run(running).await;
    }
}

/// Runs the server until SIGTERM or Ctrl-C, for `jeton serve`.
pub async fn serve(config: Config) -> Result<(), StartError> {
    // Signal handlers are installed now, not at the first poll: the server may be stopped as soon as its address is
    // printed.
    let stop = told_to_stop();
    let (attending, attended) = watch::channel(());
    let stop = async move {
        stop.await;
        drop(attending);
    };
    let requires_certificate = config.tls_client_required;
    let running = start(config, Clock::System, stop).await?;
    if let Some(address) = running.metrics_address {
        tracing::info!("metrics are served at http://{address}/metrics");
    }
    if let Some(address) = running.redirect_address {
        tracing::info!("requests to http://{address} are redirected to https");
    }
    println!("Jeton answers on {}://{}", if running.is_encrypted { "https" } else { "http" }, running.address);
    let listener = Listener {
        address: running.address,
        is_encrypted: running.is_encrypted,
        requires_certificate,
        certificate: running.certificate.clone(),
    };
    tokio::spawn(service_manager::attend(listener, attended));
    running.stopped().await?;
    tracing::info!("stopped");
    Ok(())
}

#[cfg(unix)]
fn told_to_stop() -> impl Future<Output = ()> + Send + 'static {
    use tokio::signal::unix::{Signal, SignalKind, signal};
    async fn wait(signal: io::Result<Signal>) {
        match signal {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    }
    let (interrupt, terminate) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()));
    async {
        tokio::select! {
            () = wait(interrupt) => {}
            () = wait(terminate) => {}
        }
        service_manager::notify(State::Stopping);
        tracing::info!("stopping after the running requests have finished");
    }
}

#[cfg(not(unix))]
async fn told_to_stop() {
    drop(tokio::signal::ctrl_c().await);
    tracing::info!("stopping after the running requests have finished");
}
