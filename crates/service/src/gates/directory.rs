//! The directory of a gate, which every request for data is decided by.

use std::{sync::Arc, time::Instant};

use tokio::time::timeout;

use jeton_model::{
    Bucket, Org, OrgId,
    binding::{BoundBucket, DirectoryContent, DirectoryRecord, GateBinding, GateIdentity},
};
use jeton_store::{Connection, buckets::Page};

use crate::{
    Error, Service,
    auth::verifier::{ANSWERS_WITHIN, cannot_be_asked},
    error::OrgError,
};

use super::cache::Cached;

impl Service {
    /// Returns the stored records about the buckets of a gate. They are kept in memory: a change on this node is seen
    /// at once, a change on another one within a second. As long as nothing is read again, the same `Arc` is returned.
    ///
    /// # Errors
    /// [`OrgError::NotFound`] if the gate's organization does not exist; the database may fail. An error is kept for a
    /// second, too.
    pub async fn gate_directory(&self, gate: &GateIdentity) -> Result<Arc<DirectoryRecord>, Error> {
        let slot = self.0.directories.slot(&gate.name);
        let mut cached = slot.lock().await;
        let (changes, begun) = (self.0.directories.changes(), self.now());
        if let Some(cached) = cached.as_ref().filter(|cached| cached.serves(gate, changes, begun)) {
            return cached.result.clone();
        }
        let started = Instant::now();
        let spare = cached.as_ref().and_then(|cached| cached.spare(gate, changes, self.stale_for()));
        let (result, read) = match spare {
            None => (self.read_directory(gate).await.map(Arc::new), started),
            Some((spare, read)) => match self.directory_in_time(gate).await {
                Err(error) if cannot_be_asked(&error) => (Ok(spare), read),
                result => (result, started),
            },
        };
        // A failed attempt may have taken longer than a second.
        let at = if result.is_ok() && read == started { begun } else { self.now() };
        *cached = Some(Cached { gate: gate.clone(), changes, at, read, result: result.clone() });
        result
    }

    /// The directory as the database has it, if it can be read so soon that memory need not answer.
    async fn directory_in_time(&self, gate: &GateIdentity) -> Result<Arc<DirectoryRecord>, Error> {
        let read = timeout(ANSWERS_WITHIN, self.read_directory(gate)).await;
        read.unwrap_or(Err(Error::Unavailable)).map(Arc::new)
    }

    /// The organization of a gate, by its id or its name. An id wins over the name of another organization: whoever
    /// names an organization chooses freely.
    ///
    /// # Errors
    /// [`OrgError::NotFound`]; the database may fail.
    pub async fn gate_org(&self, text: &str) -> Result<OrgId, Error> {
        let mut reader = self.read().await?;
        let org = org_called(&mut reader, text).await?.ok_or(Error::Org(OrgError::NotFound))?;
        Ok(org.id)
    }

    async fn read_directory(&self, gate: &GateIdentity) -> Result<DirectoryRecord, Error> {
        let mut reader = self.read().await?;
        let org = jeton_store::orgs::by_id(&mut reader, gate.org).await?.ok_or(Error::Org(OrgError::NotFound))?;
        let content = if gate.kind.has_bindings() {
            let bindings = bindings_of(&mut reader, gate).await?;
            DirectoryContent::Bound(bindings.into_iter().map(|one| bound(gate, one)).collect())
        } else {
            DirectoryContent::Buckets {
                buckets: buckets_of(&mut reader, gate.org).await?,
                mappings: jeton_store::dbrps::of_org(&mut reader, gate.org).await?,
                suspended: jeton_store::gate_suspensions::of_gate(&mut reader, &gate.name).await?,
            }
        };
        Ok(DirectoryRecord { org: org.id, org_name: org.name, content })
    }
}

/// The organization with this id, or else with this name.
///
/// # Errors
/// The database may fail.
pub(super) async fn org_called(connection: &mut Connection, text: &str) -> Result<Option<Org>, Error> {
    if let Ok(id) = text.parse::<OrgId>()
        && let Some(org) = jeton_store::orgs::by_id(connection, id).await?
    {
        return Ok(Some(org));
    }
    Ok(jeton_store::orgs::by_name(connection, text).await?)
}

fn bound(gate: &GateIdentity, binding: GateBinding) -> BoundBucket {
    BoundBucket {
        suspended: binding.is_suspended(gate),
        bucket: binding.bucket,
        name: binding.bucket_name,
        database: binding.database,
        policy: binding.policy,
    }
}

/// The bindings of a gate. Those of another organization, which the gate had before, are not among them.
///
/// # Errors
/// The database may fail.
pub(super) async fn bindings_of(connection: &mut Connection, gate: &GateIdentity) -> Result<Vec<GateBinding>, Error> {
    let mut bindings = jeton_store::gate_bindings::of_gate(connection, &gate.name).await?;
    bindings.retain(|binding| binding.org == gate.org);
    Ok(bindings)
}

/// All buckets of an organization.
///
/// # Errors
/// The database may fail.
pub(super) async fn buckets_of(connection: &mut Connection, org: OrgId) -> Result<Vec<Bucket>, Error> {
    let page = Page { org: Some(org), name: None, after: None, descending: false, offset: 0, limit: i64::MAX };
    Ok(jeton_store::buckets::list(connection, &page).await?)
}
