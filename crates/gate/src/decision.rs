//! The decision: one function for every kind of database.

use std::collections::BTreeSet;

use jeton_model::{Action, BucketId};

use crate::{
    answer::Answer,
    authority::Authority,
    caller::Caller,
    check::{Granted, check},
    directory::{Binding, Directory},
    influxdb2, listing,
    plan::{Outcome, Plan},
    refusal::{Reason, Refusal},
    upstream::{Resolved, Scope, UpstreamRequest},
};

/// The decision about a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The request goes on.
    Allow(Allowed),
    /// Jeton answers in the database's place.
    Answer(Answer),
    /// Jeton's own API answers, and decides by itself.
    Jeton,
    /// The request does not go on.
    Refuse(Refusal),
}

/// A request for the database, and what its caller's permissions allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowed {
    /// The request.
    pub request: Box<UpstreamRequest>,
    /// The permitted actions on the buckets that the request names, which are recorded as used. They are no limit for a
    /// delegated credential: Flux may name further buckets that the caller reads or writes.
    pub buckets: BTreeSet<(Action, BucketId)>,
    /// The bindings through which the request is allowed: if one of them ends, so does the request.
    pub places: Vec<Binding>,
    /// The authority with which the database sees the request.
    pub authority: Authority,
}

impl Allowed {
    /// Returns whether the request is a query, which the gate limits. A Flux query may compute the names of its
    /// buckets.
    pub fn is_query(&self) -> bool {
        let reads = self.buckets.iter().any(|(action, _)| *action == Action::Read);
        reads || self.request.path() == influxdb2::FLUX
    }
}

impl Plan {
    /// Decides.
    pub fn decide(self, caller: &Caller<'_>, directory: &Directory) -> Decision {
        let shape = self.shape;
        let granted = match check(&self.org, &self.demand, caller, directory) {
            Ok(granted) => granted,
            Err(denied) => return Decision::Refuse(denied.refusal(shape)),
        };
        match self.outcome {
            Outcome::Send(request, scope) => {
                let authority = Authority::of(self.second_lock, &self.demand, caller, directory);
                match send(*request, scope, &granted, directory, authority) {
                    Some(allowed) => Decision::Allow(limit_used(allowed, self.uses, directory)),
                    None => Decision::Refuse(Refusal::new(Reason::Unavailable, shape)),
                }
            }
            Outcome::Jeton => Decision::Jeton,
            Outcome::Preflight => Decision::Answer(Answer::empty(204)),
            Outcome::SetUp(answer) => Decision::Answer(answer),
            Outcome::Created => Decision::Answer(listing::created()),
            Outcome::List(list) => Decision::Answer(listing::answer(&list, caller, directory)),
        }
    }
}

/// Limits what is recorded as used to the buckets of these names.
fn limit_used(mut allowed: Allowed, names: Option<BTreeSet<String>>, directory: &Directory) -> Allowed {
    if let Some(names) = names {
        let named = directory.buckets().iter().filter(|binding| names.contains(&binding.name));
        let named: BTreeSet<_> = named.map(|binding| binding.bucket).collect();
        allowed.buckets.retain(|(_, bucket)| named.contains(bucket));
    }
    allowed
}

/// Returns the request for the database; `None` if it cannot be limited to what was granted.
pub(crate) fn send(
    request: UpstreamRequest,
    scope: Scope,
    granted: &Granted<'_>,
    directory: &Directory,
    authority: Authority,
) -> Option<Allowed> {
    let mut buckets: Vec<_> = granted.0.iter().map(|(_, binding)| (binding.bucket, binding.database.clone())).collect();
    buckets.sort();
    buckets.dedup();
    let request = request.scoped(scope, &Resolved { org: directory.org(), buckets: &buckets })?;
    let buckets = granted.0.iter().map(|(action, binding)| (*action, binding.bucket)).collect();
    let places = places(&request, granted, directory, &authority);
    Some(Allowed { request: Box::new(request), buckets, places, authority })
}

/// Returns the bindings through which a request is allowed. A Flux text may name each bucket of its caller, computed
/// names and targets of `to()` included.
fn places(
    request: &UpstreamRequest,
    granted: &Granted<'_>,
    directory: &Directory,
    authority: &Authority,
) -> Vec<Binding> {
    match authority {
        Authority::Caller(mine) if request.path() == influxdb2::FLUX => {
            directory.buckets().iter().filter(|binding| mine.has(binding.bucket)).cloned().collect()
        }
        Authority::Nobody | Authority::Gate | Authority::Caller(_) | Authority::User(_) => {
            granted.0.iter().map(|(_, binding)| (*binding).clone()).collect()
        }
    }
}
