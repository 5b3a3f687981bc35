//! A page of the SQLite database that another program, or the disk, has overwritten.

use std::{
    fs,
    path::{Path, PathBuf},
};

use jeton::server::data_dir::ReadOnly;
use jeton_service::audit::verify::check;

use crate::{
    Outcome,
    common::{
        Result,
        data::{Data, Database},
        load::Request,
        process::Process,
        server::First,
    },
    disk::has_reason,
    load::{ask, says_unavailable},
    subject::Subject,
};

/// Number of tokens in the database.
const TOKENS: usize = 300;
/// Number of pages that are damaged, one after the other.
const DAMAGES: usize = 24;
/// The byte that fills a damaged page: no page of a table or index begins with it.
const DAMAGE: u8 = 0xff;

/// With a damaged page, Jeton refuses to start in one sentence, or answers with 503 where it needs the page; no token
/// that it knows is refused as unknown. With the page as it was, it has everything.
pub async fn corrupt_page() -> Result<Outcome> {
    let data = Data::new(Database::Sqlite).await?;
    let (flags, log) = (data.flags(), data.path().join("log"));
    let mut subject = Subject::start(&flags, 1024, &log).await?;
    for _ in 0..TOKENS {
        subject.create().await?;
    }
    let (first, tokens) = subject.stop()?;
    let files = Files { directory: data.path().to_owned() };
    let good = fs::read(files.database())?;
    let size = page_size(&good)?;
    let pages = good.len() / size;
    for number in 0..DAMAGES.min(pages) {
        let page = number * pages / DAMAGES.min(pages);
        let mut bad = good.clone();
        bad[page * size..(page + 1) * size].fill(DAMAGE);
        files.replace(&bad)?;
        starts_or_says_why(&flags, &log, &first, &tokens).await.map_err(|error| format!("page {page}: {error}"))?;
    }
    files.replace(&good)?;
    let mut subject = Subject { process: Process::jeton(&flags, &log)?, first, tokens };
    subject.create().await?;
    subject.has_lost_nothing().await?;
    subject.stop()?;
    audit_log_is_whole(&data).await?;
    Ok(Outcome::Passed)
}

async fn starts_or_says_why(flags: &[String], log: &Path, first: &First, tokens: &[String]) -> Result<()> {
    let Ok(process) = Process::jeton(flags, log) else { return has_reason(log) };
    for token in tokens.iter().step_by(10) {
        is_answered(&process, &first.usage(token, 200), 200).await?;
    }
    is_answered(&process, &first.creation(&first.usual()), 201).await
}

/// Checks that a request is answered as usual, or with 503 and a time to try again.
async fn is_answered(process: &Process, request: &Request, usual: u16) -> Result<()> {
    let response = ask(process.address, request).await?;
    if response.status == usual || says_unavailable(&response) {
        return Ok(());
    }
    Err(format!("a request was answered with {}{}", response.head, response.body).into())
}

async fn audit_log_is_whole(data: &Data) -> Result<()> {
    let ReadOnly { store, audit_key } = ReadOnly::open(data.path(), None, None).await?;
    let checked = check(&store, &audit_key, &[]).await?;
    store.close().await;
    if checked.fault.is_none() { Ok(()) } else { Err("the audit log is broken".into()) }
}

/// Returns the size of a page, which the header of the database says.
fn page_size(database: &[u8]) -> Result<usize> {
    let bytes: [u8; 2] = database.get(16..18).ok_or("the database has no header")?.try_into()?;
    // 1 stands for 65,536, which does not fit.
    Ok(match u16::from_be_bytes(bytes) {
        0 => return Err("the database has no size of pages".into()),
        1 => 65_536,
        size => size.into(),
    })
}

/// The files of a database that nobody has open.
struct Files {
    directory: PathBuf,
}

impl Files {
    fn database(&self) -> PathBuf {
        self.directory.join("jeton.db")
    }

    /// Replaces the content, without what a killed program wrote beside it.
    fn replace(&self, content: &[u8]) -> Result<()> {
        for beside in ["jeton.db-wal", "jeton.db-shm"] {
            let file = self.directory.join(beside);
            if file.exists() {
                fs::remove_file(file)?;
            }
        }
        Ok(fs::write(self.database(), content)?)
    }
}
