//! Options of `jeton serve`: flags, environment variables and defaults.

use std::{net::SocketAddr, path::PathBuf};

use axum::http::HeaderName;
use clap::{Args, ValueEnum};
use ipnet::IpNet;
use secrecy::SecretString;
use url::Url;

use jeton_http::settings::Settings;
use jeton_model::network::parse_network;
use jeton_service::Quotas;

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
}

/// The flags of `jeton serve`; each has an environment variable.
#[derive(Args, Clone, Debug)]
pub struct Config {
    /// IP address and port to listen on; port 0 selects a free port
    #[arg(long, env = "JETON_ADDR", default_value = "127.0.0.1:8086", value_name = "ADDRESS")]
    pub addr: SocketAddr,

    /// The location of the data.
    #[command(flatten)]
    pub storage: Storage,

    /// Number of days that entries of the audit log are kept, such as 365d; unlimited by default
    #[arg(long, env = "JETON_AUDIT_RETENTION", value_name = "DAYS", value_parser = days)]
    pub audit_retention: Option<u32>,

    /// Maximum number of tokens of one user; 0 sets no limit
    #[arg(long, env = "JETON_MAX_TOKENS_PER_USER", default_value_t = 10_000, value_name = "NUMBER")]
    pub max_tokens_per_user: u64,

    /// Maximum number of tokens of one organization; 0 sets no limit
    #[arg(long, env = "JETON_MAX_TOKENS_PER_ORG", default_value_t = 100_000, value_name = "NUMBER")]
    pub max_tokens_per_org: u64,

    /// Maximum number of permissions of all tokens of one organization; 0 sets no limit
    #[arg(long, env = "JETON_MAX_PERMISSIONS_PER_ORG", default_value_t = 1_000_000, value_name = "NUMBER")]
    pub max_permissions_per_org: u64,

    /// URL of Jeton in browsers, such as https://tokens.example.com; by default taken from each request
    #[arg(long, env = "JETON_PUBLIC_URL", value_name = "URL", value_parser = public_url)]
    pub public_url: Option<Url>,

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
}

/// Location of the metrics, if it is not `/metrics` of the server itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricsAddr {
    /// Nowhere.
    Off,
    /// At /metrics of a listener of their own.
    At(SocketAddr),
}

/// How log lines look.
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
    text.parse().map(MetricsAddr::At).map_err(|_| "give an address and a port such as 127.0.0.1:9090, or off".into())
}

/// Parses a number of days, as in "365d".
fn days(text: &str) -> Result<u32, String> {
    let number = text.strip_suffix('d').and_then(|number| number.parse().ok());
    number.filter(|days| (1..=36_500).contains(days)).ok_or_else(|| "give a number of days, such as 365d".into())
}

fn public_url(text: &str) -> Result<Url, String> {
    let url: Url = text.parse().map_err(|error| format!("{error}"))?;
    match url.scheme() {
        "http" | "https" if url.path() == "/" && url.query().is_none() && url.has_host() => Ok(url),
        "http" | "https" => Err("give only scheme, host and port, such as https://tokens.example.com".into()),
        _ => Err("the scheme must be http or https".into()),
    }
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

    /// Returns the settings that handlers read.
    pub fn http_settings(&self) -> Settings {
        Settings {
            public_url: self.public_url.clone(),
            trusted_proxies: self.trusted_proxies.clone(),
            forwarded_header: self.forwarded_header.clone(),
            has_metrics: self.metrics_addr.is_none(),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        config: Config,
    }

    fn config(flags: &[&str]) -> Config {
        Line::try_parse_from([&["jeton"], flags].concat()).map(|line| line.config).unwrap()
    }

    #[test]
    fn metrics_have_another_address_or_none() {
        assert_eq!(config(&[]).metrics_addr, None);
        assert_eq!(config(&["--metrics-addr", "off"]).metrics_addr, Some(MetricsAddr::Off));
        let at = MetricsAddr::At(SocketAddr::from(([127, 0, 0, 1], 9090)));
        assert_eq!(config(&["--metrics-addr", "127.0.0.1:9090"]).metrics_addr, Some(at));
        assert!(Line::try_parse_from(["jeton", "--metrics-addr", "on"]).is_err());
    }

    #[test]
    fn a_proxy_is_a_network_or_an_address() {
        let proxies = config(&["--trusted-proxies", "10.0.0.0/8,127.0.0.1,::1"]).trusted_proxies;
        assert_eq!(proxies.len(), 3);
        assert!(Line::try_parse_from(["jeton", "--trusted-proxies", "everyone"]).is_err());
    }

    #[test]
    fn the_audit_log_is_kept_for_days() {
        assert_eq!(config(&["--audit-retention", "365d"]).audit_retention, Some(365));
        assert_eq!(config(&[]).audit_retention, None);
        for nonsense in ["365", "0d", "-1d", "1y", "d", "99999d"] {
            assert!(Line::try_parse_from(["jeton", "--audit-retention", nonsense]).is_err(), "{nonsense}");
        }
    }

    #[test]
    fn quotas_are_generous_and_zero_is_none() {
        let usual = config(&[]).quotas();
        assert_eq!((usual.tokens_per_user, usual.tokens_per_org), (Some(10_000), Some(100_000)));
        assert_eq!(usual.permissions_per_org, Some(1_000_000));
        let flags = ["--max-tokens-per-user=0", "--max-tokens-per-org=0", "--max-permissions-per-org=0"];
        assert_eq!(config(&flags).quotas(), Quotas::NONE);
    }

    #[test]
    fn a_public_url_with_a_path_is_refused() {
        assert!(Line::try_parse_from(["jeton", "--public-url", "https://example.com/jeton"]).is_err());
        assert!(Line::try_parse_from(["jeton", "--public-url", "ftp://example.com"]).is_err());
    }
}
