//! PostgreSQL's own backup, by the commands of `jeton backup` and of docs/operating.md.

use std::{env, fs, path::PathBuf, process::Command};

use serde_json::json;

use crate::{
    home::Home,
    import::row_counts,
    offline::{Said, jeton, run},
    support::server::{NAME, PASSWORD, Server, permission_in, text},
};

use super::{Shelf, back_up};

/// Returns the folder of the newest version's programs, which Debian keeps out of `PATH`; `None` elsewhere.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?.flatten();
    let number = |name: &str| name.parse::<u32>().ok();
    let newest = versions.filter_map(|version| number(version.file_name().to_str()?)).max()?;
    Some(format!("/usr/lib/postgresql/{newest}/bin").into())
}

/// Runs a line in a shell that finds PostgreSQL's programs.
async fn shell(line: &str) -> Said {
    let path = env::var_os("PATH").unwrap_or_default();
    let paths = programs().into_iter().chain(env::split_paths(&path));
    let mut command = Command::new("/bin/sh");
    command.arg("-c").arg(line).env("PATH", env::join_paths(paths).expect("paths"));
    run(command, String::new()).await
}

#[tokio::test]
async fn a_dump_of_postgresql_is_restored_whole_and_verified() {
    let (Some(home), Some(restored)) = (Home::postgres().await, Home::postgres().await) else { return };
    let server = Server::start(&home).await;
    let first = server.set_up().await;
    let read = json!([permission_in("read", "buckets", &first.org)]);
    let made = server.token(&first.token, &first.org, read).await.expect(201);
    let file = Shelf::new();
    let dump = file.file("jeton.dump");
    // Beside the running server.
    let said = back_up(&home, &dump, &[]).await;
    let line = said.err.split_once("run: ").and_then(|(_, rest)| rest.split_once("; it asks")).expect("a command").0;
    shell(line).await.well();
    server.delete(&format!("/api/v2/authorizations/{}", text(&made["id"])), &first.token).await.expect(204);
    shell(&format!("pg_restore --dbname='{}' '{}'", restored.url(), dump.display())).await.well();

    fs::copy(home.path().join("audit.key"), restored.path().join("audit.key")).expect("the key");
    let verified = jeton(&restored, "audit verify", "").await.well();
    assert!(verified.starts_with("The audit log is intact: "), "{verified}");
    let rows = row_counts(&restored).await;
    let copy = Server::start(&restored).await;
    assert_eq!(row_counts(&restored).await, rows, "its start finds nothing to do");
    copy.get("/api/v2/buckets", &text(&made["token"])).await.expect(200);
    server.get("/api/v2/buckets", &text(&made["token"])).await.refused(401);
    assert_eq!(copy.sign_in(NAME, PASSWORD).await.status, 204);
    copy.stop().await;

    restored.sql("UPDATE audit_log SET action = 'user deleted' WHERE seq = 1").await;
    let said = jeton(&restored, "audit verify", "").await;
    assert!(said.code != Some(0) && said.err.contains("NOT intact"), "{said:?}");
}
