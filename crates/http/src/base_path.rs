//! The base path of the request that is being handled, for everything that writes an address into its answer.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};

use jeton_model::BasePath;

use crate::state::AppState;

tokio::task_local! {
    static CURRENT: BasePath;
}

/// Middleware that makes the base path known to [`current`].
pub async fn provide(State(state): State<AppState>, request: Request, next: Next) -> Response {
    CURRENT.scope(state.settings.base_path.clone(), next.run(request)).await
}

/// Returns the base path of the request; `None` outside of the request's own task.
pub fn current() -> Option<BasePath> {
    CURRENT.try_with(BasePath::clone).ok()
}

/// Calls a function that writes addresses below `base`, whatever the request.
pub fn scope<T>(base: BasePath, write: impl FnOnce() -> T) -> T {
    CURRENT.sync_scope(base, write)
}
