//! The creation of tokens, beside durable inserts of one row each.

use std::time::{Duration, Instant};

use sqlx::AnyConnection;
use tokio::task::JoinSet;

use crate::{
    Measurement, Settings, Subject,
    common::{Result, data::Data, influxd::Influxd, load},
    goals::Row,
};

/// The rows, by number of connections.
const ROWS: [(usize, Row, Row); 3] = [
    (1, Row::CreationToRaw1, Row::CreationToInfluxd1),
    (8, Row::CreationToRaw8, Row::CreationToInfluxd8),
    (32, Row::CreationToRaw32, Row::CreationToInfluxd32),
];
/// Number of bytes of a row, about those of an authorization.
const ROW_BYTES: usize = 600;

/// Measures creations on several connections.
pub fn measure(measurement: &mut Measurement<'_>, subject: &Subject) -> Result<()> {
    let Measurement { runtimes, settings, influxd, .. } = *measurement;
    for (connections, to_raw, to_influxd) in ROWS {
        let sampled = sample(settings, subject, influxd, connections);
        let Samples { ours, raw, theirs } = runtimes.load.block_on(sampled)?;
        measurement.add_ratio(to_raw, &ours, &raw);
        if influxd.is_some() {
            measurement.add_ratio(to_influxd, &ours, &theirs);
        }
    }
    Ok(())
}

/// The rates per second, one per round.
#[derive(Debug, Default)]
struct Samples {
    ours: Vec<f64>,
    raw: Vec<f64>,
    theirs: Vec<f64>,
}

async fn sample(
    settings: Settings,
    subject: &Subject,
    influxd: Option<&Influxd>,
    connections: usize,
) -> Result<Samples> {
    let request = subject.first.creation(&subject.first.usual());
    let mut samples = Samples::default();
    for _ in 0..settings.rounds {
        samples.ours.push(load::rate(subject.jeton.address, &request, connections, settings.sample).await?);
        samples.raw.push(raw(&subject.data, connections, settings.sample).await?);
        if let Some(influxd) = influxd {
            let request = influxd.first.creation(&influxd.first.usual());
            let rate = load::rate(influxd.process.address, &request, connections, settings.sample);
            samples.theirs.push(rate.await?);
        }
    }
    Ok(samples)
}

/// Returns the inserts per second, each a transaction of its own. SQLite has one writer, whatever the number of
/// connections.
async fn raw(data: &Data, connections: usize, time: Duration) -> Result<f64> {
    let connections = if data.is_sqlite() { 1 } else { connections };
    let mut open = Vec::new();
    for _ in 0..connections {
        open.push(data.raw().await?);
    }
    let create = "CREATE TABLE IF NOT EXISTS raw (content TEXT NOT NULL)";
    sqlx::query(create).execute(open.first_mut().ok_or("no connection")?).await?;
    let begun = Instant::now();
    let mut running: JoinSet<Result<u32>> = open.into_iter().map(|one| insert(one, begun + time)).collect();
    let mut count = 0;
    while let Some(done) = running.join_next().await {
        count += done??;
    }
    Ok(f64::from(count) / begun.elapsed().as_secs_f64())
}

async fn insert(mut connection: AnyConnection, until: Instant) -> Result<u32> {
    let content = "x".repeat(ROW_BYTES);
    let mut count = 0;
    while Instant::now() < until {
        sqlx::query("INSERT INTO raw (content) VALUES ($1)").bind(content.as_str()).execute(&mut connection).await?;
        count += 1;
    }
    Ok(count)
}
