//! Samples of several targets, taken in turn: what disturbs the machine disturbs all of them.

use std::{net::SocketAddr, time::Duration};

use crate::{
    Settings,
    common::{
        Result,
        load::{self, Connection, Request},
    },
};

/// A request to a server.
#[derive(Clone, Debug)]
pub struct Target {
    /// The address of the server.
    pub address: SocketAddr,
    /// The request.
    pub request: Request,
}

/// Returns the responses per second of each target, one per round.
pub async fn rates<const N: usize>(
    targets: &[Target; N],
    connections: usize,
    settings: Settings,
) -> Result<[Vec<f64>; N]> {
    let mut rates = [const { Vec::<f64>::new() }; N];
    for _ in 0..settings.rounds {
        for (target, rates) in targets.iter().zip(&mut rates) {
            rates.push(load::rate(target.address, &target.request, connections, settings.sample).await?);
        }
    }
    Ok(rates)
}

/// Returns the milliseconds of each target on one connection, `times` of each.
pub async fn durations<const N: usize>(targets: &[Target; N], times: u64) -> Result<[Vec<f64>; N]> {
    let mut durations = [const { Vec::<f64>::new() }; N];
    let mut connections = Vec::new();
    for target in targets {
        let mut connection = Connection::to(target.address).await?;
        // The first request warms caches.
        load::duration(&mut connection, &target.request).await?;
        connections.push(connection);
    }
    for _ in 0..times {
        for ((target, connection), durations) in targets.iter().zip(&mut connections).zip(&mut durations) {
            durations.push(milliseconds(load::duration(connection, &target.request).await?));
        }
    }
    Ok(durations)
}

/// Returns a duration in milliseconds.
pub fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// Returns a number of bytes in MiB.
#[expect(clippy::cast_precision_loss, reason = "no process has 2^52 bytes")]
pub fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / (1024.0 * 1024.0)
}

/// Returns the median; NaN, which meets no goal, without samples.
pub fn median(samples: &[f64]) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}
