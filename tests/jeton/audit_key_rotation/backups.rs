//! Backups that were taken before and after a rotation of the audit key.

use std::{fs, process::Command};

use tempfile::TempDir;

use crate::{home::Home, support::command::PROGRAM};

use super::{key_file, key_text, rotate, run, set_up};

/// A directory with a backup, `b`, and the keys it was taken with, `b.key`.
struct Shelf(TempDir);

impl Shelf {
    #[track_caller]
    fn with_backup(home: &Home) -> Self {
        let shelf = Self(TempDir::new().expect("a directory"));
        let (is_taken, said) = run(&["backup", &shelf.at("b"), "--with-key"], home, &[]);
        assert!(is_taken, "{said}");
        shelf
    }

    fn at(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }

    /// Restores the backup with a file of keys; returns whether it succeeded, and the output.
    fn restore(&self, keys: &str, directory: &str) -> (bool, String) {
        let mut command = Command::new(PROGRAM);
        command.args(["restore", &self.at("b"), "--data", &self.at(directory), "--audit-key", keys]);
        let output = command.env_remove("JETON_AUDIT_KEY").output().expect("the program");
        (output.status.success(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
    }
}

#[tokio::test]
async fn a_backup_is_restored_with_all_its_keys_and_not_with_some() {
    let home = Home::sqlite();
    set_up(&home).await;
    rotate(&home);
    let shelf = Shelf::with_backup(&home);
    assert_eq!(fs::read_to_string(shelf.at("b.key")).expect("a key"), key_text(&home));
    fs::write(shelf.at("newest.key"), key_text(&home).lines().next().expect("a key")).expect("a file");
    let (is_restored, said) = shelf.restore(&shelf.at("newest.key"), "refused");
    assert!(!is_restored && said.contains("a part of the backup's audit log was not verified: "), "{said}");
    let (is_restored, said) = shelf.restore(&shelf.at("b.key"), "restored");
    assert!(is_restored && said.contains("The audit log is intact: "), "{said}");
    assert_eq!(fs::read_to_string(format!("{}/audit.key", shelf.at("restored"))).expect("a key"), key_text(&home));
}

#[tokio::test]
async fn a_backup_from_before_a_rotation_is_restored_with_its_own_key_alone() {
    let home = Home::sqlite();
    set_up(&home).await;
    let shelf = Shelf::with_backup(&home);
    rotate(&home);
    let (is_restored, said) = shelf.restore(&key_file(&home).display().to_string(), "refused");
    assert!(!is_restored && said.contains("the backup is older than the rotation of the audit key"), "{said}");
    let (is_restored, said) = shelf.restore(&shelf.at("b.key"), "restored");
    assert!(is_restored && said.contains("The audit log is intact: "), "{said}");
}
