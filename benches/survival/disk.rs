//! A disk that is full, and a file system that turns read-only.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

use crate::{
    Outcome,
    common::{Result, process::Process},
    subject::Subject,
};

/// Bytes of a file that takes space until it is removed.
const BALLAST: usize = 4 * 1024 * 1024;
/// Maximum number of creations until the disk is full.
const MAX_CREATIONS: usize = 100_000;
const LEFT_OUT: Outcome = Outcome::LeftOut("it needs root, to mount a file system");

/// A file system in memory, unmounted when dropped.
struct Mount {
    directory: TempDir,
}

impl Mount {
    /// Mounts a file system of 24 MiB; `None` if that is not allowed.
    fn new() -> Result<Option<Self>> {
        let directory = TempDir::new()?;
        let mounted = mount(&["-t", "tmpfs", "-o", "size=24m", "tmpfs"], directory.path())?;
        Ok(mounted.then_some(Self { directory }))
    }

    fn data(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    fn flags(&self) -> Vec<String> {
        let data = format!("--data={}", self.data().display());
        vec!["--addr=127.0.0.1:0".into(), "--max-tokens-per-user=0".into(), "--max-tokens-per-org=0".into(), data]
    }

    fn remount(&self, option: &str) -> Result<()> {
        let options = format!("remount,{option}");
        let done = mount(&["-o", &options], self.directory.path())?;
        if done { Ok(()) } else { Err(format!("the file system could not be mounted with {option}").into()) }
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        drop(Command::new("umount").arg("--lazy").arg(self.directory.path()).status());
    }
}

fn mount(arguments: &[&str], at: &Path) -> Result<bool> {
    Ok(Command::new("mount").args(arguments).arg(at).output()?.status.success())
}

/// A creation that does not fit on the disk is answered with 503; once there is space, creations work.
pub async fn full() -> Result<Outcome> {
    let Some(mount) = Mount::new()? else { return Ok(LEFT_OUT) };
    let (ballast, log) = (mount.directory.path().join("ballast"), TempDir::new()?);
    fs::write(&ballast, vec![1_u8; BALLAST])?;
    let mut subject = Subject::start(&mount.flags(), 1024, &log.path().join("log")).await?;
    while subject.create().await.is_ok() {
        if subject.tokens.len() > MAX_CREATIONS {
            return Err("the disk did not fill up".into());
        }
    }
    refuses_creations(&subject).await?;
    subject.has_lost_nothing().await?;
    fs::remove_file(ballast)?;
    subject.recovers().await?;
    subject.has_lost_nothing().await?;
    Ok(Outcome::Passed)
}

/// On a read-only file system Jeton refuses to start, in one sentence, or refuses to create. Once it can write, it
/// starts with everything. A file system with files that are open for writing cannot be made read-only.
pub async fn read_only() -> Result<Outcome> {
    let Some(mount) = Mount::new()? else { return Ok(LEFT_OUT) };
    let directory = TempDir::new()?;
    let (flags, log) = (mount.flags(), directory.path().join("log"));
    let mut subject = Subject::start(&flags, 1024, &log).await?;
    subject.create().await?;
    let (first, tokens) = subject.stop()?;
    mount.remount("ro")?;
    if let Ok(process) = Process::jeton(&flags, &log) {
        refuses_creations(&Subject { process, first: first.clone(), tokens: Vec::new() }).await?;
    } else {
        has_reason(&log)?;
    }
    mount.remount("rw")?;
    let mut subject = Subject { process: Process::jeton(&flags, &log)?, first, tokens };
    subject.create().await?;
    subject.has_lost_nothing().await?;
    Ok(Outcome::Passed)
}

/// Checks that the last line of a log says why Jeton did not start.
pub fn has_reason(log: &Path) -> Result<()> {
    let text = fs::read_to_string(log)?;
    let last = text.lines().last().unwrap_or_default();
    if last.starts_with("jeton: ") { Ok(()) } else { Err(format!("it did not start, and says: {text}").into()) }
}

/// Checks that a creation is answered with 503.
async fn refuses_creations(subject: &Subject) -> Result<()> {
    let request = subject.first.creation(&subject.first.usual()).expecting(503);
    subject.send(&request).await.map(drop)
}
