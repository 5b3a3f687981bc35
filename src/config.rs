//! Options of `jeton serve`: flags, environment variables, the configuration file, and defaults.

mod acme;
mod acme_eab;
mod audit_http;
mod audit_out;
mod file;
mod flaw;
pub mod gates;
mod init;
mod keys;
mod listen_addr;
#[cfg(test)]
pub(crate) mod tests;
mod timeouts;
mod tls;
mod tls_settings;

use std::path::PathBuf;

use axum::http::HeaderName;
use clap::{Args, ValueEnum, builder::FalseyValueParser, value_parser};
use ipnet::IpNet;
use secrecy::SecretString;

use jeton_http::{
    public_urls::{PublicUrl, PublicUrlError, PublicUrls},
    settings::Settings,
};
use jeton_model::{Span, network::parse_network};
use jeton_service::Quotas;

use gates::CredentialFile;

pub use acme::{ACME_CACHE, Acme, AcmeRootError, AcmeSettings};
pub use acme_eab::{ExternalAccount, ExternalAccountError};
pub use audit_http::{GivenUrl, HttpSink, SinkFileError};
pub use audit_out::AuditOutError;
pub use file::{ConfigFile, ConfigFileError};
pub use init::Init;
pub use listen_addr::ListenAddr;
pub use timeouts::Timeouts;
pub use tls::{TlsClients, TlsFiles, TlsFlagsError};
pub use tls_settings::TlsSettings;

/// The flags of the data directory and the database, for `jeton serve` and for the commands that open the database.
#[derive(Args, Clone, Debug)]
pub struct Storage {
    /// Directory of the database and the audit key
    #[arg(long, env = "JETON_DATA", default_value = "data", value_name = "DIR")]
    pub data: PathBuf,

    /// URL of a PostgreSQL database, used instead of the SQLite file in the data directory
    // The URL contains a password: neither help nor errors show it.
    #[arg(long, env = "JETON_DATABASE_URL", hide_env_values = true, value_name = "URL")]
    pub database_url: Option<SecretString>,

    /// Key of the audit log, in hex; by default the one in the data directory
    #[arg(long, env = "JETON_AUDIT_KEY", hide = true, hide_env_values = true)]
    pub audit_key: Option<SecretString>,

    /// File with the key of the audit log, in hex, and earlier keys below it: a path that begins with /, ./ or ../, or
    /// the name of a credential of systemd; by default audit.key in the data directory
    #[arg(long, env = "JETON_AUDIT_KEY_FILE", value_name = "FILE", value_parser = CredentialFile::parse)]
    pub audit_key_file: Option<CredentialFile>,
}

/// The flags of `jeton serve`. Each has an environment variable, and with it a key of the configuration file, except
/// the hidden timeouts and `--fresh`: a setting that stays would disable the check for good.
#[derive(Args, Clone, Debug)]
pub struct Config {
    /// TOML file with these settings, named like the flags, and with the gates; flags and environment variables take
    /// precedence over it
    #[arg(long = "config", env = "JETON_CONFIG", value_name = "FILE")]
    pub config_file: Option<PathBuf>,

    /// The configuration file as it was read.
    #[arg(skip)]
    pub file: Option<ConfigFile>,

    /// IP address and port to listen on, such as 127.0.0.1:8086, localhost:8086, or :8086 for every interface; port 0
    /// selects a free port
    #[arg(long, env = "JETON_ADDR", default_value = "127.0.0.1:8086", value_name = "ADDRESS", value_parser = ListenAddr::parse)]
    pub addr: ListenAddr,

    /// File with the certificate of the server in PEM, followed by those between it and the root: the server then answers
    /// by https only
    #[arg(long, env = "JETON_TLS_CERT", value_name = "FILE")]
    pub tls_cert: Option<PathBuf>,

    /// File with the private key of the certificate in PEM, without a password
    #[arg(long, env = "JETON_TLS_KEY", value_name = "FILE")]
    pub tls_key: Option<PathBuf>,

    /// The certificate by ACME, instead of one of files.
    #[command(flatten)]
    pub acme: Acme,

    /// File with the certificates in PEM of the authorities that issue certificates of reverse proxies: a client that
    /// shows one is a trusted proxy
    #[arg(long, env = "JETON_TLS_CLIENT_CA", value_name = "FILE")]
    pub tls_client_ca: Option<PathBuf>,

    /// Accept no connection without a certificate of --tls-client-ca
    #[arg(long, env = "JETON_TLS_CLIENT_REQUIRED", value_parser = FalseyValueParser::new())]
    pub tls_client_required: bool,

    /// IP address and port of a separate listener that redirects browsers from http to https
    #[arg(long, env = "JETON_REDIRECT_ADDR", value_name = "ADDRESS", value_parser = ListenAddr::parse)]
    pub redirect_addr: Option<ListenAddr>,

    /// The location of the data.
    #[command(flatten)]
    pub storage: Storage,

    /// Start with an empty database where there were data before, instead of refusing to; data are never deleted
    #[arg(long)]
    pub fresh: bool,

    /// Directory of scheduled backups of the SQLite database; without it, none are taken
    #[arg(long, env = "JETON_BACKUP_DIR", value_name = "DIR")]
    pub backup_dir: Option<PathBuf>,

    /// Time between two scheduled backups, at least 1m
    #[arg(long, env = "JETON_BACKUP_EVERY", default_value = "24h", value_name = "DURATION", value_parser = interval)]
    pub backup_every: Span,

    /// Number of scheduled backups that are kept; older ones are deleted
    #[arg(long, env = "JETON_BACKUP_KEEP", default_value_t = 7, value_name = "NUMBER", value_parser = value_parser!(u32).range(1..))]
    pub backup_keep: u32,

    /// Number of days that entries of the audit log are kept, such as 365d; unlimited by default
    #[arg(long, env = "JETON_AUDIT_RETENTION", value_name = "DAYS", value_parser = days)]
    pub audit_retention: Option<u32>,

    /// File to which entries of the audit log are appended as JSON lines
    #[arg(long, env = "JETON_AUDIT_FILE", value_name = "FILE")]
    pub audit_file: Option<PathBuf>,

    /// Unix socket of syslog, such as /dev/log, to which entries of the audit log are sent as JSON in messages of RFC 5424
    #[arg(long, env = "JETON_AUDIT_SYSLOG", value_name = "SOCKET")]
    pub audit_syslog: Option<PathBuf>,

    /// URL to which entries of the audit log are posted as JSON lines, such as https://logs.example.com/jeton
    // Its query may contain a key: neither help nor errors show it.
    #[arg(long, env = "JETON_AUDIT_HTTP", hide_env_values = true, value_name = "URL", value_parser = GivenUrl::accept)]
    pub audit_http: Option<GivenUrl>,

    /// File with the bearer token for --audit-http: a path that begins with / or ./, or the name of a credential of
    /// systemd
    #[arg(long, env = "JETON_AUDIT_HTTP_TOKEN_FILE", value_name = "FILE", value_parser = CredentialFile::parse)]
    pub audit_http_token_file: Option<CredentialFile>,

    /// File with the certificates in PEM of the authorities that are trusted for --audit-http, instead of those of the
    /// machine
    #[arg(long, env = "JETON_AUDIT_HTTP_CA_FILE", value_name = "FILE")]
    pub audit_http_ca_file: Option<PathBuf>,

    /// Refuse changes while entries of the audit log can't be exported to --audit-file, --audit-syslog or --audit-http
    #[arg(long, env = "JETON_AUDIT_OUT_REQUIRED", value_parser = FalseyValueParser::new())]
    pub audit_out_required: bool,

    /// Number of days after which expired tokens, and tokens whose owner or organization was deleted, are deleted, such
    /// as 365d; never by default
    #[arg(long, env = "JETON_EXPIRED_RETENTION", value_name = "DAYS", value_parser = days)]
    pub expired_retention: Option<u32>,

    /// Time for which tokens that were used before are answered from memory while the database can't be asked, at most
    /// 24h: a revocation on another node may come so late; 0 answers with 503 instead
    #[arg(long, env = "JETON_STALE_READS", default_value = "0", value_name = "DURATION", value_parser = staleness)]
    pub stale_reads: Span,

    /// Repeat the token that authenticates a request in lists and single reads of authorizations; no other token is
    /// ever shown again
    #[arg(long, env = "JETON_ECHO_OWN_TOKEN", value_parser = FalseyValueParser::new())]
    pub echo_own_token: bool,

    /// Maximum number of tokens of one user; 0 sets no limit
    #[arg(long, env = "JETON_MAX_TOKENS_PER_USER", default_value_t = 10_000, value_name = "NUMBER")]
    pub max_tokens_per_user: u64,

    /// Maximum number of tokens of one organization; 0 sets no limit
    #[arg(long, env = "JETON_MAX_TOKENS_PER_ORG", default_value_t = 100_000, value_name = "NUMBER")]
    pub max_tokens_per_org: u64,

    /// Maximum number of permissions of all tokens of one organization; 0 sets no limit
    #[arg(long, env = "JETON_MAX_PERMISSIONS_PER_ORG", default_value_t = 1_000_000, value_name = "NUMBER")]
    pub max_permissions_per_org: u64,

    /// URL of Jeton in browsers, such as https://tokens.example.com or https://example.com/jeton; by default taken from
    /// each request. May be given several times, or with commas, always with the same path: the request's host decides
    /// which one applies, the first where none matches
    #[arg(long, env = "JETON_PUBLIC_URL", value_name = "URL", value_delimiter = ',')]
    pub public_url: Vec<PublicUrl>,

    /// Addresses or networks of trusted reverse proxies, separated by commas
    #[arg(long, env = "JETON_TRUSTED_PROXIES", value_name = "NETWORKS", value_delimiter = ',', value_parser = parse_network)]
    pub trusted_proxies: Vec<IpNet>,

    /// Name of the header in which trusted proxies report the client's address
    #[arg(long, env = "JETON_FORWARDED_HEADER", default_value = "x-forwarded-for", value_name = "NAME")]
    pub forwarded_header: HeaderName,

    /// IP address and port of a separate listener for /metrics, or "off"; by default the server itself serves /metrics
    #[arg(long, env = "JETON_METRICS_ADDR", value_name = "ADDRESS|off", value_parser = metrics_addr)]
    pub metrics_addr: Option<MetricsAddr>,

    /// Format of the log on standard error
    #[arg(long, env = "JETON_LOG_FORMAT", default_value = "text", value_name = "FORMAT")]
    pub log_format: LogFormat,

    /// The set-up at the first start.
    #[command(flatten)]
    pub init: Init,

    /// The timeouts of connections.
    #[command(flatten)]
    pub timeouts: Timeouts,
}

/// The directory of scheduled backups, their interval, and the number that is kept.
#[derive(Clone, Debug)]
pub struct BackupSettings {
    /// The directory of the backups.
    pub directory: PathBuf,
    /// The time between two backups.
    pub every: Span,
    /// Number of backups that are kept.
    pub keep: usize,
}

/// Location of the metrics, if it is not `/metrics` of the server itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricsAddr {
    /// Nowhere.
    Off,
    /// At /metrics of a listener of their own.
    At(ListenAddr),
}

/// The format of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Text lines
    Text,
    /// One JSON object per line
    Json,
}

fn metrics_addr(text: &str) -> Result<MetricsAddr, String> {
    if text == "off" {
        return Ok(MetricsAddr::Off);
    }
    ListenAddr::parse(text)
        .map(MetricsAddr::At)
        .map_err(|_| "give an address and a port such as 127.0.0.1:9090, localhost:9090 or :9090, or off".into())
}

/// Parses a number of days, as in "365d".
fn days(text: &str) -> Result<u32, String> {
    let number = text.strip_suffix('d').and_then(|number| number.parse().ok());
    number.filter(|days| (1..=36_500).contains(days)).ok_or_else(|| "give a number of days, such as 365d".into())
}

/// Parses the time between two runs of a job, as in "24h".
fn interval(text: &str) -> Result<Span, String> {
    let span = text.parse::<Span>().map_err(|error| error.to_string())?;
    if span.seconds() >= 60 { Ok(span) } else { Err("must be at least 1m".into()) }
}

/// Parses how late a revocation may come, as in "5m".
fn staleness(text: &str) -> Result<Span, String> {
    let span = text.parse::<Span>().map_err(|error| error.to_string())?;
    if span <= Span::hours(24) { Ok(span) } else { Err("must be at most 24h".into()) }
}

impl Config {
    /// Returns the quotas of tokens.
    pub fn quotas(&self) -> Quotas {
        let limit = |number: u64| (number > 0).then_some(number);
        Quotas {
            tokens_per_user: limit(self.max_tokens_per_user),
            tokens_per_org: limit(self.max_tokens_per_org),
            permissions_per_org: limit(self.max_permissions_per_org),
        }
    }

    /// Returns the settings of scheduled backups; `None` if there are none.
    pub fn backups(&self) -> Option<BackupSettings> {
        let keep = usize::try_from(self.backup_keep).unwrap_or(usize::MAX);
        self.backup_dir.clone().map(|directory| BackupSettings { directory, every: self.backup_every, keep })
    }

    /// Returns the origin of the certificate; `None` without TLS.
    ///
    /// # Errors
    /// Fails if a flag lacks another that belongs to it, or excludes another.
    pub fn tls(&self) -> Result<Option<TlsSettings>, TlsFlagsError> {
        let clients = self.tls_clients()?;
        if let Some(settings) = self.acme.settings(&self.storage.data, clients.clone())? {
            let has_files = self.tls_cert.is_some() || self.tls_key.is_some();
            return if has_files { Err(TlsFlagsError::TwoCertificates) } else { Ok(Some(TlsSettings::Acme(settings))) };
        }
        match (&self.tls_cert, &self.tls_key, self.redirect_addr) {
            (Some(cert), Some(key), _) => {
                Ok(Some(TlsSettings::Files(TlsFiles { cert: cert.clone(), key: key.clone(), clients })))
            }
            (Some(_), None, _) => Err(TlsFlagsError::NoKey),
            (None, Some(_), _) => Err(TlsFlagsError::NoCertificate),
            (None, None, Some(_)) => Err(TlsFlagsError::NothingToRedirectTo),
            (None, None, None) if clients.is_some() => Err(TlsFlagsError::NoTlsForClients),
            (None, None, None) => Ok(None),
        }
    }

    /// Returns whether the server answers by https only.
    pub fn is_encrypted(&self) -> bool {
        self.tls_cert.is_some() || !self.acme.acme_domain.is_empty()
    }

    fn tls_clients(&self) -> Result<Option<TlsClients>, TlsFlagsError> {
        match &self.tls_client_ca {
            Some(ca) => Ok(Some(TlsClients { ca: ca.clone(), required: self.tls_client_required })),
            None if self.tls_client_required => Err(TlsFlagsError::NoClientCa),
            None => Ok(None),
        }
    }

    /// Checks that entries of the audit log that have to leave have a place to go to.
    ///
    /// # Errors
    /// Fails if there is none, or if the flags of the HTTP sink are not accepted.
    pub fn check_audit_out(&self) -> Result<(), AuditOutError> {
        let has_http = self.http_sink()?.is_some();
        let has_sink = has_http || self.audit_file.is_some() || self.audit_syslog.is_some();
        if self.audit_out_required && !has_sink { Err(AuditOutError::NoSink) } else { Ok(()) }
    }

    /// Returns the HTTP sink of the audit export; `None` if there is none. Its files are not read.
    ///
    /// # Errors
    /// Fails if the URL is not accepted, or a flag that belongs to it is set without it.
    pub fn http_sink(&self) -> Result<Option<HttpSink>, AuditOutError> {
        let (token_file, ca_file) = (self.audit_http_token_file.clone(), self.audit_http_ca_file.clone());
        match &self.audit_http {
            Some(url) => Ok(Some(HttpSink::new(url, token_file, ca_file)?)),
            None if token_file.is_some() => Err(AuditOutError::NoUrl("--audit-http-token-file")),
            None if ca_file.is_some() => Err(AuditOutError::NoUrl("--audit-http-ca-file")),
            None => Ok(None),
        }
    }

    /// Returns the settings that handlers read.
    ///
    /// # Errors
    /// Fails if the public URLs do not fit together.
    pub fn http_settings(&self) -> Result<Settings, PublicUrlError> {
        let public_urls = PublicUrls::new(self.public_url.clone())?;
        Ok(Settings {
            base_path: public_urls.base_path().clone(),
            public_urls,
            trusted_proxies: self.trusted_proxies.clone(),
            forwarded_header: self.forwarded_header.clone(),
            is_encrypted: self.is_encrypted(),
            has_metrics: self.metrics_addr.is_none(),
            echo_own_token: self.echo_own_token,
        })
    }
}
