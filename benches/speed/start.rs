//! The start of the program with many tokens, and its memory after use.

use std::time::Duration;

use crate::{
    Measurement, Settings,
    common::{
        Result,
        data::Data,
        load::{self, Connection},
        process::Process,
        server::First,
    },
    goals::Row,
    sampling::{mebibytes, milliseconds},
};

/// Maximum time until the first answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(60);
/// Number of pages that are browsed before the memory is read.
const PAGES: u64 = 50;

/// Measures starts with the data of the largest list.
pub fn measure(measurement: &mut Measurement<'_>, data: &Data, first: &First) -> Result<()> {
    let Measurement { runtimes, settings, influxd, .. } = *measurement;
    let (mut starts, mut memory) = (Vec::new(), Vec::new());
    for _ in 0..settings.rounds {
        let process = Process::jeton(&data.flags(), &data.path().join("log"))?;
        let start = runtimes.load.block_on(process.first_answer(&first.check(), ANSWER_WITHIN))?;
        starts.push(milliseconds(start));
        runtimes.load.block_on(browse(&process, first, settings))?;
        memory.push(mebibytes(process.resident()?));
        process.end("-TERM")?;
    }
    measurement.add_value(Row::Start, &starts);
    measurement.add_value(Row::Memory, &memory);
    if let Some(influxd) = influxd {
        let theirs = vec![milliseconds(influxd.start); starts.len()];
        measurement.add_ratio(Row::StartToInfluxd, &starts, &theirs);
        let theirs = vec![mebibytes(influxd.process.resident()?); memory.len()];
        measurement.add_ratio(Row::MemoryToInfluxd, &memory, &theirs);
    }
    Ok(())
}

/// Checks tokens for the time of a sample, and opens pages of the list, some of them with a text.
async fn browse(process: &Process, first: &First, settings: Settings) -> Result<()> {
    load::rate(process.address, &first.check(), settings.connections, settings.sample).await?;
    let cookie = first.sign_in(process.address).await?;
    let mut connection = Connection::to(process.address).await?;
    for number in 1..=PAGES {
        let query =
            if number.is_multiple_of(5) { format!("?searchTerm=gateway+{number}") } else { format!("?page={number}") };
        load::duration(&mut connection, &first.page(&cookie, &query)).await?;
    }
    Ok(())
}
