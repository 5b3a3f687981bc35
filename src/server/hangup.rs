//! SIGHUP, which requests a reload.

use std::future::pending;

/// The stream of signals; `None` if it could not be installed.
#[cfg(unix)]
pub(super) struct Hangup(Option<tokio::signal::unix::Signal>);

#[cfg(unix)]
impl Hangup {
    /// Receives the signal from now on: by default, it would end the process.
    pub(super) fn install() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        Self(signal(SignalKind::hangup()).ok())
    }

    /// Waits for the next signal.
    pub(super) async fn received(&mut self) {
        match &mut self.0 {
            Some(signal) => drop(signal.recv().await),
            None => pending().await,
        }
    }
}

/// The stand-in for systems without the signal.
#[cfg(not(unix))]
pub(super) struct Hangup;

#[cfg(not(unix))]
impl Hangup {
    /// Does nothing.
    pub(super) fn install() -> Self {
        Self
    }

    /// Waits for ever.
    pub(super) async fn received(&mut self) {
        pending().await
    }
}
