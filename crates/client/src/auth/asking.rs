//! The flags of commands about a token that is known by its value: `auth check` and `auth revoke`.

use clap::Args;
use secrecy::SecretString;

use crate::{environment::either, error::Outcome, http::Client, secret, server_flags::ServerFlags};

/// The server, and the credential with which a command asks it about a token.
#[derive(Args)]
pub struct AskingFlags {
    #[command(flatten)]
    server: ServerFlags,

    /// Token to authenticate with; by default the credential of the active config, else the token of --token
    #[arg(long, env = either("JETON_TOKEN", "INFLUX_TOKEN"), hide_env_values = true, value_name = "TOKEN")]
    as_token: Option<SecretString>,
}

impl AskingFlags {
    /// Returns a client with the credential that was given, else with the token that the command is about.
    pub async fn client(&self, token: &SecretString) -> Outcome<Client> {
        let profile = self.server.profile()?;
        let client = Client::connect(&self.server, &profile, secret::given(self.as_token.as_ref())?).await?;
        if client.has_credential() { Ok(client) } else { client.with_token(token) }
    }
}
