//! Organizations whose buckets are those of an InfluxDB 2 behind a gate. Their ids, names and retention are the
//! database's: a bucket that only Jeton creates would not exist there, and a change here would not reach it.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use jeton_model::OrgId;
use jeton_store::Connection;

use crate::{Error, Service, error::GateError};

use super::directory::org_called;

/// The gates of InfluxDB 2, each with the name or id of its organization.
#[derive(Default)]
pub(crate) struct UpstreamOrgs(Mutex<BTreeMap<String, String>>);

impl Service {
    /// Sets the gates of InfluxDB 2 on this node, each with the name or id of its organization.
    pub fn set_upstream_orgs(&self, gates: BTreeMap<String, String>) {
        *self.0.upstream_orgs.0.lock().unwrap_or_else(PoisonError::into_inner) = gates;
    }

    /// Denies the creation of buckets and changes of their names and retention, if the organization's buckets are those
    /// of a database.
    ///
    /// # Errors
    /// [`GateError::UpstreamsBuckets`]; the database may fail.
    pub(crate) async fn check_own_buckets(&self, connection: &mut Connection, org: OrgId) -> Result<(), Error> {
        let gates = self.0.upstream_orgs.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for (gate, text) in gates {
            if org_called(connection, &text).await?.is_some_and(|found| found.id == org) {
                return Err(Error::Gate(GateError::UpstreamsBuckets { gate }));
            }
        }
        Ok(())
    }
}
