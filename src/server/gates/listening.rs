//! The listeners of gates. They are handed over from gate to gate when the configuration changes.

use std::{
    io,
    net::{SocketAddr, TcpListener},
    sync::Arc,
};

use crate::config::ListenAddr;

use super::error::GateError;

/// A listener, with the address for which it was made.
pub(super) type Held = (ListenAddr, Listening);

/// The listener of a gate. Cheap to clone.
#[derive(Clone)]
pub(super) struct Listening {
    listener: Arc<TcpListener>,
    /// The address, with the port that was selected if port 0 was requested.
    pub(super) address: SocketAddr,
}

impl Listening {
    /// Listens on the configured address, or on the one that replaces it.
    fn on(name: &str, address: ListenAddr) -> Result<Self, GateError> {
        let (first, second) = address.addresses();
        let bound = match (bind(first), second) {
            (Err(error), Some(second)) if error.kind() != io::ErrorKind::AddrInUse => bind(second),
            (bound, _) => bound,
        };
        let listener = bound.map_err(|error| GateError::Listen { name: name.to_owned(), address: first, error })?;
        let address = listener.local_addr().unwrap_or(first);
        Ok(Self { listener: Arc::new(listener), address })
    }

    /// Returns the listener that already has an address, or else a new one. `own`: the gate's present listener, if it
    /// is for this address; `held`: those of all gates.
    pub(super) fn take(name: &str, wanted: ListenAddr, own: Option<&Self>, held: &[Held]) -> Result<Self, GateError> {
        match own.or_else(|| of_address(held, wanted)) {
            Some(listening) => Ok(listening.clone()),
            None => Self::on(name, wanted),
        }
    }

    /// Returns the listener for another server.
    pub(super) fn shared(&self) -> io::Result<tokio::net::TcpListener> {
        self.listener.try_clone().and_then(tokio::net::TcpListener::from_std)
    }

    /// Returns whether both are one listener.
    pub(super) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.listener, &other.listener)
    }
}

/// Returns the listener that already has an address. Port 0 matches none: it selects a new port each time.
fn of_address(held: &[Held], wanted: ListenAddr) -> Option<&Listening> {
    let is_fixed = wanted.addresses().0.port() != 0;
    held.iter().find(|(address, _)| is_fixed && *address == wanted).map(|(_, listening)| listening)
}

fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let listener = TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}
