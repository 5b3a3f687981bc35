//! Words about demands and decisions, for people who ask why a request is allowed or refused.

use crate::{
    decision::Decision,
    demand::{Demand, Place, Policy, Target},
    plan::Plan,
};

impl Plan {
    /// Returns the demand of the request.
    pub fn demand(&self) -> &Demand {
        &self.demand
    }
}

impl Demand {
    /// Describes the demand: "read database a, write database b".
    pub fn words(&self) -> String {
        match self {
            Self::Nothing => "nothing".into(),
            Self::Token => "any live token".into(),
            Self::Member => "any live token of the organization".into(),
            Self::Targets(targets) | Self::Deletion(targets) => {
                targets.iter().map(Target::words).collect::<Vec<_>>().join(", ")
            }
            Self::AnyReadable => "read at least one bucket of the gate".into(),
            Self::OnlyWritable => "write exactly one bucket of the gate".into(),
            Self::Operator(reason) => format!("operator: {}", reason.message()),
            Self::Never => "more than any token permits".into(),
        }
    }
}

impl Target {
    fn words(&self) -> String {
        format!("{} {}", self.action.name(), self.place.words())
    }
}

impl Place {
    fn words(&self) -> String {
        match self {
            Self::Database(database, Policy::All) => format!("database {database}"),
            Self::Database(database, Policy::Named(policy)) => format!("database {database}/{policy}"),
            Self::Database(database, Policy::Default) => format!("database {database} with its default policy"),
            Self::Bucket(name) => format!("bucket {name}"),
            Self::BucketId(id) => format!("bucket {id}"),
        }
    }
}

impl Decision {
    /// Describes the decision: "allowed", or "refused with status 403: …".
    pub fn words(&self) -> String {
        match self {
            Self::Allow(_) => "allowed".into(),
            Self::Answer(answer) => format!("answered by the gate with status {}", answer.status),
            Self::Jeton => "answered by Jeton, which decides by itself".into(),
            Self::Refuse(refusal) => {
                format!("refused with status {}: {}", refusal.answer().status, refusal.reason.message())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use jeton_model::Action;

    use crate::{
        demand::Targets,
        kind::Kind,
        refusal::{Reason, Refusal, Shape, Surface},
    };

    use super::*;

    #[test]
    fn demands_are_said_with_every_place() {
        let target = |action, place| Target { action, place };
        let targets = Targets::of([
            target(Action::Read, Place::Database("a".into(), Policy::Named("week".into()))),
            target(Action::Write, Place::Database("b".into(), Policy::All)),
        ]);
        let demand = Demand::Targets(targets.unwrap());
        assert_eq!(demand.words(), "read database a/week, write database b");
        assert_eq!(Demand::Member.words(), "any live token of the organization");
    }

    #[test]
    fn refusals_are_said_with_status_and_reason() {
        let shape = Shape { kind: Kind::Influxdb3, surface: Surface::Other };
        let refused = Decision::Refuse(Refusal::new(Reason::Missing(Action::Read, "a".into()), shape));
        assert_eq!(refused.words(), "refused with status 403: the token has no permission to read a");
    }
}
