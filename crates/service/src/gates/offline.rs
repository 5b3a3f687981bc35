//! Bindings, administered without a server or a credential.

use jeton_model::{
    Bucket, BucketId,
    binding::{Confirmation, ExistingData, GateBinding, GateIdentity, GateKind, Upstream, check_gate_name},
};
use jeton_store::Connection;

use crate::{
    Error, Offline,
    error::{BucketError, GateError},
};

use super::{
    adoption::AT_ONCE,
    binding::{NewBinding, bind, unbind},
    confirmation::{confirm_unseen, suspended_at},
    directory::org_called,
    suspension::confirm,
};

/// The origin of these changes in the audit log.
const VIA: &str = "jeton gate";

/// The settings of a gate, with the name or id of its organization.
#[derive(Clone, Debug)]
pub struct GateSettings {
    /// The name of the gate.
    pub name: String,
    /// The kind of the database.
    pub kind: GateKind,
    /// The id or the name of the organization.
    pub org: String,
    /// The database's address.
    pub upstream: Upstream,
}

/// The reason why a command about bindings failed, in one sentence.
#[derive(Debug, thiserror::Error)]
pub enum OfflineGateError {
    /// No organization has this id or name.
    #[error("could not find org \"{name}\": organization name \"{name}\" not found")]
    NoOrg {
        /// The name that was looked up.
        name: String,
    },
    /// Buckets of several organizations with this name are bound.
    #[error("several buckets with the name \"{name}\" are bound; give the id of one")]
    SeveralBuckets {
        /// The name that was looked up.
        name: String,
    },
    /// A rule denies it, or the database failed.
    #[error(transparent)]
    Refused(#[from] Error),
}

impl From<jeton_store::Error> for OfflineGateError {
    fn from(error: jeton_store::Error) -> Self {
        Self::Refused(error.into())
    }
}

impl Offline {
    /// Lists the bindings of one gate, or of all, in the order of gates and databases.
    ///
    /// # Errors
    /// The database may fail.
    pub async fn gate_bindings(&self, gate: Option<&str>) -> Result<Vec<GateBinding>, Error> {
        let mut reader = self.service.read().await?;
        Ok(match gate {
            Some(gate) => jeton_store::gate_bindings::of_gate(&mut reader, gate).await?,
            None => jeton_store::gate_bindings::all(&mut reader).await?,
        })
    }

    /// Binds a bucket, by its name or id, to a database, whatever data it holds.
    ///
    /// # Errors
    /// [`OfflineGateError::NoOrg`]; those of `Service::bind_bucket` but for the caller's.
    pub async fn bind_bucket(
        &self,
        gate: GateSettings,
        bucket: &str,
        database: String,
        policy: Option<String>,
    ) -> Result<GateBinding, OfflineGateError> {
        let mut change = self.begin(VIA).await?;
        let gate = identity(&mut change, gate).await?;
        let bucket = bucket_called(&mut change, &gate, bucket).await?.id;
        let new = NewBinding { bucket, database, policy, existing: ExistingData::Unknown };
        let bound = bind(&mut change, &gate, new).await?;
        change.commit().await?;
        Ok(bound)
    }

    /// Ends the binding of a bucket, by its name or id.
    ///
    /// # Errors
    /// [`OfflineGateError::SeveralBuckets`]; [`GateError::NotBound`]; the database may fail.
    pub async fn unbind_bucket(&self, gate: &str, bucket: &str) -> Result<GateBinding, OfflineGateError> {
        let mut change = self.begin(VIA).await?;
        let bound = binding_called(&mut change, gate, bucket).await?;
        unbind(&mut change, &bound).await?;
        change.commit().await?;
        Ok(bound)
    }

    /// Makes a suspended bucket, by its name or id, available again.
    ///
    /// # Errors
    /// [`OfflineGateError::NoOrg`]; those of `Service::confirm_bucket` but for the caller's.
    pub async fn confirm_bucket(&self, gate: GateSettings, bucket: &str) -> Result<Bucket, OfflineGateError> {
        let mut change = self.begin(VIA).await?;
        let gate = identity(&mut change, gate).await?;
        let bucket = bucket_called(&mut change, &gate, bucket).await?;
        confirm(&mut change, &gate, bucket.id).await?;
        change.commit().await?;
        Ok(bucket)
    }

    /// Makes every suspended bucket of a gate available again, without a look at its database. Returns the outcome for
    /// each. Many are confirmed in several steps, as [`Service::confirm_found`](crate::Service::confirm_found) does.
    ///
    /// # Errors
    /// [`OfflineGateError::NoOrg`] and the errors of an invalid name; the database may fail.
    pub async fn confirm_all(&self, gate: GateSettings) -> Result<Vec<Confirmation>, OfflineGateError> {
        let mut reader = self.service.read().await?;
        let gate = identity(&mut reader, gate).await?;
        let suspended = suspended_at(&mut reader, &gate).await?;
        drop(reader);
        let mut done = Vec::with_capacity(suspended.len());
        for some in suspended.chunks(AT_ONCE) {
            let mut change = self.begin(VIA).await?;
            done.extend(confirm_unseen(&mut change, &gate, some.to_vec()).await?);
            change.commit().await?;
        }
        Ok(done)
    }
}

/// The gate of these settings.
///
/// # Errors
/// [`OfflineGateError::NoOrg`] and the errors of an invalid name; the database may fail.
pub(super) async fn identity(
    connection: &mut Connection,
    settings: GateSettings,
) -> Result<GateIdentity, OfflineGateError> {
    let GateSettings { name, kind, org, upstream } = settings;
    check_gate_name(&name).map_err(Error::from)?;
    let org = org_called(connection, &org).await?.ok_or(OfflineGateError::NoOrg { name: org })?.id;
    Ok(GateIdentity { name, kind, org, upstream })
}

/// A bucket of the gate's organization. A name wins over the id of another bucket.
///
/// # Errors
/// [`BucketError::NameNotFound`]; the database may fail.
pub(super) async fn bucket_called(
    connection: &mut Connection,
    gate: &GateIdentity,
    text: &str,
) -> Result<Bucket, Error> {
    if let Some(bucket) = jeton_store::buckets::by_name(connection, gate.org, text).await? {
        return Ok(bucket);
    }
    let by_id = match text.parse::<BucketId>() {
        Ok(id) => jeton_store::buckets::by_id(connection, id).await?,
        Err(_) => None,
    };
    let found = by_id.filter(|bucket| bucket.org == gate.org);
    found.ok_or_else(|| Error::Bucket(BucketError::NameNotFound { name: text.into() }))
}

/// A binding of a gate by the name or id of its bucket.
async fn binding_called(connection: &mut Connection, gate: &str, text: &str) -> Result<GateBinding, OfflineGateError> {
    let bindings = jeton_store::gate_bindings::of_gate(connection, gate).await?;
    let (named, others): (Vec<_>, Vec<_>) = bindings.into_iter().partition(|one| one.bucket_name == text);
    if named.len() > 1 {
        return Err(OfflineGateError::SeveralBuckets { name: text.into() });
    }
    let by_id = others.into_iter().find(|one| text.parse() == Ok(one.bucket));
    let found = named.into_iter().next().or(by_id);
    Ok(found.ok_or_else(|| Error::Gate(GateError::NotBound { gate: gate.into() }))?)
}
