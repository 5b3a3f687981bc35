//! Checks that gates reach their databases, and that other machines do not.

use std::{
    net::{IpAddr, SocketAddr, UdpSocket},
    time::Duration,
};

use tokio::{net::TcpStream, time::timeout};

use crate::config::{
    Config,
    gates::{GateSettings, Mode},
};

use super::finding::Finding;

const CHECK: &str = "gate";

/// Maximum time for a connection.
const CONNECT_WITHIN: Duration = Duration::from_secs(3);
/// Addresses that are reserved for documentation. No packet is sent to them: connecting a UDP socket selects this
/// machine's own address.
const ELSEWHERE: [&str; 2] = ["192.0.2.1:9", "[2001:db8::1]:9"];

/// Examines the database of each gate.
pub(super) async fn examine(config: &Config) -> Vec<Finding> {
    let mut findings = Vec::new();
    for gate in config.file.as_ref().map(|file| file.gates()).unwrap_or_default() {
        findings.push(examine_one(gate, &own_addresses()).await);
        findings.extend(observing(gate));
    }
    findings
}

/// Examines the database of a gate. `own`: the addresses at which other machines reach this one.
async fn examine_one(gate: &GateSettings, own: &[IpAddr]) -> Finding {
    let (name, upstream) = (&gate.name, &gate.upstream);
    let peer = match connect(upstream.authority()).await {
        Ok(peer) => peer,
        Err(error) => {
            return Finding::failed(
                CHECK,
                format!(
                    "the database of the gate {name} can't be reached at {upstream}: {error}; start it or mend upstream"
                ),
            );
        }
    };
    if !peer.ip().to_canonical().is_loopback() {
        return distant(gate);
    }
    for address in
        own.iter().map(|address| SocketAddr::new(*address, peer.port())).filter(|address| !listens(gate, *address))
    {
        if connect(address).await.is_ok() {
            return Finding::failed(
                CHECK,
                format!(
                    "the database of the gate {name} can be reached past the gate at {address}; let it listen on \
                     127.0.0.1 alone"
                ),
            );
        }
    }
    Finding::ok(CHECK, format!("the database of the gate {name} is reached from this machine alone"))
}

/// Returns the warning about a gate that observes.
fn observing(gate: &GateSettings) -> Option<Finding> {
    let sentence = format!(
        "the gate {} observes, so that most of what it would refuse goes on; set mode = \"enforce\" once nothing would be \
         refused that should work",
        gate.name
    );
    (gate.mode == Mode::Observe).then(|| Finding::warning(CHECK, sentence))
}

/// Returns the finding about a database on another machine.
fn distant(gate: &GateSettings) -> Finding {
    let name = &gate.name;
    let advice = "let its firewall accept nobody but this machine";
    match gate.credential_file {
        Some(_) => {
            Finding::ok(CHECK, format!("the database of the gate {name}, on another machine, is reached; {advice}"))
        }
        None => Finding::warning(
            CHECK,
            format!("the database of the gate {name}, on another machine, asks for no credential; {advice}"),
        ),
    }
}

/// Returns whether the gate itself answers at an address.
fn listens(gate: &GateSettings, address: SocketAddr) -> bool {
    let Some(listen) = gate.listen else { return false };
    let (first, second) = listen.addresses();
    let is_at =
        |own: SocketAddr| own.port() == address.port() && (own.ip().is_unspecified() || own.ip() == address.ip());
    is_at(first) || second.is_some_and(is_at)
}

async fn connect(address: impl tokio::net::ToSocketAddrs) -> std::io::Result<SocketAddr> {
    timeout(CONNECT_WITHIN, TcpStream::connect(address)).await.map_err(std::io::Error::from)??.peer_addr()
}

/// Returns the addresses at which other machines reach this one.
fn own_addresses() -> Vec<IpAddr> {
    let address_towards = |elsewhere: &str| {
        let any = if elsewhere.starts_with('[') { "[::]:0" } else { "0.0.0.0:0" };
        let socket = UdpSocket::bind(any).ok()?;
        socket.connect(elsewhere).ok()?;
        let address = socket.local_addr().ok()?.ip();
        (!address.is_loopback() && !address.is_unspecified()).then_some(address)
    };
    ELSEWHERE.into_iter().filter_map(address_towards).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use tokio::net::TcpListener;

    use crate::config::ConfigFile;

    use crate::cli::admin::doctor::finding::Status;

    use super::*;

    fn gate(upstream: SocketAddr) -> GateSettings {
        let text = format!(
            "[[gate]]\nname = \"plant\"\nkind = \"victoriametrics\"\nlisten = \"127.0.0.2:{}\"\norg = \"acme\"\n\
             upstream = \"http://{upstream}\"\ndatabases = [\"*\"]\n",
            upstream.port()
        );
        let directory = tempfile::TempDir::new().unwrap();
        let file = directory.path().join("jeton.toml");
        std::fs::write(&file, text).unwrap();
        ConfigFile::read(Path::new(&file)).unwrap().gates()[0].clone()
    }

    /// A loopback address in the role of the one at which other machines reach this one.
    fn other() -> IpAddr {
        "127.0.0.3".parse().unwrap()
    }

    #[tokio::test]
    async fn a_database_that_listens_elsewhere_too_is_told() {
        let everywhere = TcpListener::bind("0.0.0.0:0").await.unwrap();
        let port = everywhere.local_addr().unwrap().port();
        let gate = gate(SocketAddr::new("127.0.0.1".parse().unwrap(), port));
        let open = examine_one(&gate, &[other()]).await;
        assert_eq!(open.status, Status::Failed);
        assert!(open.sentence.contains(&format!("past the gate at 127.0.0.3:{port};")), "{}", open.sentence);
        let own = "127.0.0.2".parse().unwrap();
        assert_eq!(examine_one(&gate, &[own]).await.status, Status::Ok, "the gate itself answers there");
    }

    #[test]
    fn a_gate_that_observes_is_told() {
        let enforcing = gate("127.0.0.1:9".parse().unwrap());
        assert_eq!(observing(&enforcing), None);
        let observes = observing(&GateSettings { mode: Mode::Observe, ..enforcing }).unwrap();
        assert_eq!(observes.status, Status::Warning);
        assert!(observes.sentence.starts_with("the gate plant observes"), "{}", observes.sentence);
    }

    #[tokio::test]
    async fn a_database_that_listens_here_alone_is_well_and_one_that_does_not_listen_is_not() {
        let here = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let gate = gate(here.local_addr().unwrap());
        assert_eq!(examine_one(&gate, &[other()]).await.status, Status::Ok);
        drop(here);
        let gone = examine_one(&gate, &[]).await;
        assert_eq!(gone.status, Status::Failed);
        assert!(gone.sentence.contains("can't be reached at http://127.0.0.1:"), "{}", gone.sentence);
    }
}
