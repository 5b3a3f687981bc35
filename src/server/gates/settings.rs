//! The configuration of a gate, as the proxy takes it.

use jeton_proxy::{Auth, ConfigError, GateConfig, Limits, Mode};

use crate::config::gates::{self, LoadedGate};

/// Returns the configuration of a gate, checked for what this version can do. `has_certificate`: whether the server has
/// one, which gates with TLS use.
///
/// # Errors
/// Fails with the sentence for the log if it cannot.
pub fn checked(loaded: &LoadedGate, has_certificate: bool) -> Result<GateConfig, ConfigError> {
    let settings = &loaded.settings;
    if settings.shares_address() {
        return Err(ConfigError::Unsupported(settings.name.to_string(), "a gate without listen"));
    }
    if settings.tls && !has_certificate {
        return Err(ConfigError::NoCertificate(settings.name.to_string()));
    }
    let config = GateConfig {
        name: settings.name.to_string(),
        kind: settings.kind,
        listen: settings.listen.map(|address| address.addresses().0),
        forward_auth_key: loaded.forward_auth_key.clone(),
        upstream: settings.upstream.to_string(),
        upstream_ca: loaded.upstream_ca.clone(),
        credential: loaded.credential.clone(),
        shared_secret: loaded.shared_secret.clone(),
        mode: match settings.mode {
            gates::Mode::Enforce => Mode::Enforce,
            gates::Mode::Observe => Mode::Observe,
        },
        auth: match settings.auth {
            gates::Auth::Classify => Auth::Classify,
            gates::Auth::Delegate => Auth::Delegate,
        },
        settings: settings.decisions(),
        limits: Limits {
            max_exchange: settings.max_exchange,
            max_query: settings.max_query,
            max_queries_per_token: usize::try_from(settings.max_queries_per_token.get()).unwrap_or(usize::MAX),
            ..Limits::default()
        },
    };
    config.check()?;
    Ok(config)
}
