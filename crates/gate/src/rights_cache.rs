//! The rights of callers on the buckets of a directory, computed once for each list of permissions: a gate may have
//! thousands of buckets, and each allowed request carries a credential with the rights of its caller.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, MutexGuard, PoisonError},
};

use jeton_model::Permission;

use crate::{delegated::Delegated, grants::Grants, hashed::Hashed};

/// Maximum size of a cache: the number of its lists, of the permissions in them, and of the rights that follow.
const LARGEST: usize = 250_000;

/// The caches of a directory.
#[derive(Clone, Debug, Default)]
pub(crate) struct RightsCaches {
    pub(crate) delegated: RightsCache<Delegated>,
    pub(crate) grants: RightsCache<Grants>,
}

/// The rights that follow from a list of permissions and a directory.
pub(crate) trait Rights: Hash {
    /// Returns the number of single rights.
    fn number(&self) -> usize;
}

/// The rights that follow from lists of permissions and from the directory to which the cache belongs. Neither of them
/// changes: a changed directory is another one, whose cache is empty.
#[derive(Debug)]
pub(crate) struct RightsCache<T>(Mutex<Known<T>>);

#[derive(Debug)]
struct Known<T> {
    rights: HashMap<Box<[Permission]>, Hashed<T>>,
    size: usize,
}

impl<T> Default for RightsCache<T> {
    fn default() -> Self {
        Self(Mutex::new(Known { rights: HashMap::new(), size: 0 }))
    }
}

/// A clone is empty, because the clone of a directory may become another one.
impl<T> Clone for RightsCache<T> {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl<T: Rights> RightsCache<T> {
    /// Returns the rights that follow from permissions. `compute`: computes them, from these permissions and the
    /// directory alone.
    pub(crate) fn of(&self, permissions: &[Permission], compute: impl FnOnce() -> T) -> Hashed<T> {
        let known = self.known().rights.get(permissions).cloned();
        known.unwrap_or_else(|| {
            let rights = Hashed::from(compute());
            self.known().keep(permissions, rights.clone());
            rights
        })
    }

    fn known(&self) -> MutexGuard<'_, Known<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Rights> Known<T> {
    /// Keeps rights. If there is no room, it starts over: those in use are soon computed again.
    fn keep(&mut self, permissions: &[Permission], rights: Hashed<T>) {
        let size = 1 + permissions.len() + rights.number();
        if self.size + size > LARGEST {
            self.rights.clear();
            self.size = 0;
        }
        // Another request may have kept them meanwhile.
        if self.rights.insert(permissions.into(), rights).is_none() {
            self.size += size;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use jeton_model::{Action, Id, ResourceType};

    use super::*;

    impl Rights for Vec<u8> {
        fn number(&self) -> usize {
            self.len()
        }
    }

    /// Returns a list of one permission, a different one for each number.
    fn list(number: u64) -> [Permission; 1] {
        [Permission::on(Action::Read, ResourceType::Buckets, Id::new(number).unwrap())]
    }

    #[test]
    fn rights_are_computed_once_for_equal_permissions() {
        let (cache, computed) = (RightsCache::<Vec<u8>>::default(), Cell::new(0));
        let of = |number| {
            cache.of(&list(number), || {
                computed.set(computed.get() + 1);
                vec![u8::try_from(number).unwrap()]
            })
        };
        assert_eq!([of(1), of(2), of(1), of(2)].map(|rights| rights[0]), [1, 2, 1, 2]);
        assert_eq!(computed.get(), 2);
    }

    #[test]
    fn a_clone_knows_nothing() {
        let cache = RightsCache::<Vec<u8>>::default();
        cache.of(&list(1), || vec![1]);
        assert_eq!(*cache.clone().of(&list(1), || vec![2]), [2]);
    }

    #[test]
    fn many_lists_and_long_ones_take_no_more_than_the_limit() {
        let cache = RightsCache::<Vec<u8>>::default();
        for number in 1..=20 {
            cache.of(&list(number), || vec![0; LARGEST / 10]);
            let known = cache.known();
            let held: usize = known.rights.iter().map(|(list, rights)| 1 + list.len() + rights.len()).sum();
            assert!(held == known.size && held <= LARGEST && known.rights.contains_key(list(number).as_slice()));
        }
        cache.of(&list(21), || vec![0; LARGEST]);
        assert_eq!(cache.known().rights.len(), 1, "one that is too large is kept alone");
    }
}
