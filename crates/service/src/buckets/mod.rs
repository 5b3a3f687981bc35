//! Buckets (docs/influxdb-compatibility.md §5.5).

mod console;
pub mod dbrps;

use jeton_model::{
    Action, Bucket, BucketId, Id, OrgId, Resource, ResourceType, Timestamp,
    bucket::{BucketKind, Retention, check_bucket_name},
    user::check_text,
};
use jeton_store::{Connection, buckets::Page, memberships::Of};

use crate::{
    Caller, Error, Service,
    audit::{
        Event,
        detail::{Change, buckets::BucketState},
    },
    auth::required_permissions,
    error::{BucketError, OrgError},
    fold, gates,
    orgs::MAX_DESCRIPTION,
    random,
    transaction::AuditedTransaction,
};

/// Filters and paging of a list of buckets.
#[derive(Clone, Debug, Default)]
pub struct BucketQuery {
    /// Selects the bucket with this id; overrides the other filters.
    pub id: Option<BucketId>,
    /// Restricts to buckets with exactly this name.
    pub name: Option<String>,
    /// Restricts to buckets of this organization.
    pub org: Option<OrgId>,
    /// Name of the organization in place of its id; ignored if `org` is given.
    pub org_name: Option<String>,
    /// Restricts to buckets that come after this one in the order of the list.
    pub after: Option<BucketId>,
    /// True for descending order: by name within an organization, else by id.
    pub descending: bool,
    /// Number of buckets to skip.
    pub offset: u32,
    /// Maximum number of buckets to read; those that the caller may not read count too.
    pub limit: u32,
}

/// A requested retention rule, in seconds; 0 lets InfluxDB choose the shard group's duration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RequestedRetention {
    /// Time for which data is kept; 0 is forever. `None`: 0 for a new bucket, otherwise the current value.
    pub every: Option<i64>,
    /// Duration of a shard group. `None`: 0 for a new bucket, otherwise the current value.
    pub shard_group: Option<i64>,
}

/// A bucket to create.
#[derive(Clone, Debug, Default)]
pub struct RequestedBucket {
    /// The organization; creation fails without one.
    pub org: Option<OrgId>,
    /// The name, which must be unique in the organization.
    pub name: String,
    /// A text of at most 1024 bytes.
    pub description: String,
    /// Name of the 1.x retention policy, which is only stored; at most 1024 bytes.
    pub retention_policy: String,
    /// At most one rule; without one, data is kept forever.
    pub retention: Vec<RequestedRetention>,
}

/// Changes to a bucket; `None` keeps a value.
#[derive(Clone, Debug, Default)]
pub struct BucketUpdate {
    /// The new name, which must be unique in the organization; system buckets can't be renamed.
    pub name: Option<String>,
    /// The new description, of at most 1024 bytes.
    pub description: Option<String>,
    /// At most one new rule; an empty list keeps the current retention.
    pub retention: Option<Vec<RequestedRetention>>,
}

impl Service {
    /// Lists the buckets that the caller may read. As in influxd, others are dropped after paging: a page may be short.
    ///
    /// # Errors
    /// [`OrgError::NameNotFound`], [`BucketError::NotFound`], [`BucketError::NameNotFound`]; the database may fail.
    pub async fn buckets(&self, caller: &Caller, query: &BucketQuery) -> Result<Vec<Bucket>, Error> {
        let mut reader = self.read().await?;
        let org = match (query.org, &query.org_name) {
            (Some(org), _) => Some(org),
            (None, Some(name)) => {
                // An organization that the caller may not know is denied like an unknown one.
                let unknown = || Error::Org(OrgError::NameNotFound { name: name.trim().into() });
                let found = jeton_store::orgs::by_name(&mut reader, name).await?.ok_or_else(unknown)?.id;
                Some(if sees_org(&mut reader, caller, found).await? { found } else { return Err(unknown()) })
            }
            (None, None) => None,
        };
        let found = match (query.id, &query.name, org) {
            (Some(id), _, _) => {
                vec![jeton_store::buckets::by_id(&mut reader, id).await?.ok_or(Error::Bucket(BucketError::NotFound))?]
            }
            (None, Some(name), Some(org)) => {
                let bucket = jeton_store::buckets::by_name(&mut reader, org, name).await?;
                let bucket = bucket.filter(|bucket| caller.may(&required_permissions::bucket(Action::Read, bucket)));
                vec![bucket.ok_or_else(|| Error::Bucket(BucketError::NameNotFound { name: name.clone() }))?]
            }
            (None, name, org) => {
                let (after, descending) = (query.after, query.descending);
                let page = Page {
                    org,
                    name: name.as_deref(),
                    after,
                    descending,
                    offset: query.offset.into(),
                    limit: query.limit.into(),
                };
                jeton_store::buckets::list(&mut reader, &page).await?
            }
        };
        Ok(found.into_iter().filter(|bucket| caller.may(&required_permissions::bucket(Action::Read, bucket))).collect())
    }

    /// A bucket by its id.
    ///
    /// # Errors
    /// [`BucketError::NotFound`]; `AuthError::Unauthorized`; the database may fail.
    pub async fn bucket(&self, caller: &Caller, id: BucketId) -> Result<Bucket, Error> {
        let mut reader = self.read().await?;
        let bucket = jeton_store::buckets::by_id(&mut reader, id).await?.ok_or(Error::Bucket(BucketError::NotFound))?;
        caller.check(required_permissions::bucket(Action::Read, &bucket))?;
        Ok(bucket)
    }

    /// Creates a bucket.
    ///
    /// # Errors
    /// [`BucketError::OrgRequired`], [`BucketError::TooManyRetentionRules`], [`OrgError::NotFound`],
    /// [`BucketError::NameTaken`] and the errors of an invalid name or retention; `GateError::UpstreamsBuckets`;
    /// `AuthError::Unauthorized`; the database may fail.
    pub async fn create_bucket(&self, caller: &Caller, requested: RequestedBucket) -> Result<Bucket, Error> {
        let org = requested.org.ok_or(Error::Bucket(BucketError::OrgRequired))?;
        let retention = match requested.retention[..] {
            [] => Retention::FOREVER,
            [rule] => Retention::new(rule.every.unwrap_or(0), rule.shard_group.unwrap_or(0))?,
            _ => return Err(Error::Bucket(BucketError::TooManyRetentionRules)),
        };
        let (mut change, caller) = self.begin(caller).await?;
        caller.check(required_permissions::buckets(Action::Write, org))?;
        check_bucket_name(&requested.name)?;
        check_text("description", &requested.description, MAX_DESCRIPTION)?;
        check_text("rp", &requested.retention_policy, MAX_DESCRIPTION)?;
        jeton_store::orgs::by_id(&mut change, org).await?.ok_or(Error::Org(OrgError::NotFound))?;
        self.check_own_buckets(&mut change, org).await?;
        let mut bucket = new_bucket(org, &requested.name, &requested.description, retention, change.now);
        bucket.retention_policy = requested.retention_policy;
        if !insert(&mut change, &bucket).await? {
            return Err(Error::Bucket(BucketError::NameTaken { name: bucket.name }));
        }
        change.commit().await?;
        Ok(bucket)
    }

    /// Creates a bucket that keeps data forever, in a transaction of someone who may; `None` if the organization has one
    /// of this name. The name is checked before.
    ///
    /// # Errors
    /// The database may fail.
    pub(crate) async fn create_bucket_called(
        change: &mut AuditedTransaction,
        org: OrgId,
        name: &str,
    ) -> Result<Option<Bucket>, Error> {
        let bucket = new_bucket(org, name, "", Retention::FOREVER, change.now);
        Ok(insert(change, &bucket).await?.then_some(bucket))
    }

    /// Changes a bucket's name, description or retention. A bucket that is bound to a database keeps its name; one of an
    /// InfluxDB 2 behind a gate keeps its retention, too.
    ///
    /// # Errors
    /// [`BucketError::NotFound`], [`BucketError::SystemRename`], [`BucketError::NameNotUnique`],
    /// [`BucketError::ShardGroupMustShrink`] and the errors of an invalid name or retention;
    /// `GateError::BoundBucketRenamed`, `GateError::UpstreamsBuckets`; `AuthError::Unauthorized`; the database may fail.
    pub async fn update_bucket(&self, caller: &Caller, id: BucketId, update: BucketUpdate) -> Result<Bucket, Error> {
        let (mut change, caller) = self.begin(caller).await?;
        let before = jeton_store::buckets::by_id(&mut change, id).await?.ok_or(Error::Bucket(BucketError::NotFound))?;
        if update.name.is_some() {
            caller.check(required_permissions::bucket(Action::Read, &before))?;
        }
        caller.check(required_permissions::bucket(Action::Write, &before))?;
        let mut after = before.clone();
        if let Some(rules) = update.retention {
            after.retention = updated_retention(before.retention, &rules)?;
        }
        if let Some(name) = update.name.filter(|name| *name != before.name) {
            if before.kind == BucketKind::System {
                return Err(Error::Bucket(BucketError::SystemRename));
            }
            check_bucket_name(&name)?;
            if jeton_store::buckets::by_name(&mut change, before.org, &name).await?.is_some() {
                return Err(Error::Bucket(BucketError::NameNotUnique));
            }
            gates::check_renamable(&mut change, id).await?;
            after.name = name;
        }
        if after.name != before.name || after.retention != before.retention {
            self.check_own_buckets(&mut change, before.org).await?;
        }
        if let Some(description) = update.description {
            check_text("description", &description, MAX_DESCRIPTION)?;
            after.description = description;
        }
        after.updated_at = change.now;
        jeton_store::buckets::update(&mut change, &after, &fold(&after.name)).await?;
        let changed = Change { before: BucketState::of(&before), after: BucketState::of(&after) };
        change.record(Event::BucketUpdated, Some(after.org), id, changed).await?;
        change.commit().await?;
        Ok(after)
    }

    /// Deletes a bucket with its memberships, mappings and bindings.
    ///
    /// # Errors
    /// [`BucketError::NotFound`], [`BucketError::SystemDelete`]; `GateError::OperatorRequired` or
    /// `GateError::LimitedOperator` if its data would belong to another bucket; `AuthError::Unauthorized`; the database
    /// may fail.
    pub async fn delete_bucket(&self, caller: &Caller, id: BucketId) -> Result<(), Error> {
        let (mut change, caller) = self.begin(caller).await?;
        let bucket = jeton_store::buckets::by_id(&mut change, id).await?.ok_or(Error::Bucket(BucketError::NotFound))?;
        caller.check(required_permissions::bucket(Action::Write, &bucket))?;
        if bucket.kind == BucketKind::System {
            return Err(Error::Bucket(BucketError::SystemDelete));
        }
        jeton_store::memberships::delete_all(&mut change, Of::Bucket(id)).await?;
        dbrps::delete_of_bucket(&mut change, id).await?;
        gates::unbind_deleted(&mut change, &caller, id).await?;
        jeton_store::buckets::delete(&mut change, id).await?;
        change.record(Event::BucketDeleted, Some(bucket.org), id, BucketState::of(&bucket)).await?;
        change.commit().await
    }
}

/// Inserts a new bucket and records it; returns false if the organization has one of this name.
async fn insert(change: &mut AuditedTransaction, bucket: &Bucket) -> Result<bool, Error> {
    let is_new = jeton_store::buckets::insert(change, bucket, &fold(&bucket.name)).await?;
    if is_new {
        change.record(Event::BucketCreated, Some(bucket.org), bucket.id, BucketState::of(bucket)).await?;
    }
    Ok(is_new)
}

/// Returns whether an organization's name may be shown to a caller who asks for its buckets: they know it, or hold a
/// permission on a bucket in it.
///
/// # Errors
/// The database may fail.
pub(super) async fn sees_org(connection: &mut Connection, caller: &Caller, org: OrgId) -> Result<bool, Error> {
    let on_buckets = caller.permissions().iter().map(|held| held.resource);
    let on_buckets: Vec<Resource> = on_buckets.filter(|resource| resource.kind == ResourceType::Buckets).collect();
    let everywhere = |resource: &Resource| resource.id.is_none() && resource.org.is_none();
    if caller.knows_org(org) || on_buckets.iter().any(everywhere) {
        return Ok(true);
    }
    let ids = on_buckets.iter().filter_map(|resource| resource.id.map(BucketId));
    Ok(jeton_store::buckets::by_ids(connection, ids).await?.iter().any(|bucket| bucket.org == org))
}

/// The retention after a change; omitted members keep their values.
fn updated_retention(before: Retention, rules: &[RequestedRetention]) -> Result<Retention, Error> {
    let [rule] = rules else {
        return if rules.is_empty() { Ok(before) } else { Err(Error::Bucket(BucketError::TooManyRetentionRules)) };
    };
    let every = rule.every.unwrap_or(before.every);
    let shard_group = rule.shard_group.unwrap_or(before.shard_group);
    // A kept shard-group duration that no longer fits was not requested, so it is not changed silently.
    if every > 0 && shard_group > every {
        Retention::new(every, 0)?;
        return Err(Error::Bucket(BucketError::ShardGroupMustShrink));
    }
    Ok(Retention::new(every, shard_group)?)
}

/// A user's bucket with a random id.
pub(super) fn new_bucket(org: OrgId, name: &str, description: &str, retention: Retention, now: Timestamp) -> Bucket {
    Bucket {
        id: BucketId(Id::from_random(random())),
        org,
        kind: BucketKind::User,
        name: name.into(),
        description: description.into(),
        retention_policy: String::new(),
        retention,
        created_at: now,
        updated_at: now,
    }
}
