//! View models of the page of gates and its dialogs.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{
    AuthorizationId, BucketId, Timestamp,
    binding::{GateCounts, GateKind, GateMode, GateRates, GateRefusal, MAX_GATE_NAME, UpstreamHealth, check_gate_name},
    tally::Tally,
};

use super::list_query::Listed;

/// Number of days after the last use through a gate during which a token counts as in use there.
pub const IN_USE_DAYS: i64 = 30;

/// The name of a gate in an address, as the configuration file has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GateKey {
    bytes: [u8; MAX_GATE_NAME],
    length: usize,
}

/// The error of a text that is no valid name of a gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a gate has no such name")]
pub struct NotAGateKey;

impl GateKey {
    /// Returns the name.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.length]).unwrap_or_default()
    }
}

impl FromStr for GateKey {
    type Err = NotAGateKey;

    fn from_str(text: &str) -> Result<Self, NotAGateKey> {
        check_gate_name(text).map_err(|_| NotAGateKey)?;
        let mut bytes = [0; MAX_GATE_NAME];
        bytes[..text.len()].copy_from_slice(text.as_bytes());
        Ok(Self { bytes, length: text.len() })
    }
}

impl fmt::Display for GateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for GateKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for GateKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// A row of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateRow {
    /// The name of the gate.
    pub key: GateKey,
    /// The kind of the database.
    pub kind: GateKind,
    /// The address of the database.
    pub upstream: String,
    /// The address that clients use.
    pub address: String,
    /// True if clients reach the gate by https.
    pub is_encrypted: bool,
    /// The effect of a decision.
    pub mode: GateMode,
    /// The health of the database, as the last request showed it.
    pub health: UpstreamHealth,
    /// The numbers of requests since the start of the server.
    pub counts: GateCounts,
    /// The requests of the last minute and hour.
    pub rates: GateRates,
    /// Number of bound buckets that the caller may read.
    pub bound: u64,
    /// Number of suspended buckets, which wait for an operator.
    pub suspended: u64,
    /// Number of tokens in use that the caller may see.
    pub tokens: Tally,
}

impl GateRow {
    /// Returns whether somebody should look at the gate: its database does not serve, or a bucket is suspended.
    pub fn needs_attention(&self) -> bool {
        self.health.advice().is_some() || self.suspended > 0
    }
}

/// A token that the caller may see, to choose it or with its last use through a gate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateToken {
    /// The authorization.
    pub id: AuthorizationId,
    /// The description, which may be empty.
    pub description: String,
    /// The prefix, if there is one.
    pub prefix: Option<String>,
    /// The time of the last use through the gate, where that is asked for.
    pub used_at: Option<Timestamp>,
}

impl GateToken {
    /// Returns what names the token: its description, or else its prefix or its id.
    pub fn title(&self) -> String {
        let prefix = || self.prefix.as_ref().map_or_else(|| self.id.to_string(), |prefix| format!("{prefix}…"));
        if self.description.trim().is_empty() { prefix() } else { self.description.clone() }
    }
}

/// A 1.x credential that was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedV1Credential {
    /// The authorization.
    pub id: AuthorizationId,
    /// The user name; `None` if the caller may not see the credential.
    pub username: Option<String>,
}

/// A 1.x credential that the caller may see, with its last use through a gate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateV1Credential {
    /// The authorization.
    pub id: AuthorizationId,
    /// The user name.
    pub username: String,
    /// The time of the last use through the gate.
    pub used_at: Timestamp,
}

/// The gates of an organization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatabasePage {
    /// The gates that the caller may see, in the order of their names.
    pub list: Listed<GateRow>,
    /// Number of gates in observe mode, whatever the filter is.
    pub observing: u64,
    /// Number of gates that somebody should look at, whatever the filter is.
    pub needy: u64,
}

/// A bucket that is bound at a gate, or a suspended one of InfluxDB 2.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoundRow {
    /// The bucket.
    pub bucket: BucketId,
    /// The name of the bucket.
    pub name: String,
    /// The database, and the retention policy if there is one: `db` or `db/rp`. The id of a bucket of InfluxDB 2.
    pub place: String,
    /// True if the bucket is suspended until an operator confirms it.
    pub suspended: bool,
}

/// The last comparison of a gate with its database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compared {
    /// Time of the comparison.
    pub at: Timestamp,
    /// The first databases or retention policies without a bound bucket: `db` or `db/rp`. Of InfluxDB 2, the names of
    /// the first buckets that Jeton does not have.
    pub unknown: Vec<String>,
    /// The number of all of them.
    pub total: u64,
}

/// A gate in its drawer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateDetails {
    /// The gate.
    pub gate: GateRow,
    /// The name of its organization.
    pub org_name: String,
    /// The patterns of the databases that it guards.
    pub databases: Vec<String>,
    /// Recommended changes, as sentences for an operator.
    pub findings: Vec<String>,
    /// The bound buckets that the caller may read; of InfluxDB 2, the suspended ones.
    pub bindings: Vec<BoundRow>,
    /// Time of the latest suspension among these buckets. What is suspended later was not shown.
    pub last_suspended: Option<Timestamp>,
    /// The tokens that were used last, among those in use that the caller may see.
    pub tokens: Vec<GateToken>,
    /// The 1.x credentials that were used last, among those in use that the caller may see.
    pub v1_credentials: Vec<GateV1Credential>,
    /// The first live tokens of the organization that the caller may see, to explain a request with.
    pub choices: Vec<GateToken>,
    /// True if there are more of them.
    pub more_choices: bool,
    /// The last refusals; none if the caller may not read the organization's tokens.
    pub refusals: Vec<GateRefusal>,
    /// The 1.x credentials that were refused.
    pub refused_v1_credentials: Vec<RefusedV1Credential>,
    /// The last comparison, for operators.
    pub compared: Option<Compared>,
    /// True if the caller may bind and unbind buckets.
    pub may_bind: bool,
    /// True if the caller may confirm buckets and compare the gate with its database.
    pub is_operator: bool,
    /// Time at which the data were read.
    pub now: Timestamp,
}

#[cfg(test)]
mod tests {
    use crate::Id;

    use super::*;

    #[test]
    fn a_token_is_named_by_the_first_of_description_prefix_and_id() {
        let id = AuthorizationId(Id::new(0x2a).unwrap());
        let token = |description: &str, prefix: Option<&str>| {
            let (description, prefix) = (description.to_owned(), prefix.map(str::to_owned));
            GateToken { id, description, prefix, used_at: None }.title()
        };
        assert_eq!(token("Kiln", Some("jtn_9fK2")), "Kiln");
        assert_eq!(token(" ", Some("jtn_9fK2")), "jtn_9fK2…");
        assert_eq!(token("", None), "000000000000002a");
    }

    #[test]
    fn a_name_is_read_as_it_is_written() {
        let long = "a".repeat(64);
        for name in ["plant", "hall-2_a.b", long.as_str()] {
            assert_eq!(name.parse::<GateKey>().map(|key| key.to_string()).as_deref(), Ok(name));
        }
        for name in ["", "..", "a b", "a/b", "\u{e9}", "a\0", &"a".repeat(65)] {
            assert_eq!(name.parse::<GateKey>(), Err(NotAGateKey), "{name:?}");
        }
    }
}
