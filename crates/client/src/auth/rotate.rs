//! `jeton auth rotate`: replaces a token by a new one, with an overlap during which both work.

use clap::Args;
use ipnet::IpNet;
use serde_json::{Value, json};

use crate::{
    authorization::Authorization,
    duration::{self, Span},
    error::{Failure, Outcome, WhileDoing as _},
    flags::{CommonFlags, Session},
    permission_flags::GrantFlags,
};

use super::{delete::path, new_token::show};

/// A token to replace.
#[derive(Args)]
pub struct Rotate {
    /// Id of the authorization
    #[arg(value_name = "ID", required_unless_present = "id_flag")]
    id: Option<String>,

    /// Id of the authorization
    #[arg(long = "id", short = 'i', value_name = "ID", hide = true, conflicts_with = "id", id = "id_flag")]
    id_flag: Option<String>,

    /// Time for which the old token keeps working, such as 24h (the default); 0 ends it at once
    #[arg(long, value_name = "DURATION")]
    overlap: Option<String>,

    /// Expiry of the new token: a duration such as 90d, a date, an RFC 3339 time, or never. By default the new token
    /// gets the same lifetime as the old one
    #[arg(long, value_name = "WHEN")]
    expires: Option<String>,

    /// Description of the new token; by default that of the old one
    #[arg(long, short, value_name = "TEXT")]
    description: Option<String>,

    /// Network from which the new token is accepted, such as 10.0.0.0/8; may be repeated. By default those of the old
    /// token
    #[arg(long, value_name = "CIDR", value_delimiter = ',', value_parser = jeton_model::network::parse_network)]
    network: Vec<IpNet>,

    /// The permissions of the new token; without any, those of the old one.
    #[command(flatten)]
    grants: GrantFlags,

    #[command(flatten)]
    common: CommonFlags,
}

impl Rotate {
    /// Creates the new token and shows it, this once.
    pub async fn run(&self) -> Outcome {
        let id = self.id.as_deref().or(self.id_flag.as_deref()).unwrap_or_default();
        let mut body = json!({});
        if let Some(text) = &self.overlap {
            let refuse = || Failure::new(format!("--overlap \"{text}\" is not a duration; write it as 24h, 7d or 0"));
            body["overlap"] = json!(Span::in_one_unit(text).ok_or_else(refuse)?);
        }
        if let Some(text) = &self.expires {
            body["expiresAt"] = json!(duration::end(text, duration::now())?);
        }
        if let Some(text) = &self.description {
            body["description"] = json!(text);
        }
        if !self.network.is_empty() {
            let networks: Vec<String> = self.network.iter().map(ToString::to_string).collect();
            body["allowedNetworks"] = json!(networks);
        }
        let session = self.common.session_of_token().await?;
        if !self.grants.is_empty() {
            body["permissions"] = self.permissions(&session, id).await?;
        }
        let rotated = session.client.post(format!("{}/rotate", path(id))).json(&body).read().await;
        show(&session, rotated.while_doing(format!("could not rotate authorization with ID {id:?}"))?)
    }

    /// Returns the permissions of the flags, in the organization of the old token.
    async fn permissions(&self, session: &Session, id: &str) -> Outcome<Value> {
        let old = session.client.get(path(id)).read::<Authorization>().await;
        let old = old.while_doing(format!("could not find authorization with ID {id:?}"))?;
        let permissions = self.grants.permissions(&session.client, old.org_id, old.home().owner).await?;
        Ok(json!(permissions))
    }
}
