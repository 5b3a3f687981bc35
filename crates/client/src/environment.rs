//! Environment variables of flags: `influx`'s own, and Jeton's, which take precedence.

/// Returns the variable that a flag reads: `jeton` if it is set, else `influx`. An empty one counts as not set.
pub fn either(jeton: &'static str, influx: &'static str) -> &'static str {
    let set = std::env::var_os(jeton).is_some_and(|value| !value.is_empty());
    if set { jeton } else { influx }
}
