//! The speed of Jeton, as ratios that are measured in one run: `benches/README.md` describes the rows. Fails if a ratio
//! misses its goal.

#[path = "../common/mod.rs"]
mod common;
mod creation;
mod gate;
mod goals;
mod list;
mod requests;
mod sampling;
mod start;
mod table;
mod verification;

use std::{env, process::ExitCode, time::Duration};

use mimalloc::MiMalloc;
use tokio::runtime::{Builder, Runtime};

use common::{
    Result,
    data::{Data, Database},
    fill::filled,
    influxd::Influxd,
    number,
    server::{First, Jeton},
};
use goals::Row;
use table::Table;

/// That of the program.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// The options of a run, from the environment.
#[derive(Clone, Copy, Debug)]
struct Settings {
    /// Number of tokens in the largest list.
    rows: u64,
    /// Duration of one sample.
    sample: Duration,
    /// Number of samples; their median counts.
    rounds: u64,
    /// Number of connections.
    connections: usize,
}

impl Settings {
    fn read() -> Result<Self> {
        Ok(Self {
            rows: number("BENCH_ROWS", 1_000_000)?.max(1),
            sample: Duration::from_millis(number("BENCH_MILLISECONDS", 2000)?),
            rounds: number("BENCH_ROUNDS", 5)?.max(1),
            connections: usize::try_from(number("BENCH_CONNECTIONS", 32)?)?.max(1),
        })
    }
}

/// The threads of the servers, and this thread, which makes the load.
struct Runtimes {
    servers: Runtime,
    load: Runtime,
}

/// The circumstances of all measurements on one database, and the table of their results.
struct Measurement<'a> {
    runtimes: &'a Runtimes,
    settings: Settings,
    database: Database,
    influxd: Option<&'a Influxd>,
    table: &'a mut Table,
}

impl Measurement<'_> {
    /// Adds a row whose value is the median of the ratios of samples that were taken in turn.
    fn add_ratio(&mut self, row: Row, measured: &[f64], reference: &[f64]) {
        self.table.add_ratio(row, self.database, measured, reference);
    }

    /// Adds a row whose value is the median itself.
    fn add_value(&mut self, row: Row, measured: &[f64]) {
        self.table.add_value(row, self.database, measured);
    }

    /// Adds a row that cannot be measured here.
    fn leave_out(&mut self, row: Row, reason: &'static str) {
        self.table.leave_out(row, self.database, reason);
    }
}

/// A server in this process, and its data.
struct Subject {
    jeton: Jeton,
    first: First,
    data: Data,
}

impl Subject {
    /// Starts a server with this number of tokens.
    async fn start(database: Database, tokens: u64) -> Result<Self> {
        let data = Data::new(database).await?;
        let first = filled(&data, tokens).await?;
        Ok(Self { jeton: Jeton::start(&data).await?, first, data })
    }

    /// Stops the server; returns its data and what was set up.
    fn stop(self, runtimes: &Runtimes) -> Result<(Data, First)> {
        runtimes.servers.block_on(self.jeton.stop())?;
        Ok((self.data, self.first))
    }
}

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("the benchmark failed: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Prints the table; returns whether every goal is met.
fn run() -> Result<bool> {
    let settings = Settings::read()?;
    let runtimes = Runtimes { servers: Runtime::new()?, load: Builder::new_current_thread().enable_all().build()? };
    let influxd = runtimes.load.block_on(Influxd::start())?;
    let mut table = Table::default();
    let parts = Parts::read();
    for database in Database::available().into_iter().filter(|database| parts.has_database(*database)) {
        let (runtimes, influxd) = (&runtimes, influxd.as_ref());
        measure(&mut Measurement { runtimes, settings, database, influxd, table: &mut table }, &parts)?;
    }
    println!("{table}");
    let missed = table.missed();
    for row in &missed {
        println!("below its goal: {row}");
    }
    Ok(missed.is_empty())
}

/// The parts that the arguments select: all of them without an argument.
struct Parts(Vec<String>);

impl Parts {
    fn read() -> Self {
        Self(env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect())
    }

    /// Returns whether a part is measured.
    fn has(&self, part: &str) -> bool {
        let mut parts = self.0.iter().filter(|selected| !is_database(selected)).peekable();
        parts.peek().is_none() || parts.any(|selected| selected == part)
    }

    /// Returns whether the parts are measured on a database.
    fn has_database(&self, database: Database) -> bool {
        let mut databases = self.0.iter().filter(|selected| is_database(selected)).peekable();
        databases.peek().is_none() || databases.any(|selected| selected == database.name())
    }
}

fn is_database(name: &str) -> bool {
    [Database::Sqlite, Database::Postgres].iter().any(|database| database.name() == name)
}

fn measure(measurement: &mut Measurement<'_>, parts: &Parts) -> Result<()> {
    let Measurement { runtimes, database, .. } = *measurement;
    if ["verification", "requests", "creation"].iter().any(|part| parts.has(part)) {
        eprintln!("measuring requests on {}", database.name());
        let subject = runtimes.servers.block_on(Subject::start(database, 1000))?;
        measure_server(measurement, parts, &subject)?;
        subject.stop(runtimes)?;
    }
    if parts.has("gate") {
        eprintln!("measuring a gate on {}", database.name());
        gate::measure(measurement)?;
    }
    if parts.has("lists") {
        eprintln!("measuring lists on {}", database.name());
        let (data, first) = list::measure(measurement)?;
        start::measure(measurement, &data, &first)?;
    }
    Ok(())
}

/// Measures the parts that need few tokens.
fn measure_server(measurement: &mut Measurement<'_>, parts: &Parts, subject: &Subject) -> Result<()> {
    if parts.has("verification") {
        verification::measure(measurement, subject)?;
    }
    if parts.has("requests") {
        requests::measure(measurement, subject)?;
    }
    if parts.has("creation") {
        creation::measure(measurement, subject)?;
    }
    Ok(())
}
