//! Where a request comes from: the peer, or what a trusted proxy says.

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderName, header},
    middleware::Next,
    response::Response,
};
use ipnet::IpNet;

use super::AppState;
use crate::service::Client;

/// At most so many bytes of a program's name are kept.
const MAX_AGENT: usize = 255;

/// Puts the [`Client`] beside the request.
pub async fn identify(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let address = peer
        .map(|peer| address(peer, request.headers(), &state.config.forwarded_header, &state.config.trusted_proxies));
    let agent = request.headers().get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    let agent = agent.map(|agent| agent.chars().take(MAX_AGENT).collect());
    request.extensions_mut().insert(Client { address, agent });
    next.run(request).await
}

/// The peer, unless it is a trusted proxy: then the header is read from the right, past every trusted proxy, to the
/// first address that is not one. What stands further left, anyone may have written.
fn address(peer: IpAddr, headers: &HeaderMap, name: &HeaderName, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut address = peer.to_canonical();
    if !is_trusted(&address) {
        return address;
    }
    let said: Vec<&str> = headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    for hop in said.into_iter().rev() {
        let Some(hop) = parse(hop.trim()) else { break };
        address = hop;
        if !is_trusted(&address) {
            break;
        }
    }
    address
}

/// An address, perhaps with a port, perhaps in brackets.
fn parse(text: &str) -> Option<IpAddr> {
    let address = text.parse::<IpAddr>().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()));
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    address.or_else(|| bare.parse().ok()).map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn seen(peer: &str, said: &'static str, trusted: &[&str]) -> String {
        let name = HeaderName::from_static("x-forwarded-for");
        let headers = HeaderMap::from_iter([(name.clone(), HeaderValue::from_static(said))]);
        let trusted: Vec<IpNet> = trusted.iter().map(|network| network.parse().unwrap()).collect();
        address(peer.parse().unwrap(), &headers, &name, &trusted).to_string()
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
        assert_eq!(seen("10.0.0.1", "garbage", &["10.0.0.0/8"]), "10.0.0.1");
    }

    #[test]
    fn mapped_addresses_and_ports_are_read() {
        assert_eq!(seen("::ffff:10.0.0.1", "[2001:db8::7]:443", &["10.0.0.0/8"]), "2001:db8::7");
        assert_eq!(seen("10.0.0.1", "203.0.113.5:1234", &["10.0.0.0/8"]), "203.0.113.5");
    }
}
