//! Detection of changed files by polling.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

/// Polling interval. A changed file is reloaded once two polls in a row find the same state: a file that is being
/// written may be valid and yet incomplete.
pub(super) const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Modification time and size of a file, by which a change is detected; `None` if it does not exist.
pub(super) type Mark = Option<(SystemTime, u64)>;

/// Returns the marks of files.
pub(super) fn marks(paths: &[PathBuf]) -> Vec<Mark> {
    paths.iter().map(|path| mark(path)).collect()
}

fn mark(path: &Path) -> Mark {
    let metadata = fs::metadata(path).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}
