//! The identity of an upstream: scheme, host and port in one spelling.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    str::FromStr,
};

use crate::ValidationError;

/// Maximum number of bytes of a host's name.
const MAX_HOST: usize = 253;
/// The name of this machine.
const LOCALHOST: &str = "localhost";

/// Scheme, host and port of an upstream. Two gates with the same one lead to the same databases.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Upstream(String);

impl Upstream {
    /// Returns the text: `http://127.0.0.1:8086`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns host and port: `127.0.0.1:8086`, or `[::1]:8086`.
    pub fn authority(&self) -> &str {
        self.0.split_once("://").map_or("", |(_, rest)| rest)
    }

    /// Returns whether the database is reached with TLS.
    pub fn is_secure(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// Returns whether both lead to the same host and port, whatever the scheme; all addresses of the loopback interface
    /// are one.
    pub fn is_same(&self, other: &Self) -> bool {
        match (self.place(), other.place()) {
            ((one, port), (two, other)) if is_loopback(one) && is_loopback(two) => port == other,
            (one, two) => one == two,
        }
    }

    /// Returns host and port.
    fn place(&self) -> (&str, Option<&str>) {
        split_port(self.authority())
    }
}

fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == LOCALHOST || host.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

impl fmt::Display for Upstream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Upstream {
    type Err = ValidationError;

    /// Parses an address in any spelling. A slash at the end is ignored.
    fn from_str(text: &str) -> Result<Self, ValidationError> {
        canonical(text).map(Self).ok_or_else(|| {
            let message = "give the upstream as http://HOST:PORT or https://HOST:PORT, without user, path and query";
            ValidationError::field("upstream", message)
        })
    }
}

fn canonical(text: &str) -> Option<String> {
    let (scheme, rest) = text.trim().split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    let usual = match scheme.as_str() {
        "http" => 80,
        "https" => 443,
        _ => return None,
    };
    let (host, port) = split_port(rest.strip_suffix('/').unwrap_or(rest));
    let port = port.map_or(Some(usual), number)?;
    let host = canonical_host(host)?;
    // With TLS, the name is kept: a certificate for the name need not cover the address.
    let host = if host == LOCALHOST && scheme == "http" { Ipv4Addr::LOCALHOST.to_string() } else { host };
    Some(format!("{scheme}://{host}:{port}"))
}

/// Splits the port off. The colons of an IPv6 address are inside brackets.
fn split_port(authority: &str) -> (&str, Option<&str>) {
    let end = authority.rfind(']').map_or(0, |at| at + 1);
    match authority[end..].find(':') {
        Some(at) => (&authority[..end + at], Some(&authority[end + at + 1..])),
        None => (authority, None),
    }
}

fn number(port: &str) -> Option<u16> {
    let digits = port.bytes().all(|byte| byte.is_ascii_digit());
    port.parse().ok().filter(|port| digits && *port != 0)
}

fn canonical_host(host: &str) -> Option<String> {
    if let Some(inner) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return inner.parse::<Ipv6Addr>().ok().map(|address| format!("[{address}]"));
    }
    if let Ok(address) = host.parse::<Ipv4Addr>() {
        return Some(address.to_string());
    }
    let name = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'));
    (is_name && !name.is_empty() && name.len() <= MAX_HOST).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        text.parse().ok().map(|upstream: Upstream| upstream.to_string())
    }

    #[test]
    fn spellings_of_one_address_are_equal() {
        for text in ["http://127.0.0.1:8086", "HTTP://LocalHost:8086/", " http://localhost.:8086 "] {
            assert_eq!(read(text).as_deref(), Some("http://127.0.0.1:8086"), "{text}");
        }
        assert_eq!(read("https://DB.example.com").as_deref(), Some("https://db.example.com:443"));
        assert_eq!(
            read("https://LocalHost.:8086/").as_deref(),
            Some("https://localhost:8086"),
            "as its certificate says"
        );
        assert_eq!(read("http://[0:0::1]:80/").as_deref(), Some("http://[::1]:80"));
        assert_eq!(read("http://influx_1").as_deref(), Some("http://influx_1:80"));
    }

    #[test]
    fn what_is_more_or_less_than_an_address_is_refused() {
        for text in [
            "",
            "localhost:8086",
            "ftp://a:1",
            "http://",
            "http://:1",
            "http://a:",
            "http://a:0",
            "http://a:+1",
            "http://a:65536",
            "http://a:1:2",
            "http://u:p@a:1",
            "http://a:1/db",
            "http://a:1?db=x",
            "http://[::1",
            "http://[a]:1",
            "http://a b:1",
            "unix:///run/influx.sock",
            "http://a:1#x",
            "http://user@a:1",
        ] {
            assert_eq!(read(text), None, "{text:?}");
        }
        let refused = "http://user:secret@a:1".parse::<Upstream>().unwrap_err();
        assert!(!refused.to_string().contains("secret"));
    }

    #[test]
    fn names_of_the_loopback_interface_are_one() {
        let is_same = |one: &str, two: &str| {
            let (one, two): (Upstream, Upstream) = (one.parse().unwrap(), two.parse().unwrap());
            assert_eq!(one.is_same(&two), two.is_same(&one));
            one.is_same(&two)
        };
        assert!(is_same("http://localhost:8087", "http://127.0.0.1:8087"));
        assert!(is_same("http://localhost.:8087", "http://[::1]:8087"));
        assert!(is_same("https://localhost:8087", "http://127.0.0.1:8087"));
        assert!(is_same("https://a.example", "https://A.example:443/"));
        assert!(!is_same("http://localhost:8087", "http://127.0.0.1:8088"));
        assert!(!is_same("http://localhost:8087", "http://10.0.0.1:8087"));
    }
}
