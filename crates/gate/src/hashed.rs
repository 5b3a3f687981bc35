//! A shared value with its hash.

use std::{
    fmt,
    hash::{DefaultHasher, Hash, Hasher},
    ops::Deref,
    sync::Arc,
};

/// A shared value with its hash. To clone it, to hash it, and to compare it with its clone takes the same time whatever
/// its size.
pub struct Hashed<T>(Arc<Inner<T>>);

struct Inner<T> {
    value: T,
    hash: u64,
}

impl<T: Hash> From<T> for Hashed<T> {
    fn from(value: T) -> Self {
        // Without a random key: equal values have equal hashes.
        let mut hasher = DefaultHasher::new();
        value.hash(&mut hasher);
        Self(Arc::new(Inner { hash: hasher.finish(), value }))
    }
}

impl<T> Clone for Hashed<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: fmt::Debug> fmt::Debug for Hashed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.value.fmt(f)
    }
}

impl<T> Deref for Hashed<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0.value
    }
}

impl<T: Eq> PartialEq for Hashed<T> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || (self.0.hash == other.0.hash && self.0.value == other.0.value)
    }
}

impl<T: Eq> Eq for Hashed<T> {}

impl<T> Hash for Hashed<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.0.hash);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn equal_values_are_one_key_whether_or_not_they_are_shared() {
        let first = Hashed::from("a".to_owned());
        let set = HashSet::from([first.clone()]);
        assert!(set.contains(&first) && set.contains(&Hashed::from("a".to_owned())));
        assert!(!set.contains(&Hashed::from("b".to_owned())));
    }

    /// Otherwise a collision gave a caller the rights of another.
    #[test]
    fn different_values_of_one_hash_are_different() {
        let one = |value: &str| Hashed(Arc::new(Inner { value: value.to_owned(), hash: 7 }));
        assert!(one("a") == one("a") && one("a") != one("b"));
    }
}
