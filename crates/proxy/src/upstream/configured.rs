//! Properties of the upstream that follow from the gate's configuration.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderValue, Uri};
use jeton_gate::Kind;
use secrecy::ExposeSecret as _;

use crate::config::{ConfigError, GateConfig};

/// The prefix of the URL of a database with TLS.
const SECURE: &str = "https://";

/// Returns the target of the probe; `None` for a database that is not expected to ask for a credential.
pub(super) fn probe(config: &GateConfig) -> Option<&'static str> {
    config.credential.as_ref()?;
    match config.kind {
        Kind::Influxdb1 => Some("/query?q=SHOW+DATABASES"),
        Kind::Influxdb2 => Some("/api/v2/buckets"),
        Kind::Influxdb3 => Some("/api/v3/configure/database?format=json"),
        Kind::Victoriametrics => None,
    }
}

/// Returns whether a 403 of the database means that the gate's credential permits too little. A database that checks
/// queries itself, or that a proxy guards, may answer 403 for other reasons.
pub(super) fn forbids_gate(config: &GateConfig) -> bool {
    let has_users = match config.kind {
        Kind::Influxdb1 | Kind::Influxdb3 => true,
        Kind::Influxdb2 | Kind::Victoriametrics => false,
    };
    has_users && config.credential.is_some()
}

/// Returns scheme and authority of the database.
pub(super) fn base(config: &GateConfig) -> Result<String, ConfigError> {
    let refused = || ConfigError::Upstream(config.name.clone());
    let uri: Uri = config.upstream.parse().map_err(|_| refused())?;
    let is_place = matches!(uri.path(), "" | "/") && uri.query().is_none();
    let authority = uri.authority().filter(|authority| is_place && !authority.as_str().contains('@'));
    match (uri.scheme_str(), authority) {
        (Some("http"), Some(authority)) => Ok(format!("http://{authority}")),
        (Some("https"), Some(authority)) => Ok(format!("{SECURE}{authority}")),
        _ => Err(refused()),
    }
}

/// Returns whether a database with this scheme and authority is reached with TLS.
pub(super) fn is_secure(base: &str) -> bool {
    base.starts_with(SECURE)
}

/// Returns the header with the gate's credential.
pub(super) fn credential(config: &GateConfig) -> Result<Option<HeaderValue>, ConfigError> {
    let Some(secret) = config.credential.as_ref().map(|secret| secret.expose_secret()) else { return Ok(None) };
    let refused = || ConfigError::Credential(config.name.clone());
    if secret.is_empty() || !secret.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Err(refused());
    }
    let is_password = secret.contains(':') && !matches!(config.kind, Kind::Influxdb2 | Kind::Influxdb3);
    let value = if is_password { format!("Basic {}", STANDARD.encode(secret)) } else { format!("Bearer {secret}") };
    let mut value = HeaderValue::from_str(&value).map_err(|_| refused())?;
    value.set_sensitive(true);
    Ok(Some(value))
}
