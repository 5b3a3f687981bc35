//! TLS of gates, with the certificate of the server. It is replaced for them too when it changes.

use std::net::IpAddr;

use http::HeaderMap;
use jeton_http::{client_info::address_behind, settings::Settings};
use jeton_proxy::{ClientStream, Encrypted, Encryption, Handshake};

use crate::server::acceptor::{Acceptor, certified_until};

/// The TLS of the server, for gates.
pub(super) struct ServerTls {
    acceptor: Acceptor,
    settings: Settings,
}

impl ServerTls {
    /// Returns the TLS of a server. `settings`: name its forwarded header and its trusted proxies.
    pub(super) fn new(acceptor: Acceptor, settings: Settings) -> Self {
        Self { acceptor, settings }
    }
}

impl Encryption for ServerTls {
    fn accept(&self, stream: ClientStream) -> Handshake {
        let acceptor = self.acceptor.clone();
        Box::pin(async move {
            let stream = acceptor.accept(stream).await?;
            let certified_until = certified_until(&stream);
            Ok(Encrypted { stream: Box::new(stream), certified_until })
        })
    }

    fn client_address(&self, proxy: IpAddr, headers: &HeaderMap) -> Option<IpAddr> {
        address_behind(&self.settings, proxy, headers)
    }
}
