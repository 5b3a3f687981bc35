//! The audit key from flags and variables, as a value or as a file.

use std::fs;

use secrecy::SecretString;

use crate::config::gates::CredentialFile;

use super::data_error::DataError;

/// Returns the audit key in hex; `None` if neither is set, so that the one in the data directory applies. A value takes
/// precedence over a file, because the variable takes precedence over the configuration file.
pub fn given_key(
    value: Option<&SecretString>,
    file: Option<&CredentialFile>,
) -> Result<Option<SecretString>, DataError> {
    match value {
        Some(value) => Ok(Some(value.clone())),
        None => file.map(read).transpose(),
    }
}

fn read(file: &CredentialFile) -> Result<SecretString, DataError> {
    let path = file.located().map_err(|name| DataError::NoCredentials(name.to_owned()))?;
    match fs::read_to_string(&path) {
        Ok(text) => Ok(text.trim().into()),
        Err(error) => Err(DataError::AuditKeyFile { path, error }),
    }
}
