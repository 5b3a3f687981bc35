//! Start, and graceful shutdown that loses no request.

use std::{
    future::{Future, pending},
    io,
    net::SocketAddr,
    sync::Arc,
    time::Duration,
};

use axum_server::{Handle, Server};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

use jeton_http::{assets, state::AppState};
use jeton_service::{Clock, Service, audit::KeyError};

use crate::config::{Config, MetricsAddr};

use super::{
    MakeService,
    data_dir::{Data, DataError, Purpose},
    jobs::keep_audit_log,
    metrics, metrics_router, router,
    site::Site,
    startup_warnings,
};

/// The reason why the server did not start, in one sentence.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Another program listens on the address.
    #[error("the address {address} is in use by another program; stop it or choose another address with {flag}")]
    Taken {
        /// The address.
        address: SocketAddr,
        /// The flag that sets the address.
        flag: &'static str,
    },
    /// The address cannot be listened on for another reason.
    #[error("can't listen on {address}: {error}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The error of the operating system.
        error: io::Error,
    },
    /// The data cannot be opened.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The audit log cannot be continued, for example because it was started with another key.
    #[error(transparent)]
    AuditKey(#[from] KeyError),
    /// The listener failed after the start.
    #[error("the server stopped: {0}")]
    Stopped(io::Error),
}

/// A running server.
pub struct Running {
    /// Address of the listener, with the port that was selected if port 0 was requested.
    pub address: SocketAddr,
    /// Address of the listener for the metrics, if they have their own.
    pub metrics_address: Option<SocketAddr>,
    /// The service, for callers in the same process.
    pub service: Service,
    task: JoinHandle<io::Result<()>>,
    audit_log: JoinHandle<()>,
    /// Stops the background jobs when dropped.
    keeping: watch::Sender<()>,
    _data: DataLock,
}

/// Keeps the data directory locked for as long as the server runs.
struct DataLock(#[expect(dead_code, reason = "held, not read")] Data);

/// Maximum duration of running requests after the signal to stop.
const FINISH_WITHIN: Duration = Duration::from_secs(8);
/// Maximum duration of closing the database after that.
const CLOSE_WITHIN: Duration = Duration::from_secs(1);
/// Timeout for receiving a request's headers, and for idle connections.
const HEADERS_WITHIN: Duration = Duration::from_secs(10);

/// Opens the data and starts listening; the server answers requests once this returns. `stop`: resolves when the server
/// is to stop.
pub async fn start(
    config: Config,
    clock: Clock,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<Running, StartError> {
    assets::register(Site::get);
    let data = Data::open(&config.storage, Purpose::Serve).await?;
    let (server, address) = listen(config.addr, "--addr").await?;
    let metrics_listener = match config.metrics_addr {
        Some(MetricsAddr::At(address)) => Some(listen(address, "--metrics-addr").await?),
        Some(MetricsAddr::Off) | None => None,
    };
    let service = Service::start(data.store.clone(), clock, data.audit_key.clone(), config.quotas()).await?;
    for caution in startup_warnings::of(&config) {
        tracing::warn!("{caution}");
    }
    let (keeping, running) = watch::channel(());
    let audit_log = tokio::spawn(keep_audit_log(service.clone(), config.audit_retention, running));
    let state = AppState {
        started: service.now(),
        service: service.clone(),
        settings: Arc::new(config.http_settings()),
        metrics: metrics::recorder(),
        leptos: leptos::config::LeptosOptions::builder().output_name("jeton").build(),
        api_description: || serde_json::to_value(jeton_api::openapi::description()).unwrap_or_default(),
    };
    metrics::count_tokens(&service).await;
    let metrics_address = metrics_listener.as_ref().map(|(_, address)| *address);
    let task = tokio::spawn(run(server, metrics_listener.map(|(server, _)| server), state, stop));
    Ok(Running { address, metrics_address, service, task, audit_log, keeping, _data: DataLock(data) })
}

impl Running {
    /// Waits until the server has stopped, then closes the database.
    pub async fn stopped(self) -> Result<(), StartError> {
        let ended = self.task.await.map_err(|error| StartError::Stopped(io::Error::other(error)))?;
        drop(self.keeping);
        if tokio::time::timeout(CLOSE_WITHIN, self.audit_log).await.is_err() {
            tracing::warn!("the audit log was still being verified when the server stopped");
        }
        if tokio::time::timeout(CLOSE_WITHIN, self.service.close()).await.is_err() {
            tracing::warn!("the database was still busy when the server stopped");
        }
        ended.map_err(StartError::Stopped)
    }
}

/// Binds an address; `flag` names its option for error messages.
async fn listen(address: SocketAddr, flag: &'static str) -> Result<(Server<SocketAddr>, SocketAddr), StartError> {
    let listener = TcpListener::bind(address).await.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => StartError::Taken { address, flag },
        _ => StartError::Listen { address, error },
    })?;
    let failed = |error| StartError::Listen { address, error };
    let address = listener.local_addr().map_err(failed)?;
    let server = axum_server::from_tcp(listener.into_std().map_err(failed)?).map_err(failed)?;
    Ok((patient(server), address))
}

/// Limits the time for a request's headers: clients that open connections and send nothing could otherwise use all of
/// them (slowloris).
fn patient(server: Server<SocketAddr>) -> Server<SocketAddr> {
    // Without TLS, browsers and InfluxDB's clients use nothing newer than HTTP/1.
    let mut server = server.http1_only().first_request_timeout(HEADERS_WITHIN);
    server.http_builder().http1().header_read_timeout(HEADERS_WITHIN);
    server
}

async fn run(
    server: Server<SocketAddr>,
    metrics_server: Option<Server<SocketAddr>>,
    state: AppState,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let handle = Handle::new();
    let watched = handle.clone();
    let (recorder, service) = (state.metrics.clone(), state.service.clone());
    let metrics_app: MakeService = metrics_router(state.clone()).into_make_service_with_connect_info();
    let app: MakeService = router(state).into_make_service_with_connect_info();
    let metrics_served = async {
        match metrics_server {
            Some(server) => server.serve(metrics_app).await,
            None => pending().await,
        }
    };
    let stopped = handle.clone();
    let stopping = async move {
        stop.await;
        stopped.graceful_shutdown(Some(FINISH_WITHIN));
        pending().await
    };
    let ended = tokio::select! {
        ended = server.handle(handle).serve(app) => ended,
        ended = metrics_served => ended,
        ended = metrics::keep_small(&recorder) => ended,
        ended = metrics::keep_counting(&service) => ended,
        () = service.keep_uses() => Ok(()),
        ended = stopping => ended,
    };
    if watched.connection_count() > 0 {
        tracing::warn!("some requests were still running when the server stopped");
    }
    ended
}

/// Runs the server until SIGTERM or Ctrl-C, for `jeton serve`.
pub async fn serve(config: Config) -> Result<(), StartError> {
    // Signal handlers are installed now, not at the first poll: the server may be stopped as soon as its address is
    // printed.
    let stop = told_to_stop();
    let running = start(config, Clock::System, stop).await?;
    if let Some(address) = running.metrics_address {
        tracing::info!("metrics are served at http://{address}/metrics");
    }
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
        tracing::info!("stopping after the running requests have finished");
    }
}

#[cfg(not(unix))]
async fn told_to_stop() {
    drop(tokio::signal::ctrl_c().await);
    tracing::info!("stopping after the running requests have finished");
}
