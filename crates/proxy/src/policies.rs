//! The default retention policies of the databases of InfluxDB 1.x. A name without a retention policy means the default
//! one, which only the database knows.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use jeton_gate::Kind;
use jeton_model::binding::FoundDatabase;
use tokio::time::sleep;

use crate::{decide, gate::ProxyGate};

/// Maximum age of the policies of an answer. Older ones are discarded, and requests that need them get 503.
const KNOWN_FOR: Duration = Duration::from_secs(60);
/// Time after which a gate asks again.
const ASK_AGAIN: Duration = Duration::from_secs(20);
/// Time between two checks whether the gate should ask. It is also the pause after a failed answer.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// The default retention policies by the names of their databases.
pub type DefaultPolicies = BTreeMap<String, String>;

/// The default retention policies from the last answer of a database, until they are too old.
#[derive(Debug, Default)]
pub struct PolicyCache(Mutex<Option<Reported>>);

#[derive(Debug)]
struct Reported {
    /// The time before the database was asked: it may have changed since.
    requested_at: Instant,
    policies: Arc<DefaultPolicies>,
}

impl PolicyCache {
    /// Stores the policies of an answer, unless a later request was answered already.
    pub fn update(&self, found: &[FoundDatabase], requested_at: Instant) {
        let default = |one: &FoundDatabase| Some((one.name.clone(), one.default_policy.clone()?));
        let reported: DefaultPolicies = found.iter().filter_map(default).collect();
        let mut cached = self.lock();
        if cached.as_ref().is_some_and(|known| known.requested_at > requested_at) {
            return;
        }
        // Equal policies keep their `Arc`, so that values derived from them stay valid.
        let same = cached.take().map(|known| known.policies).filter(|known| **known == reported);
        *cached = Some(Reported { requested_at, policies: same.unwrap_or_else(|| Arc::new(reported)) });
    }

    /// Returns the policies known at this time; the same `Arc` as long as they are equal.
    pub fn current(&self, now: Instant) -> Option<Arc<DefaultPolicies>> {
        let cached = self.lock();
        let known = cached.as_ref().filter(|known| now.saturating_duration_since(known.requested_at) < KNOWN_FOR);
        known.map(|known| Arc::clone(&known.policies))
    }

    fn lock(&self) -> MutexGuard<'_, Option<Reported>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Asks the database again and again, as long as decisions depend on its default retention policies. It returns at once
/// for kinds that have none.
pub(crate) async fn keep_policies_current(gate: &ProxyGate) {
    if gate.rules().kind() != Kind::Influxdb1 {
        return;
    }
    let mut updated_at: Option<Instant> = None;
    loop {
        let requested_at = Instant::now();
        let is_due = updated_at.is_none_or(|at| requested_at.saturating_duration_since(at) >= ASK_AGAIN);
        if is_due && needs_policies(gate).await && gate.inventory().await.is_some() {
            updated_at = Some(requested_at);
        }
        sleep(LOOK_EVERY).await;
    }
}

async fn needs_policies(gate: &ProxyGate) -> bool {
    decide::directory(gate).await.is_ok_and(|directory| directory.needs_policies())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(default: &str) -> [FoundDatabase; 1] {
        [FoundDatabase { name: "a".into(), policies: vec!["week".into()], default_policy: Some(default.into()) }]
    }

    fn default_at(cache: &PolicyCache, now: Instant) -> Option<String> {
        cache.current(now).and_then(|known| known.get("a").cloned())
    }

    #[test]
    fn what_the_database_told_is_forgotten_after_a_minute() {
        let (cache, requested_at) = (PolicyCache::default(), Instant::now());
        assert!(cache.current(requested_at).is_none());
        cache.update(&found("week"), requested_at);
        assert_eq!(default_at(&cache, requested_at + Duration::from_secs(59)), Some("week".into()));
        assert!(cache.current(requested_at + KNOWN_FOR).is_none());
        cache.update(&found("week"), requested_at + Duration::from_secs(59));
        assert_eq!(default_at(&cache, requested_at + KNOWN_FOR), Some("week".into()), "it was asked again");
    }

    #[test]
    fn the_latest_question_decides_whichever_answer_comes_last() {
        let (cache, requested_at) = (PolicyCache::default(), Instant::now());
        cache.update(&found("week"), requested_at + Duration::from_secs(1));
        cache.update(&found("autogen"), requested_at);
        assert_eq!(default_at(&cache, requested_at), Some("week".into()));
    }

    #[test]
    fn equal_policies_stay_the_same() {
        let (cache, requested_at) = (PolicyCache::default(), Instant::now());
        cache.update(&found("week"), requested_at);
        let first = cache.current(requested_at).unwrap();
        cache.update(&found("week"), requested_at);
        assert!(Arc::ptr_eq(&first, &cache.current(requested_at).unwrap()));
        cache.update(&found("autogen"), requested_at);
        assert!(!Arc::ptr_eq(&first, &cache.current(requested_at).unwrap()));
    }

    #[test]
    fn a_database_without_a_default_policy_is_not_known() {
        let (cache, requested_at) = (PolicyCache::default(), Instant::now());
        cache.update(&[FoundDatabase { name: "a".into(), policies: Vec::new(), default_policy: None }], requested_at);
        assert_eq!(default_at(&cache, requested_at), None);
    }
}
