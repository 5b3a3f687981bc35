//! The configuration of a gate.

use std::{net::SocketAddr, time::Duration};

use jeton_gate::{Kind, Settings};
use secrecy::{ExposeSecret as _, SecretString};

use crate::authorities;

/// Minimum number of characters of the key of forward auth.
const SHORTEST_KEY: usize = 32;

/// The configuration of a gate.
#[derive(Clone, Debug)]
pub struct GateConfig {
    /// The name of the gate, in logs and metrics.
    pub name: String,
    /// The kind of database.
    pub kind: Kind,
    /// The address on which the gate listens; `None` for one that only answers reverse proxies.
    pub listen: Option<SocketAddr>,
    /// The shared secret of forward auth, which a reverse proxy sends in `X-Gate-Key`; `None` without forward auth.
    pub forward_auth_key: Option<SecretString>,
    /// The address of the database, such as `http://127.0.0.1:8428`.
    pub upstream: String,
    /// The CA certificates, in PEM, that are trusted for the database's TLS certificate; `None` for those of the
    /// operating system.
    pub upstream_ca: Option<Vec<u8>>,
    /// The credential that the database accepts from the gate: `user:password`, or a token.
    pub credential: Option<SecretString>,
    /// The secret that InfluxDB 1.x shares with the gate, which signs the tokens of its users with it.
    pub shared_secret: Option<SecretString>,
    /// The effect of a decision.
    pub mode: Mode,
    /// The second lock, where the kind has one.
    pub auth: Auth,
    /// The settings that change decisions.
    pub settings: Settings,
    /// The limits.
    pub limits: Limits,
}

/// The effect of a decision.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// A refused request does not reach the database.
    #[default]
    Enforce,
    /// A request that would be refused is recorded, and reaches the database with its own credential, or with one for
    /// the buckets that it names.
    Observe,
}

/// The credential with which the database sees requests, for the kinds that have users of their own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Auth {
    /// The gate's own credential: only Jeton checks the caller's permissions.
    #[default]
    Classify,
    /// A credential with the caller's permissions: the database checks them again.
    Delegate,
}

/// The limits of a gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Maximum duration of a request with its answer.
    pub max_exchange: Duration,
    /// Maximum duration of a query with its answer.
    pub max_query: Duration,
    /// Maximum number of queries that run at once with one token.
    pub max_queries_per_token: usize,
    /// Maximum number of connections of clients.
    pub max_connections: usize,
    /// Maximum time for the first byte of a connection, and then for the whole head of a request.
    pub head: Duration,
    /// Maximum time of a connection without a request.
    pub idle: Duration,
    /// Maximum time for which a client accepts nothing of what is sent to it.
    pub write: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_exchange: Duration::from_secs(3600),
            max_query: Duration::from_secs(300),
            max_queries_per_token: 20,
            max_connections: 4096,
            head: Duration::from_secs(10),
            idle: Duration::from_secs(120),
            write: Duration::from_secs(60),
        }
    }
}

/// The reason why a gate cannot be made of its configuration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The address of the database is not of the form that is supported.
    #[error(
        "the upstream of gate {0} must have the form http://host:port or https://host:port, without a user, a path or a \
         query"
    )]
    Upstream(String),
    /// The file of CA certificates contains none that can be used.
    #[error(
        "upstream-ca-file of gate {0} must contain certificates in PEM that can be used; give that of the authority that \
         issued the certificate of the database"
    )]
    UpstreamCa(String),
    /// The operating system trusts no CA.
    #[error(
        "gate {0} can't verify the certificate of its database: this machine has no certificates of authorities; install \
         ca-certificates, or set upstream-ca-file"
    )]
    NoAuthorities(String),
    /// The TLS configuration cannot be built.
    #[error("gate {0} can't use TLS: {1}")]
    Tls(String, String),
    /// The listener of the gate uses the certificate of the server, and there is none.
    #[error(
        "gate {0} has tls = true, and the server has no certificate; set tls-cert and tls-key, or acme-domain, or remove \
         tls"
    )]
    NoCertificate(String),
    /// The credential has characters that no header may have.
    #[error("the credential of gate {0} must be one line of visible ASCII characters")]
    Credential(String),
    /// The key of forward auth is too short.
    #[error(
        "the key of forward auth of gate {0} must have at least 32 characters; generate it with openssl rand -hex 32"
    )]
    ForwardAuthKey(String),
    /// A database of this kind asks for a credential.
    #[error("gate {0} needs a credential, because its database accepts no request without one")]
    NoCredential(String),
    /// A database of this kind checks users whose tokens the gate signs.
    #[error("gate {0} needs the shared secret of its database to delegate")]
    NoSharedSecret(String),
    /// The gate does not support this yet.
    #[error("gate {0}: {1} is not supported yet")]
    Unsupported(String, &'static str),
}

impl GateConfig {
    /// Returns whether the gate creates users in the database, InfluxDB 1.x, which checks the callers' permissions again.
    pub(crate) fn has_users(&self) -> bool {
        self.kind == Kind::Influxdb1 && self.auth == Auth::Delegate
    }

    /// Checks that this version can do what is configured.
    ///
    /// # Errors
    /// Fails if it cannot.
    pub fn check(&self) -> Result<(), ConfigError> {
        let is_short = |key: &SecretString| key.expose_secret().len() < SHORTEST_KEY;
        if self.forward_auth_key.as_ref().is_some_and(is_short) {
            return Err(ConfigError::ForwardAuthKey(self.name.clone()));
        }
        if self.upstream_ca.as_ref().is_some_and(|pem| authorities::in_pem(pem).is_none()) {
            return Err(ConfigError::UpstreamCa(self.name.clone()));
        }
        let unsupported = |what| Err(ConfigError::Unsupported(self.name.clone(), what));
        match (self.kind, self.mode, self.auth) {
            // A reverse proxy would have to send some requests with the client's credential, and others with the gate's.
            (_, Mode::Observe, _) if self.forward_auth_key.is_some() => {
                unsupported("mode = \"observe\" with forward-auth-key-file")
            }
            // The database would see the credential of the gate rather than the caller's permissions.
            (Kind::Influxdb2, ..) if self.forward_auth_key.is_some() => {
                unsupported("forward-auth-key-file with kind = \"influxdb2\"")
            }
            (Kind::Influxdb1, _, Auth::Delegate) if self.forward_auth_key.is_some() => {
                unsupported("forward-auth-key-file with auth = \"delegate\"")
            }
            (Kind::Influxdb3 | Kind::Victoriametrics, _, Auth::Delegate) => unsupported("auth = \"delegate\""),
            (Kind::Influxdb2 | Kind::Influxdb3, ..) | (Kind::Influxdb1, _, Auth::Delegate)
                if self.credential.is_none() =>
            {
                Err(ConfigError::NoCredential(self.name.clone()))
            }
            (Kind::Influxdb1, _, Auth::Delegate) if self.shared_secret.is_none() => {
                Err(ConfigError::NoSharedSecret(self.name.clone()))
            }
            (_, Mode::Enforce | Mode::Observe, _) => Ok(()),
        }
    }
}
