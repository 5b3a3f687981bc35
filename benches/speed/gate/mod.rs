//! A gate as a proxy, and as nginx's forward auth: its rates compared with other programs, its latency, its memory
//! while it streams, and its number of concurrent exchanges.

mod capacity;
mod guarded;
mod latency;
mod proxies;
mod upstream;

use std::net::SocketAddr;

use crate::{
    Measurement,
    common::{Result, load::Request},
    goals::Row,
    sampling::{Target, rates},
};
use guarded::Guarded;
use proxies::Proxy;
use upstream::Upstream;

/// Measures a gate before a database that discards its data.
pub fn measure(measurement: &mut Measurement<'_>) -> Result<()> {
    let Measurement { runtimes, database, .. } = *measurement;
    let upstream = runtimes.servers.block_on(Upstream::start())?;
    let guarded = runtimes.servers.block_on(Guarded::start(database, upstream.address))?;
    as_proxy(measurement, &upstream, &guarded)?;
    as_forward_auth(measurement, &upstream, &guarded)?;
    latency::measure(measurement, &upstream, &guarded)?;
    capacity::growth(measurement, &guarded)?;
    capacity::exchanges(measurement, &upstream, &guarded)?;
    guarded.stop()
}

/// Measures writes through the gate, compared with other proxies.
fn as_proxy(measurement: &mut Measurement<'_>, upstream: &Upstream, guarded: &Guarded) -> Result<()> {
    let (runtimes, write) = (measurement.runtimes, guarded.write());
    let nginx = runtimes.load.block_on(Proxy::nginx(&proxies::bare(upstream.address), &write))?;
    compare(measurement, Row::GateToNginx, &write, Some(guarded.gate), nginx.as_ref().map(Proxy::address))?;
    drop(nginx);
    let vmauth = runtimes.load.block_on(Proxy::vmauth(upstream.address, &guarded.token, &write))?;
    compare(measurement, Row::GateToVmauth, &write, Some(guarded.gate), vmauth.as_ref().map(Proxy::address))
}

/// Measures writes through nginx with the gate's forward auth, compared with an nginx whose forward auth allows
/// everything. Both have the shipped configuration.
fn as_forward_auth(measurement: &mut Measurement<'_>, upstream: &Upstream, guarded: &Guarded) -> Result<()> {
    let (runtimes, write) = (measurement.runtimes, guarded.write());
    let start = |gate: SocketAddr| -> Result<Option<Proxy>> {
        runtimes.load.block_on(Proxy::nginx(&proxies::shipped(gate, upstream.address)?, &write))
    };
    let empty = runtimes.load.block_on(Proxy::nginx(proxies::EMPTY_GATE, &Request::get("/", &[], 204)))?;
    let asks_empty = empty.as_ref().map(|empty| start(empty.address())).transpose()?.flatten();
    let asks_gate = start(guarded.process.address)?;
    let [ours, theirs] = [&asks_gate, &asks_empty].map(|proxy| proxy.as_ref().map(Proxy::address));
    compare(measurement, Row::AskedToEmpty, &write, ours, theirs)
}

/// Adds a row with the ratio of two rates, or one that says that a program is missing.
fn compare(
    measurement: &mut Measurement<'_>,
    row: Row,
    request: &Request,
    ours: Option<SocketAddr>,
    theirs: Option<SocketAddr>,
) -> Result<()> {
    let Measurement { runtimes, settings, .. } = *measurement;
    let (Some(ours), Some(theirs)) = (ours, theirs) else {
        measurement.leave_out(row, "not installed");
        return Ok(());
    };
    let targets = [ours, theirs].map(|address| Target { address, request: request.clone() });
    let [ours, theirs] = runtimes.load.block_on(rates(&targets, settings.connections, settings))?;
    measurement.add_ratio(row, &ours, &theirs);
    Ok(())
}
