//! The file of a secret: the credential of an upstream, or the audit key. The secret itself is never a setting: it would
//! be in backups of the configuration and in the argument list of processes.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

use secrecy::SecretString;
use serde::Deserialize;

use super::GateName;

/// The variable with the directory of the credentials that systemd passes to a service (`LoadCredential=`).
const DIRECTORY: &str = "CREDENTIALS_DIRECTORY";
/// Maximum number of bytes of the name of a credential of systemd. Tokens of databases are longer: one that is written
/// in the place of a name is not taken for a name, which errors repeat.
const LONGEST_NAME: usize = 48;
/// Mode bit: readable by every user of the machine.
#[cfg(unix)]
const READABLE_BY_ALL: u32 = 0o004;

/// The file of a secret, as a path or as the name of a systemd credential.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum CredentialFile {
    /// A file, from a text that begins with `/`, `./` or `../`.
    Path(PathBuf),
    /// A credential of systemd, from any other name: the file of this name in `$CREDENTIALS_DIRECTORY`.
    Systemd(String),
}

/// The reason why a file of a gate cannot be used, in one sentence without its content.
#[derive(Debug, thiserror::Error)]
pub enum CredentialError {
    /// The credential is one of systemd, and there are none.
    #[error(
        "the credential \"{name}\" of the gate {gate} is one of systemd, but CREDENTIALS_DIRECTORY is not set; add \
         LoadCredential={name}:FILE to the service, or give the path of a file"
    )]
    NoDirectory {
        /// The gate.
        gate: GateName,
        /// The name of the credential.
        name: String,
    },
    /// The file cannot be read, or is not UTF-8.
    #[error("the credential file {} of the gate {gate} can't be read: {error}", .path.display())]
    Read {
        /// The gate.
        gate: GateName,
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        error: io::Error,
    },
    /// The file of CA certificates cannot be read.
    #[error(
        "the file {} in upstream-ca-file of the gate {gate} can't be read: {error}; give this user read access, or \
         another file",
        .path.display()
    )]
    Authorities {
        /// The gate.
        gate: GateName,
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        error: io::Error,
    },
    /// The file contains nothing, more than one line, or characters that no header may have.
    #[error("the credential file {} of the gate {gate} must contain one line of visible ASCII characters", .path.display())]
    NotOneLine {
        /// The gate.
        gate: GateName,
        /// The file.
        path: PathBuf,
    },
}

/// The error for a text that names no file. It does not repeat the text, which may be the credential itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "give the path of a file, beginning with / or ./, or the name of a credential of systemd: 1 to {} letters, digits and \
     - _ .",
    LONGEST_NAME
)]
pub struct NotACredentialFile;

impl TryFrom<String> for CredentialFile {
    type Error = NotACredentialFile;

    fn try_from(text: String) -> Result<Self, NotACredentialFile> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        let is_name = (1..=LONGEST_NAME).contains(&text.len()) && text.bytes().all(is_plain);
        let is_path = ["/", "./", "../"].iter().any(|beginning| text.starts_with(beginning));
        match text.as_str() {
            "." | ".." => Err(NotACredentialFile),
            path if is_path && !path.contains('\0') && !path.ends_with('/') => Ok(Self::Path(path.into())),
            name if is_name => Ok(Self::Systemd(name.to_owned())),
            _ => Err(NotACredentialFile),
        }
    }
}

impl CredentialFile {
    /// Parses the value of a flag.
    ///
    /// # Errors
    /// Fails for a text that is neither a path nor a name.
    pub fn parse(text: &str) -> Result<Self, NotACredentialFile> {
        text.to_owned().try_into()
    }

    /// Returns the path of the file; `None` for a credential of systemd without a directory of credentials.
    pub fn path(&self) -> Option<PathBuf> {
        self.located().ok()
    }

    /// Returns the path of the file.
    ///
    /// # Errors
    /// Fails with the name of a credential of systemd for which there is no directory.
    pub fn located(&self) -> Result<PathBuf, &str> {
        self.locate(directory().as_deref())
    }

    /// Reads the credential, without the line break at its end.
    ///
    /// # Errors
    /// Fails if the file cannot be read or does not contain one line.
    pub fn read(&self, gate: &GateName) -> Result<SecretString, CredentialError> {
        let located = self.located();
        let no_directory = |name: &str| CredentialError::NoDirectory { gate: gate.clone(), name: name.to_owned() };
        only_line(located.map_err(no_directory)?, gate)
    }

    /// Returns a warning if every user of the machine can read the file. It is no error: the tools of containers mount
    /// secrets with such a mode.
    pub fn caution(&self, gate: &GateName) -> Option<String> {
        let path = self.readable_by_all()?;
        Some(format!(
            "every user of this machine can read the credential file {0} of the gate {gate}; run: chmod o-r {0}",
            path.display()
        ))
    }

    /// Returns the path of the file if every user of the machine can read it.
    pub fn readable_by_all(&self) -> Option<PathBuf> {
        self.path().filter(|path| is_readable_by_all(path))
    }

    /// Returns the path of the file, or the name of a credential for which there is no directory.
    fn locate(&self, directory: Option<&Path>) -> Result<PathBuf, &str> {
        match self {
            Self::Path(path) => Ok(path.clone()),
            Self::Systemd(name) => directory.map(|directory| directory.join(name)).ok_or(name.as_str()),
        }
    }
}

fn directory() -> Option<PathBuf> {
    env::var_os(DIRECTORY).map(PathBuf::from)
}

fn only_line(path: PathBuf, gate: &GateName) -> Result<SecretString, CredentialError> {
    match fs::read_to_string(&path) {
        Ok(content) => match content.trim_end_matches(['\r', '\n']) {
            line if line.is_empty() || !line.bytes().all(|byte| matches!(byte, b' '..=b'~')) => {
                Err(CredentialError::NotOneLine { gate: gate.clone(), path })
            }
            line => Ok(line.into()),
        },
        Err(error) => Err(CredentialError::Read { gate: gate.clone(), path, error }),
    }
}

#[cfg(unix)]
fn is_readable_by_all(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & READABLE_BY_ALL != 0)
}

/// Returns false: there are no Unix modes.
#[cfg(not(unix))]
fn is_readable_by_all(_: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    fn credential(text: &str) -> Result<CredentialFile, NotACredentialFile> {
        text.to_owned().try_into()
    }

    fn plant() -> GateName {
        "plant".to_owned().try_into().unwrap()
    }

    #[test]
    fn a_path_begins_with_a_slash_or_a_dot_and_a_credential_of_systemd_is_a_name() {
        let (systemd, path) = (credential("plant.token").unwrap(), credential("./plant.token").unwrap());
        let directory = Path::new("/run/credentials/jeton.service");
        assert_eq!(systemd.locate(Some(directory)), Ok(directory.join("plant.token")));
        assert_eq!(systemd.locate(None), Err("plant.token"));
        assert_eq!(path.locate(Some(directory)), Ok("./plant.token".into()));
        assert_eq!(path.locate(None), Ok("./plant.token".into()));
        for text in ["", ".", "..", "/", "./secrets/", "secrets/plant.token", "/a\0b", "a b"] {
            assert_eq!(credential(text), Err(NotACredentialFile), "{text:?}");
        }
    }

    #[test]
    fn a_token_in_the_place_of_a_name_is_no_name() {
        let influxd = "c0x7Q-yQ1mFf4rU8Hc2n_Y3wJtq9VbXk5sLZp6dTgEoRaBiNuMhKjDvSlWzCxPO8y7t6r5e4w3q2A1s0d9f8g==";
        let core = "apiv3_0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz";
        let jeton = "jtn_0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefg";
        for token in [influxd, core, jeton, "a/b+c=="] {
            assert_eq!(credential(token), Err(NotACredentialFile), "{token}");
        }
    }

    #[test]
    fn a_credential_is_one_line_and_errors_do_not_repeat_it() {
        let directory = tempfile::TempDir::new().unwrap();
        let path = directory.path().join("plant.token");
        let file = credential(path.to_str().unwrap()).unwrap();
        assert!(matches!(file.read(&plant()), Err(CredentialError::Read { .. })));
        for (content, token) in [
            ("abc\n", Some("abc")),
            ("abc", Some("abc")),
            ("abc\r\n", Some("abc")),
            ("", None),
            ("\n", None),
            ("abc\ndef\n", None),
            ("abc\u{e9}", None),
        ] {
            fs::write(&path, content).unwrap();
            let read = file.read(&plant());
            assert_eq!(read.as_ref().ok().map(|secret| secret.expose_secret()), token, "{content:?}");
            assert!(read.err().is_none_or(|error| !error.to_string().contains("abc")), "{content:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_everyone_can_read_is_told_with_the_command_that_mends_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let directory = tempfile::TempDir::new().unwrap();
        let path = directory.path().join("plant.token");
        fs::write(&path, "abc").unwrap();
        let file = credential(path.to_str().unwrap()).unwrap();
        for (mode, is_told) in [(0o600, false), (0o640, false), (0o644, true), (0o444, true)] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let said = file.caution(&plant());
            assert_eq!(said.is_some_and(|said| said.ends_with(&format!("chmod o-r {}", path.display()))), is_told);
        }
    }
}
