//! The command line: the server, and a client of its API that is compatible with `influx`.

mod admin;
mod completions;
mod config;
mod go_flags;
mod hints;
mod usage;

use std::{ffi::OsString, io::Write as _, path::PathBuf, process::ExitCode};

use clap::{ArgMatches, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use tracing_subscriber::EnvFilter;

use jeton_client::error::Outcome;

use crate::{
    config::{Config, ConfigFile, LogFormat},
    server,
};

/// Administer the API tokens of an InfluxDB-compatible stack
#[derive(Parser)]
#[command(name = "jeton", version, about, subcommand_required = true, arg_required_else_help = true)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start the console and the API
    Serve(Box<Config>),
    /// Set up a new server: create the first user, organization, bucket and operator token
    Setup(Box<jeton_client::setup::Setup>),
    /// Check the server's /health endpoint
    Ping(Box<jeton_client::ping::Ping>),
    /// Print the version
    Version,
    /// Manage authorizations, the records of API tokens
    #[command(subcommand, visible_alias = "authorization")]
    Auth(jeton_client::auth::Auth),
    /// Manage users
    #[command(subcommand)]
    User(jeton_client::user::User),
    /// Manage organizations
    #[command(subcommand, visible_alias = "organization")]
    Org(jeton_client::org::Org),
    /// Manage buckets
    #[command(subcommand)]
    Bucket(jeton_client::bucket::Bucket),
    /// List Telegraf configurations, or manage them
    Telegrafs(Box<jeton_client::telegrafs::Telegrafs>),
    /// Manage credentials and database mappings of InfluxDB 1.x clients
    #[command(subcommand)]
    V1(jeton_client::v1::V1),
    /// Show or switch the active config, and manage configs
    Config(Box<config::Config>),
    /// Regain access without a server or a token: manage users, organizations and operator tokens
    #[command(subcommand)]
    Recovery(admin::recovery::Recovery),
    /// Manage which databases behind gates hold the data of buckets
    #[command(subcommand)]
    Gate(admin::gate::Gate),
    /// Import the data of another server
    #[command(subcommand)]
    Import(admin::import::Import),
    /// Back up Jeton's own data: users, tokens, buckets, configurations and the audit log
    ///
    /// Copies the SQLite database into FILE, also while the server runs, and describes the copy in FILE.json. The
    /// backup contains hashes, but neither tokens nor passwords; the audit key is not part of it unless --with-key is
    /// given. The data that InfluxDB stores are backed up by influx backup.
    Backup(admin::backup::Backup),
    /// Restore a backup of Jeton's own data into an empty directory
    ///
    /// With the audit key, the audit log is verified before anything is restored. Nobody is signed in afterwards. A
    /// PostgreSQL database is restored with pg_restore.
    Restore(admin::restore::Restore),
    /// Examine the installation, and print problems with their remedies
    ///
    /// Takes the settings of jeton serve, and examines the clock, the disks, the data, the gates, the backups and what
    /// the public URLs reach. It only reads, so it may run while the server is running. The exit code is 1 if a check
    /// fails.
    Doctor(Box<admin::doctor::Doctor>),
    /// Print a script that completes commands and flags in a shell
    Completions(completions::Completions),
    /// Print the manual page, or write one for each command to a directory
    Man(completions::Man),
    /// Verify the audit log, or replace its key
    #[command(subcommand)]
    Audit(admin::audit::Audit),
}

/// Parses the command line and runs the command. An error is one sentence on standard error.
pub async fn run() -> ExitCode {
    let arguments: Vec<OsString> = go_flags::normalized(std::env::args_os().collect(), &Line::command());
    let matches = match Line::command().try_get_matches_from(&arguments) {
        Ok(matches) => matches,
        Err(error) => return usage::explain(&error, &arguments, Line::command()),
    };
    let file = match config_file(&matches).map(|path| ConfigFile::read(&path)).transpose() {
        Ok(file) => file,
        Err(error) => return refuse_to_serve(&error),
    };
    let read = with_defaults(matches, file.as_ref(), &arguments).and_then(|matches| {
        let line = Line::from_arg_matches(&matches)?;
        jeton_client::advice::begin(&matches);
        Ok((line.command, jeton_client::secret::warnings(&matches)))
    });
    let (mut command, warnings) = match read {
        Ok(read) => read,
        Err(error) => return usage::explain(&error, &arguments, Line::command()),
    };
    if let Command::Serve(mut config) = command {
        config.file = file;
        return serve(*config, &warnings).await;
    }
    if let Command::Doctor(doctor) = &mut command {
        doctor.read_file(file);
    }
    for warning in warnings {
        jeton_client::output::warn(&format!("warning: {warning}"));
    }
    match Box::pin(perform(command)).await {
        Ok(code) => code,
        Err(failure) if failure.is_quiet() => ExitCode::SUCCESS,
        Err(failure) => {
            let mut err = std::io::stderr().lock();
            drop(writeln!(err, "Error: {failure}"));
            failure.advice().map(|hint| writeln!(err, "Hint: {hint}"));
            ExitCode::FAILURE
        }
    }
}

/// The commands with the settings of a configuration file.
const CONFIGURED: [&str; 2] = ["serve", "doctor"];

/// Returns the configuration file of a command.
fn config_file(matches: &ArgMatches) -> Option<PathBuf> {
    let (name, command) = matches.subcommand()?;
    if CONFIGURED.contains(&name) { command.get_one("config_file").cloned() } else { None }
}

/// Parses the command line again, with the values of a configuration file as defaults.
fn with_defaults(
    matches: ArgMatches,
    file: Option<&ConfigFile>,
    arguments: &[OsString],
) -> Result<ArgMatches, clap::Error> {
    match file {
        Some(file) => {
            let line = CONFIGURED
                .into_iter()
                .fold(Line::command(), |line, name| line.mut_subcommand(name, |command| file.make_defaults(command)));
            line.try_get_matches_from(arguments)
        }
        None => Ok(matches),
    }
}

/// Runs every command but `serve`.
async fn perform(command: Command) -> Outcome<ExitCode> {
    match command {
        Command::Setup(setup) => setup.run().await?,
        Command::Ping(ping) => ping.run().await?,
        Command::Version => jeton_client::ping::version()?,
        // A negative result is no error, but has another exit code than 0.
        Command::Auth(jeton_client::auth::Auth::Check(check)) => return check.run().await,
        Command::Auth(auth) => auth.run().await?,
        Command::User(user) => user.run().await?,
        Command::Org(org) => org.run().await?,
        Command::Bucket(bucket) => bucket.run().await?,
        Command::Telegrafs(telegrafs) => telegrafs.run().await?,
        Command::V1(v1) => v1.run().await?,
        Command::Config(config) => config.run()?,
        Command::Recovery(recovery) => recovery.run().await?,
        Command::Gate(gate) => gate.run().await?,
        Command::Import(import) => import.run().await?,
        Command::Backup(backup) => backup.run().await?,
        Command::Restore(restore) => restore.run().await?,
        Command::Completions(completions) => completions.run(Line::command())?,
        Command::Man(man) => man.run(Line::command())?,
        Command::Doctor(doctor) => return doctor.run().await,
        Command::Audit(command) => return Ok(admin::audit::run(command).await),
        Command::Serve(config) => return Ok(serve(*config, &[]).await),
    }
    Ok(ExitCode::SUCCESS)
}

async fn serve(config: Config, warnings: &[String]) -> ExitCode {
    log(config.log_format);
    for warning in warnings {
        tracing::warn!("{warning}");
    }
    match server::serve(config).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => refuse_to_serve(&error),
    }
}

fn refuse_to_serve(error: &impl std::fmt::Display) -> ExitCode {
    eprintln!("jeton: {error}");
    ExitCode::FAILURE
}

fn log(format: LogFormat) {
    let filter = EnvFilter::try_from_env("JETON_LOG").unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match format {
        LogFormat::Text => subscriber.with_ansi(jeton_client::output::has_colours(&std::io::stderr())).init(),
        LogFormat::Json => subscriber.json().init(),
    }
}
