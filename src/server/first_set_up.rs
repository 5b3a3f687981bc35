//! Set-up at the first start from the variables `JETON_INIT_*`: the server answers no request before it is set up, so
//! that no visitor can do it first.

use std::{fs, io, path::PathBuf};

use secrecy::{ExposeSecret as _, SecretString};

use jeton_model::ValidationError;
use jeton_service::{Client, Error, Service, error::SetupError, setup::SetUp};

use crate::config::Init;

/// The reason why the variables do not set up the server, in one sentence that contains no value of theirs but paths.
#[derive(Debug, thiserror::Error)]
pub enum FirstSetUpError {
    /// Variables are missing.
    #[error(
        "the set-up at the first start also needs {}; set it, or remove all variables that begin with JETON_INIT_",
        .0.join(" and ")
    )]
    Missing(Vec<&'static str>),
    /// A secret is given twice.
    #[error("{0} and {0}_FILE are both set; remove one of them")]
    Twice(&'static str),
    /// The file of a secret cannot be read, or is not text.
    #[error("the file {} in {variable}_FILE can't be read: {error}", .path.display())]
    File {
        /// The variable without `_FILE`.
        variable: &'static str,
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        error: io::Error,
    },
    /// The file of a secret contains nothing.
    #[error("the file {} in {variable}_FILE is empty", .path.display())]
    EmptyFile {
        /// The variable without `_FILE`.
        variable: &'static str,
        /// The file.
        path: PathBuf,
    },
    /// A value is not accepted, or the database failed.
    #[error("the set-up from the variables JETON_INIT_* failed: {}", reason(.0))]
    Refused(#[from] Error),
}

const USERNAME: &str = "JETON_INIT_USERNAME";
const PASSWORD: &str = "JETON_INIT_PASSWORD";
const ORG: &str = "JETON_INIT_ORG";
const BUCKET: &str = "JETON_INIT_BUCKET";
const TOKEN: &str = "JETON_INIT_TOKEN";
/// Without both, nobody could sign in or use the server.
const PASSWORD_OR_TOKEN: &str = "JETON_INIT_PASSWORD or JETON_INIT_TOKEN (or one of them with _FILE)";

/// Sets up a server that is not set up, if variables are given. On a server that is set up, they are ignored and their
/// files are not read: secrets may be removed once they have served.
pub async fn perform(service: &Service, given: &Init) -> Result<(), FirstSetUpError> {
    if !is_given(given) {
        return Ok(());
    }
    if !service.setup_allowed().await? {
        say_ignored();
        return Ok(());
    }
    match service.set_up(read(given)?, &Client::default(), false).await {
        Ok(_) => tracing::info!("the server was set up from the variables JETON_INIT_*"),
        // Another node on the same database did it in the meantime.
        Err(Error::Setup(SetupError::AlreadyDone)) => say_ignored(),
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

fn say_ignored() {
    tracing::info!("the server is already set up; the variables JETON_INIT_* are ignored");
}

fn is_given(given: &Init) -> bool {
    let texts =
        [&given.init_username, &given.init_password_file, &given.init_org, &given.init_bucket, &given.init_token_file];
    texts.into_iter().any(|value| text(value.as_ref()).is_some())
        || [&given.init_password, &given.init_token].into_iter().any(|value| secret(value.as_ref()).is_some())
}

fn read(given: &Init) -> Result<SetUp, FirstSetUpError> {
    let password = secret_or_file(PASSWORD, given.init_password.as_ref(), given.init_password_file.as_ref())?;
    let token = secret_or_file(TOKEN, given.init_token.as_ref(), given.init_token_file.as_ref())?;
    let named = [(USERNAME, &given.init_username), (ORG, &given.init_org), (BUCKET, &given.init_bucket)]
        .map(|(variable, value)| (variable, text(value.as_ref())));
    let mut missing: Vec<&'static str> =
        named.iter().filter(|(_, value)| value.is_none()).map(|(variable, _)| *variable).collect();
    if password.is_none() && token.is_none() {
        missing.push(PASSWORD_OR_TOKEN);
    }
    if !missing.is_empty() {
        return Err(FirstSetUpError::Missing(missing));
    }
    let [username, org, bucket] = named.map(|(_, value)| value.unwrap_or_default().to_owned());
    Ok(SetUp { username, password, org, bucket, retention_seconds: 0, token })
}

/// Returns a value that is not empty.
fn text(value: Option<&String>) -> Option<&str> {
    value.map(String::as_str).filter(|value| !value.is_empty())
}

/// Returns a secret that is not empty.
fn secret(value: Option<&SecretString>) -> Option<&SecretString> {
    value.filter(|value| !value.expose_secret().is_empty())
}

/// Returns a secret from its variable, or from the file that the variable with `_FILE` names.
fn secret_or_file(
    variable: &'static str,
    value: Option<&SecretString>,
    file: Option<&String>,
) -> Result<Option<SecretString>, FirstSetUpError> {
    match (secret(value), text(file)) {
        (Some(_), Some(_)) => Err(FirstSetUpError::Twice(variable)),
        (Some(value), None) => Ok(Some(value.clone())),
        (None, Some(file)) => secret_in_file(variable, file.into()).map(Some),
        (None, None) => Ok(None),
    }
}

/// Reads a secret from a file, without the line break at its end.
fn secret_in_file(variable: &'static str, path: PathBuf) -> Result<SecretString, FirstSetUpError> {
    match fs::read_to_string(&path) {
        Ok(content) => match content.trim_end_matches(['\r', '\n']) {
            "" => Err(FirstSetUpError::EmptyFile { variable, path }),
            value => Ok(value.into()),
        },
        Err(error) => Err(FirstSetUpError::File { variable, path, error }),
    }
}

/// Returns why a set-up was refused, without the refused value.
fn reason(error: &Error) -> String {
    match error {
        Error::Validation(ValidationError::BucketNameUnderscore { .. }) => {
            format!("{BUCKET} must not begin with an underscore")
        }
        Error::Validation(ValidationError::BucketNameQuote { .. }) => {
            format!("{BUCKET} must not contain quotation marks")
        }
        error => error.to_string(),
    }
}
