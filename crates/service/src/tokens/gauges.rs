//! Numbers of tokens that deserve attention, for the metrics.

use jeton_store::attention_gauges::{TokenGauges, gauges};

use crate::{Error, Service};

impl Service {
    /// Counts the tokens of all organizations that expire soon or have another reason for attention. It examines every
    /// token that works.
    ///
    /// # Errors
    /// The database may fail.
    pub async fn token_gauges(&self) -> Result<TokenGauges, Error> {
        Ok(gauges(&mut *self.read().await?, self.now()).await?)
    }
}
