//! Scheduled backups: when the next is due, how their files are named, and which of them are deleted.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use jeton_model::{Span, Timestamp};
use jeton_store::Store;

use crate::{
    config::{BackupSettings, Storage},
    server::{data_dir::DATABASE, private_files::create_directory},
};

use super::{Backup, BackupError, Manifest, files::private_file, is_same, manifest_of, take};

/// Beginning of the names of scheduled backups that were not finished.
const UNFINISHED: &str = ".jeton-scheduled-";

/// The scheduled backups of a server.
#[derive(Clone, Debug)]
pub struct Schedule {
    settings: BackupSettings,
    data: PathBuf,
}

/// A scheduled backup that was taken.
#[derive(Debug)]
pub struct Taken {
    /// Its file.
    pub file: PathBuf,
    /// The content.
    pub manifest: Manifest,
}

/// The reason why backups can't be scheduled, in one sentence.
#[derive(Debug, thiserror::Error)]
pub enum ScheduleError {
    /// PostgreSQL is backed up by its own tools.
    #[error("--backup-dir is for SQLite; schedule pg_dump for PostgreSQL, with the command that jeton backup prints")]
    Postgres,
    /// The backups would be lost with the data directory.
    #[error("the backup directory {} is the data directory, with which backups would be lost; choose another with --backup-dir", .0.display())]
    IsDataDirectory(PathBuf),
    /// The directory cannot be created or written.
    #[error("the backup directory {} can't be used: {error}; choose another with --backup-dir or give this user write access", .path.display())]
    Directory {
        /// The directory.
        path: PathBuf,
        /// The error of the operating system.
        error: io::Error,
    },
}

impl Schedule {
    /// Prepares the directory, and deletes what a killed server left unfinished in it.
    pub fn prepare(settings: BackupSettings, storage: &Storage) -> Result<Self, ScheduleError> {
        if storage.database_url.is_some() {
            return Err(ScheduleError::Postgres);
        }
        let directory = &settings.directory;
        let unusable = |error| ScheduleError::Directory { path: directory.clone(), error };
        create_directory(directory).map_err(unusable)?;
        if is_same(directory, &storage.data) {
            return Err(ScheduleError::IsDataDirectory(directory.clone()));
        }
        // A directory that can't be written is reported now, and not by the first backup.
        let probe = private_file(directory, UNFINISHED, &[]).map(drop);
        probe.and_then(|()| delete_unfinished(directory)).map_err(unusable)?;
        Ok(Self { settings, data: storage.data.clone() })
    }

    /// Returns the time between two backups.
    pub fn every(&self) -> Span {
        self.settings.every
    }

    /// Returns the time of the newest backup; `None` if there is none, or if the directory can't be read.
    pub fn last(&self) -> Option<Timestamp> {
        last(&self.settings.directory).ok().flatten()
    }

    /// Takes a backup if the newest is older than the interval, and deletes those beyond the number to keep. Returns
    /// the new backup. A restart takes none early, so that restarts in a row do not push out older backups.
    pub async fn run_if_due(&self, now: Timestamp) -> Result<Option<Taken>, BackupError> {
        let BackupSettings { directory, every, keep } = &self.settings;
        let failed = |error| BackupError::Write { path: directory.clone(), error };
        let earlier = taken(directory).map_err(failed)?;
        let is_recent = |at: &Timestamp| *at <= now && now.seconds_since(*at) < every.seconds();
        if earlier.iter().any(is_recent) {
            return Ok(None);
        }
        let file = directory.join(file_name(now));
        let backup = Backup { file: &file, at: now, key: None, data: &self.data, unfinished: UNFINISHED };
        let store = Store::sqlite_to_copy(&self.data.join(DATABASE)).await?;
        let written = take(&store, &backup).await;
        store.close().await;
        let manifest = written?;
        // The new one is kept even if the clock was turned back and others have later names.
        let excess = earlier.len().saturating_sub(keep.saturating_sub(1));
        earlier[..excess].iter().try_for_each(|at| delete(&directory.join(file_name(*at)))).map_err(failed)?;
        Ok(Some(Taken { file, manifest }))
    }
}

/// Returns the time of the newest scheduled backup in a directory, if there is one.
///
/// # Errors
/// Fails if the directory can't be read.
pub fn last(directory: &Path) -> io::Result<Option<Timestamp>> {
    Ok(taken(directory)?.pop())
}

/// Returns the times of the scheduled backups in a directory, oldest first.
fn taken(directory: &Path) -> io::Result<Vec<Timestamp>> {
    let mut taken = Vec::new();
    for entry in fs::read_dir(directory)? {
        taken.extend(entry?.file_name().to_str().and_then(time));
    }
    taken.sort_unstable();
    Ok(taken)
}

fn file_name(at: Timestamp) -> String {
    format!("jeton-{}Z.db", at.second().replace(' ', "T").replace(':', "-"))
}

/// Returns the time in the name of a scheduled backup; `None` for any other file.
fn time(name: &str) -> Option<Timestamp> {
    let (date, clock) = name.strip_prefix("jeton-")?.strip_suffix("Z.db")?.split_once('T')?;
    let at = format!("{date}T{}Z", clock.replace('-', ":")).parse().ok()?;
    (file_name(at) == name).then_some(at)
}

/// Deletes a backup with its manifest, and the manifest first: what remains after a failure is deleted the next time.
fn delete(file: &Path) -> io::Result<()> {
    match fs::remove_file(manifest_of(file)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    fs::remove_file(file)
}

/// Deletes unfinished files, and manifests whose backup was not finished.
fn delete_unfinished(directory: &Path) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let name = entry?.file_name();
        let Some(name) = name.to_str() else { continue };
        let is_alone = |file: &str| time(file).is_some() && !directory.join(file).exists();
        if name.starts_with(UNFINISHED) || name.strip_suffix(".json").is_some_and(is_alone) {
            fs::remove_file(directory.join(name))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn daily(backups: &Path, keep: usize, data: &Path) -> Schedule {
        let settings = BackupSettings { directory: backups.into(), every: Span::hours(24), keep };
        Schedule { settings, data: data.into() }
    }

    fn names(directory: &Path) -> Vec<String> {
        let files = fs::read_dir(directory).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = files.collect();
        names.sort_unstable();
        names
    }

    #[test]
    fn a_name_holds_the_time_and_other_files_are_none_of_ours() {
        let at: Timestamp = "2026-05-05T09:14:07Z".parse().unwrap();
        assert_eq!(file_name(at), "jeton-2026-05-05T09-14-07Z.db");
        assert_eq!(time("jeton-2026-05-05T09-14-07Z.db"), Some(at));
        for other in
            ["jeton.db", "jeton-2026-05-05.db", "jeton-2026-13-05T09-14-07Z.db", "jeton-2026-05-05T09-14-07Z.db.json"]
        {
            assert_eq!(time(other), None, "{other}");
        }
    }

    #[tokio::test]
    async fn the_newest_are_kept_and_none_is_taken_before_it_is_due() {
        let (data, backups) = (tempfile::TempDir::new().unwrap(), tempfile::TempDir::new().unwrap());
        let store = Store::sqlite(&data.path().join("jeton.db")).await.unwrap();
        fs::write(backups.path().join("jeton-other.db"), "").unwrap();
        let schedule = daily(backups.path(), 2, data.path());
        let start: Timestamp = "2026-05-05T09:14:07Z".parse().unwrap();
        for (hours, is_due) in [(0, true), (23, false), (24, true), (47, false), (48, true), (72, true)] {
            let taken = schedule.run_if_due(start.plus_seconds(hours * 3600)).await.unwrap();
            assert_eq!(taken.is_some(), is_due, "after {hours} h");
        }
        assert_eq!(
            names(backups.path()),
            [
                "jeton-2026-05-07T09-14-07Z.db",
                "jeton-2026-05-07T09-14-07Z.db.json",
                "jeton-2026-05-08T09-14-07Z.db",
                "jeton-2026-05-08T09-14-07Z.db.json",
                "jeton-other.db",
            ]
        );
        store.close().await;
    }

    #[tokio::test]
    async fn with_a_clock_that_was_turned_back_the_new_one_is_kept() {
        let (data, backups) = (tempfile::TempDir::new().unwrap(), tempfile::TempDir::new().unwrap());
        let store = Store::sqlite(&data.path().join("jeton.db")).await.unwrap();
        let schedule = daily(backups.path(), 1, data.path());
        let later: Timestamp = "2036-05-05T09:14:07Z".parse().unwrap();
        assert!(schedule.run_if_due(later).await.unwrap().is_some());
        assert!(schedule.run_if_due(later.plus_seconds(-86_400)).await.unwrap().is_some());
        assert_eq!(names(backups.path()), ["jeton-2036-05-04T09-14-07Z.db", "jeton-2036-05-04T09-14-07Z.db.json"]);
        store.close().await;
    }

    #[test]
    fn what_a_killed_server_left_is_deleted_and_nothing_else() {
        let backups = tempfile::TempDir::new().unwrap();
        for name in [
            ".jeton-scheduled-x.part",
            ".jeton-scheduled-x.part-journal",
            ".jeton-backup-x.part",
            "jeton-2026-05-05T09-14-07Z.db",
            "jeton-2026-05-05T09-14-07Z.db.json",
            "jeton-2026-05-06T09-14-07Z.db.json",
            "notes.json",
        ] {
            fs::write(backups.path().join(name), "").unwrap();
        }
        delete_unfinished(backups.path()).unwrap();
        assert_eq!(
            names(backups.path()),
            [
                ".jeton-backup-x.part",
                "jeton-2026-05-05T09-14-07Z.db",
                "jeton-2026-05-05T09-14-07Z.db.json",
                "notes.json",
            ]
        );
    }
}
