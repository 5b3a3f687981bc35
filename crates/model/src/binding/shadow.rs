//! The descriptions of the authorizations that a gate creates in InfluxDB 2.

/// The prefix of each description.
const BEGIN: &str = "jeton gate ";

/// Returns the description of the authorizations that a gate of an instance of Jeton creates.
pub fn shadow_description(instance: &str, gate: &str) -> String {
    format!("{BEGIN}{instance}/{gate}")
}

/// Returns whether an authorization of InfluxDB with this description was created by a gate, of any instance.
pub fn is_shadow(description: &str) -> bool {
    description.starts_with(BEGIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_gate_creates_is_recognized() {
        assert!(is_shadow(&shadow_description("00000000000000aa", "plant")));
        assert!(!is_shadow("jeton") && !is_shadow("the jeton gate 00000000000000aa/plant"));
    }
}
