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
pub struct LearntPolicies(Mutex<Option<Learnt>>);

#[derive(Debug)]
struct Learnt {
    /// The time before the database was asked: it may have changed since.
    asked_at: Instant,
    policies: Arc<DefaultPolicies>,
}

impl LearntPolicies {
    /// Keeps the policies of an answer, unless a later request was answered already.
    pub fn learn(&self, found: &[FoundDatabase], asked_at: Instant) {
        let default = |one: &FoundDatabase| Some((one.name.clone(), one.default_policy.clone()?));
        let told: DefaultPolicies = found.iter().filter_map(default).collect();
        let mut kept = self.kept();
        if kept.as_ref().is_some_and(|known| known.asked_at > asked_at) {
            return;
        }
        // Equal policies keep their `Arc`, so that values derived from them stay valid.
        let same = kept.take().map(|known| known.policies).filter(|known| **known == told);
        *kept = Some(Learnt { asked_at, policies: same.unwrap_or_else(|| Arc::new(told)) });
    }

    /// Returns the policies known at this time; the same `Arc` as long as they are equal.
    pub fn known(&self, now: Instant) -> Option<Arc<DefaultPolicies>> {
        let kept = self.kept();
        let known = kept.as_ref().filter(|known| now.saturating_duration_since(known.asked_at) < KNOWN_FOR);
        known.map(|known| Arc::clone(&known.policies))
    }

    fn kept(&self) -> MutexGuard<'_, Option<Learnt>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Asks the database again and again, as long as decisions depend on its default retention policies. It returns at once
/// for kinds that have none.
pub(crate) async fn keep_learning(gate: &ProxyGate) {
    if gate.rules().kind() != Kind::Influxdb1 {
        return;
    }
    let mut learnt_at: Option<Instant> = None;
    loop {
        let asked_at = Instant::now();
        let is_due = learnt_at.is_none_or(|at| asked_at.saturating_duration_since(at) >= ASK_AGAIN);
        if is_due && needs_policies(gate).await && gate.inventory().await.is_some() {
            learnt_at = Some(asked_at);
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

    fn default_at(learnt: &LearntPolicies, now: Instant) -> Option<String> {
        learnt.known(now).and_then(|known| known.get("a").cloned())
    }

    #[test]
    fn what_the_database_told_is_forgotten_after_a_minute() {
        let (learnt, asked_at) = (LearntPolicies::default(), Instant::now());
        assert!(learnt.known(asked_at).is_none());
        learnt.learn(&found("week"), asked_at);
        assert_eq!(default_at(&learnt, asked_at + Duration::from_secs(59)), Some("week".into()));
        assert!(learnt.known(asked_at + KNOWN_FOR).is_none());
        learnt.learn(&found("week"), asked_at + Duration::from_secs(59));
        assert_eq!(default_at(&learnt, asked_at + KNOWN_FOR), Some("week".into()), "it was asked again");
    }

    #[test]
    fn the_latest_question_decides_whichever_answer_comes_last() {
        let (learnt, asked_at) = (LearntPolicies::default(), Instant::now());
        learnt.learn(&found("week"), asked_at + Duration::from_secs(1));
        learnt.learn(&found("autogen"), asked_at);
        assert_eq!(default_at(&learnt, asked_at), Some("week".into()));
    }

    #[test]
    fn equal_policies_stay_the_same() {
        let (learnt, asked_at) = (LearntPolicies::default(), Instant::now());
        learnt.learn(&found("week"), asked_at);
        let first = learnt.known(asked_at).unwrap();
        learnt.learn(&found("week"), asked_at);
        assert!(Arc::ptr_eq(&first, &learnt.known(asked_at).unwrap()));
        learnt.learn(&found("autogen"), asked_at);
        assert!(!Arc::ptr_eq(&first, &learnt.known(asked_at).unwrap()));
    }

    #[test]
    fn a_database_without_a_default_policy_is_not_known() {
        let (learnt, asked_at) = (LearntPolicies::default(), Instant::now());
        learnt.learn(&[FoundDatabase { name: "a".into(), policies: Vec::new(), default_policy: None }], asked_at);
        assert_eq!(default_at(&learnt, asked_at), None);
    }
}
