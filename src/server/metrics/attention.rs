//! Gauges of tokens that expire soon, or deserve attention for another reason.

use std::{io, time::Duration};

use jeton_service::Service;

use super::number;

/// Interval between two counts. They examine every token that works, and the reasons change slowly.
const COUNT_EVERY: Duration = Duration::from_secs(300);
/// Interval while there are not many tokens.
const COUNT_FEW_EVERY: Duration = Duration::from_secs(30);

/// Counts the tokens of all organizations periodically, the first time at once.
pub async fn keep_counting_attention(service: &Service) -> io::Result<()> {
    loop {
        count(service).await;
        let are_many = service.has_many_tokens().await.unwrap_or(true);
        tokio::time::sleep(if are_many { COUNT_EVERY } else { COUNT_FEW_EVERY }).await;
    }
}

async fn count(service: &Service) {
    let gauges = match service.token_gauges().await {
        Ok(gauges) => gauges,
        Err(error) => {
            tracing::warn!(%error, "could not count the tokens that deserve attention");
            return;
        }
    };
    for (within, count) in gauges.expiring {
        metrics::gauge!("jeton_tokens_expiring", "within" => within).set(number(count));
    }
    for (reason, count) in gauges.reasons {
        metrics::gauge!("jeton_tokens_attention", "reason" => reason.name()).set(number(count));
    }
}
