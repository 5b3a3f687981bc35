//! The gates that this server runs, as the API and the console see them.

use std::{
    collections::BTreeMap,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jeton_model::{
    Bucket, BucketId, Org, OrgId,
    binding::{Explanation, FoundDatabase, NotExplained, RunningGate},
};
use jeton_service::gates::{LastFound, LiveToken};

/// The gates that this server runs. Implemented by the server; a reload of the configuration file changes them.
pub trait RunningGates: Send + Sync + 'static {
    /// Returns the gates as they are now, in the order of their names.
    fn all(&self) -> Vec<RunningGate>;

    /// Lists the databases behind a gate.
    fn ask<'a>(&'a self, name: &'a str) -> Asking<'a>;

    /// Lists the organizations of the InfluxDB 2 behind a gate.
    fn ask_orgs<'a>(&'a self, name: &'a str) -> Asking<'a, Org>;

    /// Lists the buckets of an organization of the InfluxDB 2 behind a gate.
    fn ask_buckets<'a>(&'a self, name: &'a str, org: OrgId) -> Asking<'a, Bucket>;

    /// Explains the decision of a gate about a request. `token`: that of the request, if it carries one that works.
    fn explain<'a>(&'a self, name: &'a str, request: &'a str, token: Option<&'a LiveToken>) -> Explaining<'a>;
}

/// The future of a list of what the upstream has; `None` if it gives no valid list.
pub type Asking<'a, T = FoundDatabase> = Pin<Box<dyn Future<Output = Option<Vec<T>>> + Send + 'a>>;

/// The future of the explanation of a decision.
pub type Explaining<'a> = Pin<Box<dyn Future<Output = Result<Explanation, NotExplained>> + Send + 'a>>;

/// The place of a new binding.
#[derive(Clone, Debug)]
pub struct Place {
    /// The bucket.
    pub bucket: BucketId,
    /// The name of the database.
    pub database: String,
    /// The retention policy; `None` for all of those that have no binding of their own.
    pub policy: Option<String>,
}

/// The last comparison of each gate with its database, in memory.
#[derive(Debug, Default)]
pub struct Comparisons(Mutex<BTreeMap<String, Arc<LastFound>>>);

impl Comparisons {
    /// Stores what a comparison found, and replaces what the earlier one of the gate did.
    pub fn keep(&self, gate: &str, last: LastFound) {
        self.lock().insert(gate.to_owned(), Arc::new(last));
    }

    /// Returns what the last comparison of a gate found.
    pub fn of(&self, gate: &str) -> Option<Arc<LastFound>> {
        self.lock().get(gate).cloned()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Arc<LastFound>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
