//! Reads influxd's file `influxd.bolt`.

use std::{
    fs::{File, TryLockError},
    io::{self, Read as _},
    path::Path,
};

use jeton_client::error::{Failure, Outcome};

/// Maximum number of bytes of a key-value store, which is held in memory.
pub const LIMIT: usize = 1 << 30;

/// Reads a file that no influxd is using.
pub fn read(path: &Path) -> Outcome<Vec<u8>> {
    let name = path.display();
    let unreadable = |error: io::Error| Failure::new(format!("{name} can't be read: {error}"));
    let file = File::open(path).map_err(unreadable)?;
    // influxd locks the file while it runs; a copy made meanwhile could hold half of a transaction.
    if let Err(TryLockError::WouldBlock) = file.try_lock_shared() {
        let failure = Failure::new(format!("{name} is in use by a running InfluxDB"));
        return Err(failure.hint("stop InfluxDB, or import from the running server with --url"));
    }
    let mut content = Vec::new();
    let limit = u64::try_from(LIMIT).unwrap_or(u64::MAX);
    file.take(limit.saturating_add(1)).read_to_end(&mut content).map_err(unreadable)?;
    if content.len() > LIMIT {
        return Err(Failure::new(format!("{name} has more than {LIMIT} bytes")));
    }
    Ok(content)
}
