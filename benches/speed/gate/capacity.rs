//! The gate's memory while it streams, and its number of concurrent exchanges.

use std::{pin::pin, time::Duration};

use tokio::time::{sleep, timeout};

use crate::{
    Measurement, Settings,
    common::{Result, load::Connection, process::open_files},
    goals::Row,
    sampling::mebibytes,
};

use super::{
    guarded::Guarded,
    upstream::{FIRST, HOLD, LAST, STREAM, STREAMED, Upstream},
};

/// Interval of the memory samples.
const EVERY: Duration = Duration::from_millis(10);
/// Number of open exchanges.
const EXCHANGES: u32 = 1000;
/// Number of open files that the exchanges need: two each in this process, two each in Jeton, and some more.
const FILES: u64 = 3000;
/// Maximum time for all of them.
const WITHIN: Duration = Duration::from_secs(60);

/// Measures how much the resident memory grows while the gate streams.
pub fn growth(measurement: &mut Measurement<'_>, guarded: &Guarded) -> Result<()> {
    let Measurement { runtimes, settings, .. } = *measurement;
    let growth = runtimes.load.block_on(streamed(settings, guarded))?;
    measurement.add_value(Row::StreamGrowth, &growth);
    Ok(())
}

/// Returns the growth of the memory since before the first stream in MiB, one number per round.
async fn streamed(settings: Settings, guarded: &Guarded) -> Result<Vec<f64>> {
    let before = guarded.process.resident()?;
    let mut growth = Vec::new();
    for _ in 0..settings.rounds {
        growth.push(mebibytes(largest(guarded).await?.saturating_sub(before)));
    }
    Ok(growth)
}

/// Returns the largest resident memory in bytes during one stream.
async fn largest(guarded: &Guarded) -> Result<u64> {
    let mut connection = Connection::to(guarded.gate).await?;
    let request = guarded.read(STREAM);
    let mut stream = pin!(connection.discard(&request, STREAMED));
    let mut largest = 0_u64;
    loop {
        largest = largest.max(guarded.process.resident()?);
        tokio::select! {
            done = stream.as_mut() => return done.map(|()| largest),
            () = sleep(EVERY) => {}
        }
    }
}

/// Counts the exchanges that are open at the same time and end successfully.
pub fn exchanges(measurement: &mut Measurement<'_>, upstream: &Upstream, guarded: &Guarded) -> Result<()> {
    if open_files()? < FILES {
        measurement.leave_out(Row::OpenExchanges, "it needs `ulimit -n 3000`");
        return Ok(());
    }
    let counted =
        measurement.runtimes.load.block_on(async { timeout(WITHIN, open_exchanges(upstream, guarded)).await });
    let count = counted.map_err(|_| "the exchanges of a gate took longer than a minute")??;
    measurement.add_value(Row::OpenExchanges, &[f64::from(count)]);
    Ok(())
}

async fn open_exchanges(upstream: &Upstream, guarded: &Guarded) -> Result<u32> {
    let request = guarded.read(HOLD);
    let mut open = Vec::new();
    for _ in 0..EXCHANGES {
        let mut connection = Connection::to(guarded.gate).await?;
        if connection.begin(&request, FIRST).await.is_ok() {
            open.push(connection);
        }
    }
    // The open exchanges do not prevent another client's request.
    Connection::to(guarded.gate).await?.send(&guarded.write()).await?;
    upstream.end_answers();
    let mut ended = 0;
    for connection in &mut open {
        ended += u32::from(connection.next(LAST).await.is_ok());
    }
    Ok(ended)
}
