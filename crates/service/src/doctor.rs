//! Proof that the sender of a request holds the audit key, for `jeton doctor`, to which a server returns its view of
//! the request.

use jeton_model::Timestamp;

use crate::{AuditKey, Service};

/// The header that carries the proof.
pub const PROOF: &str = "jeton-doctor";

/// Maximum difference between the clocks of both sides, in seconds, beyond the minute in which the proof was made.
const APART: i64 = 60;

impl AuditKey {
    /// Returns the proof for a request that is made at this time. It is valid for about two minutes, and reveals
    /// nothing about the key.
    pub fn doctor_proof(&self, at: Timestamp) -> String {
        let minute = at.micros().div_euclid(60_000_000);
        self.sign(format!("jeton doctor {minute}").as_bytes())
    }

    /// Returns whether a proof was made with this key and is still valid.
    fn accepts(&self, proof: &str, now: Timestamp) -> bool {
        // Compares signatures of both, so that the time of the comparison reveals nothing about the expected proof.
        let shown = self.sign(proof.as_bytes());
        let expected = |offset| self.sign(self.doctor_proof(now.plus_seconds(offset)).as_bytes());
        [-APART, 0, APART].into_iter().any(|offset| expected(offset) == shown)
    }
}

impl Service {
    /// Returns whether the sender of a request holds the audit key, and may therefore get the server's view of it.
    pub fn is_doctor(&self, proof: &str) -> bool {
        self.0.audit_key.accepts(proof, self.now())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_is_that_of_the_key_and_of_the_moment() {
        let (key, other) = (AuditKey::new(vec![1; 32]), AuditKey::new(vec![2; 32]));
        let now = Timestamp::from_micros(1_800_000_000_000_000);
        let proof = key.doctor_proof(now);
        for seconds in [-60, 0, 60] {
            assert!(key.accepts(&proof, now.plus_seconds(seconds)), "{seconds}");
        }
        for seconds in [-180, 180] {
            assert!(!key.accepts(&proof, now.plus_seconds(seconds)), "{seconds}");
        }
        assert!(!key.accepts(&other.doctor_proof(now), now));
        assert!(!key.accepts("", now));
    }
}
