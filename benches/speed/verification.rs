//! The verification of a token in this process, without HTTP.

use std::{
    hint::black_box,
    net::{IpAddr, Ipv4Addr},
    time::Instant,
};

use jeton_model::{Action, Id, OrgId, Permission, ResourceType};
use jeton_service::{Client, Service};

use crate::{
    Measurement, Subject,
    common::{Result, fill},
    goals::Row,
};

/// Number of verifications that are timed together.
const BATCH: u32 = 100;
/// Number of batches; their median counts.
const BATCHES: usize = 200;

/// Measures the time to verify a usual token and to decide about a permission that it holds.
pub fn measure(measurement: &mut Measurement<'_>, subject: &Subject) -> Result<()> {
    let (bucket, org): (Id, Id) = (subject.first.bucket.parse()?, subject.first.org.parse()?);
    let required = Permission::on_in(Action::Write, ResourceType::Buckets, bucket, OrgId(org));
    let address = Some(IpAddr::V4(Ipv4Addr::LOCALHOST));
    let client = Client { address, peer: address, agent: None };
    let (service, token) = (&subject.jeton.service, fill::value(1));
    let times = measurement.runtimes.servers.block_on(sample(service, &token, &client, &required))?;
    measurement.add_value(Row::Verification, &times);
    Ok(())
}

/// Returns the microseconds of one verification, one per batch.
async fn sample(service: &Service, token: &str, client: &Client, required: &Permission) -> Result<Vec<f64>> {
    let mut times = Vec::new();
    for _ in 0..BATCHES {
        let begun = Instant::now();
        for _ in 0..BATCH {
            let caller = service.caller_by_token(token, client.clone()).await?;
            if !black_box(caller.may(required)) {
                return Err("the token lacks its permission".into());
            }
        }
        times.push(begun.elapsed().as_secs_f64() * 1e6 / f64::from(BATCH));
    }
    Ok(times)
}
