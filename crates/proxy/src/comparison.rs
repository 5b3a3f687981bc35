//! The comparison of a gate with its database, by itself: buckets whose database vanished or changed are suspended
//! until an operator confirms. It never ends a suspension.

use std::time::Duration;

use jeton_gate::Kind;
use jeton_model::{BucketId, OrgId};
use jeton_service::{
    Error,
    gates::{Found, NotListed},
};
use tokio::time::sleep;

use crate::{decide, directories::Unavailable, gate::ProxyGate};

/// Time between two comparisons.
const COMPARE_EVERY: Duration = Duration::from_secs(60);
/// Time between two checks whether a probe has found the database.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Maximum number of suspended buckets that a line of the log names. The audit log has all of them.
const NAMED: usize = 10;

/// The reason why a gate was not compared with its database. Nothing is suspended then.
#[derive(Debug, thiserror::Error)]
pub enum NotCompared {
    /// The bindings of the gate cannot be read at the moment.
    #[error("the bindings of the gate cannot be read")]
    Unavailable,
    /// The database gave no valid list of what it has.
    #[error("the database does not tell what it has")]
    NoList,
    /// The database did not list every bucket.
    #[error("the credential of the gate does not list every bucket of the organization")]
    Incomplete,
    /// The database of Jeton failed.
    #[error(transparent)]
    Failed(#[from] Error),
}

impl ProxyGate {
    /// Compares the available buckets of the gate with what its database has, and suspends those whose database
    /// vanished or changed. Returns them. The database is not asked as long as there is nothing to compare.
    ///
    /// # Errors
    /// See [`NotCompared`].
    pub async fn compare(&self) -> Result<Vec<BucketId>, NotCompared> {
        let directory = decide::directory(self).await.map_err(|Unavailable| NotCompared::Unavailable)?;
        let available = directory.buckets().iter().filter(|binding| !binding.suspended);
        let judged: Vec<BucketId> = available.map(|binding| binding.bucket).collect();
        // Nothing vanishes from VictoriaMetrics.
        let compares = self.rules().kind() != Kind::Victoriametrics && !judged.is_empty();
        let Some(gate) = self.directories().stored().filter(|_| compares) else { return Ok(Vec::new()) };
        let asked_at = self.service().now();
        let found = self.found(gate.org).await?;
        self.service().note_found(&gate, &found).await?;
        let vanished = self.service().vanished_buckets(&gate, &found, &judged, asked_at).await?;
        if vanished.is_empty() {
            return Ok(vanished);
        }
        // A list that is read in pages misses a bucket if an earlier one is deleted meanwhile.
        let found = self.found(gate.org).await?;
        Ok(self.service().suspend_vanished(&gate, &found, &vanished, asked_at).await?)
    }

    async fn found(&self, org: OrgId) -> Result<Found, NotListed> {
        if self.rules().kind() != Kind::Influxdb2 {
            return Found::of_databases(self.inventory().await);
        }
        Found::of_buckets(self.upstream_buckets(org).await)
    }
}

impl From<NotListed> for NotCompared {
    fn from(reason: NotListed) -> Self {
        match reason {
            NotListed::NoList => Self::NoList,
            NotListed::Incomplete => Self::Incomplete,
        }
    }
}

/// Compares the gate with its database as soon as a probe has found it, and periodically from then on.
pub(crate) async fn keep_comparing(gate: &ProxyGate) {
    while !gate.upstream_is_up() {
        sleep(LOOK_EVERY).await;
    }
    let mut is_failing = false;
    loop {
        note(gate, gate.compare().await, &mut is_failing);
        sleep(COMPARE_EVERY).await;
    }
}

/// Logs suspensions, and only the first of several failures. Bindings that cannot be read are logged where they are
/// read.
fn note(gate: &ProxyGate, compared: Result<Vec<BucketId>, NotCompared>, is_failing: &mut bool) {
    if matches!(compared, Err(NotCompared::Unavailable)) {
        return;
    }
    let was_failing = std::mem::replace(is_failing, compared.is_err());
    let gate = gate.name();
    match compared {
        Ok(suspended) if !suspended.is_empty() => {
            let named: Vec<String> = suspended.iter().take(NAMED).map(ToString::to_string).collect();
            let (count, buckets) = (suspended.len(), named.join(" "));
            tracing::warn!(gate, count, buckets, "buckets are suspended: their databases vanished or changed");
        }
        Ok(_) if was_failing => tracing::info!(gate, "the gate is compared with its database again"),
        Err(error) if !was_failing => tracing::warn!(gate, %error, "the gate cannot be compared with its database"),
        Ok(_) | Err(_) => {}
    }
}
