//! The keys of the parts of the chain.
//!
//! A rotation of the key appends two entries: the old key signs one that names the new key, and the new key signs one
//! that names the old. The second contains the signature of the first, and so the new key vouches for everything before
//! it: an old key alone does not suffice to change a part that it signed. No other entry may follow the first: a server with
//! the new key would append one to whatever it finds, also to a part that somebody wrote with the old key.

use serde_json::Value;

use jeton_store::audit::Stored;

use crate::AuditKey;

use super::{Event, entry::message, key::CURRENT};

/// The key of the next entry.
#[derive(Clone, Copy)]
enum Next {
    /// Any of the keys: the chain begins here.
    First,
    /// The key at this place.
    Known(usize),
    /// The key at one place, with the entry that takes over from the key at another.
    Adopting { old: usize, new: usize },
    /// A key that is missing, from the entry with this sequence number on.
    Missing(i64),
}

/// A part of the chain whose key is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unverified {
    /// Sequence number of the first entry of the walk: nothing but the missing key vouches for what precedes its part.
    pub since: i64,
    /// Sequence number of its last entry.
    pub up_to: i64,
    /// The check value of the last key that is missing.
    pub key: String,
}

/// The key behind the end of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The current key signed the last entry, or there is none.
    Current,
    /// Another key did.
    Earlier,
    /// None of the keys signed the entries from this one on.
    Foreign(i64),
}

/// The keys along a walk over the chain.
pub(super) struct ChainKeys<'a> {
    keys: &'a AuditKey,
    next: Next,
    /// Sequence number of the first entry.
    first: Option<i64>,
    /// The place of the key that signed the last entry.
    last: Option<usize>,
    unverified: Option<Unverified>,
}

impl<'a> ChainKeys<'a> {
    /// The keys from the beginning of the chain.
    pub fn from_first(keys: &'a AuditKey) -> Self {
        Self { keys, next: Next::First, first: None, last: None, unverified: None }
    }

    /// The keys behind an entry that the current one signed.
    pub fn from_current(keys: &'a AuditKey) -> Self {
        Self { keys, next: Next::Known(CURRENT), first: None, last: None, unverified: None }
    }

    /// Checks the signature of the next entry.
    ///
    /// # Errors
    /// Fails with the sequence number of the first entry that none of the keys signed.
    pub fn accept(&mut self, row: &Stored) -> Result<(), i64> {
        let message = message(row);
        self.first.get_or_insert(row.seq);
        let signer = match self.next {
            Next::First => self.keys.signer(&message, &row.hash),
            Next::Known(place) if self.keys.has_signed(place, &message, &row.hash) => Some(place),
            Next::Adopting { old, new } if self.takes_over(row, &message, old, new) => Some(new),
            Next::Known(_) | Next::Adopting { .. } => return Err(row.seq),
            Next::Missing(since) => self.adopted(row, &message, since)?,
        };
        self.last = signer;
        self.next = match (signer, self.next) {
            (None, Next::Missing(since)) => Next::Missing(since),
            (None, Next::First | Next::Known(_) | Next::Adopting { .. }) => Next::Missing(row.seq),
            (Some(old), _) if row.action == Event::AuditKeyRotated.name() => self.successor(row, old),
            (Some(place), _) => Next::Known(place),
        };
        Ok(())
    }

    /// Returns the sequence number of the first entry whose key is missing, if the walk is among such entries.
    pub fn missing_since(&self) -> Option<i64> {
        match self.next {
            Next::Missing(since) if self.last.is_none() => Some(since),
            Next::First | Next::Known(_) | Next::Adopting { .. } | Next::Missing(_) => None,
        }
    }

    /// Returns the key behind the end of the chain.
    pub fn end(&self) -> End {
        match (self.last, self.next) {
            (Some(place), _) if place != CURRENT => End::Earlier,
            (Some(_), Next::Missing(_) | Next::Adopting { .. }) => End::Earlier,
            (None, Next::Missing(since)) => End::Foreign(since),
            (_, Next::First | Next::Known(_) | Next::Adopting { .. }) => End::Current,
        }
    }

    /// Returns the last part whose key is missing.
    pub fn unverified(&self) -> Option<&Unverified> {
        self.unverified.as_ref()
    }

    /// Returns the key that an entry brings into use with its own signature. After a missing key, verification resumes
    /// only at such an entry.
    fn adopted(&mut self, row: &Stored, message: &[u8], since: i64) -> Result<Option<usize>, i64> {
        if row.action != Event::AuditKeyAdopted.name() {
            return Ok(None);
        }
        let Some(place) = self.keys.signer(message, &row.hash) else { return Ok(None) };
        let key = named(row, "oldKey");
        if self.keys.place_of(&key).is_some() {
            return Err(since);
        }
        let first = self.first.unwrap_or(since);
        self.unverified = Some(Unverified { since: first, up_to: row.seq - 1, key });
        Ok(Some(place))
    }

    /// Returns whether an entry is the one with which a key takes over from another.
    fn takes_over(&self, row: &Stored, message: &[u8], old: usize, new: usize) -> bool {
        row.action == Event::AuditKeyAdopted.name()
            && self.keys.place_of(&named(row, "oldKey")) == Some(old)
            && self.keys.has_signed(new, message, &row.hash)
    }

    fn successor(&self, row: &Stored, old: usize) -> Next {
        let new = self.keys.place_of(&named(row, "newKey"));
        new.map_or(Next::Missing(row.seq + 1), |new| Next::Adopting { old, new })
    }
}

/// Returns the check value that an entry names.
fn named(row: &Stored, member: &str) -> String {
    let detail: Value = serde_json::from_str(&row.detail).unwrap_or_default();
    detail.get(member).and_then(Value::as_str).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use jeton_model::Timestamp;
    use serde_json::json;

    use super::*;

    const ROTATED: &str = "audit key rotated";
    const ADOPTED: &str = "audit key adopted";

    fn bytes(key: u8) -> Vec<u8> {
        vec![key; 32]
    }

    fn check(key: u8) -> String {
        AuditKey::new(bytes(key)).check()
    }

    /// The keys with these numbers, the current one first.
    fn keys(numbers: &[u8]) -> AuditKey {
        AuditKey::new(bytes(numbers[0])).with_earlier(numbers[1..].iter().map(|number| bytes(*number)))
    }

    /// Appends an entry that a key signs.
    fn sign(log: &mut Vec<Stored>, key: u8, action: &str, detail: &Value) {
        let (seq, prev) = log.last().map_or((1, String::new()), |last| (last.seq + 1, last.hash.clone()));
        let mut row = Stored {
            seq,
            at: Timestamp::from_micros(0),
            action: action.into(),
            actor_user: None,
            actor_authorization: None,
            actor_session: None,
            address: None,
            org: None,
            subject_type: "audit".into(),
            subject: None,
            detail: detail.to_string(),
            prev,
            hash: String::new(),
        };
        row.hash = AuditKey::new(bytes(key)).sign(&message(&row));
        log.push(row);
    }

    fn note(log: &mut Vec<Stored>, key: u8, name: &str) {
        sign(log, key, "bucket created", &json!({"name": name}));
    }

    fn rotate(log: &mut Vec<Stored>, old: u8, new: u8) {
        sign(log, old, ROTATED, &json!({"newKey": check(new)}));
        sign(log, new, ADOPTED, &json!({"oldKey": check(old)}));
    }

    /// Walks a log; returns the first entry that is not accepted, or what the end shows.
    fn walk<'a>(keys: &'a AuditKey, log: &[Stored]) -> Result<(End, ChainKeys<'a>), i64> {
        let mut walk = ChainKeys::from_first(keys);
        log.iter().try_for_each(|row| walk.accept(row))?;
        Ok((walk.end(), walk))
    }

    fn end(keys: &AuditKey, log: &[Stored]) -> Result<End, i64> {
        walk(keys, log).map(|(end, _)| end)
    }

    #[test]
    fn a_log_is_verified_across_its_rotations() {
        let mut log = Vec::new();
        note(&mut log, 1, "a");
        rotate(&mut log, 1, 2);
        note(&mut log, 2, "b");
        rotate(&mut log, 2, 3);
        note(&mut log, 3, "c");
        assert_eq!(end(&keys(&[3, 2, 1]), &log), Ok(End::Current));
        assert_eq!(end(&keys(&[3, 2, 1]), &log[..2]), Ok(End::Earlier));
        assert_eq!(end(&keys(&[3, 2, 1]), &log[..5]), Ok(End::Earlier), "the rotation is half there");
    }

    #[test]
    fn what_an_earlier_key_forged_stays_forged_when_a_server_goes_on_with_it() {
        let mut forged = Vec::new();
        note(&mut forged, 1, "another history");
        sign(&mut forged, 1, ROTATED, &json!({"newKey": check(2)}));
        assert_eq!(end(&keys(&[2, 1]), &forged), Ok(End::Earlier));
        note(&mut forged, 2, "by the server, which does not read the whole log");
        assert_eq!(end(&keys(&[2, 1]), &forged), Err(3));
        let mut plain = Vec::new();
        note(&mut plain, 1, "another history");
        note(&mut plain, 2, "by the server");
        assert_eq!(end(&keys(&[2, 1]), &plain), Err(2));
    }

    #[test]
    fn a_key_takes_over_only_from_the_one_that_it_names() {
        let mut log = Vec::new();
        note(&mut log, 1, "a");
        sign(&mut log, 1, ROTATED, &json!({"newKey": check(3)}));
        sign(&mut log, 3, ADOPTED, &json!({"oldKey": check(2)}));
        assert_eq!(end(&keys(&[3, 2, 1]), &log), Err(3));
    }

    #[test]
    fn where_a_key_is_missing_nothing_before_the_next_one_is_verified() {
        let mut log = Vec::new();
        note(&mut log, 1, "a");
        rotate(&mut log, 1, 2);
        note(&mut log, 2, "b");
        rotate(&mut log, 2, 3);
        let held = keys(&[3, 1]);
        let (end, walked) = walk(&held, &log).expect("a log in order");
        assert_eq!(end, End::Current);
        let expected = Unverified { since: 1, up_to: 5, key: check(2) };
        assert_eq!(walked.unverified(), Some(&expected), "the first key alone vouches for the first part");
    }
}
