//! The account, the certificate and the failed orders, in files of the data directory that only the server's user can
//! read.

use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use instant_acme::AccountCredentials;
use secrecy::{ExposeSecret as _, SecretSlice, SecretString};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use tokio::task::spawn_blocking;

use crate::{
    config::AcmeSettings,
    server::{
        directory_lock::LOCK,
        private_files::{create_directory, sync_directory, tighten},
    },
};

use super::{certificate::Issued, error::AcmeError, failures::Failures};

const ACCOUNT: &str = "account.json";
const CERTIFICATE: &str = "certificate.json";
const FAILURES: &str = "failures.json";

/// Returns the paths of the files in a directory.
pub fn files(directory: &Path) -> [PathBuf; 4] {
    [ACCOUNT, CERTIFICATE, FAILURES, LOCK].map(|name| directory.join(name))
}

/// Removes the access of other users from the files, which a copy may have opened.
pub(super) fn close_to_others(settings: &AcmeSettings) {
    for path in files(&settings.cache) {
        if let Err(error) = tighten(&path) {
            let path = path.display();
            tracing::warn!("other users of this machine have access to {path} ({error}); run: chmod 600 {path}");
        }
    }
}

/// An account, with the settings that it was made for.
#[derive(Deserialize)]
struct KnownAccount {
    directory: String,
    contacts: Vec<String>,
    /// The identifier of the external account's key.
    #[serde(default)]
    eab_kid: Option<String>,
    credentials: AccountCredentials,
}

impl KnownAccount {
    /// Returns whether this is the account of these settings. One that is bound to an external account stays so: the
    /// settings need not name it any more.
    fn is_of(&self, settings: &AcmeSettings) -> bool {
        let is_bound = settings.external_account.as_ref().is_none_or(|new| self.eab_kid.as_ref() == Some(&new.kid));
        is_bound && self.directory == settings.directory.as_str() && self.contacts == settings.contacts
    }
}

#[derive(Serialize)]
struct NewAccount<'a> {
    directory: &'a str,
    contacts: &'a [String],
    eab_kid: Option<&'a str>,
    credentials: &'a AccountCredentials,
}

/// A certificate, with the settings that it was issued for.
#[derive(Deserialize)]
struct KnownCertificate {
    directory: String,
    domains: Vec<String>,
    chain: String,
    key: SecretString,
}

#[derive(Serialize)]
struct NewCertificate<'a> {
    directory: &'a str,
    domains: &'a [String],
    chain: &'a str,
    key: &'a str,
}

/// The failed orders, with the settings that they were made for.
#[derive(Deserialize)]
struct KnownFailures {
    directory: String,
    domains: Vec<String>,
    failures: Failures,
}

#[derive(Serialize)]
struct NewFailures<'a> {
    directory: &'a str,
    domains: &'a [String],
    failures: Failures,
}

/// Runs an operation on files on a thread that answers no requests: a write lasts until the disk has it.
///
/// # Errors
/// Fails with the operation, and if it does not end because the server does.
pub(super) async fn blocking<T: Send + 'static>(
    settings: &AcmeSettings,
    operation: impl FnOnce(&AcmeSettings) -> Result<T, AcmeError> + Send + 'static,
) -> Result<T, AcmeError> {
    let own = settings.clone();
    let ended = spawn_blocking(move || operation(&own)).await;
    ended.unwrap_or_else(|error| Err(AcmeError::Cache { path: settings.cache.clone(), error: error.into() }))
}

/// Returns whether an error says that this user may not write to the directory, which is tried: where the error is
/// about a file alone, the others can be replaced.
pub(super) fn is_closed(directory: &Path, error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem)
        && tempfile::NamedTempFile::new_in(directory).is_err()
}

/// Returns the account; `None` if there is none with these settings.
///
/// # Errors
/// Fails if the file can't be read.
pub(super) fn account(settings: &AcmeSettings) -> Result<Option<AccountCredentials>, AcmeError> {
    let known: Option<KnownAccount> = read(&settings.cache.join(ACCOUNT))?;
    Ok(known.filter(|known| known.is_of(settings)).map(|known| known.credentials))
}

/// Returns whether there is an account with these settings, which can be used.
pub(super) fn has_account(settings: &AcmeSettings) -> bool {
    matches!(account(settings), Ok(Some(_)))
}

/// Stores the account.
///
/// # Errors
/// Fails if the file can't be written.
pub(super) fn keep_account(settings: &AcmeSettings, credentials: &AccountCredentials) -> Result<(), AcmeError> {
    let (directory, contacts) = (settings.directory.as_str(), settings.contacts.as_slice());
    let eab_kid = settings.external_account.as_ref().map(|external| external.kid.as_str());
    write(&settings.cache, ACCOUNT, &NewAccount { directory, contacts, eab_kid, credentials })
}

/// Removes the account, which the authority does not know any more.
///
/// # Errors
/// Fails if the file can't be removed.
pub(super) fn forget_account(settings: &AcmeSettings) -> Result<(), AcmeError> {
    remove(settings.cache.join(ACCOUNT))
}

/// Returns the certificate; `None` if there is none with these settings.
///
/// # Errors
/// Fails if the file can't be read.
pub(super) fn certificate(settings: &AcmeSettings) -> Result<Option<Issued>, AcmeError> {
    let known: Option<KnownCertificate> = read(&settings.cache.join(CERTIFICATE))?;
    let known =
        known.filter(|known| known.directory == settings.directory.as_str() && known.domains == settings.domains);
    Ok(known.map(|known| Issued { chain: known.chain, key: known.key }))
}

/// Stores the certificate.
///
/// # Errors
/// Fails if the file can't be written.
pub(super) fn keep_certificate(settings: &AcmeSettings, issued: &Issued) -> Result<(), AcmeError> {
    let certificate = NewCertificate {
        directory: settings.directory.as_str(),
        domains: &settings.domains,
        chain: &issued.chain,
        key: issued.key.expose_secret(),
    };
    write(&settings.cache, CERTIFICATE, &certificate)
}

/// Returns the failed orders since the last certificate; `None` if there are none with these settings.
///
/// # Errors
/// Fails if the file can't be read.
pub(super) fn failures(settings: &AcmeSettings) -> Result<Option<Failures>, AcmeError> {
    let known: Option<KnownFailures> = read(&settings.cache.join(FAILURES))?;
    let known =
        known.filter(|known| known.directory == settings.directory.as_str() && known.domains == settings.domains);
    Ok(known.map(|known| known.failures))
}

/// Stores the failed orders.
///
/// # Errors
/// Fails if the file can't be written.
pub(super) fn keep_failures(settings: &AcmeSettings, failures: Failures) -> Result<(), AcmeError> {
    let (directory, domains) = (settings.directory.as_str(), settings.domains.as_slice());
    write(&settings.cache, FAILURES, &NewFailures { directory, domains, failures })
}

/// Forgets the failed orders: one has succeeded.
///
/// # Errors
/// Fails if the file can't be removed.
pub(super) fn forget_failures(settings: &AcmeSettings) -> Result<(), AcmeError> {
    remove(settings.cache.join(FAILURES))
}

/// Reads a file; `None` if it does not exist.
fn read<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, AcmeError> {
    let failed = |error| AcmeError::Cache { path: path.into(), error };
    let text = match fs::read(path) {
        Ok(text) => SecretSlice::from(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    // The parser's error is dropped: it would quote the file.
    let parsed = serde_json::from_slice(text.expose_secret()).map_err(|_| io::ErrorKind::InvalidData.into());
    parsed.map(Some).map_err(failed)
}

/// Removes a file, if it exists.
fn remove(path: PathBuf) -> Result<(), AcmeError> {
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(AcmeError::Cache { path, error }),
        _ => Ok(()),
    }
}

/// Replaces a file. One of this name is whole at every time, also after a power failure.
fn write(directory: &Path, name: &str, value: &impl Serialize) -> Result<(), AcmeError> {
    let path = directory.join(name);
    replace(directory, &path, value).map_err(|error| AcmeError::Cache { path, error })
}

fn replace(directory: &Path, path: &Path, value: &impl Serialize) -> io::Result<()> {
    create_directory(directory)?;
    let text = SecretSlice::from(serde_json::to_vec(value)?);
    // With mode 0600.
    let mut file = tempfile::NamedTempFile::new_in(directory)?;
    file.write_all(text.expose_secret())?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|refused| refused.error)?;
    sync_directory(directory)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(parent: &Path, directory: &str, domains: &[&str]) -> AcmeSettings {
        AcmeSettings {
            domains: domains.iter().map(ToString::to_string).collect(),
            contacts: Vec::new(),
            directory: directory.parse().unwrap(),
            root_ca: None,
            external_account: None,
            cache: parent.join("acme"),
            clients: None,
        }
    }

    fn keep(settings: &AcmeSettings) {
        let file =
            |name: &str| fs::read_to_string(format!("{}/tests/jeton/tls/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        keep_certificate(settings, &Issued { chain: file("first.crt"), key: file("first.key").into() }).unwrap();
    }

    #[test]
    fn a_certificate_is_kept_for_its_domains_and_its_authority_alone() {
        let parent = tempfile::TempDir::new().unwrap();
        let of = |directory: &str, domains: &[&str]| settings(parent.path(), directory, domains);
        let stored = of("https://ca.example/dir", &["a.example", "b.example"]);
        assert!(certificate(&stored).unwrap().is_none());
        keep(&stored);
        assert!(certificate(&stored).unwrap().is_some_and(|issued| issued.parsed().is_ok()));
        for other in
            [of("https://ca.example/other", &["a.example", "b.example"]), of("https://ca.example/dir", &["a.example"])]
        {
            assert!(certificate(&other).unwrap().is_none());
        }
    }

    #[test]
    fn a_directory_is_closed_if_this_user_may_not_write_to_it() {
        let parent = tempfile::TempDir::new().unwrap();
        let missing = parent.path().join("missing");
        // The second is what a file system without locks says.
        let [denied, other] = [io::ErrorKind::PermissionDenied, io::ErrorKind::Unsupported].map(io::Error::from);
        assert!(is_closed(&missing, &denied) && !is_closed(&missing, &other));
        assert!(!is_closed(parent.path(), &denied), "a file alone");
    }

    #[tokio::test]
    async fn a_slow_disk_holds_no_thread_that_answers_requests() {
        let parent = tempfile::TempDir::new().unwrap();
        let settings = settings(parent.path(), "https://ca.example/dir", &["a.example"]);
        let thread = || std::thread::current().id();
        let other = blocking(&settings, move |_| Ok(thread())).await.unwrap();
        assert_ne!(other, thread());
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_can_read_the_key() {
        use std::os::unix::fs::PermissionsExt as _;
        let parent = tempfile::TempDir::new().unwrap();
        let settings = settings(parent.path(), "https://ca.example/dir", &["a.example"]);
        keep(&settings);
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&settings.cache), mode(&settings.cache.join(CERTIFICATE))), (0o700, 0o600));
    }

    #[test]
    fn a_damaged_file_is_told_without_its_content() {
        let parent = tempfile::TempDir::new().unwrap();
        let settings = settings(parent.path(), "https://ca.example/dir", &["a.example"]);
        keep(&settings);
        fs::write(settings.cache.join(CERTIFICATE), "{\"key\": 7, \"hunter2\": \"hunter2\"}").unwrap();
        let said = certificate(&settings).err().unwrap().to_string();
        assert!(said.contains("certificate.json can't be used") && !said.contains("hunter2"), "{said}");
    }
}
