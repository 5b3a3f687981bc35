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

/// Files that are polled for changes.
pub(super) struct Watched {
    paths: Vec<PathBuf>,
    /// The marks of the files when they were last read.
    known: Vec<Mark>,
    /// The marks of the files at the last poll, if they differ.
    changed: Option<Vec<Mark>>,
}

impl Watched {
    /// Notes the state of files, before they are read for the first time.
    pub(super) fn begin(paths: Vec<PathBuf>) -> Self {
        let known = marks(&paths);
        Self { paths, known, changed: None }
    }

    /// Returns whether the files have changed, and are the same as at the last poll.
    pub(super) fn has_changed(&mut self) -> bool {
        let now = marks(&self.paths);
        let is_known = now == self.known;
        let is_settled = !is_known && self.changed.as_ref() == Some(&now);
        self.changed = (!is_known).then_some(now);
        is_settled
    }

    /// Notes the state of the files, before they are read again.
    pub(super) fn note(&mut self) {
        self.changed = None;
        self.known = marks(&self.paths);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_seen_once_the_file_stays_the_same() {
        let directory = tempfile::TempDir::new().unwrap();
        let path = directory.path().join("file");
        fs::write(&path, "a").unwrap();
        let mut watched = Watched::begin(vec![path.clone()]);
        assert!(!watched.has_changed());
        fs::write(&path, "ab").unwrap();
        assert!(!watched.has_changed(), "it may still be written");
        fs::write(&path, "abc").unwrap();
        assert!(!watched.has_changed(), "it was");
        assert!(watched.has_changed());
        watched.note();
        assert!(!watched.has_changed());
    }
}
