//! The origin by which unauthenticated requests are counted: an address, a /64, or the peer of an unknown address.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use crate::Client;

/// Clients that share a rate limit: an address, a /64 of IPv6 (one client can use all of its addresses), or all clients
/// of unknown address behind one peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RateLimitKey(Kind);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    V4(Ipv4Addr),
    /// The first half of the address.
    V6([u16; 4]),
    /// `None`: there is no peer either, as in a test.
    Unknown(Option<IpAddr>),
}

impl Client {
    /// The client's key for rate limits.
    pub(crate) fn origin(&self) -> RateLimitKey {
        RateLimitKey(match self.address.map(|address| address.to_canonical()) {
            Some(IpAddr::V4(address)) => Kind::V4(address),
            Some(IpAddr::V6(address)) => {
                let [a, b, c, d, ..] = address.segments();
                Kind::V6([a, b, c, d])
            }
            None => Kind::Unknown(self.peer),
        })
    }
}

impl fmt::Display for RateLimitKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Kind::V4(address) => write!(f, "{address}"),
            Kind::V6([a, b, c, d]) => write!(f, "{}/64", Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0)),
            Kind::Unknown(Some(peer)) => write!(f, "unknown behind {peer}"),
            Kind::Unknown(None) => f.write_str("unknown"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(address: Option<&str>, peer: &str) -> RateLimitKey {
        let (address, peer) = (address.map(|address| address.parse().unwrap()), peer.parse().ok());
        Client { address, peer, ..Client::default() }.origin()
    }

    #[test]
    fn a_v6_network_is_one_and_v4_written_as_v6_is_v4() {
        let of = |address| origin(Some(address), "10.0.0.1");
        assert_eq!(of("2001:db8:0:1::1"), of("2001:db8:0:1::2"));
        assert_ne!(of("2001:db8:0:1::1"), of("2001:db8:0:2::1"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
        assert_eq!(of("2001:db8:0:1::1").to_string(), "2001:db8:0:1::/64");
    }

    #[test]
    fn unknown_clients_share_an_origin_with_those_behind_the_same_peer_alone() {
        assert_eq!(origin(None, "10.0.0.1"), origin(None, "10.0.0.1"));
        assert_ne!(origin(None, "10.0.0.1"), origin(None, "10.0.0.2"));
        assert_ne!(origin(None, "10.0.0.1"), origin(Some("10.0.0.1"), "10.0.0.1"), "not with the peer itself");
    }
}
