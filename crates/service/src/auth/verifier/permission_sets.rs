//! Lists of permissions, kept in memory once however many tokens have them.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use jeton_model::Permission;

/// Maximum number of lists.
const LISTS: usize = 10_000;
/// Maximum number of permissions in a list that is shared. Long lists are rarely equal.
const LONGEST: usize = 64;

/// The lists in use.
#[derive(Default)]
pub(super) struct PermissionSets(Mutex<HashSet<Arc<[Permission]>>>);

impl PermissionSets {
    /// Returns the list that is equal to this one, or keeps this one for the next.
    pub fn shared(&self, list: &Arc<[Permission]>) -> Arc<[Permission]> {
        if list.len() > LONGEST {
            return Arc::clone(list);
        }
        let mut lists = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lists.get(&**list) {
            return Arc::clone(known);
        }
        if lists.len() >= LISTS {
            lists.retain(|list| Arc::strong_count(list) > 1);
            // Most are in use: starting over costs less than searching for a free one each time.
            if lists.len() > LISTS / 2 {
                lists.clear();
            }
        }
        lists.insert(Arc::clone(list));
        Arc::clone(list)
    }
}

#[cfg(test)]
mod tests {
    use jeton_model::{Action, ResourceType};

    use super::*;

    fn list(kind: ResourceType) -> Arc<[Permission]> {
        vec![Permission::global(Action::Read, kind)].into()
    }

    #[test]
    fn equal_lists_are_one() {
        let sets = PermissionSets::default();
        let first = sets.shared(&list(ResourceType::Buckets));
        assert!(Arc::ptr_eq(&first, &sets.shared(&list(ResourceType::Buckets))));
        assert!(!Arc::ptr_eq(&first, &sets.shared(&list(ResourceType::Users))));
    }
}
