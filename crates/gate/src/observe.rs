//! Observe mode: requests that would be refused are reported, and pass as far as that gives nobody more than the bucket
//! that the request names.
//!
//! A token of the gate's organization that lacks a permission on buckets reaches these buckets and nothing else. A
//! request without a token that works goes on with the credential that it has, and with none of the gate's. A deletion
//! that would be refused is refused: what it destroys does not come back.

use std::collections::BTreeSet;

use jeton_model::{Action, Permission, ResourceType, binding::Lacking};

use crate::{
    answer::Answer,
    authority::Authority,
    caller::Caller,
    check::{Granted, check},
    decision::{Allowed, Decision, send},
    demand::{Demand, Targets},
    directory::{Binding, Directory},
    gate::Gate,
    influxdb2,
    plan::{Outcome, Plan, Step},
    refusal::{Reason, Refusal},
    request::CanonicalRequest,
    upstream::UpstreamRequest,
};

/// The decision in observe mode about a request with a token that works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Observed {
    /// It is the one without observe mode.
    Decided(Decision),
    /// The request goes on, although it would be refused.
    WouldRefuse(Allowed, Refusal),
}

/// The decision in observe mode about a request without a token that works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnauthenticatedDecision {
    /// The request does not go on.
    Refuse(Refusal),
    /// Jeton answers in the database's place.
    Answer(Answer),
    /// Jeton's own API answers, and decides by itself.
    Jeton,
    /// The request goes on with its own credential.
    Pass(Passthrough),
}

/// A request that goes on with the credential of its client.
#[derive(Clone, PartialEq, Eq)]
pub struct Passthrough {
    request: Box<UpstreamRequest>,
    /// With the credential of the query string.
    target: String,
    refusal: Option<Refusal>,
}

/// Never shows the target.
impl std::fmt::Debug for Passthrough {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Passthrough")
            .field("request", &self.request)
            .field("refusal", &self.refusal)
            .finish_non_exhaustive()
    }
}

impl Passthrough {
    /// Returns the request without its credential.
    pub fn request(&self) -> &UpstreamRequest {
        &self.request
    }

    /// Returns the request target, with the credential that the client wrote into the query string.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// Returns the refusal without observe mode; `None` if the request needs no token.
    pub fn refusal(&self) -> Option<&Refusal> {
        self.refusal.as_ref()
    }
}

impl Gate {
    /// Decides in observe mode about a request without a token that works. Ambiguous requests, gRPC and
    /// requests that are refused to everyone are refused as always.
    pub fn observe_unauthenticated(&self, request: &CanonicalRequest) -> UnauthenticatedDecision {
        let refused = || self.refusal(request, Reason::Unauthenticated);
        let refusal = match self.classify(request) {
            Err(refusal) if matches!(refusal.reason, Reason::Malformed(_) | Reason::Grpc) => {
                return UnauthenticatedDecision::Refuse(refusal);
            }
            Ok(Step::Plan(plan)) => match (plan.demand, plan.outcome) {
                (Demand::Never, _) => return UnauthenticatedDecision::Refuse(refused()),
                (_, Outcome::Jeton) => return UnauthenticatedDecision::Jeton,
                (_, Outcome::Preflight) => return UnauthenticatedDecision::Answer(Answer::empty(204)),
                (_, Outcome::SetUp(answer)) => return UnauthenticatedDecision::Answer(answer),
                (Demand::Nothing, _) => None,
                _ => Some(refused()),
            },
            Ok(Step::Body(_) | Step::Syntax(_)) | Err(_) => Some(refused()),
        };
        let sent = UpstreamRequest::new(request, request.method(), request.path().as_str())
            .query(request.query().pairs().to_vec())
            .streamed(request, request.content().media().name());
        UnauthenticatedDecision::Pass(Passthrough { request: Box::new(sent), target: request.whole_target(), refusal })
    }
}

impl Plan {
    /// Decides in observe mode about a request with a token that works.
    pub fn observe(self, caller: &Caller<'_>, directory: &Directory) -> Observed {
        let Some((refusal, touched)) = self.would_refuse(caller, directory) else {
            return Observed::Decided(self.decide(caller, directory));
        };
        let Outcome::Send(request, scope) = self.outcome else { return Observed::Decided(Decision::Refuse(refusal)) };
        let is_flux = request.path() == influxdb2::FLUX;
        let authority = Authority::observed(self.second_lock, is_flux, caller, &touched.0, directory);
        match send(*request, scope, &touched, directory, authority) {
            Some(allowed) => Observed::WouldRefuse(allowed, refusal),
            None => Observed::Decided(Decision::Refuse(refusal)),
        }
    }

    /// Returns the refusal, and the bindings that the request touches, if it goes on although it would be refused.
    fn would_refuse<'d>(&self, caller: &Caller<'_>, directory: &'d Directory) -> Option<(Refusal, Granted<'d>)> {
        match check(&self.org, &self.demand, caller, directory) {
            Err(denied) if denied.passes(caller, directory) => {
                Some((denied.refusal(self.shape), Granted(self.touched(directory)?)))
            }
            Err(_) => None,
            Ok(_) => self.unreadable(caller, directory),
        }
    }

    /// Returns the refusal of a Flux text that names a bucket which its caller may not read. The database would give it.
    fn unreadable<'d>(&self, caller: &Caller<'_>, directory: &'d Directory) -> Option<(Refusal, Granted<'d>)> {
        let org = directory.org();
        let named = self.named(directory).filter(|_| caller.is_of(org))?;
        let foreign = named.iter().find(|(action, binding)| !caller.may(*action, binding.bucket, org));
        let (action, binding) = *foreign?;
        let lacking = Permission::on_in(action, ResourceType::Buckets, binding.bucket, org);
        let refusal = Refusal {
            reason: Reason::Missing(action, binding.name.clone()),
            lacking: Some(Lacking::Permission(lacking)),
            shape: self.shape,
        };
        Some((refusal, Granted(named)))
    }

    /// Returns the available bindings that the request touches; `None` if it does not say which, if one is not available,
    /// or if the request deletes data, which observing must not let a token do.
    fn touched<'d>(&self, directory: &'d Directory) -> Option<Vec<(Action, &'d Binding)>> {
        match &self.demand {
            Demand::Targets(targets) => available(targets, directory),
            Demand::AnyReadable if self.uses.is_some() => self.named(directory),
            Demand::AnyReadable => readable(directory, None),
            Demand::Nothing
            | Demand::Token
            | Demand::Member
            | Demand::OnlyWritable
            | Demand::Deletion(_)
            | Demand::Operator(_)
            | Demand::Never => None,
        }
    }

    /// Returns the available buckets that a Flux text names literally; `None` if there is none.
    fn named<'d>(&self, directory: &'d Directory) -> Option<Vec<(Action, &'d Binding)>> {
        readable(directory, Some(self.uses.as_ref()?))
    }
}

/// Returns the available buckets of a gate, or those of these names, to read them; `None` if there is none.
fn readable<'d>(directory: &'d Directory, names: Option<&BTreeSet<String>>) -> Option<Vec<(Action, &'d Binding)>> {
    let available = directory.buckets().iter().filter(|binding| !binding.suspended);
    let wanted = available.filter(|binding| names.is_none_or(|names| names.contains(&binding.name)));
    let wanted: Vec<_> = wanted.map(|binding| (Action::Read, binding)).collect();
    (!wanted.is_empty()).then_some(wanted)
}

/// Returns the bindings of targets; `None` if one of them has none, or is not available.
fn available<'d>(targets: &Targets, directory: &'d Directory) -> Option<Vec<(Action, &'d Binding)>> {
    let mut found = Vec::new();
    for target in targets.iter() {
        let bindings = directory.resolve(&target.place).ok()?;
        if bindings.iter().any(|binding| binding.suspended) {
            return None;
        }
        found.extend(bindings.into_iter().map(|binding| (target.action, binding)));
    }
    Some(found)
}
