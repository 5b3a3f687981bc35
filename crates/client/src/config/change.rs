//! `jeton config create` and `jeton config set`.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use clap::Args;
use secrecy::{ExposeSecret as _, SecretString};

use crate::{
    error::{Failure, Outcome},
    profiles::Profile,
    secret,
    url::host_url,
};

use super::{Flags, Row, named};

/// A profile to create.
#[derive(Args)]
pub struct Fields {
    #[command(flatten)]
    flags: Flags,

    /// Name of the config (required)
    #[arg(long, short = 'n', value_name = "NAME")]
    config_name: String,

    /// URL of the server (required)
    #[arg(long, short = 'u', value_name = "URL")]
    host_url: String,

    #[command(flatten)]
    credential: Credential,
}

/// The changes to a profile.
#[derive(Args)]
pub struct Changes {
    #[command(flatten)]
    flags: Flags,

    /// Name of the config (required)
    #[arg(long, short = 'n', value_name = "NAME")]
    config_name: String,

    /// New URL of the server
    #[arg(long, short = 'u', value_name = "URL")]
    host_url: Option<String>,

    #[command(flatten)]
    credential: Credential,
}

#[derive(Args)]
struct Credential {
    /// Token to authenticate with; - reads it from standard input
    #[arg(long, short, allow_hyphen_values = true, value_name = "TOKEN")]
    token: Option<SecretString>,

    /// User name, optionally with password, to authenticate with instead of a token. Commands prompt for the password
    /// on a terminal if omitted
    #[arg(long, short = 'p', value_name = "USER[:PASSWORD]")]
    username_password: Option<SecretString>,

    /// Name of the default organization
    #[arg(long, short, value_name = "NAME")]
    org: Option<String>,

    /// Make the config active
    #[arg(long, short)]
    active: bool,
}

impl Credential {
    /// Stores the token, or user name and password. Each of them replaces the other.
    fn put(&self, profile: &mut Profile) -> Outcome {
        let (token, name) = (secret::given(self.token.as_ref())?, secret::given(self.username_password.as_ref())?);
        match (token, name) {
            (Some(_), Some(_)) => {
                return Err(Failure::new(
                    "cannot specify `--token` and `--username-password` together, please choose one",
                ));
            }
            (Some(token), None) => {
                profile.token = token.expose_secret().into();
                profile.cookie = String::new();
            }
            (None, Some(name)) => {
                profile.cookie = STANDARD.encode(name.expose_secret());
                profile.token = String::new();
            }
            (None, None) => {}
        }
        if let Some(org) = self.org.as_ref().filter(|org| !org.is_empty()) {
            profile.org.clone_from(org);
        }
        Ok(())
    }
}

impl Fields {
    /// Adds the profile and prints it.
    pub fn create(&self) -> Outcome {
        let printer = self.flags.print.printer()?;
        let mut profile =
            Profile { url: checked(&self.host_url)?, active: self.credential.active, ..Profile::default() };
        self.credential.put(&mut profile)?;
        let mut profiles = self.flags.configs.read()?;
        let name = &self.config_name;
        profiles.create(name, profile).map_err(|failure| named(name, failure, "create"))?;
        profiles.write()?;
        let profile = profiles.get(name).cloned().unwrap_or_default();
        printer.one(&Row { name: name.clone(), profile })
    }
}

impl Changes {
    /// Changes the given members and prints the whole profile.
    pub fn run(&self) -> Outcome {
        let printer = self.flags.print.printer()?;
        let mut profiles = self.flags.configs.read()?;
        let name = &self.config_name;
        let mut profile = profiles.get(name).cloned().unwrap_or_default();
        if let Some(url) = self.host_url.as_ref().filter(|url| !url.is_empty()) {
            profile.url = checked(url)?;
        }
        self.credential.put(&mut profile)?;
        let changed = profiles.change(name, |known| *known = profile);
        changed.map_err(|failure| named(name, failure, "update"))?;
        if self.credential.active {
            profiles.switch(name)?;
        }
        profiles.write()?;
        let profile = profiles.get(name).cloned().unwrap_or_default();
        printer.one(&Row { name: name.clone(), profile })
    }
}

/// Returns the URL as it was typed, if it is valid.
fn checked(url: &str) -> Outcome<String> {
    host_url(url).map(|_| url.trim_end_matches('/').to_owned())
}
