//! Mutated requests to running gates before real databases: no answer shows rows that the caller may not read, and no
//! database changes that the caller may not write. `benches/README.md` says how it is run.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what cannot be set up ends the run by a panic")]

mod callers;
mod databases;
mod exchange;
#[allow(dead_code, reason = "the integration tests use the rest")]
mod gate_proxy;
#[allow(dead_code, reason = "the integration tests use the rest")]
#[path = "../../tests/jeton/home.rs"]
mod home;
#[allow(dead_code, reason = "the integration tests use the rest")]
#[path = "../../tests/jeton/left_out.rs"]
mod left_out;
mod mutation;
mod random;
mod request;
mod scene;
mod seeds;
#[allow(dead_code, reason = "the integration tests use the rest")]
mod support;

use std::{fmt, process::ExitCode};

use callers::CALLERS;
use random::Random;
use request::Request;
use scene::{Kind, Scene};

/// Number of requests unless another is given.
const COUNT: u64 = 20_000;

/// The number of requests, and the seed from which they are made.
struct Settings {
    count: u64,
    seed: u64,
}

impl Settings {
    /// Reads `COUNT` and `SEED`. Cargo adds a flag of its own.
    fn read() -> Result<Self, String> {
        let given = std::env::args().skip(1).filter(|argument| argument != "--bench");
        let numbers: Result<Vec<u64>, _> = given.map(|text| text.parse().map_err(|_| not_a_number(&text))).collect();
        match numbers?[..] {
            [] => Ok(Self { count: COUNT, seed: 1 }),
            [count] => Ok(Self { count, seed: 1 }),
            [count, seed] => Ok(Self { count, seed }),
            _ => Err("give COUNT and SEED, and nothing else".into()),
        }
    }
}

fn not_a_number(text: &str) -> String {
    format!("COUNT and SEED are numbers, which {text:?} is not")
}

/// The requests so far.
#[derive(Default)]
struct Tally {
    requests: u64,
    allowed: u64,
}

/// A leak, or the reason why the run cannot continue.
struct Failure {
    what: String,
    /// The caller, the number of the request, and the request.
    request: Option<(&'static str, u64, Box<Request>)>,
    is_leak: bool,
}

impl Failure {
    /// Returns a failure that is no leak.
    fn of_run(what: impl Into<String>) -> Self {
        Self { what: what.into(), request: None, is_leak: false }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.what)?;
        let Some((caller, number, request)) = &self.request else { return Ok(()) };
        write!(f, "\nrequest {number} of the caller {caller}:\n{request}")
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let settings = match Settings::read() {
        Ok(settings) => settings,
        Err(error) => {
            eprintln!("fuzz-gate: {error}");
            return ExitCode::FAILURE;
        }
    };
    eprintln!("fuzz-gate: seed {}", settings.seed);
    let mut tally = Tally::default();
    let failure = run(&settings, &mut tally).await.err();
    if let Some(failure) = &failure {
        println!("fuzz-gate: {failure}");
    }
    let leaks = u8::from(failure.as_ref().is_some_and(|failure| failure.is_leak));
    println!("fuzz-gate: {} requests, {} allowed, {leaks} leaks", tally.requests, tally.allowed);
    if failure.is_some() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Sends each caller's share of the requests to each installed database.
async fn run(settings: &Settings, tally: &mut Tally) -> Result<(), Failure> {
    for kind in [Kind::Influxdb1, Kind::Victoriametrics] {
        if let Some(scene) = Scene::start(kind, settings.seed).await {
            let before = tally.allowed;
            of_scene(&scene, settings, tally).await?;
            if tally.allowed == before && settings.count > 0 {
                return Err(Failure::of_run(format!("the gate before {kind:?} allowed no request")));
            }
        }
    }
    if tally.requests == 0 && settings.count > 0 {
        return Err(Failure::of_run("no database is installed: install influxdb and victoria-metrics (scripts/setup)"));
    }
    Ok(())
}

async fn of_scene(scene: &Scene, settings: &Settings, tally: &mut Tally) -> Result<(), Failure> {
    let (parts, kind) = (u64::try_from(2 * CALLERS.len()).unwrap(), scene.kind().number());
    for (place, caller) in (kind..).step_by(2).zip(scene.callers()) {
        let watch = scene.watch(caller).await.map_err(Failure::of_run)?;
        // The shares add up to the whole.
        for number in 0..(settings.count + place) / parts {
            let mut random = Random::of(&[settings.seed, place, number]);
            let request = watch.request(&mut random);
            let tried = watch.send(&request).await;
            tally.requests += 1;
            tally.allowed += u64::from(tried.is_allowed);
            if let Some((what, is_leak)) = tried.failure {
                let request = Some((caller.name, number, Box::new(request)));
                return Err(Failure { what, request, is_leak });
            }
        }
        watch.ends_unchanged().await.map_err(|what| Failure { what, request: None, is_leak: true })?;
    }
    Ok(())
}
