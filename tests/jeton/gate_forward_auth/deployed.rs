//! The configurations in `deploy`, as users copy them.

use std::{fs, path::Path};

const MANUAL: &str = include_str!("../../../docs/gate.md");
/// The configurations of reverse proxies; the folder has more.
const SHIPPED: [&str; 5] = ["Caddyfile", "haproxy-gate.lua", "haproxy.cfg", "nginx.conf", "traefik.yml"];

#[test]
fn each_shipped_configuration_is_short_and_named_in_the_manual() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy");
    for name in SHIPPED {
        let lines = fs::read_to_string(folder.join(name)).unwrap().lines().count();
        assert!(lines <= 25, "{name} has {lines} lines");
        assert!(MANUAL.contains(&format!("(../deploy/{name})")), "docs/gate.md links {name}");
    }
}

/// Traefik describes the request in `X-Forwarded-…`; any other description comes from the client.
#[test]
fn traefik_passes_no_description_of_the_client_to_the_gate() {
    let traefik = include_str!("../../../deploy/traefik.yml");
    for part in ["Method", "URI", "Content-Length", "Transfer-Encoding"] {
        let removed = format!("X-Original-{part}: \"\"");
        assert!(traefik.contains(&removed), "{removed}");
    }
}
