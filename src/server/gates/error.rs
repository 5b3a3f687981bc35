//! The reasons why a gate does not run.

use std::{io, net::SocketAddr};

use jeton_proxy::ConfigError;

use crate::server::instance::InstanceError;

/// The reason why a gate does not run, in one sentence.
#[derive(Debug, thiserror::Error)]
pub enum GateError {
    /// Its address cannot be listened on.
    #[error("the gate {name} can't listen on {address}: {error}; stop the other program, or change listen")]
    Listen {
        /// The name of the gate.
        name: String,
        /// The address.
        address: SocketAddr,
        /// The error of the operating system.
        error: io::Error,
    },
    /// This version cannot do what is configured.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The id of this instance, by which it recognizes its credentials in databases, cannot be read or created.
    #[error(transparent)]
    Instance(#[from] InstanceError),
}
