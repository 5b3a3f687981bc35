//! The authorization check of a demand against a caller: one function for every kind of database.

use jeton_model::{Action, Permission, ResourceType, binding::Lacking};

use crate::{
    caller::Caller,
    demand::{Demand, OrgName, Place, Target, Targets},
    directory::{Binding, Directory, Unresolved},
    refusal::{Reason, Refusal, Shape},
};

/// The bindings that a demand led to, with the permitted action.
pub(crate) struct Granted<'a>(pub(crate) Vec<(Action, &'a Binding)>);

/// The reason why a caller does not meet a request's demand.
pub(crate) struct Denied {
    reason: Reason,
    /// The missing permission or organization, if that is the reason.
    lacking: Option<Lacking>,
}

impl Denied {
    fn lacking(reason: Reason, lacking: Lacking) -> Self {
        Self { reason, lacking: Some(lacking) }
    }

    /// Returns the refusal in the shape of the database.
    pub(crate) fn refusal(self, shape: Shape) -> Refusal {
        Refusal { reason: self.reason, lacking: self.lacking, shape }
    }
}

impl Denied {
    /// Returns whether the request goes on in observe mode: a token of the gate's organization lacks a permission on
    /// buckets, and nothing else.
    pub(crate) fn passes(&self, caller: &Caller<'_>, directory: &Directory) -> bool {
        let lacks_permission = matches!(self.lacking, Some(Lacking::Permission(_)));
        let is_missing = matches!(self.reason, Reason::Missing(..) | Reason::NothingReadable);
        lacks_permission && is_missing && caller.is_of(directory.org())
    }
}

impl From<Reason> for Denied {
    fn from(reason: Reason) -> Self {
        Self { reason, lacking: None }
    }
}

/// Returns what the demand led to, if the caller may have it. It looks at the caller first, so that nothing of the
/// directory is told to strangers.
pub(crate) fn check<'a>(
    org: &OrgName,
    demand: &Demand,
    caller: &Caller<'_>,
    directory: &'a Directory,
) -> Result<Granted<'a>, Denied> {
    let none = Granted(Vec::new());
    let unknown = org.0.as_ref().filter(|name| !directory.is_org(name));
    match (demand, caller, unknown) {
        (Demand::Nothing, ..) => Ok(none),
        (_, Caller::Anonymous, _) => Err(Reason::Unauthenticated.into()),
        (Demand::Never, ..) => Err(Reason::Never.into()),
        (Demand::Operator(_), ..) if caller.is_operator() => Ok(none),
        (Demand::Operator(reason), ..) => Err(Denied::lacking(Reason::Operator(*reason), Lacking::Operator)),
        (_, _, Some(name)) => Err(Reason::UnknownOrg(name.clone()).into()),
        (Demand::Token, ..) => Ok(none),
        (Demand::Member, ..) if caller.is_of(directory.org()) => Ok(none),
        (Demand::Member, ..) => Err(Denied::lacking(Reason::ForeignOrg, Lacking::Organization)),
        (Demand::Targets(targets) | Demand::Deletion(targets), ..) => every(targets, caller, directory),
        (Demand::AnyReadable, ..) => readable(caller, directory),
        (Demand::OnlyWritable, ..) => only_writable(caller, directory),
    }
}

fn every<'a>(targets: &Targets, caller: &Caller<'_>, directory: &'a Directory) -> Result<Granted<'a>, Denied> {
    let mut granted = Vec::new();
    for target in targets.iter() {
        for binding in resolve(target, caller, directory)? {
            if !caller.may(target.action, binding.bucket, directory.org()) {
                let (kind, org) = (ResourceType::Buckets, directory.org());
                let permission = Permission::on_in(target.action, kind, binding.bucket, org);
                return Err(Denied::lacking(missing(target), Lacking::Permission(permission)));
            }
            if binding.suspended {
                return Err(Reason::Suspended(binding.name.clone()).into());
            }
            granted.push((target.action, binding));
        }
    }
    Ok(Granted(granted))
}

/// Returns the bindings of a target. Bindings that only an operator may access are reported as a missing permission.
fn resolve<'a>(target: &Target, caller: &Caller<'_>, directory: &'a Directory) -> Result<Vec<&'a Binding>, Denied> {
    let unknown = || Reason::UnknownDatabase(shown(&target.place));
    if is_hidden(&target.place, caller, directory) {
        return Err(Denied::lacking(unknown(), Lacking::Organization));
    }
    match directory.resolve(&target.place) {
        Ok(bindings) => Ok(bindings),
        Err(Unresolved::Unknown) => Err(unknown().into()),
        Err(Unresolved::PolicyUnknown) => Err(Reason::Unavailable.into()),
        Err(Unresolved::WholeDatabase) if caller.is_operator() => Ok(Vec::new()),
        Err(Unresolved::WholeDatabase) => Err(Denied::lacking(missing(target), Lacking::Operator)),
    }
}

/// Returns whether a place does not exist for a caller, whether or not it has a binding: a token of another organization
/// that may do nothing there is told neither names nor ids of this one.
fn is_hidden(place: &Place, caller: &Caller<'_>, directory: &Directory) -> bool {
    let org = directory.org();
    if caller.is_of(org) {
        return false;
    }
    let meant: Vec<&Binding> = match (directory.resolve(place), place) {
        (Ok(bindings), _) => bindings,
        (Err(_), Place::Database(name, _)) => directory.places().iter().filter(|one| one.database == *name).collect(),
        (Err(_), Place::Bucket(_) | Place::BucketId(_)) => Vec::new(),
    };
    !meant.iter().any(|binding| Action::ALL.iter().any(|action| caller.may(*action, binding.bucket, org)))
}

fn missing(target: &Target) -> Reason {
    Reason::Missing(target.action, shown(&target.place))
}

fn readable<'a>(caller: &Caller<'_>, directory: &'a Directory) -> Result<Granted<'a>, Denied> {
    let (suspended, active): (Vec<_>, Vec<_>) =
        permitted(Action::Read, caller, directory).into_iter().partition(|(_, binding)| binding.suspended);
    match (active.is_empty(), suspended.first()) {
        (false, _) => Ok(Granted(active)),
        (true, Some((_, binding))) => Err(Reason::Suspended(binding.name.clone()).into()),
        (true, None) => {
            let any = Permission::in_org(Action::Read, ResourceType::Buckets, directory.org());
            let is_own = caller.is_of(directory.org());
            let lacking = if is_own { Lacking::Permission(any) } else { Lacking::Organization };
            Err(Denied::lacking(Reason::NothingReadable, lacking))
        }
    }
}

fn only_writable<'a>(caller: &Caller<'_>, directory: &'a Directory) -> Result<Granted<'a>, Denied> {
    let all = permitted(Action::Write, caller, directory);
    match all.as_slice() {
        [(_, binding)] if binding.suspended => Err(Reason::Suspended(binding.name.clone()).into()),
        [_] => Ok(Granted(all)),
        _ => Err(Reason::NotOneWritable.into()),
    }
}

/// Returns the bindings on which the caller may act.
fn permitted<'a>(action: Action, caller: &Caller<'_>, directory: &'a Directory) -> Vec<(Action, &'a Binding)> {
    let mine = directory.buckets().iter().filter(|binding| caller.may(action, binding.bucket, directory.org()));
    mine.map(|binding| (action, binding)).collect()
}

/// Returns the name of a place as the client wrote it.
fn shown(place: &Place) -> String {
    match place {
        Place::Database(name, _) | Place::Bucket(name) => name.clone(),
        Place::BucketId(id) => id.to_string(),
    }
}
