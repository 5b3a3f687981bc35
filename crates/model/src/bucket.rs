//! Buckets, their names and their retention. See [compatibility §5.5](../../docs/influxdb-compatibility.md#s5-5).

use serde::{Deserialize, Serialize};

use crate::{BucketId, OrgId, Timestamp, ValidationError, user};

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;
const YEAR: i64 = 365 * DAY;

/// Maximum number of seconds of a retention in a form: clients written in Go count it in nanoseconds, as an `i64`.
const LONGEST: i64 = i64::MAX / 1_000_000_000;

/// A bucket. It holds no data here: permissions refer to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bucket {
    /// Its id, by which permissions refer to it.
    pub id: BucketId,
    /// The organization that it belongs to.
    pub org: OrgId,
    /// Its creator: a user, or InfluxDB.
    pub kind: BucketKind,
    /// Its name, which is unique in its organization.
    pub name: String,
    /// A text for people; it may be empty.
    pub description: String,
    /// The name of the 1.x retention policy, which InfluxDB only stores.
    pub retention_policy: String,
    /// The length of time for which InfluxDB keeps its data. Jeton only stores it.
    pub retention: Retention,
    /// Time of its creation.
    pub created_at: Timestamp,
    /// Time of the last change, at first that of its creation.
    pub updated_at: Timestamp,
}

/// The creator of a bucket: a user, or InfluxDB.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BucketKind {
    /// Created by a user.
    User,
    /// Created with the organization; see [`SYSTEM_BUCKETS`].
    System,
}

impl BucketKind {
    /// Returns the name in the API, which is also the stored one.
    pub const fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::System => "system",
        }
    }
}

/// Retention of data and length of shard groups, in seconds; `every` 0 means forever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retention {
    /// Number of seconds for which data is kept; 0 means forever.
    pub every: i64,
    /// Number of seconds that a shard group covers; at most `every`, unless that is 0.
    pub shard_group: i64,
}

impl Retention {
    /// Keeps data forever.
    pub const FOREVER: Self = Self { every: 0, shard_group: 7 * DAY };

    /// Returns the retention that a client requests, with InfluxDB's default for a `shard_group` of 0.
    ///
    /// # Errors
    /// Fails if a number is negative, or if `every` is shorter than an hour or than the shard group.
    pub fn new(every: i64, shard_group: i64) -> Result<Self, ValidationError> {
        if every < 0 {
            return Err(ValidationError::RetentionNegative);
        }
        if shard_group < 0 {
            return Err(ValidationError::ShardGroupNegative);
        }
        if every > 0 && every < HOUR {
            return Err(ValidationError::RetentionTooShort);
        }
        let shard_group = match shard_group {
            0 => Self::usual_shard_group(every),
            given => given.max(HOUR),
        };
        if every > 0 && shard_group > every {
            return Err(ValidationError::ShardGroupTooLong);
        }
        Ok(Self { every, shard_group })
    }

    /// Returns how long data is kept, in words: "forever", "7 days", "36 hours".
    pub fn words(self) -> String {
        words(self.every)
    }

    const fn usual_shard_group(every: i64) -> i64 {
        match every {
            0 => 7 * DAY,
            _ if every >= 180 * DAY => 7 * DAY,
            _ if every >= 2 * DAY => DAY,
            _ => HOUR,
        }
    }
}

/// The retentions that forms offer, in seconds.
pub const USUAL_RETENTION: [i64; 10] =
    [HOUR, 6 * HOUR, 12 * HOUR, DAY, 3 * DAY, 7 * DAY, 14 * DAY, 30 * DAY, 90 * DAY, YEAR];

/// Formats a number of seconds in the largest unit that expresses it exactly; 0 is "forever".
pub fn words(seconds: i64) -> String {
    const UNITS: [(i64, &str); 5] = [(YEAR, "year"), (DAY, "day"), (HOUR, "hour"), (60, "minute"), (1, "second")];
    let fits = |(size, _): &&(i64, &str)| seconds % size == 0;
    match UNITS.iter().find(fits).map(|(size, unit)| (seconds / size, unit)) {
        None | Some((0, _)) => "forever".into(),
        Some((1, unit)) => format!("1 {unit}"),
        Some((count, unit)) => format!("{count} {unit}s"),
    }
}

/// Parses the retention of a form, in seconds: `choice` is "forever", a number of seconds, or "custom" for `amount` of
/// `unit` ("hours" or "days").
///
/// # Errors
/// Fails, for one of the form's fields, if no such length of time can be read from them.
pub fn asked_seconds(choice: &str, amount: &str, unit: &str) -> Result<i64, ValidationError> {
    match choice {
        "forever" => Ok(0),
        "custom" => {
            let size = if unit == "hours" { HOUR } else { DAY };
            let count: i64 = amount.trim().parse().ok().filter(|count| *count > 0).ok_or_else(no_amount)?;
            count.checked_mul(size).filter(|seconds| *seconds <= LONGEST).ok_or_else(too_long)
        }
        seconds => seconds.parse().map_err(|_| ValidationError::field("retention", "Choose how long data is kept.")),
    }
}

fn no_amount() -> ValidationError {
    ValidationError::field("amount", "Write a whole number, such as 36.")
}

fn too_long() -> ValidationError {
    ValidationError::field("amount", "Use at most 106,751 days, or choose Forever.")
}

/// The buckets that every organization is created with: name, description, retention.
pub const SYSTEM_BUCKETS: [(&str, &str, Retention); 2] = [
    ("_tasks", "System bucket for task logs", Retention { every: 3 * DAY, shard_group: DAY }),
    ("_monitoring", "System bucket for monitoring logs", Retention { every: 7 * DAY, shard_group: DAY }),
];

/// Checks the name of a bucket.
///
/// # Errors
/// Fails if the name is empty, too long, starts with an underscore, or contains a quotation mark or NUL.
pub fn check_bucket_name(name: &str) -> Result<(), ValidationError> {
    if name.is_empty() {
        return Err(ValidationError::BucketNameEmpty);
    }
    if name.starts_with('_') {
        return Err(ValidationError::BucketNameUnderscore { name: name.into() });
    }
    if name.contains('"') {
        return Err(ValidationError::BucketNameQuote { name: name.into() });
    }
    user::check_text("name", name, user::MAX_NAME)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_those_of_influxd() {
        let piece = |every| Retention::new(every, 0).unwrap().shard_group;
        assert_eq!(piece(0), 604_800);
        assert_eq!(piece(180 * DAY), 604_800);
        assert_eq!(piece(2 * DAY), 86_400);
        assert_eq!(piece(HOUR), 3600);
        assert_eq!(Retention::new(DAY, 60).unwrap().shard_group, 3600);
    }

    #[test]
    fn impossible_rules_are_refused() {
        assert_eq!(Retention::new(-1, 0), Err(ValidationError::RetentionNegative));
        assert_eq!(Retention::new(0, -1), Err(ValidationError::ShardGroupNegative));
        assert_eq!(Retention::new(3599, 0), Err(ValidationError::RetentionTooShort));
        assert_eq!(Retention::new(DAY, 2 * DAY), Err(ValidationError::ShardGroupTooLong));
    }

    #[test]
    fn retention_is_said_in_the_largest_unit_that_is_exact() {
        let said = |every| Retention { every, shard_group: HOUR }.words();
        assert_eq!(said(0), "forever");
        assert_eq!(said(HOUR), "1 hour");
        assert_eq!(said(36 * HOUR), "36 hours");
        assert_eq!(said(DAY), "1 day");
        assert_eq!(said(400 * DAY), "400 days");
        assert_eq!(said(YEAR), "1 year");
        assert_eq!(said(5 * YEAR), "5 years");
        assert_eq!(said(90 * 60), "90 minutes");
        assert_eq!(said(3601), "3601 seconds");
    }

    #[test]
    fn what_a_form_asks_for_is_read_back_as_it_is_offered() {
        for seconds in USUAL_RETENTION {
            assert_eq!(asked_seconds(&seconds.to_string(), "", ""), Ok(seconds));
            assert!(Retention::new(seconds, 0).is_ok(), "{seconds}");
        }
        assert_eq!(asked_seconds("forever", "7", "days"), Ok(0));
        assert_eq!(asked_seconds("custom", " 36 ", "hours"), Ok(36 * HOUR));
        assert_eq!(asked_seconds("custom", "400", "days"), Ok(400 * DAY));
        assert_eq!(asked_seconds("custom", "106751", "days"), Ok(106_751 * DAY));
    }

    #[test]
    fn a_retention_that_makes_no_sense_is_told_at_its_field() {
        for amount in ["", "0", "-3", "1.5", "a week"] {
            assert_eq!(asked_seconds("custom", amount, "days"), Err(no_amount()), "{amount:?}");
        }
        for amount in ["106752", "9223372036854775807"] {
            assert_eq!(asked_seconds("custom", amount, "days"), Err(too_long()), "{amount:?}");
        }
        for choice in ["", "never", "7d"] {
            let refused = asked_seconds(choice, "", "").unwrap_err();
            assert!(matches!(refused, ValidationError::Field { field, .. } if field == "retention"), "{choice:?}");
        }
    }

    #[test]
    fn names_of_system_buckets_are_out_of_reach() {
        assert!(matches!(check_bucket_name("_x"), Err(ValidationError::BucketNameUnderscore { .. })));
        assert!(matches!(check_bucket_name("a\"b"), Err(ValidationError::BucketNameQuote { .. })));
        assert_eq!(check_bucket_name(""), Err(ValidationError::BucketNameEmpty));
        assert_eq!(check_bucket_name("iot-center"), Ok(()));
    }
}
