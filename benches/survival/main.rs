//! Failures that must not break Jeton: a full disk, a file system that turns read-only, no file descriptors, idle
//! connections, clients that read or write slowly, a PostgreSQL that stops, a node that is killed. Meanwhile it answers
//! clearly; afterwards it works by itself, and nothing acknowledged is lost.
//!
//! The scenarios that mount a file system need root, others need programs of Debian; without them, they are named as
//! left out. A part of the name of a scenario as argument selects those that run.

mod clock;
#[path = "../common/mod.rs"]
mod common;
mod connections;
mod damage;
mod database;
mod disk;
mod failover;
mod load;
mod node;
mod nodes;
mod patroni;
mod postgres;
mod subject;

use std::{env, pin::Pin, process::ExitCode};

use common::Result;

/// The outcome of a scenario.
enum Outcome {
    Passed,
    /// The machine does not allow it, for this reason.
    LeftOut(&'static str),
}

/// A scenario: what fails, and the run that shows that Jeton survives it.
type Scenario = (&'static str, fn() -> Running);
type Running = Pin<Box<dyn Future<Output = Result<Outcome>>>>;

const SCENARIOS: [Scenario; 12] = [
    ("10,000 idle connections", || Box::pin(connections::idle())),
    ("no file descriptors", || Box::pin(connections::no_descriptors())),
    ("slow readers and writers", || Box::pin(connections::slow_clients())),
    ("a full disk", || Box::pin(disk::full())),
    ("a read-only file system", || Box::pin(disk::read_only())),
    ("a corrupt page of the SQLite database", || Box::pin(damage::corrupt_page())),
    ("a clock that is set back an hour", || Box::pin(clock::set_back())),
    ("10,000 revocations over two nodes, none usable a second later", || Box::pin(nodes::revocations())),
    ("PostgreSQL stopped and started under load", || Box::pin(database::stopped())),
    ("--stale-reads while PostgreSQL is stopped", || Box::pin(database::stale_reads())),
    ("one of two nodes killed behind nginx, PostgreSQL stopped meanwhile", || Box::pin(nodes::killed())),
    ("a failover of PostgreSQL with Patroni", || Box::pin(failover::failover())),
];

#[tokio::main]
async fn main() -> ExitCode {
    // Cargo adds flags of its own.
    let selected: Vec<String> = env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let is_selected = |name: &str| selected.is_empty() || selected.iter().any(|part| name.contains(part.as_str()));
    let mut failed = false;
    for (name, run) in SCENARIOS {
        if is_selected(name) {
            failed |= !survives(name, run().await);
        }
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Prints the outcome of a scenario; returns false if it failed.
fn survives(name: &str, outcome: Result<Outcome>) -> bool {
    match &outcome {
        Ok(Outcome::Passed) => println!("survived: {name}"),
        Ok(Outcome::LeftOut(reason)) => println!("left out: {name} ({reason})"),
        Err(error) => println!("failed: {name}: {error}"),
    }
    outcome.is_ok()
}
