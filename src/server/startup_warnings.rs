//! Warnings at the start about settings that work, but allow more than necessary.

use ipnet::IpNet;
use secrecy::ExposeSecret as _;

use crate::config::{Config, ExternalAccount, MetricsAddr, gates::CredentialFile};

use super::{gate_warnings::reached_by_others, private_files, tls};

/// Shortest prefix of a trusted IPv4 network that gives no warning. A few proxies need a small network only. In a wider
/// one, other hosts can forge the client's address.
const WIDEST_V4: u8 = 24;
const WIDEST_V6: u8 = 64;

/// Returns a sentence for each such setting, with its remedy.
pub fn of(config: &Config) -> Vec<String> {
    let proxies = config.trusted_proxies.iter().filter(|network| is_wide(network)).map(|network| {
        format!(
            "--trusted-proxies contains the wide network {network}: any host in it can forge the client's address; \
             list the addresses of the proxies instead"
        )
    });
    let url = config.storage.database_url.as_ref();
    let database = url.filter(|url| jeton_store::is_exposed(url.expose_secret())).map(|_| {
        "the connection to PostgreSQL leaves this machine, and the server's certificate is not checked; add \
         sslmode=verify-full to the database URL"
            .to_owned()
    });
    let (storage, directory) = (&config.storage, &config.storage.data);
    let has_key = storage.audit_key.is_some() || storage.audit_key_file.is_some();
    let is_used = storage.database_url.is_none() || !has_key;
    let mode = private_files::open_to_others(directory).filter(|_| is_used).map(|mode| {
        format!(
            "the data directory {0} is open to other users of this machine (its mode is {mode}); run: chmod 700 {0}",
            directory.display()
        )
    });
    let key = storage.audit_key_file.as_ref().filter(|_| storage.audit_key.is_none());
    let key = key.and_then(CredentialFile::readable_by_all).map(|file| {
        format!(
            "every user of this machine can read the file {0} of the audit key, and forge the audit log with it; run: \
             chmod o-r {0}",
            file.display()
        )
    });
    let tls_key = config.tls_key.as_deref().and_then(tls::caution);
    let of_tls = tls_key.into_iter().chain(external_account(config)).chain(unencrypted(config)).chain(http_url(config));
    proxies.chain(database).chain(mode).chain(key).chain(of_tls).chain(audit_http(config)).collect()
}

/// Returns the warning about the key of an external account.
fn external_account(config: &Config) -> Option<String> {
    let settings = config.tls().ok().flatten()?;
    settings.external_account().and_then(ExternalAccount::caution)
}

/// Returns the warnings about the HTTP sink of the audit export.
fn audit_http(config: &Config) -> Vec<String> {
    let sink = config.http_sink().ok().flatten();
    sink.map(|sink| sink.token_caution().into_iter().chain(sink.network_caution()).collect()).unwrap_or_default()
}

/// Returns the warnings about the server's own listener and that of the metrics, if others reach them without TLS. A
/// declared reverse proxy encrypts for them. Those about gates are in [`super::gate_warnings`].
fn unencrypted(config: &Config) -> Vec<String> {
    if !config.trusted_proxies.is_empty() {
        return Vec::new();
    }
    let own = reached_by_others(config.addr).filter(|_| !config.is_encrypted()).map(|address| {
        format!(
            "--addr {address} is reached from other machines without TLS, and no reverse proxy is declared: whoever is \
             between them can read tokens and passwords; set --acme-domain, --tls-cert and --tls-key, or \
             --trusted-proxies"
        )
    });
    let metrics = match config.metrics_addr {
        Some(MetricsAddr::At(address)) => reached_by_others(address),
        Some(MetricsAddr::Off) | None => None,
    };
    let metrics = metrics.map(|address| {
        format!(
            "--metrics-addr {address} is reached from other machines without TLS, and no reverse proxy is declared: \
             whoever is between them can read the metrics; listen on 127.0.0.1, or set --trusted-proxies"
        )
    });
    own.into_iter().chain(metrics).collect()
}

/// Returns the warning about a server with TLS and without a public URL with https.
fn http_url(config: &Config) -> Option<String> {
    let is_told = config.public_url.iter().any(|public| public.url().scheme() == "https");
    let flag = if config.tls_cert.is_some() { "--tls-cert" } else { "--acme-domain" };
    (config.is_encrypted() && !is_told).then(|| {
        format!(
            "{flag} is set, but no --public-url with https: browsers may try http, and any name of this server is \
             accepted; set --public-url to the https URL of this server"
        )
    })
}

fn is_wide(network: &IpNet) -> bool {
    match network {
        IpNet::V4(network) => network.prefix_len() < WIDEST_V4,
        IpNet::V6(network) => network.prefix_len() < WIDEST_V6,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::config::tests::config;

    use super::*;

    fn said(flags: &[&str]) -> Vec<String> {
        let parent = tempfile::TempDir::new().unwrap();
        // A directory that does not exist yet reveals nothing.
        said_in(&parent.path().join("data"), flags)
    }

    fn said_in(directory: &Path, flags: &[&str]) -> Vec<String> {
        let data = format!("--data={}", directory.display());
        of(&config(&[&[data.as_str()], flags].concat()))
    }

    #[test]
    fn wide_networks_of_proxies_are_told() {
        for narrow in ["10.0.0.1", "10.0.0.0/24", "2001:db8::/64", "::1,127.0.0.1"] {
            assert_eq!(said(&["--trusted-proxies", narrow]), [""; 0], "{narrow}");
        }
        for wide in ["10.0.0.0/8", "10.0.0.0/23", "2001:db8::/63", "0.0.0.0/0"] {
            let said = said(&["--trusted-proxies", &format!("10.0.0.1,{wide}")]);
            assert_eq!(said.len(), 1);
            assert!(said[0].starts_with(&format!("--trusted-proxies contains the wide network {wide}:")), "{said:?}");
        }
    }

    #[test]
    fn a_database_elsewhere_whose_certificate_is_not_checked_is_told() {
        let of = |url: &str| said(&["--database-url", url]).len();
        for near in [
            "postgres://jeton:secret@localhost/jeton",
            "postgres://127.0.0.1:5433/jeton",
            "postgres://[::1]/jeton",
            "postgres://%2Frun%2Fpostgresql/jeton",
            "postgres:///jeton?host=/run/postgresql",
            "postgres://db.example.com/jeton?sslmode=verify-full",
        ] {
            assert_eq!(of(near), 0, "{near}");
        }
        for far in [
            "postgres://jeton:secret@db.example.com/jeton",
            "postgres://10.0.0.1/jeton?sslmode=require",
            "postgres://db.example.com/jeton?sslmode=verify-ca",
            "postgres://localhost/jeton?host=db.example.com",
            "postgresql://[2001:db8::1]/jeton?ssl-mode=prefer",
        ] {
            assert_eq!(of(far), 1, "{far}");
        }
        assert!(!said(&["--database-url", "postgres://jeton:secret@db.example.com/jeton"])[0].contains("secret"));
    }

    #[test]
    fn a_listener_without_encryption_that_others_reach_is_told() {
        let is_told = |flags: &[&str]| said(flags).iter().any(|said| said.contains("without TLS"));
        let tls = ["--tls-cert=c", "--tls-key=k", "--addr=:8086"];
        for flags in [&["--addr=:8086"][..], &["--addr=0.0.0.0:8086"], &["--addr=10.0.0.5:8086"], &["--addr=[::]:1"]] {
            assert!(is_told(flags), "{flags:?}");
        }
        for flags in [&[] as &[&str], &["--addr=localhost:8086"], &["--addr=[::1]:1"], &tls] {
            assert!(!is_told(flags), "{flags:?}");
        }
        assert!(!is_told(&["--addr=:8086", "--trusted-proxies=10.0.0.1"]), "the proxy encrypts");
    }

    #[test]
    fn metrics_that_others_read_without_encryption_are_told_whatever_the_server_has() {
        let said = |flags: &[&str]| {
            let said = said(flags);
            said.iter().filter(|said| said.starts_with("--metrics-addr ")).count()
        };
        let tls = ["--tls-cert=c", "--tls-key=k", "--metrics-addr=10.0.0.5:9090"];
        for flags in [&["--metrics-addr=:9090"][..], &["--metrics-addr=0.0.0.0:9090"], &tls] {
            assert_eq!(said(flags), 1, "{flags:?}");
        }
        for flags in [
            &[] as &[&str],
            &["--metrics-addr=off"],
            &["--metrics-addr=localhost:9090"],
            &["--metrics-addr=:9090", "--trusted-proxies=10.0.0.1"],
        ] {
            assert_eq!(said(flags), 0, "{flags:?}");
        }
    }

    #[test]
    fn a_server_with_tls_that_is_not_told_its_https_url_is_told() {
        let warns = |flags: &[&str]| said(&[&["--tls-cert=c", "--tls-key=k"], flags].concat()).len();
        assert_eq!((warns(&[]), warns(&["--public-url=http://a.example"])), (1, 1));
        assert_eq!(warns(&["--public-url=https://a.example"]), 0);
    }

    #[cfg(unix)]
    #[test]
    fn a_key_of_tls_that_everyone_can_read_is_told() {
        use std::os::unix::fs::PermissionsExt as _;
        let directory = tempfile::TempDir::new().unwrap();
        let file = directory.path().join("tls.key");
        std::fs::write(&file, "").unwrap();
        let flags = ["--tls-cert=c".to_owned(), format!("--tls-key={}", file.display())];
        for (mode, is_told) in [(0o600, false), (0o640, false), (0o644, true)] {
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
            let said = said(&flags.each_ref().map(String::as_str));
            let remedy = format!("run: chmod o-rwx {}", file.display());
            assert_eq!(said.iter().any(|said| said.ends_with(&remedy)), is_told, "{mode:o}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_directory_open_to_others_is_told_with_the_command_that_closes_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let directory = tempfile::TempDir::new().unwrap();
        let path = directory.path().display().to_string();
        for (mode, is_told) in [(0o700, false), (0o500, false), (0o755, true), (0o750, true), (0o701, true)] {
            std::fs::set_permissions(directory.path(), std::fs::Permissions::from_mode(mode)).unwrap();
            let said = said_in(directory.path(), &[]);
            assert_eq!(said.iter().any(|said| said.ends_with(&format!("run: chmod 700 {path}"))), is_told, "{mode:o}");
        }
    }

    #[test]
    fn entries_that_leave_without_tls_are_told() {
        assert_eq!(said(&["--audit-http=https://logs.example.com/in"]), [""; 0]);
        let said = said(&["--audit-http=http://logs.example.com/in"]);
        assert!(
            said.len() == 1 && said[0].starts_with("--audit-http sends entries to http://logs.example.com "),
            "{said:?}"
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_key_of_an_external_account_that_everyone_can_read_is_told() {
        use std::os::unix::fs::PermissionsExt as _;
        let directory = tempfile::TempDir::new().unwrap();
        let file = directory.path().join("eab.key");
        std::fs::write(&file, "").unwrap();
        let flag = format!("--acme-eab-key-file={}", file.display());
        for (mode, is_told) in [(0o600, false), (0o640, false), (0o644, true)] {
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
            let said = said(&["--acme-domain=a.example", "--acme-eab-kid=kid", &flag]);
            let remedy = format!("run: chmod o-r {}", file.display());
            assert_eq!(said.iter().any(|said| said.ends_with(&remedy)), is_told, "{mode:o}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_file_of_the_audit_key_that_everyone_can_read_is_told_if_it_is_used() {
        use std::os::unix::fs::PermissionsExt as _;
        let directory = tempfile::TempDir::new().unwrap();
        let file = directory.path().join("audit.key");
        std::fs::write(&file, "").unwrap();
        let flag = format!("--audit-key-file={}", file.display());
        let warns = |mode, flags: &[&str]| {
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
            said(flags).iter().any(|said| said.ends_with(&format!("run: chmod o-r {}", file.display())))
        };
        assert!(warns(0o644, &[&flag]));
        assert!(!warns(0o640, &[&flag]));
        assert!(!warns(0o644, &[&flag, "--audit-key=00112233445566778899aabbccddeeff"]), "the value takes precedence");
    }
}
