//! Bindings of buckets to the databases behind gates. See [`GateBinding`].

mod adoption;
mod confirmation;
mod directory;
mod explanation;
mod kind;
mod lacking;
mod running;
mod shadow;
mod sync;
mod traffic;
mod upstream;
mod uses;

use crate::{BucketId, OrgId, Timestamp, ValidationError, dbrp::check_part, user};

pub use adoption::{Adoption, AdoptionOutcome, Adoptions, Obstacle, OrgAdoption};
pub use confirmation::{Confirmation, ConfirmationOutcome};
pub use directory::{BoundBucket, DirectoryContent, DirectoryRecord};
pub use explanation::{Explanation, NotExplained};
pub use kind::GateKind;
pub use lacking::Lacking;
pub use running::{GateCounts, GateMode, GateRefusal, RunningGate, UpstreamHealth};
pub use shadow::{is_shadow, shadow_description};
pub use sync::{
    Comparison, FoundBucket, FoundDatabase, UnknownDatabase, compare_buckets, compare_databases, found_bindings,
    unknown_databases,
};
pub use traffic::{GateRates, GateTraffic};
pub use upstream::Upstream;
pub use uses::{GateUse, MAX_GATE_USES};

/// Maximum number of bytes of the name of a gate.
pub const MAX_GATE_NAME: usize = 64;
/// Databases and buckets of the database's own, which are never bound.
const RESERVED: [&str; 4] = ["_internal", "_monitoring", "_tasks", "system"];

/// The part of a gate's configuration that decides about bindings.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct GateIdentity {
    /// The name of the gate.
    pub name: String,
    /// The kind of the database.
    pub kind: GateKind,
    /// The organization whose buckets the databases are.
    pub org: OrgId,
    /// The database's address.
    pub upstream: Upstream,
}

/// The stored record of the database that holds the data of a bucket. It is never derived from a name in a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateBinding {
    /// The name of the gate.
    pub gate: String,
    /// The bucket.
    pub bucket: BucketId,
    /// The name of the bucket.
    pub bucket_name: String,
    /// The organization of the bucket.
    pub org: OrgId,
    /// The address of the gate's database when the bucket was bound, or last confirmed.
    pub upstream: Upstream,
    /// The name of the database.
    pub database: String,
    /// The retention policy; `None` for all of those that have no binding of their own.
    pub policy: Option<String>,
    /// The time since when the bucket is suspended: the database vanished or changed.
    pub suspended_at: Option<Timestamp>,
    /// Time of the binding.
    pub created_at: Timestamp,
    /// The last time that a person bound or confirmed it.
    pub updated_at: Timestamp,
}

impl GateBinding {
    /// Returns whether the bucket is unavailable through the gate until an operator confirms: it was suspended, or the
    /// gate leads to another address than when it was bound.
    pub fn is_suspended(&self, gate: &GateIdentity) -> bool {
        self.suspended_at.is_some() || self.upstream != gate.upstream
    }

    /// Returns the database and the retention policy: `db` or `db/rp`.
    pub fn place(&self) -> String {
        match &self.policy {
            Some(policy) => format!("{}/{policy}", self.database),
            None => self.database.clone(),
        }
    }
}

/// The state of a database when a bucket is bound to it: with or without data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExistingData {
    /// The upstream has no such database, or it is empty.
    Absent,
    /// The database holds data.
    Present,
    /// The upstream was not asked.
    Unknown,
}

impl ExistingData {
    /// Returns whether a database or retention policy may hold data, according to a list of the upstream's databases;
    /// `None`: there is no list. One that exists counts as one with data. VictoriaMetrics has no list that is certainly
    /// complete.
    pub fn of_list(kind: GateKind, found: Option<&[FoundDatabase]>, database: &str, policy: Option<&str>) -> Self {
        let Some(found) = found else { return Self::Unknown };
        let has_policy = |one: &FoundDatabase| policy.is_none_or(|policy| one.policies.iter().any(|own| own == policy));
        let is_there = found.iter().any(|one| one.name == database && has_policy(one));
        match (is_there, kind) {
            (true, _) => Self::Present,
            (false, GateKind::Influxdb1 | GateKind::Influxdb3) => Self::Absent,
            (false, GateKind::Influxdb2 | GateKind::Victoriametrics) => Self::Unknown,
        }
    }

    /// Returns the name in the audit log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Present => "present",
            Self::Unknown => "unknown",
        }
    }
}

/// Returns whether a name belongs to a database or bucket of the database's own, which is never bound.
pub fn is_reserved(name: &str) -> bool {
    RESERVED.iter().any(|reserved| name.eq_ignore_ascii_case(reserved))
}

/// Checks the name of a gate.
///
/// # Errors
/// Fails if it is not 1 to [`MAX_GATE_NAME`] letters, digits and `- _ .`, or only dots: it is a part of metrics, of
/// descriptions upstream and of addresses.
pub fn check_gate_name(name: &str) -> Result<(), ValidationError> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let is_name = name.bytes().all(is_plain) && !name.bytes().all(|byte| byte == b'.');
    if is_name && name.len() <= MAX_GATE_NAME {
        return Ok(());
    }
    let message =
        format!("the name of a gate consists of 1 to {MAX_GATE_NAME} letters, digits and - _ . without spaces");
    Err(ValidationError::field("gate", message))
}

/// Checks the database and the retention policy of a new binding.
///
/// # Errors
/// Fails if a name is invalid, if the database is one of the upstream's own, or if the kind has no retention policies.
pub fn check_place(kind: GateKind, database: &str, policy: Option<&str>) -> Result<(), ValidationError> {
    if is_reserved(database) {
        let message = format!("{database} is the database's own and is never bound to a bucket");
        return Err(ValidationError::field("database", message));
    }
    match (kind, policy) {
        (GateKind::Influxdb1, policy) => {
            check_part("database", database)?;
            policy.map_or(Ok(()), |policy| check_part("policy", policy))
        }
        (_, Some(_)) => {
            let message = "only databases of InfluxDB 1.x have retention policies; leave the policy out";
            Err(ValidationError::field("policy", message))
        }
        // The database `a/week` of InfluxDB 3 is one name, and that of VictoriaMetrics is the value of a label.
        (_, None) => check_whole_name(database),
    }
}

fn check_whole_name(database: &str) -> Result<(), ValidationError> {
    if database.is_empty() || database.chars().any(char::is_control) {
        let message = "the name of a database must not be empty, and must not contain control characters";
        return Err(ValidationError::field("database", message));
    }
    user::check_text("database", database, user::MAX_NAME)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn databases_of_the_upstreams_own_are_never_bound() {
        for name in ["_internal", "_monitoring", "_tasks", "system", "System", "_INTERNAL"] {
            for kind in GateKind::ALL {
                assert!(check_place(kind, name, None).is_err(), "{name}");
            }
        }
        assert!(!is_reserved("systems"));
    }

    #[test]
    fn only_influxdb_1_has_retention_policies() {
        assert_eq!(check_place(GateKind::Influxdb1, "db", Some("week")), Ok(()));
        for kind in [GateKind::Influxdb3, GateKind::Victoriametrics] {
            assert_eq!(check_place(kind, "db/week", None), Ok(()));
            assert!(check_place(kind, "db", Some("week")).is_err());
        }
    }

    #[test]
    fn the_name_of_a_gate_is_plain() {
        assert_eq!(check_gate_name("plant-1_a.b"), Ok(()));
        for name in ["", ".", "..", "a b", "a/b", "a\0b", "\u{e9}", "a\n", &"a".repeat(65)] {
            assert!(check_gate_name(name).is_err(), "{name:?}");
        }
    }

    #[test]
    fn only_a_complete_list_shows_that_a_place_is_new() {
        let found = [FoundDatabase { name: "a".into(), policies: vec!["week".into()], default_policy: None }];
        let of = |kind, database, policy| ExistingData::of_list(kind, Some(&found), database, policy);
        assert_eq!(of(GateKind::Influxdb1, "a", None), ExistingData::Present);
        assert_eq!(of(GateKind::Influxdb1, "a", Some("week")), ExistingData::Present);
        assert_eq!(of(GateKind::Influxdb1, "a", Some("year")), ExistingData::Absent);
        assert_eq!(of(GateKind::Influxdb3, "b", None), ExistingData::Absent);
        assert_eq!(of(GateKind::Victoriametrics, "a", None), ExistingData::Present);
        assert_eq!(of(GateKind::Victoriametrics, "b", None), ExistingData::Unknown);
        assert_eq!(ExistingData::of_list(GateKind::Influxdb1, None, "b", None), ExistingData::Unknown);
    }

    #[test]
    fn names_that_no_database_has_are_refused() {
        for name in ["", ".", "a/b", "a\0b", "a\nb"] {
            assert!(check_place(GateKind::Influxdb1, name, None).is_err(), "{name:?}");
            assert!(check_place(GateKind::Influxdb1, "db", Some(name)).is_err(), "{name:?}");
        }
        for name in ["", "a\0b", "a\nb"] {
            assert!(check_place(GateKind::Victoriametrics, name, None).is_err(), "{name:?}");
        }
        assert!(check_place(GateKind::Influxdb3, &"x".repeat(5000), None).is_err());
    }
}
