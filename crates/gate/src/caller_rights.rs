//! The rights of a caller on the buckets of a gate. They follow from the permissions of the caller and from the
//! directory alone, and are kept with the directory.

use jeton_model::Action;

use crate::{
    caller::Caller,
    delegated::Delegated,
    directory::{Binding, Directory},
    grants::{Grants, Privilege},
    hashed::Hashed,
    rights_cache::Rights,
};

impl Delegated {
    /// Returns what a caller may delegate.
    pub(crate) fn of(caller: &Caller<'_>, directory: &Directory) -> Hashed<Self> {
        directory.rights().delegated.of(caller.permissions(), || {
            let permissions = permitted(caller, directory).map(|(action, binding)| (action, binding.bucket));
            Self { org: directory.org(), permissions: permissions.collect() }
        })
    }
}

impl Grants {
    /// Returns what a caller may do: the permitted actions on databases with a bucket that is not suspended.
    pub(crate) fn of(caller: &Caller<'_>, directory: &Directory) -> Hashed<Self> {
        directory.rights().grants.of(caller.permissions(), || Self::on(permitted(caller, directory)))
    }

    /// Returns the privileges for actions on buckets.
    pub(crate) fn on<'a>(granted: impl IntoIterator<Item = (Action, &'a Binding)>) -> Self {
        Self::from_iter(granted.into_iter().map(|(action, binding)| (binding.database.clone(), Privilege::of(action))))
    }
}

impl Rights for Delegated {
    fn number(&self) -> usize {
        self.permissions.len()
    }
}

impl Rights for Grants {
    fn number(&self) -> usize {
        self.iter().count()
    }
}

/// Returns the permitted actions on the buckets that are not suspended.
fn permitted<'d>(caller: &Caller<'_>, directory: &'d Directory) -> impl Iterator<Item = (Action, &'d Binding)> {
    let active = directory.buckets().iter().filter(|binding| !binding.suspended);
    let both = active.flat_map(|binding| Action::ALL.map(|action| (action, binding)));
    both.filter(move |(action, binding)| caller.may(*action, binding.bucket, directory.org()))
}
