//! bcrypt hashes of passwords, which an import from InfluxDB brings along.

use std::{fmt, hint::black_box, ops::Range};

use bcrypt::HashParts;

/// Maximum cost of an imported hash. influxd's is 10, and each step doubles the time of every sign-in.
pub const MAX_COST: u32 = 12;
/// Minimum cost, as bcrypt defines it.
const MIN_COST: u32 = 4;
/// Maximum number of bytes of a password that bcrypt hashes.
const MAX_BYTES: usize = 72;

/// A bcrypt hash that is verified.
#[derive(Clone, Copy)]
pub(crate) struct BcryptHash<'a> {
    text: &'a str,
    cost: u32,
}

/// The reason why a hash can't be imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It has another form.
    Form,
    /// Its cost is outside of the limits.
    Cost(u32),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form => f.write_str("its hash has an unknown form"),
            Self::Cost(cost) => write!(f, "its bcrypt cost is {cost}, and only {MIN_COST} to {MAX_COST} are verified"),
        }
    }
}

impl<'a> BcryptHash<'a> {
    /// Reads a hash of the forms `$2a$`, `$2b$` and `$2y$`.
    pub fn read(text: &'a str) -> Result<Self, Refusal> {
        if !["$2a$", "$2b$", "$2y$"].iter().any(|form| text.starts_with(form)) {
            return Err(Refusal::Form);
        }
        let cost = text.parse::<HashParts>().map_err(|_| Refusal::Form)?.get_cost();
        if (MIN_COST..=MAX_COST).contains(&cost) { Ok(Self { text, cost }) } else { Err(Refusal::Cost(cost)) }
    }

    /// Returns whether a password has this hash. bcrypt repeats what ends with NUL, so a password with NUL could be
    /// another one's double; none has one.
    pub fn verify(self, password: &str) -> bool {
        let right = bcrypt::verify(password, self.text).unwrap_or(false);
        right && !password.contains('\0')
    }
}

/// Returns whether a correct password may replace its bcrypt hash by another hash: bcrypt ignores what is beyond its
/// limit, the other hash would not.
pub(crate) fn is_replaceable(hash: &str, password: &str) -> bool {
    BcryptHash::read(hash).is_ok() && password.len() <= MAX_BYTES
}

/// Returns the highest cost among forms such as `$2a$10$`; `None` if there are none.
pub(crate) fn highest_cost(forms: &[String]) -> Option<u32> {
    let costs = forms.iter().filter_map(|form| form.get(4..6)?.parse().ok());
    costs.filter(|cost| (MIN_COST..=MAX_COST).contains(cost)).max()
}

/// Spends the time that a hash of the cost `highest` takes, less the time that verifying `spent` took. A cost is the
/// logarithm of the work: 2ⁿ + 2ⁿ + 2ⁿ⁺¹ + … + 2ᵐ⁻¹ = 2ᵐ.
pub(crate) fn spend_rest(spent: Option<BcryptHash<'_>>, highest: Option<u32>) {
    let Some(highest) = highest else { return };
    for cost in rest(spent.map(|hash| hash.cost), highest) {
        spend(cost);
    }
}

/// The costs whose work is that of `highest`, together with that of `spent`.
const fn rest(spent: Option<u32>, highest: u32) -> Range<u32> {
    match spent {
        None => highest..highest + 1,
        Some(spent) => spent..highest,
    }
}

fn spend(cost: u32) {
    black_box(bcrypt::bcrypt(black_box(cost), [0; 16], b"nobody has this password\0"));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// bob's, of the file made by influxd 2.9.1 (`crates/bolt/tests/data`).
    const BOB: &str = "$2a$10$r2A.Ad5O6L3bE6eB/Rj/l.w6fe.tkvPTaCZTny9jDtVcPSrzEeiqW";
    /// Of "password", with cost 4.
    const CHEAP: &str = "$2a$04$UuTkLRZZ6QofpDOlMz32MuuxEHA43WOemOYHPz6.SjsVsyO1tDU96";

    fn verify(hash: &str, password: &str) -> bool {
        BcryptHash::read(hash).is_ok_and(|hash| hash.verify(password))
    }

    #[test]
    fn influxds_hashes_are_verified() {
        assert!(verify(BOB, "password-bob"));
        assert!(!verify(BOB, "password-alice"));
        assert!(!verify(BOB, ""));
    }

    #[test]
    fn a_password_with_nul_is_no_double_of_another() {
        assert!(verify(CHEAP, "password"));
        assert!(!verify(CHEAP, "password\0password"));
        assert!(!verify(CHEAP, "password\0"));
    }

    #[test]
    fn hostile_hashes_are_refused() {
        let with_cost = |cost: &str| BOB.replacen("10", cost, 1);
        for (cost, number) in [("13", 13), ("16", 16), ("31", 31)] {
            assert_eq!(BcryptHash::read(&with_cost(cost)).err(), Some(Refusal::Cost(number)));
        }
        assert!(BcryptHash::read(&with_cost("12")).is_ok());
        let cut = &BOB[..59];
        let long = format!("{BOB}a");
        let letters = BOB.replace("/l.w6", "/l!w6");
        for foreign in [
            "",
            "$2a$",
            "$2a$10$",
            cut,
            &long,
            &letters,
            &BOB.replacen("2a", "2x", 1),
            &with_cost("1a"),
            &with_cost("99"),
        ] {
            assert!(BcryptHash::read(foreign).is_err(), "{foreign}");
        }
    }

    #[test]
    fn only_whole_passwords_are_hashed_anew() {
        assert!(is_replaceable(BOB, &"x".repeat(72)));
        assert!(!is_replaceable(BOB, &"x".repeat(73)));
        assert!(!is_replaceable("$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaA", "password"));
    }

    #[test]
    fn every_verification_is_the_same_work() {
        let work = |costs: Range<u32>| costs.map(|cost| 1u64 << cost).sum::<u64>();
        for highest in MIN_COST..=MAX_COST {
            assert_eq!(work(rest(None, highest)), 1u64 << highest);
            for spent in MIN_COST..=highest {
                assert_eq!((1u64 << spent) + work(rest(Some(spent), highest)), 1u64 << highest, "{spent} of {highest}");
            }
        }
    }

    #[test]
    fn the_highest_cost_decides_what_every_sign_in_takes() {
        let forms = |forms: &[&str]| highest_cost(&forms.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(forms(&[]), None);
        assert_eq!(forms(&["$2a$10$", "$2b$12$", "$2a$04$"]), Some(12));
        assert_eq!(forms(&["$2a$31$", "$2a$", "$2"]), None, "such a hash was never imported");
    }
}
