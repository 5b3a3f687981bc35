//! The cache of shadows.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::{Duration, Instant},
};

use jeton_gate::Authority;

use super::Shadow;

/// Maximum number of shadows.
const MOST: usize = 1000;
/// Time after which an unused shadow is deleted.
const UNUSED_FOR: Duration = Duration::from_secs(600);
/// Minimum time between two checks of a shadow that the database refuses. A check is expensive: the response names each
/// bucket.
const CHECK_EVERY: Duration = Duration::from_secs(1);

/// The shadows in memory, and those to delete from the database.
#[derive(Default)]
pub(super) struct ShadowCache {
    shadows: HashMap<Authority, Entry>,
    /// The ids of new ones that lack permissions.
    incomplete: HashSet<String>,
    /// The ids of those to delete.
    obsolete: Vec<String>,
}

struct Entry {
    shadow: Arc<Shadow>,
    used: Instant,
    checked: Option<Instant>,
}

impl ShadowCache {
    /// Returns the shadow with the permissions of an authority, and records the time of its use.
    pub(super) fn find(&mut self, authority: &Authority, now: Instant) -> Option<Arc<Shadow>> {
        let mut entry = self.shadows.remove(authority)?;
        entry.used = now;
        let shadow = Arc::clone(&entry.shadow);
        // After a change of the directory, an equal authority is another value: with it as the key, the next one is
        // found without a comparison of all permissions.
        self.shadows.insert(authority.clone(), entry);
        Some(shadow)
    }

    /// Returns whether a shadow is in memory, or will be.
    pub(super) fn contains(&self, id: &str) -> bool {
        self.incomplete.contains(id) || self.shadows.values().any(|entry| entry.shadow.id == id)
    }

    /// Records that a new shadow lacks permissions. It is neither used nor deleted until it is inserted or abandoned.
    pub(super) fn announce(&mut self, id: &str) {
        self.incomplete.insert(id.to_owned());
    }

    /// Marks a shadow for deletion that did not get its permissions.
    pub(super) fn abandon(&mut self, id: &str) {
        self.obsolete.extend(self.incomplete.take(id));
    }

    /// Adds a new shadow; returns whether another one was evicted, which is to be deleted from the database.
    pub(super) fn insert(&mut self, authority: Authority, shadow: Arc<Shadow>, now: Instant) -> bool {
        self.incomplete.remove(&shadow.id);
        let is_full = self.shadows.len() >= MOST;
        if is_full {
            let longest_unused = self.shadows.iter().min_by_key(|(_, entry)| entry.used);
            let longest_unused = longest_unused.map(|(authority, _)| authority.clone());
            let removed = longest_unused.and_then(|authority| self.shadows.remove(&authority));
            self.obsolete.extend(removed.map(|entry| entry.shadow.id.clone()));
        }
        self.shadows.insert(authority, Entry { shadow, used: now, checked: None });
        is_full
    }

    /// Returns whether a shadow that the database refused is to be checked now, and records the time. A shadow that is
    /// no longer in the cache is always checked: it may have been deleted.
    pub(super) fn begin_check(&mut self, shadow: &Arc<Shadow>, now: Instant) -> bool {
        let entry = self.shadows.values_mut().find(|entry| Arc::ptr_eq(&entry.shadow, shadow));
        let Some(entry) = entry else { return true };
        let is_due = entry.checked.is_none_or(|at| now.saturating_duration_since(at) >= CHECK_EVERY);
        if is_due {
            entry.checked = Some(now);
        }
        is_due
    }

    /// Removes a shadow, and marks it for deletion.
    pub(super) fn remove(&mut self, shadow: &Arc<Shadow>) {
        let before = self.shadows.len();
        self.shadows.retain(|_, entry| !Arc::ptr_eq(&entry.shadow, shadow));
        if self.shadows.len() < before {
            self.obsolete.push(shadow.id.clone());
        }
    }

    /// Removes all shadows, and marks them for deletion.
    pub(super) fn remove_all(&mut self) {
        self.obsolete.extend(self.shadows.drain().map(|(_, entry)| entry.shadow.id.clone()));
    }

    /// Returns the shadows to delete, among them those that have been unused for [`UNUSED_FOR`]. The list is bounded;
    /// the rest is deleted at the next start.
    pub(super) fn obsolete(&mut self, now: Instant) -> Vec<String> {
        let unused = self.shadows.extract_if(|_, entry| now.saturating_duration_since(entry.used) >= UNUSED_FOR);
        self.obsolete.extend(unused.map(|(_, entry)| entry.shadow.id.clone()));
        self.obsolete.truncate(2 * MOST);
        self.obsolete.clone()
    }

    /// Removes a deleted shadow from the list of those to delete.
    pub(super) fn note_deleted(&mut self, id: &str) {
        self.obsolete.retain(|one| one != id);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use http::HeaderValue;
    use jeton_gate::Delegated;
    use jeton_model::{Action, BucketId, Id, OrgId};

    use crate::shadows::credential::Credential;

    use super::*;

    fn rights(number: u64) -> Authority {
        let id = |number| Id::new(number).unwrap();
        let permissions = BTreeSet::from([(Action::Read, BucketId(id(number)))]);
        Authority::Caller(Delegated { org: OrgId(id(1)), permissions }.into())
    }

    fn shadow(number: u64) -> Arc<Shadow> {
        let credential = Credential::Given(HeaderValue::from_static("Token hidden"));
        Arc::new(Shadow { id: id(number), credential })
    }

    fn id(number: u64) -> String {
        number.to_string()
    }

    #[test]
    fn the_longest_unused_of_a_thousand_makes_room() {
        let (mut cache, begin) = (ShadowCache::default(), Instant::now());
        for number in 1..=MOST as u64 {
            assert!(!cache.insert(rights(number), shadow(number), begin + Duration::from_millis(number)));
        }
        let late = begin + Duration::from_secs(2);
        assert!(cache.find(&rights(1), late).is_some(), "the first is used again");
        assert!(cache.insert(rights(5000), shadow(5000), late));
        assert!(cache.find(&rights(1), late).is_some() && cache.find(&rights(2), late).is_none());
        assert_eq!(cache.obsolete(late), [id(2)]);
    }

    #[test]
    fn a_shadow_that_nobody_used_for_ten_minutes_is_deleted() {
        let (mut cache, begin) = (ShadowCache::default(), Instant::now());
        cache.insert(rights(1), shadow(1), begin);
        cache.insert(rights(2), shadow(2), begin);
        let later = begin + Duration::from_secs(599);
        assert!(cache.obsolete(later).is_empty());
        assert!(cache.find(&rights(2), later).is_some());
        assert_eq!(cache.obsolete(begin + UNUSED_FOR), [id(1)]);
        cache.remove_all();
        assert_eq!(cache.obsolete(later), [id(1), id(2)], "nobody said that the first one was deleted");
        cache.note_deleted(&id(1));
        assert_eq!(cache.obsolete(later), [id(2)]);
    }

    /// Otherwise it would be deleted while it gets its permissions, or be left in the database.
    #[test]
    fn a_new_shadow_is_known_until_it_is_inserted_or_abandoned() {
        let (mut cache, now) = (ShadowCache::default(), Instant::now());
        cache.announce(&id(1));
        cache.announce(&id(2));
        assert!(cache.contains(&id(1)) && cache.contains(&id(2)) && cache.obsolete(now).is_empty());
        assert!(cache.find(&rights(1), now).is_none());
        cache.insert(rights(1), shadow(1), now);
        cache.abandon(&id(1));
        assert!(cache.contains(&id(1)), "it was inserted");
        cache.abandon(&id(2));
        assert!(!cache.contains(&id(2)));
        assert_eq!(cache.obsolete(now), [id(2)]);
    }

    #[test]
    fn a_shadow_that_is_refused_is_checked_once_a_second() {
        let (mut cache, now) = (ShadowCache::default(), Instant::now());
        let (first, second) = (shadow(1), shadow(2));
        cache.insert(rights(1), Arc::clone(&first), now);
        cache.insert(rights(2), Arc::clone(&second), now);
        assert!(cache.begin_check(&first, now) && !cache.begin_check(&first, now));
        assert!(cache.begin_check(&second, now), "each for itself");
        assert!(cache.begin_check(&first, now + CHECK_EVERY));
        cache.remove(&first);
        assert!(cache.begin_check(&first, now + CHECK_EVERY));
    }

    #[test]
    fn a_shadow_that_was_replaced_is_not_forgotten_again() {
        let (mut cache, now) = (ShadowCache::default(), Instant::now());
        let first = shadow(1);
        cache.insert(rights(1), Arc::clone(&first), now);
        cache.remove(&first);
        cache.insert(rights(1), shadow(2), now);
        cache.remove(&first);
        assert!(cache.find(&rights(1), now).is_some());
        assert_eq!(cache.obsolete(now), [id(1)]);
    }
}
