//! Restoring: into an empty directory, verified with the key, or not at all.

use std::{fs, path::Path, process::Command};

use serde_json::Value;

use jeton_service::Clock;

use crate::{
    home::Home,
    support::server::{First, NAME, PASSWORD, Server},
};

use super::{Shelf, back_up, manifest, restore, restore_as};

/// A backup of a server that was set up and stopped.
struct Scene {
    home: Home,
    shelf: Shelf,
    first: First,
    cookie: String,
}

impl Scene {
    async fn new() -> Self {
        let (home, shelf) = (Home::sqlite(), Shelf::new());
        let server = Server::start(&home).await;
        let first = server.set_up().await;
        let cookie = server.sign_in(NAME, PASSWORD).await.cookie();
        server.stop().await;
        let scene = Self { home, shelf, first, cookie };
        back_up(&scene.home, &scene.shelf.file("b"), &[]).await.well();
        scene
    }

    fn key(&self) -> String {
        self.home.path().join("audit.key").to_str().expect("text").into()
    }

    /// Restores with the key, which must fail; returns the sentence. Nothing is left.
    async fn refused(&self, file: &str) -> String {
        let (file, directory) = (self.shelf.file(file), self.shelf.file("restored"));
        let refused = restore(&file, &directory, &["--audit-key", &self.key()]).await.refused();
        assert!(!directory.exists(), "{refused}");
        refused
    }

    async fn start(&self, directory: &Path) -> Result<Server, String> {
        let flag = format!("--data={}", directory.display());
        Server::try_start(&self.home, Clock::System, &[&flag]).await.map_err(|error| error.to_string())
    }
}

#[tokio::test]
async fn with_the_key_it_is_verified_and_starts_without_anybody_signed_in() {
    let scene = Scene::new().await;
    let directory = scene.shelf.file("new/restored");
    let said = restore(&scene.shelf.file("b"), &directory, &["--audit-key", &scene.key()]).await.well();
    let head = &manifest(&scene.shelf.file("b"))["auditHead"];
    let last = format!("the last is {}:{}.", head["seq"], head["hash"].as_str().expect("a hash"));
    assert!(said.contains("The audit log is intact: ") && said.contains(&last), "{said}");
    for name in ["jeton.db", "audit.key"] {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(directory.join(name)).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    let server = scene.start(&directory).await.unwrap_or_else(|refused| panic!("{refused}"));
    server.get("/api/v2/buckets", &scene.first.token).await.expect(200);
    assert_eq!(server.me(&scene.cookie).await.status, 401, "a session that was ended meanwhile must not work again");
    server.sign_in(NAME, PASSWORD).await.cookie();
}

#[tokio::test]
async fn without_the_key_it_says_so_and_the_server_makes_no_new_one() {
    let scene = Scene::new().await;
    let directory = scene.shelf.file("restored");
    let said = restore(&scene.shelf.file("b"), &directory, &[]).await.well();
    assert!(said.contains("The audit log was not verified: "), "{said}");
    let refused = scene.start(&directory).await.err().expect("a refusal");
    assert!(refused.starts_with("the database has an audit log, but its key is not in the directory "), "{refused}");
    assert!(!directory.join("audit.key").exists());
    fs::copy(scene.key(), directory.join("audit.key")).expect("a key");
    let server = scene.start(&directory).await.unwrap_or_else(|refused| panic!("{refused}"));
    server.get("/api/v2/buckets", &scene.first.token).await.expect(200);
}

#[tokio::test]
async fn a_key_in_the_environment_verifies_and_is_not_written_down() {
    let scene = Scene::new().await;
    let directory = scene.shelf.file("restored");
    let mut command = Command::new(env!("CARGO_BIN_EXE_jeton"));
    command.env("JETON_AUDIT_KEY", fs::read_to_string(scene.key()).expect("a key"));
    let said = restore_as(command, &scene.shelf.file("b"), &directory, &[]).await.well();
    assert!(said.contains("The audit log is intact: "), "{said}");
    assert!(!directory.join("audit.key").exists());
}

#[tokio::test]
async fn a_directory_with_anything_in_it_is_refused_and_stays_as_it_is() {
    let scene = Scene::new().await;
    let directory = scene.shelf.file("restored");
    fs::create_dir(&directory).expect("a directory");
    fs::write(directory.join("notes"), "mine").expect("a file");
    let refused = restore(&scene.shelf.file("b"), &directory, &["--audit-key", &scene.key()]).await.refused();
    assert_eq!(refused, format!("the directory {} is not empty; restore into a new one", directory.display()));
    let names: Vec<_> = fs::read_dir(&directory).expect("a directory").map(|file| file.expect("a file")).collect();
    assert_eq!(names.len(), 1);
    assert_eq!(fs::read_to_string(directory.join("notes")).expect("a file"), "mine");
    let own = restore(&scene.shelf.file("b"), scene.home.path(), &[]).await.refused();
    assert!(own.contains("is not empty"), "{own}");
}

#[tokio::test]
async fn another_key_restores_nothing_and_is_not_repeated() {
    let scene = Scene::new().await;
    let (directory, other) = (scene.shelf.file("restored"), "ab".repeat(32));
    fs::write(scene.shelf.file("other.key"), &other).expect("a key");
    let given = scene.shelf.file("other.key");
    let said = restore(&scene.shelf.file("b"), &directory, &["--audit-key", given.to_str().expect("text")]).await;
    assert_eq!(said.refused(), "this is not the key that the backup's audit log was written with");
    let said = restore(&scene.shelf.file("b"), &directory, &["--audit-key", &other]).await.refused();
    assert!(said.starts_with("--audit-key takes the file of the key") && !said.contains(&other), "{said}");
    assert!(!directory.exists());
}

#[tokio::test]
async fn a_log_that_was_tampered_with_is_not_restored_as_verified() {
    let scene = Scene::new().await;
    scene.home.sql("UPDATE audit_log SET detail = '{}' WHERE seq = 1").await;
    back_up(&scene.home, &scene.shelf.file("forged"), &[]).await.well();
    let refused = scene.refused("forged").await;
    assert_eq!(refused, "the backup's audit log is NOT intact: entry 1 was changed, or added without the audit key");
}

#[tokio::test]
async fn what_is_no_whole_backup_is_refused() {
    let scene = Scene::new().await;
    let file = |name: &str| scene.shelf.file(name);
    assert!(scene.refused("none").await.contains("can't be read: "));

    fs::write(file("text"), "no database, but longer than the header of one ".repeat(9)).expect("a file");
    let refused = scene.refused("text").await;
    assert!(refused.starts_with("the backup can't be opened: ") && refused.contains("not a database"), "{refused}");

    let whole = fs::read(file("b")).expect("a backup");
    fs::write(file("cut"), &whole[..whole.len() / 2]).expect("a file");
    let refused = scene.refused("cut").await;
    assert!(refused.starts_with("the backup "), "{refused}");

    fs::write(file("other"), &whole).expect("a file");
    let mut described: Value = manifest(&file("b"));
    described["auditHead"]["seq"] = 1.into();
    fs::write(file("other.json"), described.to_string()).expect("a manifest");
    let refused = scene.refused("other").await;
    assert!(refused.starts_with("the backup does not hold what its manifest says"), "{refused}");
    fs::write(file("other.json"), "{").expect("a manifest");
    assert!(scene.refused("other").await.starts_with("the manifest of the backup "));

    fs::remove_file(file("other.json")).expect("no manifest");
    fs::write(file("other-wal"), "frames").expect("a log");
    assert!(scene.refused("other").await.contains(" was copied from a running server"));
    fs::remove_file(file("other-wal")).expect("no log");
    let said = restore(&file("other"), &file("restored"), &["--audit-key", &scene.key()]).await.well();
    assert!(said.contains("which has no manifest"), "{said}");
}
