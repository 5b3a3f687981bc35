//! The address that a request comes from: the peer's, or the one that a trusted proxy reports.

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::{ConnectInfo, Request},
    http::{Extensions, HeaderMap, HeaderName, header},
};
use ipnet::IpNet;

use jeton_model::Timestamp;
use jeton_service::Client;

use crate::{
    forwarded::{self, Hop},
    settings::Settings,
};

/// Maximum number of characters that are kept of a `User-Agent`.
const MAX_AGENT: usize = 255;

/// The mark, in the extensions of a request, of a connection whose client has shown a certificate of the authorities
/// that issue those of reverse proxies.
#[derive(Clone, Copy, Debug)]
pub struct Certified {
    /// The end of validity of the certificate, which may pass while the connection is open.
    pub until: Timestamp,
}

/// The addresses of a request that a gate passes to the API, in the extensions of the request: the gate has read the
/// forwarded header of a proxy that it trusts. Neither a header nor the address of a trusted proxy changes them.
#[derive(Clone, Copy, Debug)]
pub struct AtGate {
    /// The address of the client; `None` if it is unknown.
    pub address: Option<IpAddr>,
    /// The other end of the connection to the gate.
    pub peer: Option<IpAddr>,
}

/// Returns whether the peer of a request is a trusted proxy, by its address or by its certificate. That of a request at
/// a gate is none here.
pub fn is_from_proxy(settings: &Settings, extensions: &Extensions, peer: Option<IpAddr>) -> bool {
    let is_at_gate = extensions.get::<AtGate>().is_some();
    let is_trusted = || peer.is_some_and(|peer| settings.is_trusted_proxy(peer));
    !is_at_gate && (extensions.get::<Certified>().is_some() || is_trusted())
}

/// Adds the [`Client`] to the request's extensions. A certificate that has expired since the connection began is removed
/// from them.
pub fn identify(settings: &Settings, now: Timestamp, request: &mut Request) {
    let expired = request.extensions().get::<Certified>().is_some_and(|certified| now > certified.until);
    if expired {
        request.extensions_mut().remove::<Certified>();
    }
    let (address, peer) = match request.extensions().get::<AtGate>() {
        Some(AtGate { address, peer }) => (*address, *peer),
        None => at_own_listener(settings, expired, request),
    };
    let agent = request.headers().get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    // A header that `to_str` accepts is ASCII: a byte is a character.
    let agent = agent.map(|agent| agent.get(..MAX_AGENT).unwrap_or(agent).to_owned());
    request.extensions_mut().insert(Client { address, peer, agent });
}

/// Returns the address of the client, and the peer. `expired`: whether the certificate of the peer has expired. The
/// client's address is unknown then: that of a proxy is not the client's.
fn at_own_listener(settings: &Settings, expired: bool, request: &Request) -> (Option<IpAddr>, Option<IpAddr>) {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical());
    let address = if is_from_proxy(settings, request.extensions(), peer) {
        peer.and_then(|peer| address_behind(settings, peer, request.headers()))
    } else {
        peer.filter(|_| !expired)
    };
    (address, peer)
}

/// Returns the address of the client that a trusted proxy reports; `None` if it reports none that can be read.
pub fn address_behind(settings: &Settings, proxy: IpAddr, headers: &HeaderMap) -> Option<IpAddr> {
    reported(proxy, headers, &settings.forwarded_header, &settings.trusted_proxies)
}

/// Returns the address that a trusted proxy reports. The hops are read from the right, past every trusted proxy, to the
/// first that is not one. If that hop names no address, the client's address is unknown: hops further left can be
/// forged. A trusted proxy that sends no such header is itself the client, as for a health check.
fn reported(proxy: IpAddr, headers: &HeaderMap, name: &HeaderName, trusted: &[IpNet]) -> Option<IpAddr> {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut address = proxy;
    let read = if *name == header::FORWARDED { forwarded::elements } else { forwarded::list };
    let hops: Vec<Hop> = headers.get_all(name).iter().flat_map(|value| read(value.as_bytes())).collect();
    for hop in hops.into_iter().rev() {
        address = hop?;
        if !is_trusted(&address) {
            break;
        }
    }
    Some(address)
}

#[cfg(test)]
mod tests {
    use axum::{body::Body, http::HeaderValue};

    use super::*;

    /// Returns the addresses of a request from 10.0.0.1, a trusted proxy, which names a client, and whether it counts as
    /// one.
    fn identified(at_gate: Option<AtGate>) -> (Option<IpAddr>, Option<IpAddr>, bool) {
        let trusted_proxies = vec!["10.0.0.0/8".parse().unwrap()];
        let settings = Settings { trusted_proxies, ..Settings::reached_at(&[]) };
        let mut request = Request::new(Body::empty());
        request.headers_mut().insert("x-forwarded-for", HeaderValue::from_static("203.0.113.5"));
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([10, 0, 0, 1], 443))));
        if let Some(at_gate) = at_gate {
            request.extensions_mut().insert(at_gate);
        }
        identify(&settings, Timestamp::from_micros(0), &mut request);
        let Client { address, peer, .. } = request.extensions().get::<Client>().cloned().unwrap();
        (address, peer, is_from_proxy(&settings, request.extensions(), peer))
    }

    #[test]
    fn a_certificate_that_expires_on_an_open_connection_names_no_client_any_more() {
        let at = |now: i64| {
            let settings = Settings::reached_at(&[]);
            let mut request = Request::new(Body::empty());
            request.headers_mut().insert("x-forwarded-for", HeaderValue::from_static("203.0.113.5"));
            request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([192, 0, 2, 9], 443))));
            request.extensions_mut().insert(Certified { until: Timestamp::from_micros(5) });
            identify(&settings, Timestamp::from_micros(now), &mut request);
            let Client { address, peer, .. } = request.extensions().get::<Client>().cloned().unwrap();
            (address.map(|address| address.to_string()), is_from_proxy(&settings, request.extensions(), peer))
        };
        assert_eq!(at(5), (Some("203.0.113.5".to_owned()), true));
        assert_eq!(at(6), (None, false));
    }

    #[test]
    fn what_a_gate_determined_is_the_client_whatever_a_header_says() {
        let [named, proxy, other]: [Option<IpAddr>; 3] =
            ["203.0.113.5", "10.0.0.1", "192.0.2.9"].map(|address| address.parse().ok());
        assert_eq!(identified(None), (named, proxy, true));
        for address in [None, other, proxy] {
            assert_eq!(identified(Some(AtGate { address, peer: proxy })), (address, proxy, false));
        }
    }

    fn seen_in(name: &'static str, peer: &str, said: &[&[u8]], trusted: &[&str]) -> String {
        let name = HeaderName::from_static(name);
        let headers = said.iter().map(|value| (name.clone(), HeaderValue::from_bytes(value).unwrap()));
        let trusted: Vec<IpNet> = trusted.iter().map(|network| network.parse().unwrap()).collect();
        let peer: IpAddr = peer.parse().unwrap();
        let is_trusted = trusted.iter().any(|network| network.contains(&peer));
        let headers: HeaderMap = headers.collect();
        let address = if is_trusted { reported(peer, &headers, &name, &trusted) } else { Some(peer) };
        address.map_or_else(|| "unknown".into(), |address| address.to_string())
    }

    fn seen(peer: &str, said: &str, trusted: &[&str]) -> String {
        seen_in("x-forwarded-for", peer, &[said.as_bytes()], trusted)
    }

    #[test]
    fn a_stranger_cannot_say_where_they_come_from() {
        assert_eq!(seen("192.0.2.9", "10.0.0.1", &[]), "192.0.2.9");
        assert_eq!(seen("192.0.2.9", "10.0.0.1", &["10.0.0.0/8"]), "192.0.2.9");
    }

    #[test]
    fn a_trusted_proxy_can_but_not_for_those_before_it() {
        assert_eq!(seen("10.0.0.1", "203.0.113.5", &["10.0.0.0/8"]), "203.0.113.5");
        assert_eq!(seen("10.0.0.1", "6.6.6.6, 203.0.113.5, 10.0.0.2", &["10.0.0.0/8"]), "203.0.113.5");
        assert_eq!(seen("10.0.0.1", "10.0.0.2", &["10.0.0.0/8"]), "10.0.0.2", "a proxy that asks for itself");
    }

    #[test]
    fn where_the_hop_that_counts_is_no_address_the_client_is_unknown() {
        for hop in
            ["garbage", "unknown", "", "203.0.113.5,", "fe80::1%eth0", "\"203.0.113.5\"", "_hidden", "x, 10.0.0.2"]
        {
            assert_eq!(seen("10.0.0.1", hop, &["10.0.0.0/8"]), "unknown", "{hop}");
        }
        let said: &[u8] = b"203.0.113.5\x80";
        assert_eq!(seen_in("x-forwarded-for", "10.0.0.1", &[said], &["10.0.0.0/8"]), "unknown");
    }

    #[test]
    fn what_stands_further_left_does_not_matter() {
        for left in [b"\xff\x80".as_slice(), b"unknown", b"", b"10.0.0.9", b"\""] {
            let said = [left, b", 203.0.113.5".as_slice()].concat();
            assert_eq!(seen_in("x-forwarded-for", "10.0.0.1", &[&said], &["10.0.0.0/8"]), "203.0.113.5");
            assert_eq!(seen_in("x-forwarded-for", "10.0.0.1", &[left, b"203.0.113.5"], &["10.0.0.0/8"]), "203.0.113.5");
            assert_eq!(seen_in("forwarded", "10.0.0.1", &[left, b"for=203.0.113.5"], &["10.0.0.0/8"]), "203.0.113.5");
        }
    }

    #[test]
    fn a_proxy_that_sends_no_header_asks_for_itself() {
        assert_eq!(seen_in("x-forwarded-for", "10.0.0.1", &[], &["10.0.0.0/8"]), "10.0.0.1");
        assert_eq!(seen_in("forwarded", "10.0.0.1", &[], &["10.0.0.0/8"]), "10.0.0.1");
    }

    #[test]
    fn mapped_addresses_and_ports_are_read() {
        assert_eq!(seen("10.0.0.1", "[2001:db8::7]:443", &["10.0.0.0/8"]), "2001:db8::7");
        assert_eq!(seen("10.0.0.1", "203.0.113.5:1234, ::ffff:10.0.0.3", &["10.0.0.0/8"]), "203.0.113.5");
    }

    #[test]
    fn the_standard_header_is_read_as_the_standard_has_it() {
        let of = |said: &[&[u8]]| seen_in("forwarded", "10.0.0.1", said, &["10.0.0.0/8"]);
        assert_eq!(of(&[b"for=6.6.6.6, for=\"[2001:db8::7]:443\";proto=https", b"for=10.0.0.2"]), "2001:db8::7");
        assert_eq!(of(&[b"for=203.0.113.5, proto=https"]), "unknown");
        assert_eq!(of(&[b"203.0.113.5"]), "unknown");
        assert_eq!(seen("10.0.0.1", "for=203.0.113.5", &["10.0.0.0/8"]), "unknown", "each form under its own name");
    }
}
