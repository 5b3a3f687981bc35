//! DBRP mappings (docs/influxdb-compatibility.md §5.8). Access to one is decided by the permissions on its bucket.

use jeton_model::{
    Action, Bucket, BucketId, Dbrp, DbrpId, OrgId, Permission, ResourceType,
    dbrp::{DbrpFilter, check_part},
};
use jeton_store::{Connection, buckets::Page};

use crate::{
    Caller, Error, Service,
    audit::{
        Event,
        detail::{Change, buckets::DbrpState},
    },
    auth::required_permissions,
    error::{BucketError, DbrpError},
    transaction::AuditedTransaction,
};

use super::sees_org;

/// The organization of a request, by id or by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrgSelector {
    /// The organization with this id.
    Id(OrgId),
    /// The organization with this name; outer spaces are ignored.
    Name(String),
}

/// A mapping to create.
#[derive(Clone, Debug)]
pub struct RequestedDbrp {
    /// The organization of the mapping and of its bucket.
    pub org: OrgSelector,
    /// The bucket that requests for the database are mapped to.
    pub bucket: BucketId,
    /// Name of the 1.x database.
    pub database: String,
    /// Name of the 1.x retention policy.
    pub retention_policy: String,
    /// True to make the mapping its database's default.
    pub is_default: bool,
}

/// Changes to a mapping; `None` keeps a value.
#[derive(Clone, Debug, Default)]
pub struct DbrpUpdate {
    /// The new retention policy, which must be unique among the database's mappings.
    pub retention_policy: Option<String>,
    /// True to make the mapping its database's default, false to make another one the default.
    pub is_default: Option<bool>,
}

impl Service {
    /// Lists the mappings of an organization whose buckets the caller may read: stored ones by ascending ids, then the
    /// virtual ones of buckets by name.
    ///
    /// # Errors
    /// [`DbrpError::OrgNotFound`]; the database may fail.
    pub async fn dbrps(&self, caller: &Caller, org: &OrgSelector, filter: &DbrpFilter) -> Result<Vec<Dbrp>, Error> {
        let mut reader = self.read().await?;
        let org = org_id(&mut reader, caller, org).await?;
        let page = Page { org: Some(org), name: None, after: None, descending: false, offset: 0, limit: i64::MAX };
        let mut buckets = jeton_store::buckets::list(&mut reader, &page).await?;
        buckets.retain(|bucket| caller.may(&reading(bucket.id, org)));
        let mut dbrps = jeton_store::dbrps::of_org(&mut reader, org).await?;
        let readable = buckets.iter().filter(|bucket| caller.may(&required_permissions::bucket(Action::Read, bucket)));
        let virtuals = readable.map(Dbrp::of_bucket);
        let virtuals: Vec<Dbrp> = virtuals.filter(|one| !dbrps.iter().any(|made| made.is_from_where(one))).collect();
        dbrps.retain(|dbrp| buckets.iter().any(|bucket| bucket.id == dbrp.bucket));
        dbrps.extend(virtuals);
        dbrps.retain(|dbrp| filter.lets_through(dbrp));
        Ok(dbrps)
    }

    /// A stored or virtual mapping of an organization.
    ///
    /// # Errors
    /// [`DbrpError::OrgNotFound`], [`DbrpError::NotFound`]; `AuthError::Unauthorized`; the database may fail.
    pub async fn dbrp(&self, caller: &Caller, org: &OrgSelector, id: DbrpId) -> Result<Dbrp, Error> {
        let mut reader = self.read().await?;
        let org = org_id(&mut reader, caller, org).await?;
        let made = jeton_store::dbrps::by_id(&mut reader, id).await?.filter(|dbrp| dbrp.org == org);
        let bucket = made.as_ref().map_or(BucketId(id.0), |dbrp| dbrp.bucket);
        let bucket = bucket_in(&mut reader, bucket, org).await?.ok_or(Error::Dbrp(DbrpError::NotFound))?;
        if made.is_none() {
            caller.check(required_permissions::bucket(Action::Read, &bucket))?;
        }
        caller.check(reading(bucket.id, org))?;
        Ok(made.unwrap_or_else(|| Dbrp::of_bucket(&bucket)))
    }

    /// Maps a database and retention policy to a bucket. A database's first mapping is its default.
    ///
    /// # Errors
    /// `ValidationError::DbrpName`, [`DbrpError::OrgNotFound`], [`BucketError::NotFound`], [`DbrpError::Exists`];
    /// `AuthError::Unauthorized`; the database may fail.
    pub async fn create_dbrp(&self, caller: &Caller, requested: RequestedDbrp) -> Result<Dbrp, Error> {
        check_part("database", &requested.database)?;
        check_part("retentionPolicy", &requested.retention_policy)?;
        let (mut change, caller) = self.begin(caller).await?;
        let org = org_id(&mut change, &caller, &requested.org).await?;
        caller.check(Permission::on_in(Action::Write, ResourceType::Buckets, requested.bucket, org))?;
        bucket_in(&mut change, requested.bucket, org).await?.ok_or(Error::Bucket(BucketError::NotFound))?;
        let others = jeton_store::dbrps::of_database(&mut change, org, &requested.database).await?;
        let dbrp = Dbrp {
            id: DbrpId(self.next_id()),
            org,
            bucket: requested.bucket,
            database: requested.database,
            retention_policy: requested.retention_policy,
            is_default: requested.is_default || others.is_empty(),
            is_virtual: false,
        };
        if !jeton_store::dbrps::insert(&mut change, &dbrp).await? {
            return Err(Error::Dbrp(DbrpError::Exists));
        }
        if dbrp.is_default {
            set_default(&mut change, others, None).await?;
        }
        record(&mut change, Event::DbrpCreated, &dbrp).await?;
        change.commit().await?;
        Ok(dbrp)
    }

    /// Changes a mapping. A database with mappings always has one default: another takes over if this one gives it up.
    ///
    /// # Errors
    /// [`DbrpError::OrgNotFound`], [`DbrpError::NotFound`], `ValidationError::DbrpName`, [`DbrpError::Exists`];
    /// `AuthError::Unauthorized`; the database may fail.
    pub async fn update_dbrp(
        &self,
        caller: &Caller,
        org: &OrgSelector,
        id: DbrpId,
        update: DbrpUpdate,
    ) -> Result<Dbrp, Error> {
        let (mut change, caller) = self.begin(caller).await?;
        let mut dbrp = writable(&mut change, &caller, org, id).await?;
        let before = dbrp.clone();
        let mut others = jeton_store::dbrps::of_database(&mut change, dbrp.org, &dbrp.database).await?;
        others.retain(|other| other.id != id);
        if let Some(policy) = update.retention_policy {
            check_part("retentionPolicy", &policy)?;
            if others.iter().any(|other| other.retention_policy == policy) {
                return Err(Error::Dbrp(DbrpError::Exists));
            }
            dbrp.retention_policy = policy;
        }
        let was_default = dbrp.is_default;
        dbrp.is_default = update.is_default.unwrap_or(was_default) || others.is_empty();
        jeton_store::dbrps::update(&mut change, &dbrp).await?;
        if dbrp.is_default != was_default {
            let heir = others.first().filter(|_| was_default).map(|other| other.id);
            set_default(&mut change, others, heir).await?;
        }
        let changed = Change { before: DbrpState::of(&before), after: DbrpState::of(&dbrp) };
        change.record(Event::DbrpUpdated, Some(dbrp.org), id, changed).await?;
        change.commit().await?;
        Ok(dbrp)
    }

    /// Deletes a mapping; if it was its database's default, the first other one becomes it.
    ///
    /// # Errors
    /// [`DbrpError::OrgNotFound`], [`DbrpError::NotFound`]; `AuthError::Unauthorized`; the database may fail.
    pub async fn delete_dbrp(&self, caller: &Caller, org: &OrgSelector, id: DbrpId) -> Result<(), Error> {
        let (mut change, caller) = self.begin(caller).await?;
        let dbrp = writable(&mut change, &caller, org, id).await?;
        delete(&mut change, &dbrp).await?;
        record(&mut change, Event::DbrpDeleted, &dbrp).await?;
        change.commit().await
    }
}

/// Deletes the mappings to a bucket that is about to be deleted.
///
/// # Errors
/// The database may fail.
pub(crate) async fn delete_of_bucket(change: &mut AuditedTransaction, bucket: BucketId) -> Result<(), Error> {
    for dbrp in jeton_store::dbrps::of_bucket(change, bucket).await? {
        // An earlier iteration may have made it the default.
        let dbrp = jeton_store::dbrps::by_id(change, dbrp.id).await?.unwrap_or(dbrp);
        delete(change, &dbrp).await?;
        record(change, Event::DbrpDeleted, &dbrp).await?;
    }
    Ok(())
}

async fn delete(change: &mut AuditedTransaction, dbrp: &Dbrp) -> Result<(), Error> {
    jeton_store::dbrps::delete(change, dbrp.id).await?;
    if dbrp.is_default {
        let others = jeton_store::dbrps::of_database(change, dbrp.org, &dbrp.database).await?;
        let heir = others.first().map(|other| other.id);
        set_default(change, others, heir).await?;
    }
    Ok(())
}

/// Makes one of a database's mappings its default; with `None`, none of these.
async fn set_default(
    change: &mut AuditedTransaction,
    mappings: Vec<Dbrp>,
    default: Option<DbrpId>,
) -> Result<(), Error> {
    for mut dbrp in mappings {
        let is_default = Some(dbrp.id) == default;
        if dbrp.is_default != is_default {
            dbrp.is_default = is_default;
            jeton_store::dbrps::update(change, &dbrp).await?;
        }
    }
    Ok(())
}

async fn record(change: &mut AuditedTransaction, event: Event, dbrp: &Dbrp) -> Result<(), Error> {
    change.record(event, Some(dbrp.org), dbrp.id, DbrpState::of(dbrp)).await
}

/// The permission to read the mappings to a bucket. influxd requires it of system buckets too, which themselves are
/// read with their organization.
fn reading(bucket: BucketId, org: OrgId) -> Permission {
    Permission::on_in(Action::Read, ResourceType::Buckets, bucket, org)
}

/// The id of an organization. One whose name may not be shown to the caller is denied like an unknown one.
async fn org_id(connection: &mut Connection, caller: &Caller, org: &OrgSelector) -> Result<OrgId, Error> {
    match org {
        OrgSelector::Id(id) => Ok(*id),
        OrgSelector::Name(name) => {
            let unknown = || Error::Dbrp(DbrpError::OrgNotFound { name: name.clone() });
            let found = jeton_store::orgs::by_name(connection, name).await?.ok_or_else(unknown)?.id;
            if sees_org(connection, caller, found).await? { Ok(found) } else { Err(unknown()) }
        }
    }
}

async fn bucket_in(connection: &mut Connection, id: BucketId, org: OrgId) -> Result<Option<Bucket>, Error> {
    Ok(jeton_store::buckets::by_id(connection, id).await?.filter(|bucket| bucket.org == org))
}

async fn writable(connection: &mut Connection, caller: &Caller, org: &OrgSelector, id: DbrpId) -> Result<Dbrp, Error> {
    let org = org_id(connection, caller, org).await?;
    let dbrp = jeton_store::dbrps::by_id(connection, id)
        .await?
        .filter(|dbrp| dbrp.org == org)
        .ok_or(Error::Dbrp(DbrpError::NotFound))?;
    caller.check(Permission::on_in(Action::Write, ResourceType::Buckets, dbrp.bucket, org))?;
    Ok(dbrp)
}
