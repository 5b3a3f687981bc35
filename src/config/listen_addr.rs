//! Addresses to listen on, as the command line names them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use serde::Deserialize;

/// An address to listen on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum ListenAddr {
    /// One IP address and port.
    One(SocketAddr),
    /// `:8086`: this port on every interface.
    EveryInterface(u16),
    /// `localhost:8086`: this port of the loopback interface.
    Localhost(u16),
}

impl ListenAddr {
    /// Parses an IP address with a port, or a port after `:` or `localhost:`, as Go's programs accept them.
    ///
    /// # Errors
    /// Returns the sentence for the command line.
    pub fn parse(text: &str) -> Result<Self, String> {
        let with_port = |host: &str| -> Option<u16> { text.strip_prefix(host)?.strip_prefix(":")?.parse().ok() };
        let one = text.parse().map(Self::One).ok();
        one.or_else(|| with_port("").map(Self::EveryInterface))
            .or_else(|| with_port("localhost").map(Self::Localhost))
            .ok_or_else(|| {
                "give an IP address and a port such as 127.0.0.1:8086, localhost:8086, or :8086 for every interface"
                    .into()
            })
    }

    /// Returns the address to listen on, and the one to use instead on a machine that lacks the first.
    pub fn addresses(self) -> (SocketAddr, Option<SocketAddr>) {
        let (first, second, port): (IpAddr, IpAddr, u16) = match self {
            Self::One(address) => return (address, None),
            // The unspecified IPv6 address also receives IPv4.
            Self::EveryInterface(port) => (Ipv6Addr::UNSPECIFIED.into(), Ipv4Addr::UNSPECIFIED.into(), port),
            Self::Localhost(port) => (Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into(), port),
        };
        (SocketAddr::new(first, port), Some(SocketAddr::new(second, port)))
    }
}

impl TryFrom<String> for ListenAddr {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_alone_and_localhost_are_understood() {
        assert_eq!(ListenAddr::parse(":8086"), Ok(ListenAddr::EveryInterface(8086)));
        assert_eq!(ListenAddr::parse("localhost:8086"), Ok(ListenAddr::Localhost(8086)));
        for address in ["127.0.0.1:8086", "0.0.0.0:0", "[::1]:8086"] {
            assert_eq!(ListenAddr::parse(address), Ok(ListenAddr::One(address.parse().unwrap())), "{address}");
        }
    }

    #[test]
    fn an_address_that_says_too_little_is_refused() {
        for address in ["", ":", "8086", "localhost", "localhost:", "127.0.0.1", ":65536", "::1:8086", "jeton:8086"] {
            let refused = ListenAddr::parse(address).map_err(|sentence| sentence.contains("127.0.0.1:8086"));
            assert_eq!(refused, Err(true), "{address}");
        }
    }

    #[test]
    fn every_interface_means_both_kinds_of_addresses() {
        let addresses = |text: &str| {
            let (first, second) = ListenAddr::parse(text).unwrap().addresses();
            (first.to_string(), second.map(|second| second.to_string()))
        };
        assert_eq!(addresses(":8086"), ("[::]:8086".into(), Some("0.0.0.0:8086".into())));
        assert_eq!(addresses("localhost:80"), ("127.0.0.1:80".into(), Some("[::1]:80".into())));
        assert_eq!(addresses("10.0.0.1:80"), ("10.0.0.1:80".into(), None));
    }
}
