//! The peer of a connection: a client, or a trusted proxy before it.

use std::{net::IpAddr, sync::Arc};

use http::HeaderMap;
use jeton_model::Timestamp;
use jeton_service::Client;

use crate::encryption::Encryption;

/// The peer of a connection.
#[derive(Clone)]
pub(crate) struct Peer {
    address: IpAddr,
    proxy: Option<Proxy>,
}

/// The proof that the peer is a trusted proxy.
#[derive(Clone)]
struct Proxy {
    /// Reads the forwarded header.
    encryption: Arc<dyn Encryption>,
    /// The end of validity of its certificate.
    until: Timestamp,
}

impl Peer {
    /// Returns a client. No header of its requests names another address.
    pub(crate) fn client(address: IpAddr) -> Self {
        Self { address: address.to_canonical(), proxy: None }
    }

    /// Returns a trusted proxy, which names its clients. `until`: the end of validity of its certificate.
    pub(crate) fn proxy(address: IpAddr, encryption: Arc<dyn Encryption>, until: Timestamp) -> Self {
        Self { proxy: Some(Proxy { encryption, until }), ..Self::client(address) }
    }

    /// Returns the origin of a request with these headers. The certificate may have expired since the connection began:
    /// the address of the client is unknown then, because that of the proxy is not the client's.
    pub(crate) fn origin(&self, headers: &HeaderMap, now: Timestamp) -> Client {
        let address = match &self.proxy {
            Some(proxy) if now > proxy.until => None,
            Some(proxy) => proxy.encryption.client_address(self.address, headers),
            None => Some(self.address),
        };
        Client { address, peer: Some(self.address), agent: None }
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use crate::{client_stream::ClientStream, encryption::Handshake};

    use super::*;

    /// Reads the address in `X-Forwarded-For`.
    struct Reader;

    impl Encryption for Reader {
        fn accept(&self, _: ClientStream) -> Handshake {
            unreachable!("no connection")
        }

        fn client_address(&self, _: IpAddr, headers: &HeaderMap) -> Option<IpAddr> {
            headers.get("x-forwarded-for")?.to_str().ok()?.parse().ok()
        }
    }

    #[test]
    fn only_a_trusted_proxy_names_its_client() {
        let own: IpAddr = "127.0.0.1".parse().unwrap();
        let mapped: IpAddr = "::ffff:127.0.0.1".parse().unwrap();
        for (said, named) in [("203.0.113.5", "203.0.113.5".parse().ok()), ("unknown", None)] {
            let headers = HeaderMap::from_iter([("x-forwarded-for".parse().unwrap(), HeaderValue::from_static(said))]);
            let (now, later) = (Timestamp::from_micros(5), Timestamp::from_micros(6));
            let proxy = Peer::proxy(mapped, Arc::new(Reader), now);
            let by_proxy = proxy.origin(&headers, now);
            assert_eq!((by_proxy.address, by_proxy.peer), (named, Some(own)), "{said}");
            let expired = proxy.origin(&headers, later);
            assert_eq!((expired.address, expired.peer), (None, Some(own)), "{said}");
            let by_client = Peer::client(mapped).origin(&headers, now);
            assert_eq!((by_client.address, by_client.peer), (Some(own), Some(own)), "{said}");
        }
    }
}
