//! Variables that flags are taken from: `influx`'s own, and Jeton's, which win where both are set.

/// The variable that a flag reads: `jeton` where it is set, and else `influx`. An empty one counts as not set.
pub fn either(jeton: &'static str, influx: &'static str) -> &'static str {
    let set = std::env::var_os(jeton).is_some_and(|value| !value.is_empty());
    if set { jeton } else { influx }
}
