//! Commands that open the database themselves, without a server.

use clap::Args;
use tracing_subscriber::EnvFilter;

use jeton_client::{
    error::{Failure, Outcome},
    flags::PrintFlags,
    output::has_colours,
};
use jeton_service::{Clock, Offline};

use crate::{
    config::Storage,
    server::data_dir::{Data, Purpose},
};

/// The data directory, and the format of the output.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Common options")]
pub struct OfflineFlags {
    /// The location of the data.
    #[command(flatten)]
    pub storage: Storage,
    /// The format of the output.
    #[command(flatten)]
    pub print: PrintFlags,
}

/// The opened data. A SQLite database is locked for other processes until this is closed.
pub struct Opened {
    /// The operations that need no server.
    pub offline: Offline,
    /// Holds the lock of the data directory.
    data: Data,
}

/// Opens the data; a running server is reported in one sentence.
pub async fn open(storage: &Storage, purpose: Purpose) -> Outcome<Opened> {
    log();
    let data = Data::open(storage, purpose).await.map_err(|error| Failure::new(error.to_string()))?;
    let offline = Offline::start(data.store.clone(), Clock::System, data.audit_key.clone()).await;
    Ok(Opened { offline: offline.map_err(|error| Failure::new(error.to_string()))?, data })
}

impl Opened {
    /// Closes the database, then releases the lock.
    pub async fn close(self) {
        self.data.mark_key().await;
        self.offline.close().await;
        drop(self.data);
    }
}

/// Logs internal errors to standard error, as a server does.
pub(super) fn log() {
    let filter = EnvFilter::try_from_env("JETON_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A process has one logger: that of the first command stays.
    drop(subscriber.with_ansi(has_colours(&std::io::stderr())).try_init());
}
