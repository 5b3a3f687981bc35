//! The gates of a configuration file: one `[[gate]]` section for each guarded database.

mod credential;
mod rules;
mod section;
#[cfg(test)]
mod tests;
mod values;

use std::{fs, num::NonZeroU32, path::PathBuf, time::Duration};

use secrecy::{ExposeSecret as _, SecretString};

use jeton_gate::{Kind, Settings};
use jeton_model::{DatabasePattern, binding::Upstream};

use super::listen_addr::ListenAddr;

pub use credential::{CredentialError, CredentialFile};
pub use section::KEYS;
pub use values::{Auth, GateName, Mode};

pub(super) use rules::Reader;

/// The settings of one gate, as a valid file has them: values that exclude each other were refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateSettings {
    /// The name, unique among the gates.
    pub name: GateName,
    /// The kind of the database.
    pub kind: Kind,
    /// The address to listen on; `None` for Jeton's own address, or for a gate that only answers reverse proxies.
    pub listen: Option<ListenAddr>,
    /// True if clients reach the gate by https, with the certificate of the server.
    pub tls: bool,
    /// The file of the key of forward auth; `None` for a gate without it.
    pub forward_auth_key_file: Option<CredentialFile>,
    /// Scheme, host and port of the database.
    pub upstream: Upstream,
    /// The file of the CA certificates that are trusted for the database's TLS certificate; `None` for those of the
    /// operating system.
    pub upstream_ca_file: Option<PathBuf>,
    /// The file of the credential with which the gate uses the database; `None` for a database without authentication.
    pub credential_file: Option<CredentialFile>,
    /// The file of the secret with which InfluxDB 1.x checks tokens; `None` for a gate that does not delegate to it.
    pub shared_secret_file: Option<CredentialFile>,
    /// Name or id of the organization whose buckets the databases are.
    pub org: String,
    /// The databases that the gate guards: those with a name of one of these patterns, of which there is at least one.
    pub databases: Vec<DatabasePattern>,
    /// The effect of refusals: enforced, or only recorded.
    pub mode: Mode,
    /// The credential that the database sees: the gate's, or one with the rights of the caller.
    pub auth: Auth,
    /// True if the permission to write, together with that to read, permits deleting data.
    pub writers_delete: bool,
    /// Flux packages that may be imported beyond the built-in list.
    pub flux_imports: Vec<String>,
    /// Maximum duration of one request with its answer.
    pub max_exchange: Duration,
    /// Maximum duration of one query.
    pub max_query: Duration,
    /// Maximum number of queries that one token runs at the same time.
    pub max_queries_per_token: NonZeroU32,
}

impl GateSettings {
    /// Returns the settings that change decisions.
    pub fn decisions(&self) -> Settings {
        let (writers_delete, flux_imports) = (self.writers_delete, self.flux_imports.clone());
        Settings { writers_delete, flux_imports, ..Settings::default() }
    }

    /// Returns whether the gate is on Jeton's own address.
    pub fn shares_address(&self) -> bool {
        self.listen.is_none() && self.forward_auth_key_file.is_none()
    }

    /// Returns the files with secrets of the gate.
    pub fn secret_files(&self) -> impl Iterator<Item = &CredentialFile> {
        self.credential_file.iter().chain(&self.shared_secret_file).chain(&self.forward_auth_key_file)
    }

    /// Returns the files that are read together with the settings.
    pub fn files(&self) -> impl Iterator<Item = PathBuf> {
        self.secret_files().filter_map(CredentialFile::path).chain(self.upstream_ca_file.clone())
    }

    /// Reads the file of CA certificates.
    ///
    /// # Errors
    /// Fails if the file cannot be read.
    pub fn authorities(&self) -> Result<Option<Vec<u8>>, CredentialError> {
        let Some(path) = &self.upstream_ca_file else { return Ok(None) };
        let failed = |error| CredentialError::Authorities { gate: self.name.clone(), path: path.clone(), error };
        fs::read(path).map(Some).map_err(failed)
    }

    /// Returns whether the gate guards a database with this name.
    pub fn guards(&self, database: &str) -> bool {
        self.databases.iter().any(|pattern| pattern.matches(database))
    }
}

/// A gate with its credential, as a server runs it.
#[derive(Clone, Debug)]
pub struct LoadedGate {
    /// The settings of the file.
    pub settings: GateSettings,
    /// The content of the credential file.
    pub credential: Option<SecretString>,
    /// The secret that InfluxDB 1.x shares with the gate.
    pub shared_secret: Option<SecretString>,
    /// The key of forward auth.
    pub forward_auth_key: Option<SecretString>,
    /// The content of the file of CA certificates.
    pub upstream_ca: Option<Vec<u8>>,
}

impl LoadedGate {
    /// Reads the secrets and the CA certificates of a gate.
    ///
    /// # Errors
    /// Fails if one cannot be read.
    pub fn load(settings: &GateSettings) -> Result<Self, CredentialError> {
        let read = |file: &Option<CredentialFile>| file.as_ref().map(|file| file.read(&settings.name)).transpose();
        let credential = read(&settings.credential_file)?;
        let shared_secret = read(&settings.shared_secret_file)?;
        let forward_auth_key = read(&settings.forward_auth_key_file)?;
        let upstream_ca = settings.authorities()?;
        Ok(Self { settings: settings.clone(), credential, shared_secret, forward_auth_key, upstream_ca })
    }
}

/// Gates are equal if their settings and the contents of their files are.
impl PartialEq for LoadedGate {
    fn eq(&self, other: &Self) -> bool {
        let exposed = |gate: &Self| {
            let secrets = [&gate.credential, &gate.shared_secret, &gate.forward_auth_key];
            secrets.map(|secret| secret.as_ref().map(|secret| secret.expose_secret().to_owned()))
        };
        self.settings == other.settings && self.upstream_ca == other.upstream_ca && exposed(self) == exposed(other)
    }
}
