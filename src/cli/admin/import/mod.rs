//! `jeton import influxd`: copies the contents of a running influxd v2, or of its file.

mod authorization;
mod file;
mod kv;
mod multipart;
mod read;
mod summary;
mod wire;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use secrecy::SecretString;
use tempfile::TempDir;

use jeton_client::{
    error::{Failure, Outcome, WhileDoing as _},
    http::Client,
    profiles::Profile,
    secret,
    server_flags::{ConfigsFlag, ServerFlags},
};
use jeton_service::{Clock, import::Source};

use crate::{
    cli::admin::operation_failed,
    config::Storage,
    server::data_dir::{Data, Purpose},
};

use super::offline::{OfflineFlags, Opened, open};

use read::Reading;
use summary::print_report;

/// The source of the import.
#[derive(Subcommand)]
pub enum Import {
    /// Copy organizations, users, buckets, telegraf configurations and authorizations from an InfluxDB v2
    Influxd(Box<Influxd>),
}

/// Path of influxd's backup of its records, and the part that holds its key-value store.
const BACKUP: &str = "/api/v2/backup/metadata";
const PART: &str = "kv";
/// Timeout of the backup.
const BACKUP_WITHIN: Duration = Duration::from_secs(1800);

/// Copies what is not here yet; what is here stays as it is. With SQLite, the server must be stopped.
#[derive(Args)]
pub struct Influxd {
    /// URL of the InfluxDB server to copy from
    #[arg(long, env = "INFLUX_HOST", value_name = "URL")]
    url: Option<String>,
    /// Operator token of that server; - reads it from standard input
    #[arg(long, short, env = "INFLUX_TOKEN", hide_env_values = true, allow_hyphen_values = true, value_name = "TOKEN")]
    token: Option<SecretString>,
    /// File influxd.bolt of a stopped InfluxDB, or a copy of it, instead of a running server
    #[arg(long, value_name = "FILE")]
    bolt_path: Option<PathBuf>,
    /// Skip TLS certificate chain and host name verification
    #[arg(long)]
    skip_verify: bool,
    /// Report what would be copied, without copying it
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    flags: OfflineFlags,
}

impl Import {
    /// Runs the command.
    pub async fn run(self) -> Outcome {
        let Self::Influxd(influxd) = self;
        influxd.run().await
    }
}

impl Influxd {
    async fn run(&self) -> Outcome {
        let printer = self.flags.print.printer()?;
        let origin = self.origin()?;
        // The database is opened before anything is fetched, so that a running server is reported at once.
        let (opened, _empty) = self.opened().await?;
        let bar = ProgressBar::new_spinner().with_message("Reading");
        let source = origin.read(&bar).await;
        bar.finish_and_clear();
        let report = self.write(&opened, source?).await?;
        opened.close().await;
        print_report(printer, &report)?;
        match report.conflicts() {
            0 => Ok(()),
            1 => Err(Failure::new("1 record was not copied; see the reason in the report")),
            count => Err(Failure::new(format!("{count} records were not copied; see the reasons in the report"))),
        }
    }

    async fn write(&self, opened: &Opened, source: Source) -> Outcome<jeton_service::import::Report> {
        let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len}");
        let bar = ProgressBar::new(u64::try_from(source.len()).unwrap_or(u64::MAX)).with_message("Copying");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        let report = opened.offline.import(source, self.dry_run, || bar.inc(1)).await;
        bar.finish_and_clear();
        report.map_err(operation_failed)
    }

    /// Opens the database to copy into. A dry run creates none: if there is none, it uses a temporary empty one.
    async fn opened(&self) -> Outcome<(Opened, Option<TempDir>)> {
        let storage = &self.flags.storage;
        if !self.dry_run || Data::exists(storage) {
            return Ok((open(storage, Purpose::Import).await?, None));
        }
        let empty =
            TempDir::new().map_err(|error| Failure::new(format!("can't create a temporary directory: {error}")))?;
        let elsewhere = Storage { data: empty.path().into(), ..storage.clone() };
        Ok((open(&elsewhere, Purpose::Import).await?, Some(empty)))
    }

    fn origin(&self) -> Outcome<Origin<'_>> {
        match &self.bolt_path {
            Some(path) => Ok(Origin::File(path)),
            None => Ok(Origin::Server(Box::new(self.client()?))),
        }
    }

    fn client(&self) -> Outcome<Client> {
        let missing = |flag: &str, variable: &str| {
            Failure::new(format!("must provide --{flag}")).hint(format!("or set {variable}"))
        };
        let url = self.url.clone().filter(|url| !url.is_empty()).ok_or_else(|| missing("url", "INFLUX_HOST"))?;
        let token = secret::given(self.token.as_ref())?.ok_or_else(|| missing("token", "INFLUX_TOKEN"))?;
        let flags = ServerFlags {
            host: Some(url),
            skip_verify: self.skip_verify,
            configs: ConfigsFlag { configs_path: None },
            active_config: None,
            http_debug: false,
            trace_debug_id: None,
            extra_http_header: Vec::new(),
        };
        Client::anonymous(&flags, &Profile::default())?.with_token(&token)
    }
}

/// The place to copy from.
enum Origin<'a> {
    Server(Box<Client>),
    File(&'a Path),
}

impl Origin<'_> {
    async fn read(&self, bar: &ProgressBar) -> Outcome<Source> {
        let now = Clock::System.now();
        match self {
            Self::File(path) => kv::source(&file::read(path)?, now).while_doing(path.display()),
            Self::Server(client) => {
                let reading = Reading { client, bar, now };
                reading.check_operator().await?;
                match client.get(BACKUP).within(BACKUP_WITHIN).bytes(file::LIMIT).await {
                    Ok((kind, body)) => kv::source(stored(&kind, &body)?, now).while_doing(UNREADABLE),
                    // Releases before 2.1 have no backup; they show tokens, but not passwords.
                    Err(failure) if matches!(failure.status(), Some(404 | 405)) => reading.all().await,
                    Err(failure) => Err(failure.while_doing(UNREADABLE)),
                }
            }
        }
    }
}

const UNREADABLE: &str = "could not read the backup of the other server's records";

/// Returns the key-value store in a backup.
fn stored<'a>(kind: &str, body: &'a [u8]) -> Outcome<&'a [u8]> {
    let missing = || Failure::new(format!("{UNREADABLE}: it was cut off, or has no part {PART}"));
    multipart::part(kind, body, PART).ok_or_else(missing)
}
