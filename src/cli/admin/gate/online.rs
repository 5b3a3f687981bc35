//! The server that a command uses instead of opening the database.

use clap::Args;

use jeton_client::{
    error::Outcome,
    flags::{CommonFlags, PrintFlags, Session, TokenFlag},
    server_flags::ServerFlags,
};

/// The server, and the credential for it. If neither `--host` nor `--active-config` is given, nor their variables, the
/// command opens the database.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Options with a running server")]
pub struct OnlineFlags {
    #[command(flatten)]
    server: ServerFlags,
    #[command(flatten)]
    token: TokenFlag,
}

impl OnlineFlags {
    /// Returns a session with the server; `None` if no server is named.
    pub async fn session(&self, print: PrintFlags) -> Outcome<Option<Session>> {
        let is_given = |flag: &Option<String>| flag.as_ref().is_some_and(|text| !text.is_empty());
        if !is_given(&self.server.host) && !is_given(&self.server.active_config) {
            return Ok(None);
        }
        let common = CommonFlags { server: self.server.clone(), print, token: self.token.clone() };
        common.session().await.map(Some)
    }
}
