//! A page of the console's list, by the number of tokens.

use crate::{
    Measurement, Subject,
    common::{Result, data::Data, server::First},
    goals::Row,
    sampling::{Target, durations},
};

/// Number of tokens in the small list.
const SMALL: u64 = 1000;
/// Number of tokens in the middle list.
const MIDDLE: u64 = 100_000;
/// Number of times that each page is loaded in a round.
const TIMES: u64 = 5;
/// A text that few tokens contain: one in the small list, a few more in the others.
const SEARCH: &str = "?searchTerm=gateway+321";

/// Measures the first page, with and without a text; returns the data of the largest list.
pub fn measure(measurement: &mut Measurement<'_>) -> Result<(Data, First)> {
    let Measurement { runtimes, settings, database, .. } = *measurement;
    let start = |tokens| runtimes.servers.block_on(Subject::start(database, tokens));
    let (small, middle, large) = (start(SMALL)?, start(MIDDLE.min(settings.rows))?, start(settings.rows)?);
    let subjects = [&small, &middle, &large];
    for (query, to_middle, to_large) in
        [("", Row::MiddlePage, Row::LargePage), (SEARCH, Row::MiddleSearch, Row::LargeSearch)]
    {
        let [of_small, of_middle, of_large] =
            runtimes.load.block_on(sample(subjects, query, settings.rounds * TIMES))?;
        measurement.add_ratio(to_middle, &of_middle, &of_small);
        measurement.add_ratio(to_large, &of_large, &of_small);
    }
    small.stop(runtimes)?;
    middle.stop(runtimes)?;
    large.stop(runtimes)
}

async fn sample([small, middle, large]: [&Subject; 3], query: &str, times: u64) -> Result<[Vec<f64>; 3]> {
    durations(&[page(small, query).await?, page(middle, query).await?, page(large, query).await?], times).await
}

async fn page(subject: &Subject, query: &str) -> Result<Target> {
    let address = subject.jeton.address;
    let cookie = subject.first.sign_in(address).await?;
    Ok(Target { address, request: subject.first.page(&cookie, query) })
}
