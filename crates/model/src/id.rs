//! InfluxDB's ids: non-zero `u64`s in sixteen lower-case hex digits. See
//! [compatibility §1.1](../../docs/influxdb-compatibility.md#s1-1).

use std::{fmt, num::NonZeroU64, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// An id of any kind. Where the kind is known, one of [`OrgId`], [`UserId`], [`BucketId`], [`TelegrafId`] and
/// [`AuthorizationId`] is used instead, so that the compiler rejects mix-ups.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(NonZeroU64);

/// The reason why a text is no id. The messages are influxd's (docs/influxdb-compatibility.md §1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum IdError {
    /// The text does not have 16 bytes.
    #[error("id must have a length of 16 bytes")]
    Length,
    /// The text has characters that are no hexadecimal digits, or is zero.
    #[error("invalid ID")]
    Invalid,
}

impl Id {
    /// Returns the id with this value; `None` for zero, which InfluxDB reserves for "no id".
    pub const fn new(value: u64) -> Option<Self> {
        match NonZeroU64::new(value) {
            Some(value) => Some(Self(value)),
            None => None,
        }
    }

    /// Returns the value.
    pub const fn get(self) -> u64 {
        self.0.get()
    }

    /// Returns a random id for an organization or bucket, without the bytes of `\`, `,` and space, which are special in
    /// InfluxDB's storage engine (docs/influxdb-compatibility.md §1.1).
    pub fn from_random(bytes: [u8; 8]) -> Self {
        let bytes = bytes.map(|byte| if matches!(byte, 0x5c | 0x2c | 0x20) { byte + 1 } else { byte });
        Self::new(u64::from_be_bytes(bytes)).unwrap_or(Self(NonZeroU64::MIN))
    }
}

impl FromStr for Id {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        if text.len() != 16 {
            return Err(IdError::Length);
        }
        if !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(IdError::Invalid);
        }
        u64::from_str_radix(text, 16).ok().and_then(Self::new).ok_or(IdError::Invalid)
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.get())
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() { serializer.collect_str(self) } else { self.0.serialize(serializer) }
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if !deserializer.is_human_readable() {
            return NonZeroU64::deserialize(deserializer).map(Self);
        }
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Id);

        impl From<$name> for Id {
            fn from(id: $name) -> Id { id.0 }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> { text.parse().map(Self) }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { self.0.fmt(f) }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { fmt::Display::fmt(&self.0, f) }
        }
    )+};
}

ids! {
    /// The id of an organization.
    OrgId,
    /// The id of a user.
    UserId,
    /// The id of a bucket.
    BucketId,
    /// The id of a telegraf configuration.
    TelegrafId,
    /// The id of an authorization (never the token itself).
    AuthorizationId,
    /// The id of a DBRP mapping.
    DbrpId,
}

/// A generator of ids that grow with time, as InfluxDB uses for users and authorizations: milliseconds since 2017-04-09
/// in 42 bits, ten bits for the node, a sequence of twelve bits (docs/influxdb-compatibility.md §1.1).
#[derive(Clone, Copy, Debug)]
pub struct Snowflake {
    node: u16,
    last: u64,
}

const SNOWFLAKE_EPOCH_MS: u64 = 1_491_696_000_000;

impl Snowflake {
    /// Returns a generator; the low ten bits of `node` are used. Nodes that share a database choose it at random.
    pub const fn new(node: u16) -> Self {
        Self { node: node & 0x3ff, last: 0 }
    }

    /// Returns an id that is greater than all before it, even if the clock stood still or went back.
    pub fn next(&mut self, now: crate::Timestamp) -> Id {
        let elapsed = u64::try_from(now.micros() / 1000).unwrap_or(0).saturating_sub(SNOWFLAKE_EPOCH_MS);
        let fresh = (elapsed << 22) | (u64::from(self.node) << 12);
        self.last = if fresh > self.last { fresh } else { self.bump() };
        Id::new(self.last).unwrap_or(Id(NonZeroU64::MIN))
    }

    /// Returns the next sequence number of the millisecond, or the first of the following one if the sequence is
    /// exhausted.
    fn bump(&self) -> u64 {
        if self.last & 0xfff < 0xfff {
            self.last + 1
        } else {
            (((self.last >> 22) + 1) << 22) | (u64::from(self.node) << 12)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::Timestamp;

    use super::*;

    #[test]
    fn refuses_what_influxd_refuses_with_its_words() {
        assert_eq!("".parse::<Id>(), Err(IdError::Length));
        assert_eq!("abc".parse::<Id>(), Err(IdError::Length));
        assert_eq!("0000000000000000".parse::<Id>(), Err(IdError::Invalid));
        assert_eq!("000000000000000g".parse::<Id>(), Err(IdError::Invalid));
        assert_eq!("+000000000000001".parse::<Id>(), Err(IdError::Invalid));
        assert_eq!("0x00000000000001".parse::<Id>(), Err(IdError::Invalid));
        assert_eq!(IdError::Length.to_string(), "id must have a length of 16 bytes");
    }

    #[test]
    fn upper_case_is_read_and_written_lower() {
        assert_eq!("00000000000000AB".parse::<Id>().unwrap().to_string(), "00000000000000ab");
    }

    #[test]
    fn random_ids_avoid_the_bytes_of_line_protocol() {
        let id = Id::from_random([0x5c, 0x2c, 0x20, 1, 2, 3, 4, 5]);
        assert_eq!(id.to_string(), "5d2d210102030405");
        assert_eq!(Id::from_random([0; 8]).get(), 1);
    }

    #[test]
    fn snowflakes_grow_although_the_clock_goes_back() {
        let mut flakes = Snowflake::new(3);
        let later = Timestamp::from_micros(1_700_000_000_000_000);
        let earlier = Timestamp::from_micros(1_600_000_000_000_000);
        let ids: Vec<Id> = (0..10_000).map(|n| flakes.next(if n % 2 == 0 { later } else { earlier })).collect();
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
    }

    proptest! {
        #[test]
        fn text_round_trips(value in 1u64..) {
            let id = Id::new(value).unwrap();
            prop_assert_eq!(id.to_string().parse::<Id>(), Ok(id));
            prop_assert_eq!(serde_json::from_str::<Id>(&serde_json::to_string(&id).unwrap()).unwrap(), id);
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC*") {
            if let Ok(id) = text.parse::<Id>() {
                prop_assert_eq!(id.to_string(), text.to_lowercase());
            }
        }
    }
}
