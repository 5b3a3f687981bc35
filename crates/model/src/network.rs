//! The networks from which a token is accepted.

use std::{fmt, net::IpAddr, str::FromStr};

use ipnet::IpNet;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::ValidationError;

/// Maximum number of networks of an authorization.
pub const MAX_NETWORKS: usize = 64;

/// The error for a text that is no network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no network; write an address and a prefix length, like 10.0.0.0/8 or 2001:db8::/32")]
pub struct NotANetwork(pub String);

/// The networks from which a token is accepted; without any, it is accepted from everywhere. IPv4 and IPv6 CIDRs with
/// their host bits cleared; IPv4-mapped IPv6 becomes IPv4.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Networks(Vec<IpNet>);

impl Networks {
    /// Parses CIDRs or single addresses, and keeps each once, in the order given.
    ///
    /// # Errors
    /// Fails if a text is no network, or if there are more than [`MAX_NETWORKS`].
    pub fn parse<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Self, ValidationError> {
        let mut networks = Vec::new();
        for text in texts {
            let network = network(text.trim()).map_err(|bad| ValidationError::Network(bad.to_string()))?;
            if !networks.contains(&network) {
                networks.push(network);
            }
        }
        if networks.len() > MAX_NETWORKS {
            Err(ValidationError::TooManyNetworks { limit: MAX_NETWORKS })
        } else {
            Ok(Self(networks))
        }
    }

    /// Returns whether every address is allowed.
    pub const fn is_everywhere(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns how many there are; 0 stands for everywhere.
    pub const fn count(&self) -> usize {
        self.0.len()
    }

    /// Returns whether a client with this address is allowed. An unknown address is allowed only if every address is.
    pub fn let_in(&self, address: Option<IpAddr>) -> bool {
        self.is_everywhere()
            || address.is_some_and(|address| self.0.iter().any(|network| network.contains(&address.to_canonical())))
    }

    /// Returns whether `outer` allows every address that these networks allow.
    pub fn are_within(&self, outer: &Self) -> bool {
        if outer.is_everywhere() {
            return true;
        }
        let outer = IpNet::aggregate(&outer.0);
        !self.is_everywhere() && self.0.iter().all(|inner| outer.iter().any(|one| one.contains(inner)))
    }

    /// Returns the texts: "10.0.0.0/8", "2001:db8::/32".
    pub fn texts(&self) -> Vec<String> {
        self.0.iter().map(ToString::to_string).collect()
    }
}

fn network(text: &str) -> Result<IpNet, NotANetwork> {
    let network = IpNet::from_str(text).or_else(|_| IpAddr::from_str(text).map(IpNet::from));
    network.map(|network| canonical(network).trunc()).map_err(|_| NotANetwork(text.into()))
}

fn canonical(network: IpNet) -> IpNet {
    match (network.addr().to_canonical(), network.prefix_len()) {
        (IpAddr::V4(address), length) if matches!(network, IpNet::V6(_)) && length >= 96 => {
            IpNet::new(address.into(), length - 96).unwrap_or(network)
        }
        _ => network,
    }
}

/// Formats them separated by commas; nothing for everywhere.
impl fmt::Display for Networks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.texts().join(","))
    }
}

/// Parses texts separated by commas.
impl FromStr for Networks {
    type Err = ValidationError;

    fn from_str(text: &str) -> Result<Self, ValidationError> {
        Self::parse(text.split(',').filter(|one| !one.trim().is_empty()))
    }
}

impl Serialize for Networks {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.texts())
    }
}

impl<'de> Deserialize<'de> for Networks {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let texts = Vec::<String>::deserialize(deserializer)?;
        Self::parse(texts.iter().map(String::as_str)).map_err(de::Error::custom)
    }
}

/// Parses a network, or a single address, on a command line.
///
/// # Errors
/// Returns a sentence that says what to give instead.
pub fn parse_network(text: &str) -> Result<IpNet, String> {
    let network = text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from));
    network.ok_or_else(|| "give a network such as 10.0.0.0/8, or an address".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn networks(text: &str) -> Networks {
        text.parse().unwrap()
    }

    fn address(text: &str) -> Option<IpAddr> {
        Some(text.parse().unwrap())
    }

    #[test]
    fn a_token_without_networks_is_accepted_from_everywhere_even_unknown() {
        assert!(networks("").let_in(None));
        assert!(networks("").let_in(address("2001:db8::1")));
    }

    #[test]
    fn only_addresses_within_are_let_in_v4_as_v6_too() {
        let office = networks("10.1.0.0/16, 2001:db8::/32");
        assert!(office.let_in(address("10.1.255.255")));
        assert!(office.let_in(address("::ffff:10.1.2.3")));
        assert!(office.let_in(address("2001:db8:1::1")));
        for foreign in ["10.2.0.0", "2001:db9::1", "::1"] {
            assert!(!office.let_in(address(foreign)), "{foreign}");
        }
        assert!(!office.let_in(None), "who hides where they are is not within");
    }

    #[test]
    fn networks_are_written_in_one_way() {
        assert_eq!(
            networks("10.1.2.3/8,10.0.0.0/8,192.0.2.7,::ffff:192.0.2.0/120").to_string(),
            "10.0.0.0/8,192.0.2.7/32,192.0.2.0/24"
        );
        assert!("10.0.0.0/33".parse::<Networks>().is_err());
        assert!("office".parse::<Networks>().is_err());
    }

    #[test]
    fn networks_are_within_others_only_if_no_address_escapes() {
        let outer = networks("10.0.0.0/9,10.128.0.0/9");
        assert!(networks("10.0.0.0/8").are_within(&outer), "two halves are the whole");
        assert!(!networks("10.0.0.0/7").are_within(&outer));
        assert!(!networks("").are_within(&outer), "everywhere is not within a network");
        assert!(networks("").are_within(&networks("")));
    }

    #[test]
    fn there_is_a_limit_to_their_number() {
        let many = |count: usize| (0..count).map(|n| format!("10.0.{n}.0/24")).collect::<Vec<_>>().join(",");
        assert!(many(64).parse::<Networks>().is_ok());
        assert_eq!(many(65).parse::<Networks>(), Err(ValidationError::TooManyNetworks { limit: 64 }));
    }
}
