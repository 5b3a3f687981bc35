//! Starting, and stopping without losing a request.

use std::{future::Future, io, net::SocketAddr, sync::Arc, time::Duration};

use metrics_exporter_prometheus::PrometheusBuilder;
use tokio::{net::TcpListener, task::JoinHandle};

use super::{
    AppState, MakeService,
    data::{Data, DataError},
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
    _data: DataLock,
}

/// Keeps the data directory locked for as long as the server runs.
struct DataLock(#[expect(dead_code, reason = "held, not read")] Data);

/// How long requests under way may take after the signal to stop.
const FINISH_WITHIN: Duration = Duration::from_secs(8);

/// Opens the data and listens; answers when this returns. `stop`: resolves when the server is to stop.
pub async fn start(config: Config, clock: Clock, stop: impl Future<Output = ()> + Send + 'static) -> Result<Running, StartError> {
    let data = Data::open(&config).await?;
    let address = config.addr;
    let listener = TcpListener::bind(address).await.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => StartError::Taken { address },
        _ => StartError::Listen { address, error },
    })?;
    let address = listener.local_addr().map_err(|error| StartError::Listen { address, error })?;
    let service = Service::start(data.store.clone(), clock, data.audit_key.clone()).await?;
    let state = AppState {
        started: service.now(),
        service: service.clone(),
        config: Arc::new(config),
        metrics: recorder(),
        leptos: leptos::config::LeptosOptions::builder().output_name("jeton").build(),
    };
    let app: MakeService = router(state).into_make_service_with_connect_info();
    let task = tokio::spawn(run(listener, app, stop));
    Ok(Running { address, service, task, _data: DataLock(data) })
}

impl Running {
    /// Waits until the server has stopped and closes the database.
    pub async fn stopped(self) -> Result<(), StartError> {
        let ended = self.task.await.map_err(|error| StartError::Stopped(io::Error::other(error)))?;
        self.service.close().await;
        ended.map_err(StartError::Stopped)
    }
}

async fn run(listener: TcpListener, app: MakeService, stop: impl Future<Output = ()> + Send + 'static) -> io::Result<()> {
    let (asked, was_asked) = tokio::sync::oneshot::channel();
    let graceful = axum::serve(listener, app).with_graceful_shutdown(async move {
        stop.await;
        let _ = asked.send(());
    });
    tokio::select! {
        ended = graceful.into_future() => ended,
        () = async {
            let _ = was_asked.await;
            tokio::time::sleep(FINISH_WITHIN).await;
        } => {
            tracing::warn!("some requests were still under way when the server stopped");
            Ok(())
        }
    }
}

/// One recorder for the process, however many servers a test starts in it.
fn recorder() -> metrics_exporter_prometheus::PrometheusHandle {
    static HANDLE: std::sync::OnceLock<metrics_exporter_prometheus::PrometheusHandle> = std::sync::OnceLock::new();
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
    let running = start(config, Clock::System, told_to_stop()).await?;
    println!("Jeton answers on http://{}", running.address);
    running.stopped().await?;
    tracing::info!("stopped");
    Ok(())
}

async fn told_to_stop() {
    let interrupt = async { drop(tokio::signal::ctrl_c().await) };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
    tracing::info!("stopping: requests under way are finished first");
}
