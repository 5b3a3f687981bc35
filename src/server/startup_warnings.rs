//! Warnings at the start about settings that work, but allow more than necessary.

use ipnet::IpNet;
use secrecy::ExposeSecret as _;

use crate::config::Config;

use super::private_files;

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
    let is_used = storage.database_url.is_none() || storage.audit_key.is_none();
    let mode = private_files::open_to_others(directory).filter(|_| is_used).map(|mode| {
        format!(
            "the data directory {0} is open to other users of this machine (its mode is {mode}); run: chmod 700 {0}",
            directory.display()
        )
    });
    proxies.chain(database).chain(mode).collect()
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

    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        config: Config,
    }

    fn said(flags: &[&str]) -> Vec<String> {
        let parent = tempfile::TempDir::new().unwrap();
        // A directory that does not exist yet is open to nobody.
        said_in(&parent.path().join("data"), flags)
    }

    fn said_in(directory: &Path, flags: &[&str]) -> Vec<String> {
        let data = format!("--data={}", directory.display());
        of(&Line::try_parse_from([&["jeton", data.as_str()], flags].concat()).unwrap().config)
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
}
