//! Flags that name the server and the file of profiles.

use std::path::PathBuf;

use clap::{Args, builder::FalseyValueParser};
use secrecy::SecretString;

use crate::{
    environment::either,
    error::Outcome,
    profiles::{Profile, Profiles},
};

/// The address of the server, and the profile that contains it.
#[derive(Args, Clone, Debug)]
pub struct ServerFlags {
    /// URL of the server; by default that of the active config, else http://localhost:8086
    #[arg(long, env = either("JETON_HOST", "INFLUX_HOST"), value_name = "URL")]
    pub host: Option<String>,

    /// Skip TLS certificate chain and host name verification
    #[arg(long, env = either("JETON_SKIP_VERIFY", "INFLUX_SKIP_VERIFY"), num_args = 0..=1, require_equals = true,
        default_missing_value = "true", default_value = "false", hide_default_value = true,
        hide_possible_values = true, value_parser = FalseyValueParser::new(), value_name = "BOOL", action = clap::ArgAction::Set)]
    pub skip_verify: bool,

    /// The file of profiles.
    #[command(flatten)]
    pub configs: ConfigsFlag,

    /// Name of the config to use; it becomes the active one
    #[arg(long, short = 'c', env = either("JETON_ACTIVE_CONFIG", "INFLUX_ACTIVE_CONFIG"), value_name = "NAME")]
    pub active_config: Option<String>,

    /// Write the method, address and status of each request to standard error
    #[arg(long)]
    pub http_debug: bool,

    /// Tracing id to send with each request
    #[arg(long, env = either("JETON_TRACE_DEBUG_ID", "INFLUX_TRACE_DEBUG_ID"), hide = true, value_name = "ID")]
    pub trace_debug_id: Option<String>,

    /// Additional header of each request, as key:value; may be repeated
    #[arg(long, env = either("JETON_EXTRA_HTTP_HEADER", "INFLUX_EXTRA_HTTP_HEADER"), hide = true, hide_env_values = true, value_name = "HEADER")]
    pub extra_http_header: Vec<SecretString>,
}

/// The file of the profiles.
#[derive(Args, Clone, Debug)]
pub struct ConfigsFlag {
    /// Path of the file of configs; ~/.influxdbv2/configs by default
    #[arg(long, env = either("JETON_CONFIGS_PATH", "INFLUX_CONFIGS_PATH"), value_name = "FILE")]
    pub configs_path: Option<PathBuf>,
}

impl ConfigsFlag {
    /// Reads the profiles of that file.
    pub fn read(&self) -> Outcome<Profiles> {
        Profiles::read(self.configs_path.as_deref())
    }
}

impl ServerFlags {
    /// Returns the profile to use. Naming one makes it the active one, as in `influx`, if the file may be written.
    pub fn profile(&self) -> Outcome<Profile> {
        let mut profiles = self.configs.read()?;
        if let Some(name) = self.active_config.as_deref().filter(|name| !name.is_empty())
            && profiles.switch(name)?
        {
            profiles.write_unless_read_only()?;
        }
        Ok(profiles.active().map(|(_, profile)| profile.clone()).unwrap_or_default())
    }
}
