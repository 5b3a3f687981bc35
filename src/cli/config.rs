//! `jeton config`: the profiles of the client, and the check of a server's configuration file.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use secrecy::SecretString;

use jeton_client::{
    config::{Active, Command as Profiles},
    error::{Failure, Outcome},
    output::{print, warn},
};

use crate::{
    config::{
        AcmeSettings, ConfigFile, ExternalAccount, ExternalAccountError, HttpSink, SinkFileError, TlsSettings,
        gates::{CredentialFile, GateName, GateSettings, LoadedGate},
    },
    server::{gates, tls::valid_until},
};

/// Shows or switches the active profile, or runs another command.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Config {
    #[command(subcommand)]
    command: Option<Command>,

    #[command(flatten)]
    active: Active,
}

#[derive(Subcommand)]
enum Command {
    #[command(flatten)]
    Profiles(Profiles),
    /// Check a configuration file of jeton serve
    ///
    /// Reads the file and the credentials of its gates as the server does, and starts nothing. The exit code is 1 if
    /// the file is not valid.
    Check(Check),
}

/// A file to check.
#[derive(Args)]
struct Check {
    /// TOML file, as for jeton serve --config
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

impl Config {
    /// Runs the command.
    pub fn run(self) -> Outcome {
        match self.command {
            Some(Command::Profiles(profiles)) => profiles.run(),
            Some(Command::Check(check)) => check.run(),
            None => self.active.run(),
        }
    }
}

impl Check {
    fn run(&self) -> Outcome {
        let file = ConfigFile::read(&self.file).map_err(|error| Failure::new(error.to_string()))?;
        let has_certificate = self.check_together(&file)?;
        for gate in file.gates() {
            gate.secret_files().try_for_each(|file| check_secret(file, &gate.name))?;
            check_gate(gate, has_certificate)?;
        }
        let (settings, gates) = (file.number_of_settings(), file.gates().len());
        print(&format!("{} is valid (settings: {settings}, gates: {gates})\n", self.file.display()))
    }

    /// Checks what no value shows by itself. Returns whether the server has a certificate.
    fn check_together(&self, file: &ConfigFile) -> Outcome<bool> {
        let failed = |reason: String| {
            Failure::new(format!("the configuration file {} is not valid: {reason}", self.file.display()))
        };
        let config = file.config().map_err(|error| failed(error.to_string()))?;
        match config.tls().map_err(|error| failed(error.to_string()))? {
            Some(TlsSettings::Files(files)) => {
                valid_until(&files).map_err(|error| failed(error.to_string()))?;
            }
            Some(TlsSettings::Acme(settings)) => {
                settings.authorities().map_err(|error| failed(error.to_string()))?;
                check_external_account(&settings)?;
            }
            None => {}
        }
        config.check_audit_out().map_err(|error| failed(error.to_string()))?;
        if let Some(sink) = config.http_sink().map_err(|error| failed(error.to_string()))? {
            check_sink(&sink)?;
        }
        let settings = config.http_settings().map_err(|error| failed(error.to_string()))?;
        Ok(settings.is_encrypted)
    }
}

/// Checks that this version can do what is configured. Secrets were checked by themselves; one of systemd is taken as
/// given. `has_certificate`: whether the server has one.
fn check_gate(gate: &GateSettings, has_certificate: bool) -> Outcome {
    let given = |file: &CredentialFile| file.read(&gate.name).unwrap_or_else(|_| "given ".repeat(10).into());
    let loaded = LoadedGate {
        settings: gate.clone(),
        credential: gate.credential_file.as_ref().map(|_| SecretString::from("given")),
        shared_secret: gate.shared_secret_file.as_ref().map(given),
        forward_auth_key: gate.forward_auth_key_file.as_ref().map(given),
        upstream_ca: gate.authorities().map_err(|error| Failure::new(error.to_string()))?,
    };
    gates::checked(&loaded, has_certificate).map(drop).map_err(|error| Failure::new(error.to_string()))
}

/// Reads the key of the external account as the server does. A credential of systemd is skipped: it exists in the service
/// only.
fn check_external_account(settings: &AcmeSettings) -> Outcome {
    match settings.external_account_key() {
        Err(ExternalAccountError::NoCredentials(name)) => {
            warn(&format!(
                "warning: the key \"{name}\" in acme-eab-key-file was not checked: CREDENTIALS_DIRECTORY is not set"
            ));
        }
        Err(error) => return Err(Failure::new(error.to_string())),
        Ok(_) => {}
    }
    if let Some(said) = settings.external_account.as_ref().and_then(ExternalAccount::caution) {
        warn(&format!("warning: {said}"));
    }
    Ok(())
}

/// Reads the files of the HTTP sink as the server does. A credential of systemd is skipped: it exists in the service only.
fn check_sink(sink: &HttpSink) -> Outcome {
    match sink.check_files() {
        Err(SinkFileError::NoCredentials(name)) => {
            warn(&format!(
                "warning: the token \"{name}\" for audit-http was not checked: CREDENTIALS_DIRECTORY is not set"
            ));
        }
        Err(error) => return Err(Failure::new(error.to_string())),
        Ok(()) => {}
    }
    if let Some(said) = sink.token_caution() {
        warn(&format!("warning: {said}"));
    }
    Ok(())
}

/// Reads a secret of a gate as the server does. A credential of systemd is skipped: it exists in the service only.
fn check_secret(file: &CredentialFile, name: &GateName) -> Outcome {
    if file.path().is_none() {
        warn(&format!("warning: the credential of the gate {name} was not checked: CREDENTIALS_DIRECTORY is not set"));
        return Ok(());
    }
    file.read(name).map_err(|error| Failure::new(error.to_string()))?;
    if let Some(said) = file.caution(name) {
        warn(&format!("warning: {said}"));
    }
    Ok(())
}
