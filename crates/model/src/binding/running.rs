//! The gates that a server runs: their settings, health, counters and last refusals.

use std::net::{IpAddr, SocketAddr};

use serde::{Deserialize, Serialize};

use crate::{AuthorizationId, DatabasePattern, OrgId, Timestamp};

use super::{GateKind, GateRates, Upstream};

/// A gate that the server runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunningGate {
    /// The name of the gate.
    pub name: String,
    /// The kind of the database.
    pub kind: GateKind,
    /// Name or id of the organization whose buckets stand for the databases.
    pub org: String,
    /// Name or id of the organization in the configuration.
    pub org_setting: String,
    /// The configured URL of the database.
    pub upstream: String,
    /// The patterns of the databases that the gate guards.
    pub databases: Vec<DatabasePattern>,
    /// The address on which the gate listens; `None` for one that only answers reverse proxies.
    pub address: Option<SocketAddr>,
    /// True if clients reach the gate by https.
    pub is_encrypted: bool,
    /// The effect of a decision.
    pub mode: GateMode,
    /// True if the gate has a credential for the database.
    pub has_credential: bool,
    /// The health of the database, as the last request showed it.
    pub health: UpstreamHealth,
    /// The numbers of requests.
    pub counts: GateCounts,
    /// The requests of the last minute and hour.
    pub rates: GateRates,
    /// The last refusals, the newest first.
    pub refusals: Vec<GateRefusal>,
}

impl RunningGate {
    /// Returns whether the gate guards a database with this name.
    pub fn guards(&self, database: &str) -> bool {
        self.databases.iter().any(|pattern| pattern.matches(database))
    }

    /// Returns recommended changes of the gate or its database, as sentences for an operator.
    pub fn findings(&self) -> Vec<&'static str> {
        let is_plain = is_exposed(&self.upstream);
        let open = "The gate has no credential for the database. Let the database listen where only Jeton reaches it.";
        let plain = "The database is on another machine and is reached without TLS. Only Jeton may reach its address.";
        let observes = self.mode == GateMode::Observe;
        let is_unguarded = observes && self.health == UpstreamHealth::Unguarded;
        let is_open = is_unguarded || (observes && !self.has_credential);
        let own = [(!self.has_credential, open), (is_plain, plain), (observes, OBSERVES), (is_open, AS_OPEN)];
        let own = own.into_iter().filter_map(|(applies, finding)| applies.then_some(finding));
        let advice = self.health.advice().filter(|_| !is_unguarded);
        advice.into_iter().chain(own).collect()
    }
}

/// The advice about observe mode.
const OBSERVES: &str = "The gate observes: most of what it would refuse goes on. Set mode = \"enforce\" when nothing \
                        would be refused that should work.";
/// The notice that observe mode does not protect a database without authentication.
const AS_OPEN: &str = "The database has no authentication, so that observe mode leaves it as open as before.";

/// Returns whether requests to an address leave the machine without TLS.
fn is_exposed(upstream: &str) -> bool {
    let Ok(upstream) = upstream.parse::<Upstream>() else { return true };
    let authority = upstream.authority();
    let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
    let is_local = host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    !is_local && !upstream.is_secure()
}

/// The effect of a gate's decisions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum GateMode {
    /// A refused request does not reach the database.
    #[default]
    Enforce,
    /// A request that would be refused is recorded, and reaches the database with its own credential, or with one for
    /// the buckets that it names.
    Observe,
}

impl GateMode {
    /// Every mode.
    pub const ALL: [Self; 2] = [Self::Enforce, Self::Observe];

    /// Returns the name in configurations.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Enforce => "enforce",
            Self::Observe => "observe",
        }
    }

    /// Returns the title that the console shows.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Enforce => "Enforce",
            Self::Observe => "Observe",
        }
    }
}

/// The health of a database, as the last request showed it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum UpstreamHealth {
    /// No request was sent yet.
    #[default]
    Unknown,
    /// The database answers.
    Healthy,
    /// The database cannot be reached.
    Unreachable,
    /// The database closed the connection without a response, or sent one that cannot be passed on.
    NoAnswer,
    /// The database does not accept the credential of the gate.
    Unauthorized,
    /// The database answers without a credential, so that the gate stays closed.
    Unguarded,
    /// The database answers, and its clock differs from Jeton's, which the tokens that the gate signs depend on.
    Skewed,
}

impl UpstreamHealth {
    /// Every state.
    pub const ALL: [Self; 7] = [
        Self::Unknown,
        Self::Healthy,
        Self::Unreachable,
        Self::NoAnswer,
        Self::Unauthorized,
        Self::Unguarded,
        Self::Skewed,
    ];

    /// Returns the name in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Healthy => "healthy",
            Self::Unreachable => "unreachable",
            Self::NoAnswer => "no answer",
            Self::Unauthorized => "unauthorized",
            Self::Unguarded => "unguarded",
            Self::Skewed => "skewed",
        }
    }

    /// Returns the title that the console shows.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Unknown => "Not used yet",
            Self::Healthy => "Healthy",
            Self::Unreachable => "Unreachable",
            Self::NoAnswer => "No answer",
            Self::Unauthorized => "Refuses the gate",
            Self::Unguarded => "Open to everyone",
            Self::Skewed => "Clock differs",
        }
    }

    /// Returns the remedy; `None` if there is nothing to do.
    pub const fn advice(self) -> Option<&'static str> {
        match self {
            Self::Unknown | Self::Healthy => None,
            Self::Unreachable => {
                Some("The database cannot be reached. Start it, or change upstream in the configuration file.")
            }
            Self::NoAnswer => Some("The database ended a connection without an answer. Its log may state the reason."),
            Self::Unauthorized => Some(
                "The database refuses the credential of the gate, or what the gate signs with the shared secret. Write what \
                 it accepts into their files.",
            ),
            Self::Unguarded => Some(
                "The database answers without a credential, and the gate stays closed. Turn on its authentication.",
            ),
            Self::Skewed => Some(
                "The clocks of Jeton and of the database differ by more than a minute, so that the database may refuse \
                 requests. Synchronize both, for example with NTP.",
            ),
        }
    }
}

/// The numbers of requests at a gate since the start of the server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateCounts {
    /// Requests that went to the database.
    pub allowed: u64,
    /// Requests that Jeton answered in the database's place.
    pub answered: u64,
    /// Requests that went to the database, and would be refused without observe mode.
    #[serde(default)]
    pub would_refuse: u64,
    /// Requests that were refused.
    pub refused: u64,
    /// Requests without a live credential.
    pub unauthenticated: u64,
    /// Requests that failed because the gate could not decide.
    pub unavailable: u64,
    /// Requests that failed because of the database; they are among those that went to it.
    pub failed: u64,
}

impl GateCounts {
    /// Returns the number of all requests.
    pub const fn requests(self) -> u64 {
        let carried = self.allowed.saturating_add(self.would_refuse).saturating_add(self.answered);
        carried.saturating_add(self.turned_away()).saturating_add(self.unavailable)
    }

    /// Returns the number of requests that were refused, or that had no live credential.
    pub const fn turned_away(self) -> u64 {
        self.refused.saturating_add(self.unauthenticated)
    }
}

/// Equal refusals of one token at a gate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateRefusal {
    /// Time of the last one.
    pub at: Timestamp,
    /// Number of refusals.
    pub times: u64,
    /// True if the requests went on all the same, in observe mode.
    #[serde(default)]
    pub passed: bool,
    /// The token, if one that works was presented.
    pub token: Option<AuthorizationId>,
    /// The organization of that token, which may be another one than the gate's.
    pub token_org: Option<OrgId>,
    /// The address from which the last one came.
    pub address: Option<IpAddr>,
    /// The HTTP status of the reason; a kind of database may answer with another one.
    pub status: u16,
    /// The message that the client got.
    pub reason: String,
    /// The remedy.
    pub remedy: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate(upstream: &str) -> RunningGate {
        RunningGate {
            name: "plant".into(),
            kind: GateKind::Influxdb1,
            org: "acme".into(),
            org_setting: "acme".into(),
            upstream: upstream.into(),
            databases: vec!["plant-*".parse().unwrap()],
            address: "127.0.0.1:8086".parse().ok(),
            is_encrypted: false,
            mode: GateMode::Enforce,
            has_credential: true,
            health: UpstreamHealth::Healthy,
            counts: GateCounts::default(),
            rates: GateRates::default(),
            refusals: Vec::new(),
        }
    }

    #[test]
    fn a_gate_guards_the_databases_of_its_patterns() {
        assert!(gate("http://127.0.0.1:8087").guards("plant-1"));
        assert!(!gate("http://127.0.0.1:8087").guards("hall"));
    }

    #[test]
    fn a_database_on_another_machine_without_tls_is_worth_a_sentence() {
        for local in [
            "https://10.0.0.7:8086",
            "https://localhost:8087",
            "http://127.0.0.1:8087",
            "http://localhost:8087",
            "http://[::1]:8087",
            "http://127.9.9.9",
        ] {
            assert!(gate(local).findings().is_empty(), "{local}");
        }
        for remote in ["http://10.0.0.7:8086", "http://127.0.0.1.example:8086", "http://localhost.example"] {
            assert_eq!(gate(remote).findings().len(), 1, "{remote}");
        }
        let open = RunningGate { has_credential: false, health: UpstreamHealth::Unreachable, ..gate("http://db:1") };
        assert_eq!(open.findings().len(), 3);
        let observes = RunningGate { mode: GateMode::Observe, ..gate("http://127.0.0.1:8087") };
        assert_eq!(observes.findings(), [OBSERVES]);
        let open = RunningGate { has_credential: false, ..observes.clone() };
        assert_eq!(open.findings().last(), Some(&AS_OPEN));
        let unguarded = RunningGate { health: UpstreamHealth::Unguarded, ..observes };
        assert_eq!(unguarded.findings().last(), Some(&AS_OPEN));
    }

    #[test]
    fn every_request_is_counted_once() {
        let counts = GateCounts {
            allowed: 1,
            answered: 2,
            refused: 4,
            unauthenticated: 8,
            unavailable: 16,
            failed: 32,
            would_refuse: 64,
        };
        assert_eq!((counts.requests(), counts.turned_away()), (95, 12));
    }
}
