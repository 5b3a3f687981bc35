//! A clock that is set back while Jeton runs. libfaketime stands between the program and the machine's clock.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use jeton_service::Clock;
use serde_json::json;
use tokio::time::{Instant, sleep};

use crate::{
    Outcome,
    common::{
        Result,
        data::{Data, Database},
        load::Request,
        process::Process,
        server::{First, text},
    },
    load::{WITHIN, ask},
    subject::Subject,
};

/// The library of Debian's package `libfaketime` for programs with threads, below the folder of the architecture.
const LIBRARY: &str = "faketime/libfaketimeMT.so.1";
/// Life of the token, in seconds.
const LIFE: i64 = 2;
/// Number of uses of the expired token after the clock was set back, and the time between them.
const USES: usize = 20;
const PAUSE: Duration = Duration::from_millis(100);

/// While the clock goes back an hour, an expired token stays expired, and everything else works.
pub async fn set_back() -> Result<Outcome> {
    let Some(library) = library() else { return Ok(Outcome::LeftOut("libfaketime is not installed")) };
    let data = Data::new(Database::Sqlite).await?;
    let (offset, log) = (data.path().join("offset"), data.path().join("log"));
    fs::write(&offset, "+0\n")?;
    let process = Process::jeton_by(with_clock(&library, &offset), &data.flags(), &log)?;
    let first = First::set_up(process.address).await?;
    let mut subject = Subject { process, first, tokens: Vec::new() };
    let token = short_lived(&subject).await?;
    expires(&subject, &token).await?;
    fs::write(&offset, "-3600\n")?;
    for _ in 0..USES {
        subject.send(&subject.first.usage(&token, 401)).await?;
        subject.create().await?;
        sleep(PAUSE).await;
    }
    subject.has_lost_nothing().await?;
    let is_told = fs::read_to_string(log)?.contains("clock was set back");
    if is_told { Ok(Outcome::Passed) } else { Err("the log does not say that the clock was set back".into()) }
}

fn library() -> Option<PathBuf> {
    let folders = fs::read_dir("/usr/lib").into_iter().flatten().flatten();
    folders.map(|folder| folder.path().join(LIBRARY)).find(|file| file.is_file())
}

/// Returns the command of a program whose clock follows a file. Its timers follow the machine.
fn with_clock(library: &Path, offset: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jeton"));
    command.env("LD_PRELOAD", library).env("FAKETIME_TIMESTAMP_FILE", offset);
    command.env("FAKETIME_NO_CACHE", "1").env("FAKETIME_DONT_FAKE_MONOTONIC", "1").env("DONT_FAKE_MONOTONIC", "1");
    command
}

async fn short_lived(subject: &Subject) -> Result<String> {
    let first = &subject.first;
    let end = Clock::System.now().plus_seconds(LIFE).to_string();
    let body = json!({"orgID": first.org, "permissions": first.usual(), "expiresAt": end});
    let authorization = first.authorization();
    let headers = [("Authorization", authorization.as_str()), ("Content-Type", "application/json")];
    let made = subject.send(&Request::post("/api/v2/authorizations", &headers, &body.to_string(), 201)).await?;
    let made: serde_json::Value = serde_json::from_str(&made)?;
    text(&made["token"])
}

/// Uses a token until it has expired.
async fn expires(subject: &Subject, token: &str) -> Result<()> {
    let until = Instant::now() + WITHIN;
    loop {
        match ask(subject.process.address, &subject.first.usage(token, 200)).await?.status {
            401 => return Ok(()),
            200 if Instant::now() < until => sleep(PAUSE).await,
            status => return Err(format!("a token that expires is answered with {status}").into()),
        }
    }
}
