//! Flags that many commands share (docs/influxdb-compatibility.md §7.1, §15), with `influx`'s names, letters and
//! variables.

use crate::{
    environment::either,
    error::{Failure, Outcome},
    http::Client,
    output::{Format, Printer},
    profiles::Profile,
    secret,
    server_flags::ServerFlags,
};

use clap::{Args, builder::FalseyValueParser};
use secrecy::SecretString;

/// The format of the result.
#[derive(Args, Clone, Copy, Debug)]
pub struct PrintFlags {
    /// Print JSON; same as --output json
    #[arg(long, env = either("JETON_OUTPUT_JSON", "INFLUX_OUTPUT_JSON"), num_args = 0..=1, require_equals = true,
        default_missing_value = "true", default_value = "false", hide_default_value = true,
        hide_possible_values = true, value_parser = FalseyValueParser::new(), value_name = "BOOL", action = clap::ArgAction::Set)]
    pub json: bool,

    /// Format of the output, table by default; takes precedence over --json
    #[arg(long, value_name = "FORMAT")]
    pub output: Option<Format>,

    /// Print tables without headers
    #[arg(long, env = either("JETON_HIDE_HEADERS", "INFLUX_HIDE_HEADERS"), num_args = 0..=1, require_equals = true,
        default_missing_value = "true", default_value = "false", hide_default_value = true,
        hide_possible_values = true, value_parser = FalseyValueParser::new(), value_name = "BOOL", action = clap::ArgAction::Set)]
    pub hide_headers: bool,
}

impl PrintFlags {
    /// Returns the printer of a command that shows no token: `env` is refused before anything happens.
    pub fn printer(self) -> Outcome<Printer> {
        let printer = self.printer_of_token();
        if printer.format == Format::Env {
            return Err(Failure::new(
                "--output env is for commands that show a new token: auth create, auth rotate and setup",
            ));
        }
        Ok(printer)
    }

    /// Returns the printer of a command that shows a new token.
    pub fn printer_of_token(self) -> Printer {
        let usual = if self.json { Format::Json } else { Format::Table };
        Printer { format: self.output.unwrap_or(usual), heads: !self.hide_headers }
    }
}

/// The credential that a command works with.
#[derive(Args, Clone, Debug)]
pub struct TokenFlag {
    /// Token to authenticate with; - reads it from standard input
    #[arg(long, short, env = either("JETON_TOKEN", "INFLUX_TOKEN"), hide_env_values = true, allow_hyphen_values = true, value_name = "TOKEN")]
    pub token: Option<SecretString>,
}

/// The flags of every command that authenticates with a server.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Common options")]
pub struct CommonFlags {
    /// The server and the profile to use.
    #[command(flatten)]
    pub server: ServerFlags,
    /// The format of the output.
    #[command(flatten)]
    pub print: PrintFlags,
    /// The credential.
    #[command(flatten)]
    pub token: TokenFlag,
}

/// A connected client, and the profile in use.
pub struct Session {
    /// The client, which sends the credential with each request.
    pub client: Client,
    /// The profile in use; empty if there is none.
    pub profile: Profile,
    /// The writer of the results.
    pub printer: Printer,
}

impl CommonFlags {
    /// Returns the server and credential: from flags, else variables, else the active profile, else the default.
    pub async fn session(&self) -> Outcome<Session> {
        let printer = self.print.printer()?;
        Ok(Session { printer, ..self.session_of_token().await? })
    }

    /// Like [`Self::session`], for a command that shows a new token, which `--output env` may write.
    pub async fn session_of_token(&self) -> Outcome<Session> {
        let profile = self.server.profile()?;
        let token = secret::given(self.token.token.as_ref())?;
        let printer = self.print.printer_of_token();
        let client = Client::connect(&self.server, &profile, token).await?.warning_of_expiry(printer.format);
        Ok(Session { client, profile, printer })
    }
}

/// The organization that a command works in.
#[derive(Args, Clone, Debug, Default)]
pub struct OrgFlags {
    /// Id or name of the organization
    #[arg(long, env = either("JETON_ORG_ID", "INFLUX_ORG_ID"), value_name = "ID")]
    pub org_id: Option<String>,

    /// Name or id of the organization
    #[arg(long, short, env = either("JETON_ORG", "INFLUX_ORG"), value_name = "NAME")]
    pub org: Option<String>,
}
