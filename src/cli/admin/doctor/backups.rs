//! The age of scheduled backups.

use jeton_model::Timestamp;

use crate::{config::Config, server::backup};

use super::finding::Finding;

const CHECK: &str = "backups";

/// Compares the newest scheduled backup with the interval.
pub(super) fn examine(config: &Config, now: Timestamp) -> Finding {
    if config.storage.database_url.is_some() {
        return Finding::warning(CHECK, "the data are in PostgreSQL; make sure that pg_dump runs regularly");
    }
    let Some(settings) = config.backups() else {
        return Finding::warning(CHECK, "no backups are scheduled; set --backup-dir to a directory on another disk");
    };
    let directory = settings.directory.display();
    match backup::last(&settings.directory) {
        Err(error) => Finding::failed(
            CHECK,
            format!("the backup directory {directory} can't be read: {error}; give this user access"),
        ),
        Ok(None) => Finding::failed(
            CHECK,
            format!("{directory} has no backup; start the server, and see its log if none is taken"),
        ),
        Ok(Some(last)) if now.seconds_since(last) > settings.every.seconds().saturating_mul(2) => Finding::failed(
            CHECK,
            format!(
                "the newest backup in {directory} was taken {}, and one is due every {}; start the server, and see its \
                 log for: could not back up the database",
                last.ago(now),
                span(settings.every.seconds())
            ),
        ),
        Ok(Some(last)) => Finding::ok(CHECK, format!("the newest backup in {directory} was taken {}", last.ago(now))),
    }
}

fn span(seconds: i64) -> String {
    match seconds {
        0..7200 => format!("{} minutes", seconds / 60),
        _ => format!("{} hours", seconds / 3600),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use crate::{cli::admin::doctor::finding::Status, config::tests::config};

    use super::*;

    #[test]
    fn a_backup_fails_once_two_are_due() {
        let directory = tempfile::TempDir::new().unwrap();
        let flag = format!("--backup-dir={}", directory.path().display());
        let config = config(&[&flag]);
        let now: Timestamp = "2026-05-07T09:14:07Z".parse().unwrap();
        assert_eq!(examine(&config, now).status, Status::Failed, "there is none");
        fs::write(directory.path().join("jeton-2026-05-05T09-14-07Z.db"), "").unwrap();
        assert_eq!(examine(&config, now).status, Status::Ok);
        let late = examine(&config, now.plus_seconds(1));
        assert_eq!(late.status, Status::Failed);
        assert!(late.sentence.contains("was taken 2 days ago, and one is due every 24 hours;"), "{}", late.sentence);
    }
}
