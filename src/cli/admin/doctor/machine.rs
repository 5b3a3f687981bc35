//! The clock and the disks.

use std::{fs, path::Path};

use jeton_model::Timestamp;

use crate::{config::Config, server::data_files};

use super::finding::Finding;

const CLOCK: &str = "clock";
const DISK: &str = "disk";

/// Number of seconds by which an entry of the audit log may be later than the clock.
const APART: i64 = 5;
/// Minimum number of free bytes.
const FREE: u64 = 256 << 20;

/// Compares the clock with the newest entry of the audit log.
pub(super) fn clock(now: Timestamp, last_entry: Option<Timestamp>) -> Finding {
    let second = now.to_second();
    match last_entry.map(|last| last.seconds_since(now)) {
        Some(ahead) if ahead > APART => Finding::failed(
            CLOCK,
            format!(
                "the clock reads {second}, which is {ahead} s before the newest entry of the audit log; set it \
                 (timedatectl set-ntp true), because tokens expire by it"
            ),
        ),
        Some(_) => Finding::ok(CLOCK, format!("the clock reads {second}, and no entry of the audit log is later")),
        None => Finding::warning(
            CLOCK,
            format!(
                "the clock reads {second}; compare it, because there is no entry of the audit log to compare it with"
            ),
        ),
    }
}

/// Examines the disks of the data and of the backups. Each needs room for a copy of the database.
pub(super) fn disks(config: &Config) -> Vec<Finding> {
    let data = &config.storage.data;
    let size = fs::metadata(data_files::database(data)).map_or(0, |file| file.len());
    let directories = [Some(data), config.backup_dir.as_ref()].into_iter().flatten();
    directories.filter(|directory| directory.exists()).map(|directory| disk(directory, FREE.max(size))).collect()
}

fn disk(directory: &Path, needed: u64) -> Finding {
    let (shown, needed) = (directory.display(), needed / (1 << 20));
    match free(directory).map(|free| free / (1 << 20)) {
        Some(free) if free < needed => Finding::failed(
            DISK,
            format!(
                "the disk of {shown} has {free} MiB free, and Jeton needs {needed} MiB; delete files or enlarge it"
            ),
        ),
        Some(free) => Finding::ok(DISK, format!("the disk of {shown} has {free} MiB free")),
        None => {
            Finding::warning(DISK, format!("the free space of the disk of {shown} can't be read; look at it yourself"))
        }
    }
}

/// Returns the number of free bytes for unprivileged users.
#[cfg(unix)]
fn free(directory: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(directory).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// Returns `None`: only Unix is asked.
#[cfg(not(unix))]
fn free(_: &Path) -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use crate::cli::admin::doctor::finding::Status;

    use super::*;

    #[test]
    fn a_clock_that_was_turned_back_fails() {
        let now = Timestamp::from_micros(1_800_000_000_000_000);
        for (ahead, status) in [(-60, Status::Ok), (0, Status::Ok), (5, Status::Ok), (6, Status::Failed)] {
            assert_eq!(clock(now, Some(now.plus_seconds(ahead))).status, status, "{ahead}");
        }
        assert_eq!(clock(now, None).status, Status::Warning);
    }

    #[test]
    fn a_disk_without_room_for_a_copy_fails() {
        let directory = tempfile::TempDir::new().unwrap();
        assert_eq!(disk(directory.path(), 0).status, Status::Ok);
        assert_eq!(disk(directory.path(), u64::MAX).status, Status::Failed);
        assert_eq!(disk(&directory.path().join("missing"), 0).status, Status::Warning);
    }
}
