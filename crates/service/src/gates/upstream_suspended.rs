//! The suspended buckets of InfluxDB 2, and its differences from Jeton, as operators see them.

use std::collections::{BTreeMap, BTreeSet};

use jeton_model::{
    Action, Bucket, BucketId, Permission, ResourceType, Timestamp,
    binding::{GateBinding, GateIdentity},
};
use jeton_store::Connection;

use crate::{Caller, Error, Service};

use super::{
    directory::buckets_of,
    running::VisibleGate,
    suspension::{Found, NotListed, compare},
};

/// Maximum number of buckets that a sentence names.
const NAMED: usize = 10;

impl Service {
    /// Lists the bindings of a gate whose buckets the caller may read. InfluxDB 2 has none: its suspended buckets are
    /// listed, each as if it were bound to the bucket with its name.
    ///
    /// # Errors
    /// Those of an invalid name; the database may fail.
    pub async fn gate_places(&self, caller: &Caller, gate: &GateIdentity) -> Result<Vec<GateBinding>, Error> {
        if gate.kind.has_bindings() {
            return self.gate_bindings(caller, &gate.name).await;
        }
        let reads = |one: &GateBinding| Permission::on_in(Action::Read, ResourceType::Buckets, one.bucket, one.org);
        let mut places = suspended_places(&mut *self.read().await?, gate).await?;
        places.retain(|one| caller.may(&reads(one)));
        Ok(places)
    }

    /// Returns the differences between the buckets of an InfluxDB 2 and those of Jeton, as sentences for an operator.
    /// There are none for other kinds, and if InfluxDB gave no list. An incomplete list is one sentence. Nothing is
    /// suspended.
    ///
    /// # Errors
    /// Those of [`Service::check_comparison`]; the database may fail.
    pub async fn bucket_differences(
        &self,
        caller: &Caller,
        gate: &VisibleGate,
        found: Result<&Found, NotListed>,
        asked_at: Timestamp,
    ) -> Result<Vec<String>, Error> {
        self.check_comparison(caller)?;
        let found = match found {
            Ok(found @ Found::Buckets(_)) => found,
            Err(NotListed::Incomplete) => return Ok(vec![INCOMPLETE.to_owned()]),
            Ok(Found::Databases(_)) | Err(NotListed::NoList) => return Ok(Vec::new()),
        };
        let (identity, mut reader) = (&gate.identity, self.read().await?);
        let compared = compare(&mut reader, identity, found, asked_at).await?;
        let suspended = jeton_store::gate_suspensions::of_gate(&mut reader, &identity.name).await?;
        let here = buckets_of(&mut reader, identity.org).await?;
        // The gate compares those alone that it guards.
        let names = |ids: &[BucketId]| -> Vec<String> {
            let ids: BTreeSet<&BucketId> = ids.iter().collect();
            let named = here.iter().filter(|bucket| ids.contains(&bucket.id) && gate.running.guards(&bucket.name));
            named.map(|bucket| bucket.name.clone()).collect()
        };
        let unknown = compared.unknown.into_iter().map(|one| one.name).filter(|name| gate.running.guards(name));
        let sentences = [
            sentence("InfluxDB has no buckets with the ids and names of", &names(&compared.vanished), SUSPEND),
            sentence("An operator must confirm the suspended", &names(&suspended), CONFIRM),
            sentence("Jeton does not have the buckets", &unknown.collect::<Vec<_>>(), ADOPT),
        ];
        Ok(sentences.into_iter().flatten().collect())
    }
}

/// Returns the suspended buckets of an InfluxDB 2, each as if it were bound to the bucket with its name, in the order
/// of names.
///
/// # Errors
/// The database may fail.
pub(super) async fn suspended_places(
    connection: &mut Connection,
    gate: &GateIdentity,
) -> Result<Vec<GateBinding>, Error> {
    let suspended = jeton_store::gate_suspensions::times_of_gate(connection, &gate.name).await?;
    if suspended.is_empty() {
        return Ok(Vec::new());
    }
    let suspended: BTreeMap<BucketId, Timestamp> = suspended.into_iter().collect();
    let mut buckets = jeton_store::buckets::by_ids(connection, suspended.keys().copied()).await?;
    buckets.retain(|bucket| bucket.org == gate.org);
    buckets.sort_by(|one, other| one.name.cmp(&other.name));
    let place = |bucket: Bucket| Some(suspended_binding(gate, *suspended.get(&bucket.id)?, bucket));
    Ok(buckets.into_iter().filter_map(place).collect())
}

/// The finding about a list without system buckets.
const INCOMPLETE: &str = "InfluxDB does not list every bucket of the organization to the gate, so that nothing is \
                          compared. Put an operator token of InfluxDB into the credential-file of the gate: the \
                          present one is of another organization or for single buckets.";
const SUSPEND: &str = "The gate suspends them within a minute.";
const CONFIRM: &str = "Look at them in InfluxDB before.";
const ADOPT: &str = "Adopt them with jeton gate adopt.";

/// Returns a sentence about the first of some buckets, and what follows from it; `None` if there are none.
fn sentence(what: &str, names: &[String], then: &str) -> Option<String> {
    if names.is_empty() {
        return None;
    }
    let named: Vec<&str> = names.iter().take(NAMED).map(String::as_str).collect();
    let more = match names.len() - named.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Some(format!("{what} {}{more}. {then}", named.join(", ")))
}

fn suspended_binding(gate: &GateIdentity, suspended_at: Timestamp, bucket: Bucket) -> GateBinding {
    GateBinding {
        gate: gate.name.clone(),
        bucket: bucket.id,
        org: bucket.org,
        upstream: gate.upstream.clone(),
        database: bucket.name.clone(),
        bucket_name: bucket.name,
        policy: None,
        suspended_at: Some(suspended_at),
        created_at: bucket.created_at,
        updated_at: bucket.updated_at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_names_the_first_buckets() {
        let names: Vec<String> = (1..=12).map(|number| format!("b{number}")).collect();
        assert_eq!(sentence("Look at", &[], CONFIRM), None);
        assert_eq!(sentence("Look at", &names[..2], "Now.").as_deref(), Some("Look at b1, b2. Now."));
        let long = sentence("Look at", &names, "Now.").unwrap();
        assert!(long.ends_with(", b10 and 2 more. Now."), "{long}");
    }
}
