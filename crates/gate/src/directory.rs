//! The buckets of a gate: which of Jeton's buckets stands for which database. It is what is stored, never derived from
//! the name in a request.

mod available;
mod record;

use std::collections::BTreeMap;

use jeton_model::{Bucket, BucketId, Dbrp, OrgId, binding::is_reserved};

use crate::{
    demand::{Place, Policy},
    rights_cache::RightsCaches,
};

pub use available::Available;

/// The stored record of a bucket of Jeton and the database that holds its data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// Jeton's bucket. For InfluxDB 2 its id is the upstream's.
    pub bucket: BucketId,
    /// The name of the bucket.
    pub name: String,
    /// The name of the database upstream.
    pub database: String,
    /// The retention policy; `None` for all of those that have no binding of their own.
    pub policy: Option<String>,
    /// True if the database vanished or changed upstream, until an operator confirms.
    pub suspended: bool,
}

/// The bindings of one gate, with its organization.
#[derive(Clone, Debug)]
pub struct Directory {
    org: OrgId,
    org_name: String,
    /// Bindings that are found by id or name.
    buckets: Vec<Binding>,
    databases: Databases,
    /// The rights of callers, as they follow from the members above.
    rights: RightsCaches,
}

/// The databases, and the default retention policy of each.
#[derive(Clone, Debug)]
enum Databases {
    /// Databases are those of the buckets.
    Bound {
        /// Learnt from the upstream; one that is missing is not known at the moment.
        defaults: BTreeMap<String, String>,
    },
    /// Databases are given by DBRP mappings, which are complete.
    Mapped {
        /// Bindings that are found by database and retention policy.
        places: Vec<Binding>,
        defaults: BTreeMap<String, String>,
    },
}

/// The reason why a place leads to no bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unresolved {
    /// There is no binding.
    Unknown,
    /// The default retention policy of the database is not known at the moment.
    PolicyUnknown,
    /// The whole database is meant, and only some of its retention policies have bindings.
    WholeDatabase,
}

impl Directory {
    /// Returns the directory of a gate whose bindings are stored. `policies` are the databases' default
    /// retention policies, as learnt from the upstream.
    pub fn of_bindings(
        org: OrgId,
        org_name: impl Into<String>,
        bindings: Vec<Binding>,
        policies: BTreeMap<String, String>,
    ) -> Self {
        let databases = Databases::Bound { defaults: policies };
        Self { org, org_name: org_name.into(), buckets: bindable(bindings), databases, rights: RightsCaches::default() }
    }

    /// Returns the directory of a gate for InfluxDB 2, whose buckets are the upstream's, and whose databases are given
    /// by the stored DBRP mappings and those that the buckets imply.
    pub fn of_buckets(org: OrgId, org_name: impl Into<String>, buckets: &[Bucket], mappings: &[Dbrp]) -> Self {
        let buckets: Vec<_> = buckets.iter().filter(|bucket| bucket.org == org).collect();
        let mappings = with_implied(org, &buckets, mappings);
        let mapped = |mapping: &Dbrp| {
            let bucket = buckets.iter().find(|bucket| bucket.id == mapping.bucket)?;
            Some(binding(bucket, &mapping.database, Some(&mapping.retention_policy)))
        };
        let default = mappings.iter().filter(|mapping| mapping.is_default);
        let default = default.map(|mapping| (mapping.database.clone(), mapping.retention_policy.clone()));
        Self {
            org,
            org_name: org_name.into(),
            buckets: bindable(buckets.iter().map(|bucket| binding(bucket, &bucket.name, None)).collect()),
            databases: Databases::Mapped {
                places: bindable(mappings.iter().filter_map(mapped).collect()),
                defaults: default.collect(),
            },
            rights: RightsCaches::default(),
        }
    }

    /// Suspends buckets: what vanished or changed upstream is unavailable until an operator confirms.
    #[must_use]
    pub fn suspended(mut self, buckets: &[BucketId]) -> Self {
        let places: &mut [Binding] = match &mut self.databases {
            Databases::Bound { .. } => &mut [],
            Databases::Mapped { places, .. } => places,
        };
        for binding in self.buckets.iter_mut().chain(places) {
            binding.suspended |= buckets.contains(&binding.bucket);
        }
        self.rights = RightsCaches::default();
        self
    }

    /// Returns whether a decision may depend on the default retention policies that the upstream tells.
    pub fn needs_policies(&self) -> bool {
        let is_told = matches!(self.databases, Databases::Bound { .. });
        is_told && self.buckets.iter().any(|binding| binding.policy.is_some())
    }

    /// Returns the organization.
    pub fn org(&self) -> OrgId {
        self.org
    }

    /// Returns whether a text is the id or the name of the organization.
    pub(crate) fn is_org(&self, text: &str) -> bool {
        text == self.org_name || text.parse() == Ok(self.org)
    }

    /// Returns the rights of callers that are known already.
    pub(crate) fn rights(&self) -> &RightsCaches {
        &self.rights
    }

    /// Returns one binding per bucket.
    pub fn buckets(&self) -> &[Binding] {
        &self.buckets
    }

    /// Returns the bindings of the databases.
    pub fn places(&self) -> &[Binding] {
        match &self.databases {
            Databases::Bound { .. } => &self.buckets,
            Databases::Mapped { places, .. } => places,
        }
    }

    /// Returns every binding that a place touches, at least one.
    ///
    /// # Errors
    /// Fails if the place has no binding, or if it cannot be said which it has.
    pub fn resolve(&self, place: &Place) -> Result<Vec<&Binding>, Unresolved> {
        let found = match place {
            Place::BucketId(id) => self.by_id(*id),
            Place::Bucket(text) => text.parse().ok().and_then(|id| self.by_id(id)).or_else(|| self.by_name(text)),
            Place::Database(database, Policy::Named(policy)) => self.by_policy(database, policy),
            Place::Database(database, Policy::Default) => self.by_default(database)?,
            Place::Database(database, Policy::All) => return self.whole(database),
        };
        found.map(|binding| vec![binding]).ok_or(Unresolved::Unknown)
    }

    fn by_id(&self, id: BucketId) -> Option<&Binding> {
        self.buckets.iter().find(|binding| binding.bucket == id)
    }

    fn by_name(&self, name: &str) -> Option<&Binding> {
        self.buckets.iter().find(|binding| binding.name == name)
    }

    fn of_database<'a, 'n>(&'a self, database: &'n str) -> impl Iterator<Item = &'a Binding> + use<'a, 'n> {
        self.places().iter().filter(move |binding| binding.database == database)
    }

    /// Returns the binding of the policy, or else the one of the policies without a binding.
    fn by_policy(&self, database: &str, policy: &str) -> Option<&Binding> {
        let own = self.of_database(database).find(|binding| binding.policy.as_deref() == Some(policy));
        own.or_else(|| self.of_database(database).find(|binding| binding.policy.is_none()))
    }

    fn by_default(&self, database: &str) -> Result<Option<&Binding>, Unresolved> {
        let has_policies = self.of_database(database).any(|binding| binding.policy.is_some());
        if !has_policies {
            return Ok(self.of_database(database).next());
        }
        match &self.databases {
            Databases::Mapped { defaults, .. } => {
                Ok(defaults.get(database).and_then(|policy| self.by_policy(database, policy)))
            }
            Databases::Bound { defaults } => {
                let policy = defaults.get(database).ok_or(Unresolved::PolicyUnknown)?;
                Ok(self.by_policy(database, policy))
            }
        }
    }

    /// Returns every binding of the database. A database that has bindings for some policies only is not covered.
    fn whole(&self, database: &str) -> Result<Vec<&Binding>, Unresolved> {
        let all: Vec<_> = self.of_database(database).collect();
        let covered = matches!(self.databases, Databases::Mapped { .. }) || all.iter().any(|one| one.policy.is_none());
        match (all.is_empty(), covered) {
            (true, _) => Err(Unresolved::Unknown),
            (false, true) => Ok(all),
            (false, false) => Err(Unresolved::WholeDatabase),
        }
    }
}

fn binding(bucket: &Bucket, database: &str, policy: Option<&str>) -> Binding {
    Binding {
        bucket: bucket.id,
        name: bucket.name.clone(),
        database: database.to_owned(),
        policy: policy.map(str::to_owned),
        suspended: false,
    }
}

/// Adds the mappings that buckets imply. A stored mapping of the same place, or a stored default, wins.
fn with_implied(org: OrgId, buckets: &[&Bucket], stored: &[Dbrp]) -> Vec<Dbrp> {
    let mut mappings: Vec<Dbrp> = stored.iter().filter(|mapping| mapping.org == org).cloned().collect();
    for bucket in buckets {
        let mut implied = Dbrp::of_bucket(bucket);
        implied.is_default &= !mappings.iter().any(|one| one.database == implied.database && one.is_default);
        if !mappings.iter().any(|one| one.is_from_where(&implied)) {
            mappings.push(implied);
        }
    }
    mappings
}

fn bindable(mut bindings: Vec<Binding>) -> Vec<Binding> {
    bindings.retain(|binding| !is_reserved(&binding.database) && !is_reserved(&binding.name));
    bindings
}

#[cfg(test)]
mod tests;
