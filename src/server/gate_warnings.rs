//! Warnings about how clients reach gates, at the start and for gates that a reload adds or changes.

use std::net::SocketAddr;

use crate::config::{
    ListenAddr,
    gates::{GateSettings, LoadedGate},
};

/// Returns a sentence for each setting of these gates that works, but allows more than necessary, with its remedy.
/// `earlier`: the gates before the reload, for which nothing is said again. `requires_certificates`: whether the server
/// accepts no connection without a certificate of a reverse proxy.
pub(super) fn of(gates: &[LoadedGate], earlier: &[LoadedGate], requires_certificates: bool) -> Vec<String> {
    let is_new = |gate: &&GateSettings| !earlier.iter().any(|one| is_reached_alike(&one.settings, gate));
    let new = gates.iter().map(|gate| &gate.settings).filter(is_new);
    new.flat_map(|gate| unencrypted(gate).into_iter().chain(certified(gate, requires_certificates))).collect()
}

/// Returns an address if other machines reach it.
pub(super) fn reached_by_others(address: ListenAddr) -> Option<SocketAddr> {
    let address = address.addresses().0;
    (!address.ip().is_loopback()).then_some(address)
}

/// Returns whether clients reach both gates in the same way.
fn is_reached_alike(one: &GateSettings, other: &GateSettings) -> bool {
    (&one.name, one.listen, one.tls) == (&other.name, other.listen, other.tls)
}

/// Returns the warning about a gate that others reach without TLS. A reverse proxy in `trusted-proxies` changes nothing:
/// at a gate, its address makes it no trusted proxy, and the way from it to the gate is open too.
fn unencrypted(gate: &GateSettings) -> Option<String> {
    let (name, address) = (&gate.name, reached_by_others(gate.listen?)?);
    (!gate.tls).then(|| {
        format!(
            "the gate {name} on {address} is reached from other machines without TLS: whoever is between them can read \
             tokens and data; set tls = true in its section, or let it listen on 127.0.0.1"
        )
    })
}

/// Returns the warning about a gate whose clients are all trusted proxies.
fn certified(gate: &GateSettings, requires_certificates: bool) -> Option<String> {
    let is_meant = gate.tls && gate.listen.is_some() && requires_certificates;
    is_meant.then(|| {
        let name = &gate.name;
        format!(
            "--tls-client-required makes every client of the gate {name} a trusted proxy, which may name any address as \
             that of its client: neither the networks of tokens nor the limits per address bind it; issue certificates \
             of --tls-client-ca to reverse proxies alone, or remove --tls-client-required"
        )
    })
}

#[cfg(test)]
mod tests {
    use crate::config::ConfigFile;

    use super::*;

    /// Returns gates, each of a name, an address and further lines of its section.
    fn gates(sections: &[(&str, &str, &str)]) -> Vec<LoadedGate> {
        let directory = tempfile::TempDir::new().unwrap();
        let path = directory.path().join("jeton.toml");
        let section = |(name, listen, more): &(&str, &str, &str)| {
            format!(
                "[[gate]]\nname = \"{name}\"\nkind = \"victoriametrics\"\nlisten = \"{listen}\"\norg = \"acme\"\n\
                 upstream = \"http://127.0.0.1:9\"\ndatabases = [\"*\"]\n{more}\n"
            )
        };
        std::fs::write(&path, sections.iter().map(section).collect::<String>()).unwrap();
        ConfigFile::read(&path).unwrap().load_gates().unwrap()
    }

    #[test]
    fn a_gate_without_encryption_that_others_reach_is_told() {
        let told = of(
            &gates(&[
                ("open", ":8428", ""),
                ("local", "127.0.0.1:8429", ""),
                ("secure", "0.0.0.0:8430", "tls = true"),
                ("near", "10.0.0.5:8431", "tls = false"),
            ]),
            &[],
            false,
        );
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(told[0].starts_with("the gate open on [::]:8428 is reached"), "{told:?}");
        assert!(told[1].starts_with("the gate near on 10.0.0.5:8431 is reached"), "{told:?}");
    }

    #[test]
    fn a_reload_tells_of_gates_that_are_new_or_reached_in_another_way() {
        let before =
            gates(&[("same", ":8428", ""), ("moved", "127.0.0.1:8429", ""), ("opened", ":8430", "tls = true")]);
        let after = gates(&[
            ("same", ":8428", "max-queries-per-token = 5"),
            ("moved", ":8429", ""),
            ("opened", ":8430", ""),
            ("added", ":8431", ""),
        ]);
        let told = of(&after, &before, false);
        assert_eq!(told.len(), 3, "{told:?}");
        for (said, name) in told.iter().zip(["moved", "opened", "added"]) {
            assert!(said.starts_with(&format!("the gate {name} on ")), "{said}");
        }
    }

    #[test]
    fn a_gate_all_of_whose_clients_name_their_address_is_told() {
        let gates = gates(&[("plain", "127.0.0.1:8428", ""), ("secure", "127.0.0.1:8429", "tls = true")]);
        assert_eq!(of(&gates, &[], false), [""; 0]);
        let told = of(&gates, &[], true);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].contains(" every client of the gate secure a trusted proxy"), "{told:?}");
    }
}
