//! The listeners of the server.

use std::{io, net::SocketAddr};

use tokio::net::TcpListener;

use crate::config::{Config, ListenAddr, MetricsAddr, Timeouts};

use super::{
    acceptor::Acceptor,
    connection::{self, TimedServer},
    start_error::StartError,
};

/// The listeners of the server, each with its address.
pub(super) struct Listeners {
    /// The listener of the API and the console.
    pub server: (TimedServer, SocketAddr),
    /// The listener for the metrics, if they have their own.
    pub metrics: Option<(TimedServer, SocketAddr)>,
    /// The listener that redirects from http to https, if there is one.
    pub redirect: Option<(TimedServer, SocketAddr)>,
}

impl Listeners {
    /// Listens on the addresses of a configuration. `tls`: accepts connections with TLS on that of the server.
    pub(super) async fn open(config: &Config, tls: Option<Acceptor>) -> Result<Self, StartError> {
        let server = listen(config.addr, "--addr", config.timeouts, tls).await?;
        let metrics = match config.metrics_addr {
            Some(MetricsAddr::At(address)) => Some(listen(address, "--metrics-addr", config.timeouts, None).await?),
            Some(MetricsAddr::Off) | None => None,
        };
        let redirect = match config.redirect_addr {
            Some(address) => Some(listen(address, "--redirect-addr", config.timeouts, None).await?),
            None => None,
        };
        Ok(Self { server, metrics, redirect })
    }

    /// Returns the addresses of the server, of the metrics and of the redirect.
    pub(super) fn addresses(&self) -> (SocketAddr, Option<SocketAddr>, Option<SocketAddr>) {
        let address = |listener: &Option<(TimedServer, SocketAddr)>| listener.as_ref().map(|(_, address)| *address);
        (self.server.1, address(&self.metrics), address(&self.redirect))
    }
}

/// Listens on an address; `flag` names its option for error messages.
async fn listen(
    address: ListenAddr,
    flag: &'static str,
    timeouts: Timeouts,
    tls: Option<Acceptor>,
) -> Result<(TimedServer, SocketAddr), StartError> {
    let (first, second) = address.addresses();
    let listener = match (bind(first, flag).await, second) {
        // The machine may lack one kind of addresses. One in use is not passed over: another program answers there.
        (Err(StartError::Listen { .. }), Some(second)) => bind(second, flag).await?,
        (bound, _) => bound?,
    };
    let failed = |error| StartError::Listen { address: first, error };
    let address = listener.local_addr().map_err(failed)?;
    let server = axum_server::from_tcp(listener.into_std().map_err(failed)?).map_err(failed)?;
    Ok((connection::timed(server, timeouts, tls), address))
}

async fn bind(address: SocketAddr, flag: &'static str) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => StartError::Taken { address, flag },
        _ => StartError::Listen { address, error },
    })
}
