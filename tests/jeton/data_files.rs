//! Permissions of the files in the data directory: only their owner has access.

use std::{
    collections::BTreeMap,
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::Command,
};

use crate::{
    binary::Program,
    home::{Home, on_each_database},
    support::server::Server,
};

fn modes(directory: &Path) -> BTreeMap<String, u32> {
    let files = fs::read_dir(directory).expect("a directory").map(|file| file.expect("a file"));
    files
        .filter(|file| file.file_name() != "log")
        .map(|file| {
            let mode = file.metadata().expect("its mode").permissions().mode() & 0o777;
            (file.file_name().to_string_lossy().into_owned(), mode)
        })
        .collect()
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).expect("a mode");
}

fn assert_private(directory: &Path, expected: &[&str]) {
    let modes = modes(directory);
    for name in expected {
        assert!(modes.contains_key(*name), "{name} is missing: {modes:?}");
    }
    let open: Vec<String> =
        modes.iter().filter(|(_, mode)| **mode != 0o600).map(|(name, mode)| format!("{name} {mode:o}")).collect();
    assert!(open.is_empty(), "{open:?}");
}

const OF_SQLITE: [&str; 5] = ["audit.key", "jeton.db", "jeton.db-shm", "jeton.db-wal", "jeton.lock"];
const OF_POSTGRES: [&str; 2] = ["audit.key", "jeton.lock"];

#[tokio::test]
async fn nobody_else_reads_them_whatever_the_umask() {
    on_each_database(async |home| {
        let jeton = Command::new(env!("CARGO_BIN_EXE_jeton"));
        let mut command = Command::new("sh");
        command.args(["-c", "umask 000; exec \"$@\"", "sh"]).arg(jeton.get_program());
        let program = Program::start_as(command, &home, &[], &home.path().join("log"));
        assert_private(home.path(), if home.is_sqlite() { &OF_SQLITE } else { &OF_POSTGRES });
        drop(program);
    })
    .await;
}

#[tokio::test]
async fn those_that_were_open_are_closed_at_the_start() {
    on_each_database(async |home| {
        Server::start(&home).await.stop().await;
        if home.is_sqlite() {
            // Files as a crash leaves them.
            fs::write(home.path().join("jeton.db-wal"), "").expect("a file");
            fs::write(home.path().join("jeton.db-shm"), "").expect("a file");
        }
        for name in modes(home.path()).into_keys() {
            set_mode(&home.path().join(name), 0o664);
        }
        let server = Server::start(&home).await;
        server.set_up().await;
        assert_private(home.path(), if home.is_sqlite() { &OF_SQLITE } else { &OF_POSTGRES });
        server.stop().await;
        assert_private(home.path(), &[]);
    })
    .await;
}

#[test]
fn a_directory_that_others_enter_is_told_at_the_start() {
    let home = Home::sqlite();
    let log = home.path().join("log");
    let said = |mode| {
        set_mode(home.path(), mode);
        drop(Program::start(&home, &log));
        fs::read_to_string(&log).expect("a log")
    };
    let advice = format!("run: chmod 700 {}", home.path().display());
    assert!(said(0o755).contains(&advice));
    assert!(!said(0o700).contains(&advice));
}
