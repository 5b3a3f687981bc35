//! The comparison of what is bound with what the upstream has.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Bucket, BucketId, Timestamp, bucket::BucketKind};

use super::{GateBinding, GateKind, is_reserved};

/// A database that the upstream has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundDatabase {
    /// Its name; for VictoriaMetrics, a value of the label `db`.
    pub name: String,
    /// Its retention policies; empty for kinds that have none.
    pub policies: Vec<String>,
    /// The retention policy that a name without one means; `None` if the upstream did not tell.
    pub default_policy: Option<String>,
}

/// A bucket that an InfluxDB 2 has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundBucket {
    /// Its id.
    pub id: BucketId,
    /// Its name.
    pub name: String,
}

impl From<Bucket> for FoundBucket {
    fn from(bucket: Bucket) -> Self {
        Self { id: bucket.id, name: bucket.name }
    }
}

/// The difference between what is bound and what the upstream has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// Databases of the upstream that no bucket stands for.
    pub unknown: Vec<UnknownDatabase>,
    /// Buckets to suspend: what they stand for vanished from the upstream, or changed there.
    pub vanished: Vec<BucketId>,
}

/// A database of the upstream that no bucket stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownDatabase {
    /// The name of the database or bucket.
    pub name: String,
    /// The retention policy, of a database that has bindings for some of its policies only.
    pub policy: Option<String>,
    /// The id of a bucket of InfluxDB 2.
    pub id: Option<BucketId>,
}

impl UnknownDatabase {
    /// Returns the name of the database, with the retention policy if there is one: `db` or `db/rp`.
    pub fn place(&self) -> String {
        match &self.policy {
            Some(policy) => format!("{}/{policy}", self.name),
            None => self.name.clone(),
        }
    }
}

/// Compares bindings with the databases of the upstream, for kinds with stored bindings. `asked_at` is a time before
/// the upstream was asked: younger bindings may be missing from its answer and are not judged.
///
/// In VictoriaMetrics nothing vanishes: a database is a value of a label, which exists while it has data.
pub fn compare_databases(
    kind: GateKind,
    bindings: &[GateBinding],
    found: &[FoundDatabase],
    asked_at: Timestamp,
) -> Comparison {
    let there = by_name(found);
    let vanishes = |binding: &&GateBinding| {
        kind != GateKind::Victoriametrics
            && binding.suspended_at.is_none()
            && binding.updated_at < asked_at
            && !is_found(binding, &there)
    };
    Comparison {
        unknown: unknown_databases(bindings, found),
        vanished: bindings.iter().filter(vanishes).map(|binding| binding.bucket).collect(),
    }
}

/// Returns the bindings whose database, and retention policy if they have one, the upstream has.
pub fn found_bindings<'a>(bindings: &'a [GateBinding], found: &[FoundDatabase]) -> Vec<&'a GateBinding> {
    let there = by_name(found);
    bindings.iter().filter(|binding| is_found(binding, &there)).collect()
}

/// Returns what of the upstream no bucket stands for. The upstream's own databases are not among it.
pub fn unknown_databases(bindings: &[GateBinding], found: &[FoundDatabase]) -> Vec<UnknownDatabase> {
    let mut bound: BTreeMap<&str, Vec<&GateBinding>> = BTreeMap::new();
    for binding in bindings {
        bound.entry(&binding.database).or_default().push(binding);
    }
    let others = found.iter().filter(|database| !is_reserved(&database.name));
    let unknown = others.flat_map(|database| {
        let here = bound.get(database.name.as_str()).map(Vec::as_slice).unwrap_or_default();
        unbound(database, here)
    });
    unknown.collect()
}

/// Databases by their names: there may be ten thousand of them, and as many bindings.
fn by_name(found: &[FoundDatabase]) -> BTreeMap<&str, &FoundDatabase> {
    found.iter().map(|database| (database.name.as_str(), database)).collect()
}

fn is_found(binding: &GateBinding, there: &BTreeMap<&str, &FoundDatabase>) -> bool {
    let has_policy =
        |database: &&FoundDatabase| binding.policy.as_ref().is_none_or(|policy| database.policies.contains(policy));
    there.get(binding.database.as_str()).is_some_and(has_policy)
}

/// Returns what of a database no bucket stands for: all of it, or some of its retention policies. `here`: its bindings.
fn unbound(database: &FoundDatabase, here: &[&GateBinding]) -> Vec<UnknownDatabase> {
    let unknown = |policy| UnknownDatabase { name: database.name.clone(), policy, id: None };
    if here.is_empty() {
        return vec![unknown(None)];
    }
    if here.iter().any(|binding| binding.policy.is_none()) {
        return Vec::new();
    }
    let is_bound = |policy: &String| here.iter().any(|binding| binding.policy.as_ref() == Some(policy));
    database.policies.iter().filter(|policy| !is_bound(policy)).cloned().map(|policy| unknown(Some(policy))).collect()
}

/// Compares the buckets of an organization with those of the upstream, for InfluxDB 2. A bucket whose id or name
/// differs there has vanished. `asked_at` is a time before the upstream was asked: buckets that changed since are not
/// judged.
pub fn compare_buckets(
    buckets: &[Bucket],
    suspended: &[BucketId],
    found: &[FoundBucket],
    asked_at: Timestamp,
) -> Comparison {
    let there: BTreeMap<BucketId, &str> = found.iter().map(|one| (one.id, one.name.as_str())).collect();
    let here: BTreeSet<BucketId> = buckets.iter().map(|bucket| bucket.id).collect();
    let suspended: BTreeSet<BucketId> = suspended.iter().copied().collect();
    let is_found = |bucket: &Bucket| there.get(&bucket.id).is_some_and(|name| *name == bucket.name);
    let vanishes = |bucket: &&Bucket| {
        bucket.kind == BucketKind::User
            && !is_reserved(&bucket.name)
            && bucket.updated_at < asked_at
            && !suspended.contains(&bucket.id)
            && !is_found(bucket)
    };
    let is_unknown = |one: &&FoundBucket| !one.name.starts_with('_') && !here.contains(&one.id);
    let unknown = |one: &FoundBucket| UnknownDatabase { name: one.name.clone(), policy: None, id: Some(one.id) };
    Comparison {
        unknown: found.iter().filter(is_unknown).map(unknown).collect(),
        vanished: buckets.iter().filter(vanishes).map(|bucket| bucket.id).collect(),
    }
}

#[cfg(test)]
mod tests {
    use crate::{Id, OrgId, bucket::Retention};

    use super::*;

    const BOUND: Timestamp = Timestamp::from_micros(1_000);
    const ASKED: Timestamp = Timestamp::from_micros(2_000);

    fn id(number: u64) -> BucketId {
        BucketId(Id::new(number).unwrap())
    }

    fn binding(number: u64, database: &str, policy: Option<&str>) -> GateBinding {
        GateBinding {
            gate: "plant".into(),
            bucket: id(number),
            bucket_name: "b".into(),
            org: OrgId(Id::new(1).unwrap()),
            upstream: "http://a:1".parse().unwrap(),
            database: database.into(),
            policy: policy.map(Into::into),
            suspended_at: None,
            created_at: BOUND,
            updated_at: BOUND,
        }
    }

    fn database(name: &str, policies: &[&str]) -> FoundDatabase {
        let policies = policies.iter().map(ToString::to_string).collect();
        FoundDatabase { name: name.into(), policies, default_policy: None }
    }

    fn unknown(name: &str, policy: Option<&str>) -> UnknownDatabase {
        UnknownDatabase { name: name.into(), policy: policy.map(Into::into), id: None }
    }

    fn bucket(number: u64, name: &str, kind: BucketKind) -> Bucket {
        Bucket {
            id: id(number),
            org: OrgId(Id::new(1).unwrap()),
            kind,
            name: name.into(),
            description: String::new(),
            retention_policy: String::new(),
            retention: Retention::FOREVER,
            created_at: BOUND,
            updated_at: BOUND,
        }
    }

    #[test]
    fn a_database_or_policy_that_is_gone_suspends_its_bucket() {
        let bindings = [binding(1, "a", None), binding(2, "b", Some("week")), binding(3, "b", Some("year"))];
        let found = [database("b", &["week"])];
        let compared = compare_databases(GateKind::Influxdb1, &bindings, &found, ASKED);
        assert_eq!(compared.vanished, [id(1), id(3)]);
        assert!(compared.unknown.is_empty());
        assert_eq!(found_bindings(&bindings, &found), [&bindings[1]]);
    }

    #[test]
    fn what_is_suspended_or_younger_than_the_answer_is_not_judged() {
        let suspended = GateBinding { suspended_at: Some(BOUND), ..binding(1, "a", None) };
        let young = GateBinding { updated_at: ASKED, ..binding(2, "b", None) };
        let compared = compare_databases(GateKind::Influxdb3, &[suspended, young], &[], ASKED);
        assert_eq!(compared, Comparison::default());
    }

    #[test]
    fn nothing_vanishes_from_victoriametrics() {
        let bindings = [binding(1, "a", None)];
        let compared = compare_databases(GateKind::Victoriametrics, &bindings, &[database("b", &[])], ASKED);
        assert_eq!(compared, Comparison { unknown: vec![unknown("b", None)], vanished: Vec::new() });
    }

    #[test]
    fn what_no_bucket_stands_for_is_unknown_and_the_databases_own_is_not() {
        let bindings = [binding(1, "whole", None), binding(2, "parts", Some("week"))];
        let found = [
            database("_internal", &["monitor"]),
            database("whole", &["autogen"]),
            database("parts", &["autogen", "week"]),
            database("new", &["autogen"]),
        ];
        let compared = compare_databases(GateKind::Influxdb1, &bindings, &found, ASKED);
        assert_eq!(compared.unknown, [unknown("parts", Some("autogen")), unknown("new", None)]);
        assert!(compared.vanished.is_empty());
    }

    #[test]
    fn a_bucket_that_is_gone_renamed_or_swapped_upstream_is_suspended() {
        let names = ["same", "gone", "renamed", "left", "right"];
        let mut buckets: Vec<Bucket> =
            (1..).zip(names).map(|(number, name)| bucket(number, name, BucketKind::User)).collect();
        buckets.push(bucket(6, "_monitoring", BucketKind::System));
        let found = [(1, "same"), (3, "other"), (4, "right"), (5, "left"), (7, "new"), (8, "_tasks")];
        let found = found.map(|(number, name)| FoundBucket { id: id(number), name: name.into() });
        let compared = compare_buckets(&buckets, &[], &found, ASKED);
        assert_eq!(compared.vanished, [id(2), id(3), id(4), id(5)]);
        assert_eq!(compared.unknown, [UnknownDatabase { name: "new".into(), policy: None, id: Some(id(7)) }]);
        let compared = compare_buckets(&buckets, &[id(2), id(3), id(4)], &found, ASKED);
        assert_eq!(compared.vanished, [id(5)]);
        assert!(compare_buckets(&buckets, &[], &found, BOUND).vanished.is_empty());
    }
}
