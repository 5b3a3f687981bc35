//! The confirmation of all suspended buckets of a gate.

use crate::BucketId;

/// A bucket that was suspended, and whether it is available again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmation {
    /// The bucket.
    pub bucket: BucketId,
    /// The name of the bucket.
    pub bucket_name: String,
    /// The name of the database; of InfluxDB 2, that of the bucket.
    pub database: String,
    /// The retention policy of InfluxDB 1.x.
    pub policy: Option<String>,
    /// The outcome.
    pub outcome: ConfirmationOutcome,
}

/// The outcome for a suspended bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfirmationOutcome {
    /// It is available again.
    Confirmed,
    /// It stays suspended, because the upstream does not have its database.
    Missing,
    /// It stays suspended for a reason, which is one sentence.
    Left(String),
}

impl ConfirmationOutcome {
    /// Returns the name of the outcome in the API.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Missing => "missing",
            Self::Left(_) => "left",
        }
    }

    /// Returns the reason why the bucket stays suspended, unless its database is missing.
    pub fn reason(self) -> Option<String> {
        match self {
            Self::Confirmed | Self::Missing => None,
            Self::Left(reason) => Some(reason),
        }
    }
}
