//! Flags that many commands share (contract §7.1, §15), with `influx`'s names, letters and variables.

use std::path::PathBuf;

use clap::{Args, builder::FalseyValueParser};
use secrecy::SecretString;

use super::{
    client::{
        http::Client,
        profiles::{Profile, Profiles},
    },
    environment::either,
    error::{Failure, Outcome},
    output::{Format, Printer},
    secret,
};

/// Where the server is, and which profile says so.
#[derive(Args, Clone, Debug)]
pub struct ServerFlags {
    /// HTTP address of InfluxDB
    #[arg(long, env = either("JETON_HOST", "INFLUX_HOST"), value_name = "URL")]
    pub host: Option<String>,

    /// Skip TLS certificate chain and host name verification
    #[arg(long, env = either("JETON_SKIP_VERIFY", "INFLUX_SKIP_VERIFY"), num_args = 0..=1, require_equals = true,
        default_missing_value = "true", default_value = "false", hide_default_value = true,
        hide_possible_values = true, value_parser = FalseyValueParser::new(), value_name = "BOOL", action = clap::ArgAction::Set)]
    pub skip_verify: bool,

    #[command(flatten)]
    pub configs: ConfigsFlag,

    /// Config name to use for command
    #[arg(long, short = 'c', env = either("JETON_ACTIVE_CONFIG", "INFLUX_ACTIVE_CONFIG"), value_name = "NAME")]
    pub active_config: Option<String>,

    /// Write the method, address and status of each request to standard error
    #[arg(long)]
    pub http_debug: bool,

    /// Sent along as a tracing id
    #[arg(long, env = either("JETON_TRACE_DEBUG_ID", "INFLUX_TRACE_DEBUG_ID"), hide = true, value_name = "ID")]
    pub trace_debug_id: Option<String>,

    /// More headers, as key:value
    #[arg(long, env = either("JETON_EXTRA_HTTP_HEADER", "INFLUX_EXTRA_HTTP_HEADER"), hide = true, hide_env_values = true, value_name = "HEADER")]
    pub extra_http_header: Vec<SecretString>,
}

/// Where the profiles are kept.
#[derive(Args, Clone, Debug)]
pub struct ConfigsFlag {
    /// Path to the influx CLI configurations
    #[arg(long, env = either("JETON_CONFIGS_PATH", "INFLUX_CONFIGS_PATH"), value_name = "FILE")]
    pub configs_path: Option<PathBuf>,
}

impl ConfigsFlag {
    /// The profiles of that file.
    pub fn read(&self) -> Outcome<Profiles> {
        Profiles::read(self.configs_path.as_deref())
    }
}

/// How the result is written.
#[derive(Args, Clone, Copy, Debug)]
pub struct PrintFlags {
    /// Output data as JSON
    #[arg(long, env = either("JETON_OUTPUT_JSON", "INFLUX_OUTPUT_JSON"), num_args = 0..=1, require_equals = true,
        default_missing_value = "true", default_value = "false", hide_default_value = true,
        hide_possible_values = true, value_parser = FalseyValueParser::new(), value_name = "BOOL", action = clap::ArgAction::Set)]
    pub json: bool,

    /// How the result is written; wins over --json
    #[arg(long, value_name = "FORMAT")]
    pub output: Option<Format>,

    /// Hide the table headers in output data
    #[arg(long, env = either("JETON_HIDE_HEADERS", "INFLUX_HIDE_HEADERS"), num_args = 0..=1, require_equals = true,
        default_missing_value = "true", default_value = "false", hide_default_value = true,
        hide_possible_values = true, value_parser = FalseyValueParser::new(), value_name = "BOOL", action = clap::ArgAction::Set)]
    pub hide_headers: bool,
}

impl PrintFlags {
    /// For a command that shows no token: `env` is refused before anything happens.
    pub fn printer(self) -> Outcome<Printer> {
        let printer = self.printer_of_token();
        if printer.format == Format::Env {
            return Err(Failure::new(
                "--output env is for commands that show a new token: auth create, auth rotate and setup",
            ));
        }
        Ok(printer)
    }

    /// For a command that shows a new token.
    pub fn printer_of_token(self) -> Printer {
        let usual = if self.json { Format::Json } else { Format::Table };
        Printer { format: self.output.unwrap_or(usual), heads: !self.hide_headers }
    }
}

/// The credential that a command works with.
#[derive(Args, Clone, Debug)]
pub struct TokenFlag {
    /// Token to authenticate request; - reads it from standard input
    #[arg(long, short, env = either("JETON_TOKEN", "INFLUX_TOKEN"), hide_env_values = true, allow_hyphen_values = true, value_name = "TOKEN")]
    pub token: Option<SecretString>,
}

/// What every command that talks to a server as someone takes.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Common options")]
pub struct CommonFlags {
    #[command(flatten)]
    pub server: ServerFlags,
    #[command(flatten)]
    pub print: PrintFlags,
    #[command(flatten)]
    pub token: TokenFlag,
}

/// A server to talk to, and what the profile knows.
pub struct Session {
    pub client: Client,
    pub profile: Profile,
    pub printer: Printer,
}

impl CommonFlags {
    /// Who talks to which server: flags, then variables, then the active profile, then the default.
    pub async fn session(&self) -> Outcome<Session> {
        let printer = self.print.printer()?;
        Ok(Session { printer, ..self.session_of_token().await? })
    }

    /// The same for a command that shows a new token, which `--output env` may write.
    pub async fn session_of_token(&self) -> Outcome<Session> {
        let profile = self.server.profile()?;
        let token = secret::given(self.token.token.as_ref())?;
        let client = Client::connect(&self.server, &profile, token).await?;
        Ok(Session { client, profile, printer: self.print.printer_of_token() })
    }
}

impl ServerFlags {
    /// The profile to use. Naming one makes it the active one, as `influx` does.
    pub fn profile(&self) -> Outcome<Profile> {
        let mut profiles = self.configs.read()?;
        if let Some(name) = self.active_config.as_deref().filter(|name| !name.is_empty())
            && profiles.switch(name)?
        {
            profiles.write()?;
        }
        Ok(profiles.active().map(|(_, profile)| profile.clone()).unwrap_or_default())
    }
}

/// The organization that a command works in.
#[derive(Args, Clone, Debug, Default)]
pub struct OrgFlags {
    /// The ID of the organization
    #[arg(long, env = either("JETON_ORG_ID", "INFLUX_ORG_ID"), value_name = "ID")]
    pub org_id: Option<String>,

    /// The name of the organization
    #[arg(long, short, env = either("JETON_ORG", "INFLUX_ORG"), value_name = "NAME")]
    pub org: Option<String>,
}
