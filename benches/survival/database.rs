//! A PostgreSQL that is stopped and started under load.

use std::time::Duration;

use tokio::time::{Instant, timeout};

use crate::{
    Outcome,
    common::{Result, server::First},
    load::{Before, Load, WITHIN, ask, says_unavailable},
    node::{Node, audit_log_is_whole},
    postgres::{self, Postgres},
};

/// The modes in which PostgreSQL is stopped, one after another.
const MODES: [&str; 4] = ["fast", "immediate", "fast", "immediate"];
/// Number of acknowledged changes before each stop, and after the last start.
const CHANGES: usize = 200;

/// Time for which a node may accept tokens without its database.
const STALE_FOR: Duration = Duration::from_secs(20);
/// Maximum time of a response from memory: that of an attempt to reach the database, twice, and a margin.
const ACCEPTED_WITHIN: Duration = Duration::from_secs(4);

/// While PostgreSQL is stopped, requests are answered with 503 and a time to try again; once it runs, everything works,
/// and nothing acknowledged is lost.
pub async fn stopped() -> Result<Outcome> {
    let Some(database) = Postgres::start()? else { return Ok(postgres::LEFT_OUT) };
    let node = Node::start(&database.url())?;
    let first = First::set_up(node.address).await?;
    let mut load = Load::start(node.address, &first, Before::Nothing);
    for mode in MODES {
        load.acknowledges(CHANGES).await?;
        database.stop(mode)?;
        load.is_refused().await?;
        no_token_is_accepted(&node, &first).await?;
        database.resume()?;
    }
    load.acknowledges(CHANGES).await?;
    let acknowledged = load.stop().await?;
    acknowledged.holds_at(node.address, &first).await?;
    audit_log_is_whole(&database.url(), acknowledged.changes()).await?;
    Ok(Outcome::Passed)
}

/// While PostgreSQL is stopped, a node with `--stale-reads` accepts a token that it knows, for that long; another node
/// does not.
pub async fn stale_reads() -> Result<Outcome> {
    let Some(database) = Postgres::start()? else { return Ok(postgres::LEFT_OUT) };
    let allowed = format!("--stale-reads={}s", STALE_FOR.as_secs());
    let (node, other) = (Node::start_with(&database.url(), &[&allowed])?, Node::start(&database.url())?);
    let first = First::set_up(node.address).await?;
    is_accepted(&node, &first).await?;
    database.stop("immediate")?;
    let stopped = Instant::now();
    while stopped.elapsed() < STALE_FOR / 2 {
        is_accepted(&node, &first).await?;
    }
    no_token_is_accepted(&other, &first).await?;
    no_token_is_accepted(&node, &first).await?;
    database.resume()?;
    let until = Instant::now() + WITHIN;
    while let Err(error) = is_accepted(&node, &first).await {
        if Instant::now() > until {
            return Err(error);
        }
    }
    Ok(Outcome::Passed)
}

/// Checks that a token is accepted, and soon.
async fn is_accepted(node: &Node, first: &First) -> Result<()> {
    let check = first.check();
    let asked = ask(node.address, &check);
    let response = timeout(ACCEPTED_WITHIN, asked).await.map_err(|_| "no answer in time")??;
    if response.status == 200 {
        return Ok(());
    }
    Err(format!("a token was answered with {}{}", response.head, response.body).into())
}

/// Checks that a token that works is soon answered with 503, and never as if it did not.
async fn no_token_is_accepted(node: &Node, first: &First) -> Result<()> {
    let until = Instant::now() + WITHIN;
    loop {
        let response = ask(node.address, &first.check()).await?;
        if says_unavailable(&response) {
            return Ok(());
        }
        if response.status != 200 {
            return Err(format!("a token was answered with {}{}", response.head, response.body).into());
        }
        if Instant::now() > until {
            return Err("tokens are accepted without a database".into());
        }
    }
}
