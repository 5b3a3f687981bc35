//! Backups: made beside a running server, whole, private, and restored only as what they are.

mod lost_data;
mod postgres;
mod restored;
mod scheduled;

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::{AtomicBool, Ordering},
};

use serde_json::{Value, json};
use sqlx::Row as _;
use tempfile::TempDir;

use crate::{
    home::Home,
    offline::{Said, jeton_with, run},
    support::server::{Server, permission_in, text},
};

/// A directory for backups beside that of the server.
pub struct Shelf(TempDir);

impl Shelf {
    pub fn new() -> Self {
        Self(TempDir::new().expect("a directory"))
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// Returns the names of all files with their modes.
    pub fn modes(&self) -> BTreeMap<String, u32> {
        modes_in(self.path())
    }
}

/// Returns the names of all files in a directory with their modes.
pub fn modes_in(directory: &Path) -> BTreeMap<String, u32> {
    let files = fs::read_dir(directory).expect("a directory").map(|file| file.expect("a file"));
    let mode_of = |file: fs::DirEntry| {
        let mode = file.metadata().expect("its mode").permissions().mode() & 0o777;
        (file.file_name().into_string().expect("a name"), mode)
    };
    files.map(mode_of).collect()
}

/// Runs `jeton backup` on the data of `home`.
pub async fn back_up(home: &Home, file: &Path, more: &[&str]) -> Said {
    let words = ["backup", file.to_str().expect("text")].into_iter().chain(more.iter().copied());
    jeton_with(home, words.map(Into::into).collect(), "").await
}

/// Runs `jeton restore` into a directory.
pub async fn restore(file: &Path, directory: &Path, more: &[&str]) -> Said {
    restore_as(Command::new(env!("CARGO_BIN_EXE_jeton")), file, directory, more).await
}

pub async fn restore_as(mut command: Command, file: &Path, directory: &Path, more: &[&str]) -> Said {
    command.arg("restore").arg(file).arg("--data").arg(directory).args(more);
    command.env_remove("JETON_DATA");
    run(command, String::new()).await
}

fn manifest(file: &Path) -> Value {
    let text = fs::read_to_string(format!("{}.json", file.display())).expect("a manifest");
    serde_json::from_str(&text).expect("JSON")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_taken_while_tokens_are_created_holds_every_token_acknowledged_before_it() {
    let (home, shelf) = (Home::sqlite(), Shelf::new());
    let server = Server::start(&home).await;
    let first = server.set_up().await;
    let permissions = json!([permission_in("read", "buckets", &first.org)]);
    let create = async || text(&server.token(&first.token, &first.org, permissions.clone()).await.expect(201)["token"]);
    let mut acknowledged = vec![first.token.clone()];
    for _ in 0..20 {
        acknowledged.push(create().await);
    }
    let (file, is_done) = (shelf.file("b"), AtomicBool::new(false));
    let creating = async || {
        let mut created = 0;
        while !is_done.load(Ordering::SeqCst) {
            create().await;
            created += 1;
        }
        created
    };
    let backing_up = async {
        let said = back_up(&home, &file, &[]).await;
        is_done.store(true, Ordering::SeqCst);
        said
    };
    let (one, two, three, said) = tokio::join!(creating(), creating(), creating(), backing_up);
    said.well();
    assert!(one > 0 && two > 0 && three > 0, "tokens were created meanwhile: {one} {two} {three}");
    server.stop().await;

    let restored = shelf.file("restored");
    let key = home.path().join("audit.key");
    let said = restore(&file, &restored, &["--audit-key", key.to_str().expect("text")]).await.well();
    assert!(said.contains("The audit log is intact: "), "{said}");
    let flag = format!("--data={}", restored.display());
    let server = Server::start_with(&home, jeton_service::Clock::System, &[&flag]).await;
    for token in &acknowledged {
        server.get("/api/v2/buckets", token).await.expect(200);
    }
    assert!(server.check_audit_log().await.1);
}

#[tokio::test]
async fn the_manifest_says_what_the_backup_holds_and_all_files_are_private() {
    let (home, shelf) = (Home::sqlite(), Shelf::new());
    let server = Server::start(&home).await;
    let first = server.set_up().await;
    server.bucket(&first.token, &first.org, "another").await;
    let file = shelf.file("jeton.backup");
    let said = back_up(&home, &file, &[]).await.well();
    assert!(said.contains("The audit key is not part of it: keep a copy of "), "{said}");

    let manifest = manifest(&file);
    let head = home.rows("SELECT seq, hash FROM audit_head").await.remove(0);
    let step = home.rows("SELECT version FROM _sqlx_migrations ORDER BY version DESC").await.remove(0);
    assert_eq!(manifest["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(manifest["schemaStep"], step.get::<i64, _>(0));
    assert_eq!(manifest["auditHead"], json!({"seq": head.get::<i64, _>(0), "hash": head.get::<String, _>(1)}));
    assert!(text(&manifest["createdAt"]).ends_with('Z'));
    let counts = json!({
        "users": 1, "organizations": 1, "buckets": 4, "authorizations": 1, "telegrafs": 0, "dbrps": 0,
        "auditEntries": head.get::<i64, _>(0),
    });
    assert_eq!(manifest["counts"], counts);
    let expected = [("jeton.backup".to_owned(), 0o600), ("jeton.backup.json".to_owned(), 0o600)];
    assert_eq!(shelf.modes(), BTreeMap::from(expected));
    let bytes = fs::read(&file).expect("a backup");
    let holds = |text: &str| bytes.windows(text.len()).any(|part| part == text.as_bytes());
    assert!(holds("another") && !holds(&first.token), "hashes, and no tokens");
}

#[tokio::test]
async fn an_existing_file_is_never_overwritten_and_nothing_half_done_is_left() {
    let (home, shelf) = (Home::sqlite(), Shelf::new());
    let server = Server::start(&home).await;
    server.set_up().await;
    for taken in ["b", "b.json", "b.key"] {
        let file = shelf.file(taken);
        fs::write(&file, "mine").expect("a file");
        let refused = back_up(&home, &shelf.file("b"), &["--with-key"]).await.refused();
        assert_eq!(refused, format!("{} exists already; give another name, or delete it", file.display()));
        assert_eq!(fs::read_to_string(&file).expect("a file"), "mine");
        assert_eq!(shelf.modes().len(), 1, "{:?}", shelf.modes());
        fs::remove_file(file).expect("no file");
    }
    let refused = back_up(&home, &shelf.file("no/b"), &[]).await.refused();
    assert!(refused.contains("can't be written: "), "{refused}");
    let inside = home.path().join("jeton.db-journal");
    let refused = back_up(&home, &inside, &[]).await.refused();
    assert!(refused.contains("is in the data directory, with which it would be lost"), "{refused}");
    assert!(!inside.exists() && shelf.modes().is_empty());
}

#[tokio::test]
async fn without_a_database_there_is_no_backup() {
    let (home, shelf) = (Home::sqlite(), Shelf::new());
    let refused = back_up(&home, &shelf.file("b"), &[]).await.refused();
    assert!(refused.starts_with("there is no Jeton database in the directory "), "{refused}");
    assert!(shelf.modes().is_empty());
}

#[tokio::test]
async fn the_key_is_backed_up_only_when_asked_for_and_only_the_right_one() {
    let (home, shelf) = (Home::sqlite(), Shelf::new());
    let server = Server::start(&home).await;
    server.set_up().await;
    server.stop().await;
    let other = format!("--audit-key={}", "ab".repeat(32));
    let said = back_up(&home, &shelf.file("b"), &["--with-key", &other]).await;
    assert!(said.err.contains("Error: this is not the key that the audit log was written with"), "{said:?}");
    assert!(!said.err.contains("abab") && shelf.modes().is_empty());

    let said = back_up(&home, &shelf.file("b"), &["--with-key"]).await.well();
    assert!(said.contains("The audit key is in ") && said.contains("can forge the audit log"), "{said}");
    let expected = ["b", "b.json", "b.key"].map(|name| (name.to_owned(), 0o600));
    assert_eq!(shelf.modes(), BTreeMap::from(expected));
    let key = |path: &Path| fs::read_to_string(path).expect("a key");
    assert_eq!(key(&shelf.file("b.key")), key(&home.path().join("audit.key")));
    back_up(&home, &shelf.file("c"), &[]).await.well();
    assert!(!shelf.file("c.key").exists());
}

#[tokio::test]
async fn for_postgresql_it_names_the_command_and_no_password() {
    let shelf = Shelf::new();
    let mut command = Command::new(env!("CARGO_BIN_EXE_jeton"));
    command.arg("backup").arg(shelf.file("b"));
    command.env("JETON_DATABASE_URL", "postgres://jeton:open-sesame@127.0.0.1:1/jeton?password=open-sesame");
    let said = run(command, String::new()).await;
    assert_eq!((said.code, said.out.as_str()), (Some(1), ""), "{said:?}");
    let expected = format!("--file='{}' --dbname='postgres://jeton@127.0.0.1:1/jeton'", shelf.file("b").display());
    assert!(said.err.contains("run: pg_dump --format=custom ") && said.err.contains(&expected), "{said:?}");
    assert!(said.err.contains("jeton audit verify") && !said.err.contains("open-sesame"), "{said:?}");
    assert!(shelf.modes().is_empty());
}
