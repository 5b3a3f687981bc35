//! Starting, and stopping without losing a request.

use std::{future::Future, io, net::SocketAddr, sync::Arc, time::Duration};

use axum_server::{Handle, Server};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

use super::{
    AppState, MakeService,
    audit::keep_audit_log,
    data::{Data, DataError, Purpose},
    router,
};
use crate::{
    config::Config,
    service::{Clock, Service, audit::KeyError},
};

/// Why the server did not start, in one sentence.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("the address {address} is taken by another program; stop it or choose another with --addr")]
    Taken { address: SocketAddr },
    #[error("can't listen on {address}: {error}")]
    Listen { address: SocketAddr, error: io::Error },
    #[error(transparent)]
    Data(#[from] DataError),
    #[error(transparent)]
    AuditKey(#[from] KeyError),
    #[error("the server stopped: {0}")]
    Stopped(io::Error),
}

/// A server that answers.
pub struct Running {
    pub address: SocketAddr,
    pub service: Service,
    task: JoinHandle<io::Result<()>>,
    audit_log: JoinHandle<()>,
    /// Dropped, it ends what is done beside requests.
    keeping: watch::Sender<()>,
    _data: DataLock,
}

/// Keeps the data directory locked for as long as the server runs.
struct DataLock(#[expect(dead_code, reason = "held, not read")] Data);

/// How long requests under way may take after the signal to stop.
const FINISH_WITHIN: Duration = Duration::from_secs(8);
/// How long the database may take to close after that.
const CLOSE_WITHIN: Duration = Duration::from_secs(1);
/// How long a client may take to send a request's headers, and a connection may wait for one.
const HEADERS_WITHIN: Duration = Duration::from_secs(10);

/// Opens the data and listens; answers when this returns. `stop`: resolves when the server is to stop.
pub async fn start(
    config: Config,
    clock: Clock,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<Running, StartError> {
    let data = Data::open(&config.storage, Purpose::Serve).await?;
    let address = config.addr;
    let listener = TcpListener::bind(address).await.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => StartError::Taken { address },
        _ => StartError::Listen { address, error },
    })?;
    let failed = |error| StartError::Listen { address, error };
    let address = listener.local_addr().map_err(failed)?;
    let handle = Handle::new();
    let server =
        patient(axum_server::from_tcp(listener.into_std().map_err(failed)?).map_err(failed)?).handle(handle.clone());
    let service = Service::start(data.store.clone(), clock, data.audit_key.clone()).await?;
    let (keeping, running) = watch::channel(());
    let audit_log = tokio::spawn(keep_audit_log(service.clone(), config.audit_retention, running));
    let state = AppState {
        started: service.now(),
        service: service.clone(),
        config: Arc::new(config),
        metrics: recorder(),
        leptos: leptos::config::LeptosOptions::builder().output_name("jeton").build(),
    };
    let metrics = state.metrics.clone();
    let app: MakeService = router(state).into_make_service_with_connect_info();
    let task = tokio::spawn(run(server, handle, app, (metrics, service.clone()), stop));
    Ok(Running { address, service, task, audit_log, keeping, _data: DataLock(data) })
}

impl Running {
    /// Waits until the server has stopped and closes the database.
    pub async fn stopped(self) -> Result<(), StartError> {
        let ended = self.task.await.map_err(|error| StartError::Stopped(io::Error::other(error)))?;
        drop(self.keeping);
        if tokio::time::timeout(CLOSE_WITHIN, self.audit_log).await.is_err() {
            tracing::warn!("the audit log was still being checked when the server stopped");
        }
        if tokio::time::timeout(CLOSE_WITHIN, self.service.close()).await.is_err() {
            tracing::warn!("the database was still busy when the server stopped");
        }
        ended.map_err(StartError::Stopped)
    }
}

/// Waits for a client, but not for ever: whoever opens connections and sends nothing would use all of them up.
fn patient(server: Server<SocketAddr>) -> Server<SocketAddr> {
    // Without encryption, browsers and InfluxDB's clients speak nothing newer than HTTP/1.
    let mut server = server.http1_only().first_request_timeout(HEADERS_WITHIN);
    server.http_builder().http1().header_read_timeout(HEADERS_WITHIN);
    server
}

async fn run(
    server: Server<SocketAddr>,
    handle: Handle<SocketAddr>,
    app: MakeService,
    (metrics, service): (PrometheusHandle, Service),
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let watched = handle.clone();
    let stopping = async move {
        stop.await;
        handle.graceful_shutdown(Some(FINISH_WITHIN));
        std::future::pending().await
    };
    let ended = tokio::select! {
        ended = server.serve(app) => ended,
        ended = keep_small(&metrics) => ended,
        () = service.keep_uses() => Ok(()),
        ended = stopping => ended,
    };
    if watched.connection_count() > 0 {
        tracing::warn!("some requests were still under way when the server stopped");
    }
    ended
}

/// Where nobody asks for the metrics, their samples would pile up.
async fn keep_small(metrics: &PrometheusHandle) -> io::Result<()> {
    let mut now_and_then = tokio::time::interval(Duration::from_secs(10));
    loop {
        now_and_then.tick().await;
        metrics.run_upkeep();
    }
}

/// One recorder for the process, however many servers a test starts in it.
fn recorder() -> PrometheusHandle {
    static HANDLE: std::sync::OnceLock<PrometheusHandle> = std::sync::OnceLock::new();
    HANDLE
        .get_or_init(|| {
            let recorder = PrometheusBuilder::new().build_recorder();
            let handle = recorder.handle();
            if metrics::set_global_recorder(recorder).is_err() {
                tracing::warn!("another metrics recorder was there first; /metrics stays empty");
            }
            handle
        })
        .clone()
}

/// Runs the server until SIGTERM or Ctrl-C: what `jeton serve` does.
pub async fn serve(config: Config) -> Result<(), StartError> {
    // From here on, not from the first poll: whoever reads the address may stop the server at once.
    let stop = told_to_stop();
    let running = start(config, Clock::System, stop).await?;
    println!("Jeton answers on http://{}", running.address);
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
        tracing::info!("stopping: requests under way are finished first");
    }
}

#[cfg(not(unix))]
async fn told_to_stop() {
    drop(tokio::signal::ctrl_c().await);
    tracing::info!("stopping: requests under way are finished first");
}
