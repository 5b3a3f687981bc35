use jeton_model::Id;

use super::*;

fn org() -> OrgId {
    OrgId(Id::new(1).unwrap())
}

fn id(value: u64) -> BucketId {
    BucketId(Id::new(value).unwrap())
}

fn bound(value: u64, database: &str, policy: Option<&str>) -> Binding {
    Binding {
        bucket: id(value),
        name: policy.map_or(database.to_owned(), |policy| format!("{database}/{policy}")),
        database: database.to_owned(),
        policy: policy.map(str::to_owned),
        suspended: false,
    }
}

fn directory(bindings: Vec<Binding>, policies: &[(&str, &str)]) -> Directory {
    let policies = policies.iter().map(|(database, policy)| ((*database).to_owned(), (*policy).to_owned()));
    Directory::of_bindings(org(), "acme", bindings, policies.collect())
}

fn ids(directory: &Directory, database: &str, policy: Policy) -> Result<Vec<BucketId>, Unresolved> {
    let bindings = directory.resolve(&Place::Database(database.into(), policy))?;
    Ok(bindings.iter().map(|binding| binding.bucket).collect())
}

#[test]
fn a_policy_with_a_binding_is_not_the_databases() {
    let directory = directory(vec![bound(1, "a", None), bound(2, "a", Some("week"))], &[("a", "week")]);
    assert_eq!(ids(&directory, "a", Policy::Named("week".into())), Ok(vec![id(2)]));
    assert_eq!(ids(&directory, "a", Policy::Named("day".into())), Ok(vec![id(1)]));
    assert_eq!(ids(&directory, "a", Policy::Default), Ok(vec![id(2)]));
    assert_eq!(ids(&directory, "a", Policy::All), Ok(vec![id(1), id(2)]));
}

#[test]
fn a_default_policy_that_is_not_known_decides_nothing() {
    let bindings = vec![bound(1, "a", None), bound(2, "a", Some("week"))];
    assert_eq!(ids(&directory(bindings, &[]), "a", Policy::Default), Err(Unresolved::PolicyUnknown));
    assert_eq!(ids(&directory(vec![bound(1, "a", None)], &[]), "a", Policy::Default), Ok(vec![id(1)]));
}

#[test]
fn default_policies_are_needed_where_a_policy_is_bound() {
    assert!(!directory(vec![bound(1, "a", None)], &[]).needs_policies());
    assert!(directory(vec![bound(1, "a", None), bound(2, "b", Some("week"))], &[]).needs_policies());
    assert!(!Directory::of_buckets(org(), "acme", &[], &[]).needs_policies(), "mappings are stored");
}

#[test]
fn a_policy_does_not_stand_for_its_database() {
    let directory = directory(vec![bound(2, "a", Some("week"))], &[("a", "day")]);
    assert_eq!(ids(&directory, "a", Policy::All), Err(Unresolved::WholeDatabase));
    assert_eq!(ids(&directory, "a", Policy::Default), Err(Unresolved::Unknown));
    assert_eq!(ids(&directory, "a", Policy::Named("day".into())), Err(Unresolved::Unknown));
}

#[test]
fn names_are_exact() {
    let directory = directory(vec![bound(1, "a", None)], &[]);
    for name in ["A", "a ", "", "a/", "a/week"] {
        assert_eq!(ids(&directory, name, Policy::All), Err(Unresolved::Unknown), "{name:?}");
    }
}

#[test]
fn the_databases_own_are_never_bound() {
    let own = ["_internal", "_monitoring", "_tasks", "system", "System"];
    let directory = directory(own.iter().map(|name| bound(1, name, None)).collect(), &[]);
    assert!(directory.places().is_empty());
}

#[test]
fn what_was_granted_lasts_as_long_as_its_binding() {
    let granted = bound(1, "a", None);
    let has = |binding: Binding| directory(vec![binding], &[]).available().has(&granted);
    assert!(has(bound(1, "a", None)));
    assert!(has(Binding { name: "renamed".into(), ..bound(1, "a", None) }), "a name is a label");
    assert!(!has(Binding { suspended: true, ..bound(1, "a", None) }));
    assert!(!has(bound(1, "b", None)), "bound to another database");
    assert!(!has(bound(1, "a", Some("week"))), "bound to a retention policy");
    assert!(!has(bound(2, "a", None)), "the database of another bucket");
}
