//! Serving of requests, and the graceful shutdown of the listeners.

use std::{
    future::{Future, pending},
    io,
    time::Duration,
};

use axum_server::Handle;
use jeton_http::state::AppState;

use super::{connection, front::Front, listeners::Listeners, metrics, metrics_front, redirect_front};

/// Maximum duration of running requests after the signal to stop.
const FINISH_WITHIN: Duration = Duration::from_secs(8);

/// Serves requests until `stop` resolves, then finishes the running ones.
pub(super) async fn run(
    listeners: Listeners,
    state: AppState,
    app: Front,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let Listeners { server: (server, address), metrics: metrics_server, redirect: redirect_server } = listeners;
    let handle = Handle::new();
    let (watched, stopped) = (handle.clone(), handle.clone());
    let (recorder, service) = (state.metrics.clone(), state.service.clone());
    let metrics_app = connection::service(metrics_front(state.clone()));
    let app = connection::service(app);
    let metrics_served = async {
        match metrics_server {
            Some((server, _)) => server.serve(metrics_app).await,
            None => pending().await,
        }
    };
    let redirect_served = async {
        match redirect_server {
            Some((server, _)) => server.serve(connection::service(redirect_front(state, address.port()))).await,
            None => pending().await,
        }
    };
    let stopping = async move {
        stop.await;
        stopped.graceful_shutdown(Some(FINISH_WITHIN));
        pending().await
    };
    let ended = tokio::select! {
        ended = server.handle(handle).serve(app) => ended,
        ended = metrics_served => ended,
        ended = redirect_served => ended,
        ended = metrics::keep_small(&recorder) => ended,
        ended = metrics::keep_counting(&service) => ended,
        ended = metrics::keep_counting_attention(&service) => ended,
        ended = metrics::keep_counting_lookups(&service) => ended,
        () = service.keep_uses() => Ok(()),
        ended = stopping => ended,
    };
    if watched.connection_count() > 0 {
        tracing::warn!("some requests were still running when the server stopped");
    }
    ended
}
