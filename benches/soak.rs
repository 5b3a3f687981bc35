//! Mixed load for a long time: nothing is answered with an unexpected status, and the memory stays flat.
//!
//! `SOAK_SECONDS` sets the duration, an hour by default.

use std::{
    net::SocketAddr,
    process::ExitCode,
    time::{Duration, Instant},
};

use serde_json::json;
use tokio::{task::JoinSet, time::sleep};

#[path = "common/mod.rs"]
mod common;

use common::{
    Result,
    data::{Data, Database},
    load::{Connection, Request},
    number,
    process::Process,
    server::{First, text},
};

/// Number of clients that work at the same time.
const CLIENTS: usize = 16;
/// Number of turns after which a client connects anew.
const RARELY: u64 = 200;
/// Minimum time between two uses of a deleted token by a client: unknown tokens are limited per hour.
const DELETED_EVERY: Duration = Duration::from_mins(5);
/// Number of samples of the memory.
const SAMPLES: u32 = 60;
/// Maximum growth of the memory after the first quarter: a share of it, and bytes.
const GROWTH: (f64, f64) = (0.1, 16.0 * 1024.0 * 1024.0);

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("the soak test failed: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<()> {
    let time = Duration::from_secs(number("SOAK_SECONDS", 3600)?.max(1));
    for database in Database::available() {
        soak(database, time).await?;
    }
    Ok(())
}

async fn soak(database: Database, time: Duration) -> Result<()> {
    let data = Data::new(database).await?;
    let process = Process::jeton(&data.flags(), &data.path().join("log"))?;
    let first = First::set_up(process.address).await?;
    let until = Instant::now() + time;
    // Once for all clients: sign-ins at the same moment are limited.
    let cookie = first.sign_in(process.address).await?;
    let client = |_| work(process.address, first.clone(), cookie.clone(), until);
    let mut clients: JoinSet<Result<u64>> = (0..CLIENTS).map(client).collect();
    let mut memory = Vec::new();
    while Instant::now() < until {
        tokio::select! {
            // A client ends early only if it fails.
            Some(ended) = clients.join_next() => drop(ended??),
            () = sleep(time / SAMPLES) => memory.push(process.resident()?),
        }
    }
    while let Some(ended) = clients.join_next().await {
        ended??;
    }
    check_flat(&memory)?;
    let last = memory.last().copied().unwrap_or_default() / (1024 * 1024);
    println!("{}: {} s of mixed load, {last} MiB resident at the end", database.name(), time.as_secs());
    if process.end("-TERM")? { Ok(()) } else { Err("Jeton did not stop well".into()) }
}

async fn work(address: SocketAddr, first: First, cookie: String, until: Instant) -> Result<u64> {
    let mut connection = Connection::to(address).await?;
    let (mut turns, mut due) = (0_u64, Instant::now());
    while Instant::now() < until {
        let deleted = turn(&mut connection, &first, &cookie).await?;
        turns += 1;
        if Instant::now() >= due {
            connection.send(&first.usage(&deleted, 401)).await?;
            due += DELETED_EVERY;
        }
        if turns.is_multiple_of(RARELY) {
            connection = Connection::to(address).await?;
        }
    }
    Ok(turns)
}

/// Creates, uses, introspects, changes and deletes a token, and opens a page; every response must have its status.
/// Returns the deleted token.
async fn turn(connection: &mut Connection, first: &First, cookie: &str) -> Result<String> {
    let made = connection.send(&first.creation(&first.usual())).await?.json()?;
    let (id, token) = (text(&made["id"])?, text(&made["token"])?);
    for _ in 0..20 {
        connection.send(&first.usage(&token, 200)).await?;
    }
    connection.send(&first.introspection(&token)).await?;
    connection.send(&first.page(cookie, "?searchTerm=gateway")).await?;
    let (path, operator) = (format!("/api/v2/authorizations/{id}"), first.authorization());
    let headers = [("Authorization", operator.as_str()), ("Content-Type", "application/json")];
    let renamed = json!({"description": "renamed"}).to_string();
    connection.send(&Request::new("PATCH", &path, &headers, &renamed, 200)).await?;
    connection.send(&Request::new("DELETE", &path, &headers, "", 204)).await?;
    connection.send(&Request::get("/no-such-page", &[], 404)).await?;
    Ok(token)
}

/// Checks that the memory did not grow from the end of the first quarter on.
#[expect(clippy::cast_precision_loss, reason = "no process has 2^52 bytes")]
fn check_flat(memory: &[u64]) -> Result<()> {
    let (warm, last) = (&memory[..memory.len().div_ceil(4)], memory.last().copied().unwrap_or_default() as f64);
    let warm = warm.iter().max().copied().unwrap_or_default() as f64;
    let limit = warm * (1.0 + GROWTH.0) + GROWTH.1;
    if last <= limit { Ok(()) } else { Err(format!("the memory grew from {warm} to {last} bytes").into()) }
}
