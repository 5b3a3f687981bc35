//! Nodes of one PostgreSQL database.

use std::{net::SocketAddr, path::PathBuf};

use jeton_service::{AuditKey, audit::verify::check};
use jeton_store::Store;
use tempfile::TempDir;

use crate::common::{
    Result,
    process::{Process, free_address},
};

/// The byte of which the shared audit key consists.
const KEY_BYTE: u8 = 0xab;
/// Number of bytes of the shared audit key.
const KEY_BYTES: usize = 32;

/// A node. It keeps its address and its data directory when it is killed.
pub struct Node {
    directory: TempDir,
    url: String,
    more: Vec<String>,
    /// The address of its listener.
    pub address: SocketAddr,
    /// `None` while it is killed.
    process: Option<Process>,
}

impl Node {
    /// Starts a node on the database with this URL.
    pub fn start(url: &str) -> Result<Self> {
        Self::start_with(url, &[])
    }

    /// Starts a node with more flags.
    pub fn start_with(url: &str, more: &[&str]) -> Result<Self> {
        let directory = TempDir::new_in(env!("CARGO_TARGET_TMPDIR"))?;
        let more = more.iter().map(ToString::to_string).collect();
        let mut node = Self { directory, url: url.to_owned(), more, address: free_address()?, process: None };
        node.resume()?;
        Ok(node)
    }

    /// Kills it as `kill -9` does.
    pub fn kill(&mut self) {
        drop(self.process.take());
    }

    /// Starts it again, at the same address.
    pub fn resume(&mut self) -> Result<()> {
        self.process = Some(Process::jeton(&self.flags(), &self.log())?);
        Ok(())
    }

    /// Returns the file of its log.
    pub fn log(&self) -> PathBuf {
        self.directory.path().join("log")
    }

    fn flags(&self) -> Vec<String> {
        let mut flags = ["--max-tokens-per-user=0", "--max-tokens-per-org=0", "--max-permissions-per-org=0"]
            .map(String::from)
            .to_vec();
        flags.push(format!("--addr={}", self.address));
        flags.push(format!("--data={}", self.directory.path().join("data").display()));
        flags.push(format!("--database-url={}", self.url));
        flags.push(format!("--audit-key={}", format!("{KEY_BYTE:02x}").repeat(KEY_BYTES)));
        flags.extend_from_slice(&self.more);
        flags
    }
}

/// Checks that the audit log of a database is intact, and has at least this number of entries.
pub async fn audit_log_is_whole(url: &str, changes: usize) -> Result<()> {
    let key = AuditKey::new(vec![KEY_BYTE; KEY_BYTES]);
    let store = Store::postgres_read_only(url).await?;
    let checked = check(&store, &key, &[]).await?;
    store.close().await;
    if checked.fault.is_some() {
        return Err("the audit log is broken".into());
    }
    let entries = checked.last.seq;
    let enough = usize::try_from(entries)? >= changes;
    if enough { Ok(()) } else { Err(format!("the audit log has {entries} entries of {changes} changes").into()) }
}
