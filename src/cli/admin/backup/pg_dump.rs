//! The command that backs up a PostgreSQL database.

use std::path::Path;

use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

/// Parameters that PostgreSQL's own programs know and that are not secret.
const KNOWN: [&str; 8] = ["host", "hostaddr", "port", "user", "dbname", "sslmode", "sslrootcert", "sslcert"];

/// Returns the command for the database at this URL and what to do with its result. The command contains no password.
pub fn advice(url: &SecretString, file: &Path) -> String {
    let url = without_password(url.expose_secret()).unwrap_or_else(|| "URL".into());
    format!(
        "run: pg_dump --format=custom --file={} --dbname={}; it asks for the password, or reads PGPASSWORD. After \
         pg_restore into an empty database, jeton audit verify --database-url verifies the audit log. Keep the audit key \
         in another place",
        quoted(&file.display().to_string()),
        quoted(&url)
    )
}

/// Returns a URL that PostgreSQL's own programs read, without secrets; `None` if it can't be parsed.
fn without_password(url: &str) -> Option<String> {
    let mut url = Url::parse(url).ok()?;
    if url.password().is_some() {
        url.set_password(None).ok()?;
    }
    let known: Vec<(String, String)> = url
        .query_pairs()
        .map(|(name, value)| (name.replace("ssl-mode", "sslmode"), value.into_owned()))
        .filter(|(name, _)| KNOWN.contains(&name.as_str()))
        .collect();
    url.set_query(None);
    url.set_fragment(None);
    if !known.is_empty() {
        url.query_pairs_mut().extend_pairs(known);
    }
    Some(url.into())
}

/// Quotes a word for a shell.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(url: &str) -> String {
        advice(&SecretString::from(url.to_owned()), Path::new("jeton's.dump"))
    }

    #[test]
    fn the_command_names_the_database_and_no_password() {
        for (url, shown) in [
            ("postgres://jeton:secret@db.example.com:5433/jeton", "'postgres://jeton@db.example.com:5433/jeton'"),
            ("postgres://db/jeton?password=secret&sslmode=verify-full", "'postgres://db/jeton?sslmode=verify-full'"),
            (
                "postgres://db/jeton?ssl-mode=require&statement-cache-capacity=9",
                "'postgres://db/jeton?sslmode=require'",
            ),
            ("postgres://jeton:secret@db/jeton#secret", "'postgres://jeton@db/jeton'"),
            ("secret", "'URL'"),
        ] {
            let said = said(url);
            assert!(said.contains(&format!("--file='jeton'\\''s.dump' --dbname={shown}; ")), "{said}");
            assert!(!said.contains("secret"), "{said}");
        }
    }
}
