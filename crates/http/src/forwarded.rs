//! Parsers of forwarded headers: `X-Forwarded-For` and similar ones, and `Forwarded` (RFC 7239).
//!
//! Values are parsed as bytes: a client may send any, and a proxy keeps them before its own part. A hop that names no
//! address is `None`. The parser never guesses at such a hop, because the guessed address might come from the client.

use std::net::{IpAddr, Ipv6Addr};

/// The address of a hop; `None` if it names none.
pub type Hop = Option<IpAddr>;

/// Returns the hops of one `X-Forwarded-For` value, in its order: addresses separated by commas. An empty value is one
/// hop without an address.
pub fn list(value: &[u8]) -> Vec<Hop> {
    value.split(|byte| *byte == b',').map(|hop| std::str::from_utf8(hop.trim_ascii()).ok().and_then(node)).collect()
}

/// Returns the hops of one `Forwarded` value, in its order: the `for` parameter of each element.
pub fn elements(value: &[u8]) -> Vec<Hop> {
    let Some(parts) = split(value, b',') else { return vec![None] };
    parts.into_iter().map(|element| element_for(element.trim_ascii())).collect()
}

/// Returns the address in the one `for` parameter of an element. If any parameter is malformed, the whole element is
/// rejected.
fn element_for(element: &[u8]) -> Hop {
    let mut found = None;
    for pair in split(element, b';')? {
        let pair = pair.trim_ascii();
        if pair.is_empty() {
            continue;
        }
        let (name, value) = pair.split_at(pair.iter().position(|byte| *byte == b'=')?);
        let value = value_of(&value[1..])?;
        if name.eq_ignore_ascii_case(b"for") && found.replace(value).is_some() {
            return None;
        }
    }
    node(&found?)
}

/// Splits a text at separators outside quoted strings; `None` if a quoted string has no end.
fn split(text: &[u8], separator: u8) -> Option<Vec<&[u8]>> {
    let (mut parts, mut start) = (Vec::new(), 0);
    let (mut quoted, mut escaped) = (false, false);
    for (at, byte) in text.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if *byte == separator && !quoted => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    (!quoted).then_some(parts)
}

/// Returns a parameter's value: a quoted string without its quotes, or a token. A token may contain the colons and
/// brackets of an address, which some proxies do not quote.
fn value_of(text: &[u8]) -> Option<String> {
    let is_word = |byte: &u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\' | b',' | b';' | b'=');
    let Some(inner) = text.strip_prefix(b"\"") else {
        let is_whole = !text.is_empty() && text.iter().all(is_word);
        return is_whole.then(|| String::from_utf8_lossy(text).into_owned());
    };
    let mut value = Vec::new();
    let mut bytes = inner.iter();
    loop {
        match bytes.next()? {
            b'"' => break,
            b'\\' => value.push(*bytes.next()?),
            byte => value.push(*byte),
        }
    }
    if bytes.next().is_some() { None } else { String::from_utf8(value).ok() }
}

/// Returns an address that may have a port and brackets. Names such as `unknown` and `_hidden`, and zones, are `None`.
fn node(text: &str) -> Hop {
    let address = match text.strip_prefix('[') {
        Some(rest) => {
            let (address, rest) = rest.split_once(']')?;
            let is_whole = rest.is_empty() || rest.strip_prefix(':').is_some_and(is_port);
            address.parse::<Ipv6Addr>().ok().filter(|_| is_whole).map(IpAddr::V6)
        }
        None => match text.rsplit_once(':') {
            Some((address, port)) if !address.contains(':') => {
                address.parse().ok().filter(|_| is_port(port)).map(IpAddr::V4)
            }
            _ => text.parse().ok(),
        },
    };
    address.map(|address| address.to_canonical())
}

/// Returns whether a text is a port number or an obfuscated port (RFC 7239 §6).
fn is_port(text: &str) -> bool {
    let is_number = (1..=5).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_hidden = |name: &str| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
    };
    is_number || text.strip_prefix('_').is_some_and(is_hidden)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(hops: Vec<Hop>) -> Vec<String> {
        hops.into_iter().map(|hop| hop.map_or_else(|| "?".into(), |address| address.to_string())).collect()
    }

    #[test]
    fn a_list_names_addresses_with_and_without_ports() {
        let value = b"192.0.2.1,192.0.2.2:80 ,\t2001:db8::1, [2001:db8::2], [2001:db8::3]:443, ::ffff:192.0.2.3";
        let expected = ["192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8::2", "2001:db8::3", "192.0.2.3"];
        assert_eq!(shown(list(value)), expected);
    }

    #[test]
    fn a_hop_that_is_no_address_is_none() {
        let hops: [&[u8]; 18] = [
            b"",
            b" ",
            b"unknown",
            b"_hidden",
            b"\xff",
            b"192.0.2.1\x80",
            b"\"192.0.2.1\"",
            b"fe80::1%eth0",
            b"[fe80::1%1]:80",
            b"192.0.2.1:",
            b"192.0.2.1:x",
            b"192.0.2.1:123456",
            b"[192.0.2.1]",
            b"[2001:db8::1",
            b"[2001:db8::1]x",
            b"192.0.2.01",
            b"192.0.2.1/32",
            b"for=192.0.2.1",
        ];
        for hop in hops {
            assert_eq!(list(hop), [None], "{}", hop.escape_ascii());
        }
        assert_eq!(shown(list(b"192.0.2.1,,192.0.2.2,")), ["192.0.2.1", "?", "192.0.2.2", "?"]);
    }

    #[test]
    fn elements_name_addresses_in_their_for_parameter() {
        let one = |value: &str| shown(elements(value.as_bytes())).join(" ");
        assert_eq!(one("for=192.0.2.1"), "192.0.2.1");
        assert_eq!(one("proto=https;FOR=192.0.2.1;by=203.0.113.9"), "192.0.2.1");
        assert_eq!(one("For=\"[2001:db8::1]:4711\", for=\"192.0.2.2:80\" ;;by=_x"), "2001:db8::1 192.0.2.2");
        assert_eq!(one("for=[2001:db8::1]:4711"), "2001:db8::1", "unquoted, as some proxies have it");
        assert_eq!(one("for=\"\\192.0.2.\\1\""), "192.0.2.1", "escapes that nobody needs");
        assert_eq!(one("for=\"192.0.2.1:_port\";host=\"a,b;c\\\"d\""), "192.0.2.1");
    }

    #[test]
    fn an_element_that_names_no_address_is_none() {
        for element in [
            "",
            "by=192.0.2.1",
            "for",
            "for=",
            "for=unknown",
            "for=_hidden",
            "for=\"_gazonk:80\"",
            "for=192.0.2.1;for=192.0.2.2",
            "for = 192.0.2.1",
            "for=192.0.2.1;x",
            "for=\"192.0.2.1\"x",
            "for=192.0.2.1;x=\"y\\\"",
            "for=\"fe80::1%eth0\"",
            "for=192.0.2.1 192.0.2.2",
        ] {
            assert_eq!(elements(element.as_bytes()), [None], "{element}");
        }
        assert_eq!(elements(b"for=192.0.2.1;x=\xff"), [None]);
        assert_eq!(shown(elements(b"for=unknown, for=192.0.2.1")), ["?", "192.0.2.1"]);
    }

    #[test]
    fn an_open_quote_of_the_client_swallows_no_word_of_the_proxy() {
        for client in ["for=\"", "for=10.0.0.9;x=\"", "\"", "for=10.0.0.9;x=\"\\"] {
            for proxy in [
                "for=192.0.2.1",
                "for=\"[2001:db8::1]:80\"",
                "for=192.0.2.1;host=\";for=10.0.0.9\"",
                "for=192.0.2.1;host=\",for=10.0.0.9\"",
                "for=192.0.2.1;host=\",for=10.0.0.9;y=\\\"z\"",
            ] {
                let hops = elements(format!("{client}, {proxy}").as_bytes());
                assert_eq!(hops.last(), Some(&None), "{client}, {proxy}");
            }
        }
    }

    proptest! {
        #[test]
        fn what_stands_before_a_hop_never_changes_it_into_another(before in "[ -~]{0,40}") {
            let hops = elements(format!("{before}, for=192.0.2.1;proto=https").as_bytes());
            prop_assert!(matches!(hops.last(), Some(None)) || shown(hops.clone()).last().map(String::as_str) == Some("192.0.2.1"));
            let hops = list(format!("{before}, 192.0.2.1").as_bytes());
            let shown = shown(hops);
            prop_assert_eq!(shown.last().map(String::as_str), Some("192.0.2.1"));
        }
    }
}
