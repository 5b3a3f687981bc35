//! The external account of ACME (RFC 8555, section 7.3.4): the one of a customer, to which an authority binds the account
//! of the server.

use std::{fs, io, path::PathBuf};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret as _, SecretSlice, SecretString};

use super::gates::CredentialFile;

/// The external account that an authority has given out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExternalAccount {
    /// The identifier of the key.
    pub kid: String,
    /// The file of the key.
    pub key_file: CredentialFile,
}

/// The reason why the key of the external account cannot be used, in one sentence without its content.
#[derive(Debug, thiserror::Error)]
pub enum ExternalAccountError {
    /// The key is a credential of systemd, and there are none.
    #[error(
        "the key \"{0}\" of --acme-eab-key-file is a credential of systemd, but CREDENTIALS_DIRECTORY is not set; add \
         LoadCredential={0}:FILE to the service, or give the path of a file, beginning with / or ./"
    )]
    NoCredentials(String),
    /// The file cannot be read, or is not UTF-8.
    #[error(
        "the file {} of --acme-eab-key-file can't be read: {error}; give this user read access, or another file",
        .path.display()
    )]
    Read {
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        error: io::Error,
    },
    /// The file contains no key.
    #[error(
        "the file {} of --acme-eab-key-file must contain the key of the external account alone, in base64url as the \
         authority shows it",
        .0.display()
    )]
    NotAKey(PathBuf),
}

impl ExternalAccount {
    /// Reads the key.
    ///
    /// # Errors
    /// Fails if the file cannot be read or does not contain one key.
    pub fn key(&self) -> Result<SecretSlice<u8>, ExternalAccountError> {
        let located = self.key_file.located();
        let path = located.map_err(|name| ExternalAccountError::NoCredentials(name.to_owned()))?;
        match fs::read_to_string(&path) {
            Ok(text) => decoded(&SecretString::from(text)).ok_or(ExternalAccountError::NotAKey(path)),
            Err(error) => Err(ExternalAccountError::Read { path, error }),
        }
    }

    /// Returns a warning if every user of the machine can read the key.
    pub fn caution(&self) -> Option<String> {
        let path = self.key_file.readable_by_all()?;
        Some(format!(
            "every user of this machine can read the key of the external account in {0}, and obtain certificates in its \
             name; run: chmod o-r {0}",
            path.display()
        ))
    }
}

/// Returns the key of a text in base64url, or in base64 as some authorities show it, with or without padding.
fn decoded(text: &SecretString) -> Option<SecretSlice<u8>> {
    let key = text.expose_secret().trim().trim_end_matches('=');
    let letters = key.chars().map(|letter| match letter {
        '+' => '-',
        '/' => '_',
        other => other,
    });
    let key = SecretString::from(letters.collect::<String>());
    let key = SecretSlice::from(URL_SAFE_NO_PAD.decode(key.expose_secret()).ok()?);
    (!key.expose_secret().is_empty()).then_some(key)
}

/// Parses the identifier of a key.
pub(super) fn kid(text: &str) -> Result<String, String> {
    let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
    if is_plain { Ok(text.to_owned()) } else { Err("give the key identifier that the authority shows".into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Result<Vec<u8>, ExternalAccountError> {
        let directory = tempfile::TempDir::new().unwrap();
        let path = directory.path().join("eab.key");
        fs::write(&path, text).unwrap();
        let account = ExternalAccount { kid: "kid".into(), key_file: CredentialFile::Path(path) };
        account.key().map(|key| key.expose_secret().to_vec())
    }

    #[test]
    fn a_key_is_read_as_authorities_show_it() {
        for text in ["-_-_AA", "-_-_AA==", "+/+/AA==\n", " -_-_AA\r\n"] {
            assert_eq!(key(text).unwrap(), [0xfb, 0xff, 0xbf, 0], "{text}");
        }
    }

    #[test]
    fn what_is_no_key_is_refused_and_not_repeated() {
        for text in ["", "\n", "==", "hunter2!", "aGVs\nbG8h", "a"] {
            let said = key(text).err().unwrap().to_string();
            assert!(said.contains("in base64url as the authority shows it") && !said.contains("hunter2"), "{said}");
        }
    }

    #[test]
    fn the_identifier_of_a_key_is_one_word() {
        assert_eq!(kid("kid-1").as_deref(), Ok("kid-1"));
        for text in ["", "a b", "a\n", "\u{e4}"] {
            assert!(kid(text).is_err(), "{text}");
        }
    }
}
