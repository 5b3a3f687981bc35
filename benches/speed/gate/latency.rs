//! The latency that a gate adds to writes.

use std::{net::SocketAddr, time::Duration};

use crate::{
    Measurement, Settings,
    common::{
        Result,
        load::{self, Request},
    },
    goals::Row,
    sampling::milliseconds,
};

use super::{guarded::Guarded, upstream::Upstream};

/// Measures the 99th percentile at half of the gate's maximum rate, with and without the gate in turn.
pub fn measure(measurement: &mut Measurement<'_>, upstream: &Upstream, guarded: &Guarded) -> Result<()> {
    let Measurement { runtimes, settings, .. } = *measurement;
    let added = runtimes.load.block_on(sample(settings, &guarded.write(), guarded.gate, upstream.address))?;
    measurement.add_value(Row::AddedLatency, &added);
    Ok(())
}

/// Returns the milliseconds that the gate adds, one per round.
async fn sample(settings: Settings, write: &Request, gate: SocketAddr, upstream: SocketAddr) -> Result<Vec<f64>> {
    let Settings { sample, rounds, connections, .. } = settings;
    let mut added = Vec::new();
    for _ in 0..rounds {
        let half = load::rate(gate, write, connections, sample).await? / 2.0;
        let through = load::durations_at(half, gate, write, connections, sample).await?;
        let past = load::durations_at(half, upstream, write, connections, sample).await?;
        added.push(milliseconds(late(through)) - milliseconds(late(past)));
    }
    Ok(added)
}

/// Returns the 99th percentile.
fn late(mut durations: Vec<Duration>) -> Duration {
    durations.sort();
    durations.get(durations.len() * 99 / 100).copied().unwrap_or(Duration::MAX)
}
