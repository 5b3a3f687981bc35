//! The requests recorded from real databases, each decided for the token that sent it.
//!
//! A step that the gate decides otherwise than the database did is declared in `declared.rs`. Names in the lists are
//! beginnings of the names of steps.

mod declared;
mod recording;

use jeton_gate::{Caller, Decision, FluxReason, Kind, Reason};

use crate::support::{self, Setup, org};
use declared::{Declared, FILTERED, LEFT_TO_THE_DATABASE, OTHER_STATUS, SAME_TEXT, STRICTER};
use recording::{FILES, Recorded, decide, directory, gate, same, steps, syntax};

#[test]
fn every_recorded_request_is_decided_as_the_database_did_or_as_declared() {
    let declared = Declared::default();
    let mut differences = Vec::new();
    for (file, kind) in FILES {
        for step in steps(file) {
            differences.extend(difference(&declared, &step, decide(file, kind, &step)));
        }
    }
    differences.extend(declared.unneeded());
    assert!(differences.is_empty(), "{differences:#?}");
}

/// Returns in what a decision differs from the recording without being declared.
fn difference(declared: &Declared, step: &Recorded, decision: Decision) -> Option<String> {
    let name = &step.name;
    let (is_declared, difference) = match decision {
        Decision::Allow(_) if step.is_refused() => (declared.has(&LEFT_TO_THE_DATABASE, name), "is sent".to_owned()),
        Decision::Allow(_) => return None,
        Decision::Answer(answer) if same(&answer.body, &step.expected) => return None,
        Decision::Answer(answer) => (declared.has(&FILTERED, name), format!("is answered with {answer:?}")),
        Decision::Jeton => (false, "is taken for Jeton's".to_owned()),
        Decision::Refuse(refusal) => {
            let answer = refusal.answer();
            if !step.is_refused() {
                (declared.has(&STRICTER, name), format!("is refused: {refusal:?}"))
            } else if u64::from(answer.status) != step.status {
                (declared.has(&OTHER_STATUS, name), format!("is refused with {}, not {}", answer.status, step.status))
            } else if declared.has(&SAME_TEXT, name) {
                (same(&answer.body, &step.expected), format!("is refused with {}, not {}", answer.body, step.expected))
            } else {
                return None;
            }
        }
    };
    (!is_declared).then(|| format!("{name} {difference}"))
}

#[test]
fn what_escapes_influxdb_is_refused_before_it_is_sent() {
    let wanted =
        |name: &str| ["bucketID.", "keys.", "import.", "influxql.foreign"].iter().any(|one| name.starts_with(one));
    let escapes: Vec<_> = steps("influxdb2-escapes").into_iter().filter(|step| wanted(&step.name)).collect();
    assert!(escapes.len() >= 16, "the escapes are recorded");
    for step in &escapes {
        let decision = decide("influxdb2-escapes", Kind::Influxdb2, step);
        assert!(matches!(decision, Decision::Refuse(_)), "{}: {decision:?}", step.name);
    }
}

/// The reader of every bucket passes the gate's first demand, so that the inspection itself must refuse.
#[test]
fn the_inspection_refuses_what_no_permission_allows() {
    let all = support::permissions(&["read *", "write *"]);
    for step in steps("influxdb2-escapes") {
        let setup = Setup { gate: gate(Kind::Influxdb2), directory: directory("", Kind::Influxdb2), syntax };
        let decision = setup.decide(&step.request, &Caller::Token { org: org(), permissions: &all });
        let name = step.name.as_str();
        let reason = match decision {
            Decision::Refuse(refusal) => refusal.reason,
            _ if name.starts_with("import.") || name.starts_with("keys.") => panic!("{name} is sent"),
            _ => continue,
        };
        match name {
            "bucketID.alias" => assert_eq!(reason, Reason::Flux(FluxReason::ComputedBucketId)),
            "bucketID.foreign-org" => assert!(matches!(reason, Reason::UnknownDatabase(_)), "{reason:?}"),
            "import.sql" => assert_eq!(reason, Reason::Flux(FluxReason::Import("sql".into()))),
            _ => assert!(!name.starts_with("import.") || matches!(reason, Reason::Flux(FluxReason::Import(_)))),
        }
    }
}
