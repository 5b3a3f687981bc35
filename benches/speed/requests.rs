//! Requests that change nothing: the check of a token, and introspection.

use std::net::SocketAddr;

use axum::{Router, routing::get};
use tokio::net::TcpListener;

use crate::{
    Measurement, Subject,
    common::{Result, fill, load::Request},
    goals::Row,
    sampling::{Target, rates},
};

/// Measures the requests to a server, beside a bare handler in the same process.
pub fn measure(measurement: &mut Measurement<'_>, subject: &Subject) -> Result<()> {
    let Measurement { runtimes, settings, influxd, .. } = *measurement;
    let (address, first) = (subject.jeton.address, &subject.first);
    let bare = Target { address: runtimes.servers.block_on(bare())?, request: Request::get("/", &[], 200) };
    let ping = Target { address, request: Request::get("/ping", &[], 204) };
    let check = Target { address, request: first.check() };
    let introspection = Target { address, request: first.introspection(&fill::value(1)) };
    let targets = [bare, ping, check, introspection];
    let [bare, ping, check, introspection] = runtimes.load.block_on(rates(&targets, settings.connections, settings))?;
    measurement.add_ratio(Row::PingToBare, &ping, &bare);
    measurement.add_ratio(Row::CheckToBare, &check, &bare);
    measurement.add_ratio(Row::CheckToPing, &check, &ping);
    measurement.add_ratio(Row::IntrospectionToBare, &introspection, &bare);
    if let Some(influxd) = influxd {
        let theirs = Target { address: influxd.process.address, request: influxd.first.check() };
        let [_, _, ours, _] = targets;
        let targets = [ours, theirs];
        let [ours, theirs] = runtimes.load.block_on(rates(&targets, settings.connections, settings))?;
        measurement.add_ratio(Row::CheckToInfluxd, &ours, &theirs);
    }
    Ok(())
}

/// Starts a server with one handler, which does nothing.
async fn bare() -> Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/", get(async || ""))).await });
    Ok(address)
}
