//! The metrics of the gates.

use std::collections::BTreeSet;

use jeton_proxy::{Counters, End, Outcome, ProxyGate, UpstreamFailure};
use tokio::{
    sync::watch,
    time::{MissedTickBehavior, interval},
};

use super::dropped;

/// Samples the counters of the gates, and copies them to the metrics, until the sender of `running` is dropped.
pub(super) async fn keep_counting(gates: watch::Receiver<Vec<ProxyGate>>, running: watch::Receiver<()>) {
    let mut now_and_then = interval(Counters::SAMPLE_EVERY);
    now_and_then.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut known = BTreeSet::new();
    let counting = async {
        loop {
            now_and_then.tick().await;
            let running: BTreeSet<String> = {
                let gates = gates.borrow();
                gates.iter().for_each(count);
                gates.iter().map(|gate| gate.name().to_owned()).collect()
            };
            known.difference(&running).for_each(|removed| set_health(removed, f64::NAN));
            known = running;
        }
    };
    tokio::select! {
        () = counting => {}
        () = dropped(running) => {}
    }
}

/// Sets the health of a gate's database: 1 if it is healthy, 0 if not, or NaN for a removed gate, for which no alert
/// fires.
fn set_health(gate: &str, value: f64) {
    metrics::gauge!("jeton_gate_upstream_up", "gate" => gate.to_owned()).set(value);
}

fn count(gate: &ProxyGate) {
    let (name, counters) = (gate.name(), gate.counters());
    counters.sample();
    set_health(name, if gate.upstream_is_up() { 1.0 } else { 0.0 });
    let label = |key: &'static str, value: &'static str| [("gate", name.to_owned()), (key, value.to_owned())];
    for outcome in Outcome::ALL {
        let labels = label("outcome", outcome.name());
        metrics::counter!("jeton_gate_decisions_total", &labels).absolute(counters.decisions(outcome));
    }
    for failure in UpstreamFailure::ALL {
        let labels = label("failure", failure.name());
        metrics::counter!("jeton_gate_upstream_failures_total", &labels).absolute(counters.failures(failure));
    }
    for end in End::ALL {
        let labels = label("reason", end.name());
        metrics::counter!("jeton_gate_ended_exchanges_total", &labels).absolute(counters.ends(end));
    }
}
