//! The peer of a connection: a client, or a trusted proxy before it.

use std::{net::IpAddr, sync::Arc};

use http::HeaderMap;
use jeton_service::Client;

use crate::encryption::Encryption;

/// The peer of a connection.
#[derive(Clone)]
pub(crate) struct Peer {
    address: IpAddr,
    /// Reads the forwarded header, if the peer is a trusted proxy.
    proxy: Option<Arc<dyn Encryption>>,
}

impl Peer {
    /// Returns a client. No header of its requests names another address.
    pub(crate) fn client(address: IpAddr) -> Self {
        Self { address: address.to_canonical(), proxy: None }
    }

    /// Returns a trusted proxy, which names its clients.
    pub(crate) fn proxy(address: IpAddr, encryption: Arc<dyn Encryption>) -> Self {
        Self { proxy: Some(encryption), ..Self::client(address) }
    }

    /// Returns the origin of a request with these headers.
    pub(crate) fn origin(&self, headers: &HeaderMap) -> Client {
        let address = match &self.proxy {
            Some(proxy) => proxy.client_address(self.address, headers),
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
            let by_proxy = Peer::proxy(mapped, Arc::new(Reader)).origin(&headers);
            assert_eq!((by_proxy.address, by_proxy.peer), (named, Some(own)), "{said}");
            let by_client = Peer::client(mapped).origin(&headers);
            assert_eq!((by_client.address, by_client.peer), (Some(own), Some(own)), "{said}");
        }
    }
}
