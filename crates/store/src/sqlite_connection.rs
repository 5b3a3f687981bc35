//! Settings of SQLite's connections.

use sqlx::{Connection as _, Executor as _, any::AnyConnectOptions};

use crate::Connection;

/// Configures a connection: WAL lets readers continue during a write; FULL makes a committed write survive a power cut.
pub(super) async fn configure(connection: &mut Connection) -> Result<(), sqlx::Error> {
    for setting in [
        "PRAGMA busy_timeout = 5000",
        "PRAGMA journal_mode = WAL",
        "PRAGMA synchronous = FULL",
        "PRAGMA foreign_keys = ON",
        // Bytes of the file that are mapped into memory, which avoids a copy of each page, and KiB of other pages that
        // are kept. Each of the nine connections has both for itself, and the operating system keeps the rest: the sum
        // bounds what the database takes of the process's memory.
        "PRAGMA mmap_size = 8388608",
        "PRAGMA cache_size = -4096",
    ] {
        connection.execute(setting).await?;
    }
    Ok(())
}

/// Opens the connection to write with.
pub(super) async fn writer(options: &AnyConnectOptions) -> Result<Connection, sqlx::Error> {
    let mut connection = Connection::connect_with(options).await?;
    configure(&mut connection).await?;
    // Moving the write-ahead log into the file costs two more `fsync`: after 4,000 pages instead of 1,000.
    connection.execute("PRAGMA wal_autocheckpoint = 4000").await?;
    Ok(connection)
}
