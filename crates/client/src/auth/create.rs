//! `jeton auth create`.

use clap::Args;
use ipnet::IpNet;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};

use jeton_model::{OrgId, Permission, UserId};

use crate::{
    authorization::Authorization,
    duration,
    error::{Outcome, WhileDoing as _},
    flags::{CommonFlags, OrgFlags},
    output::warn,
    permission_flags::GrantFlags,
    resolve, secret,
};

use super::{dry_run, new_token::show};

/// A token to create.
#[derive(Args)]
pub struct Create {
    #[command(flatten)]
    org: OrgFlags,

    /// Name or id of the owner; by default the owner of --token
    #[arg(long, short, value_name = "NAME")]
    user: Option<String>,

    /// Description of the token
    #[arg(long, short, default_value = "", hide_default_value = true, value_name = "TEXT")]
    description: String,

    /// Expiry of the token: a duration such as 90d, a date, an RFC 3339 time, or never. By default according to the
    /// rules of the organization
    #[arg(long, value_name = "WHEN")]
    expires: Option<String>,

    /// Network from which the token is accepted, such as 10.0.0.0/8; may be repeated. Any network by default
    #[arg(long, value_name = "CIDR", value_delimiter = ',', value_parser = jeton_model::network::parse_network)]
    network: Vec<IpNet>,

    /// Value of the token, of at least 32 characters, instead of a generated one; - reads it from standard input. By
    /// the rules of the organization: unless they say otherwise, only operators supply values
    #[arg(long, allow_hyphen_values = true, value_name = "-")]
    token_value: Option<SecretString>,

    /// Print what would be created, without creating it
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    grants: GrantFlags,

    #[command(flatten)]
    common: CommonFlags,
}

impl Create {
    /// Creates it and shows the token, this once.
    pub async fn run(&self) -> Outcome {
        let session = self.common.session_of_token().await?;
        let client = &session.client;
        let expires = self.expires.as_deref().map(|text| duration::end(text, duration::now())).transpose()?;
        let org = resolve::org(client, &session.profile, &self.org).await?;
        let user = match self.user.as_deref().filter(|user| !user.is_empty()) {
            Some(user) => Some(resolve::named_user(client, user).await?),
            None => None,
        };
        let permissions = self.grants.permissions(client, org, user).await?;
        let mut body = body(org, user, &self.description, &permissions);
        if let Some(at) = expires {
            body["expiresAt"] = json!(at);
        }
        if !self.network.is_empty() {
            let networks: Vec<String> = self.network.iter().map(ToString::to_string).collect();
            body["allowedNetworks"] = json!(networks);
        }
        if self.dry_run {
            return dry_run::show(&session, &body, org, &permissions).await;
        }
        if let Some(value) = secret::only_from_input("--token-value", self.token_value.as_ref())? {
            body["tokenValue"] = json!(value.expose_secret());
        }
        let created = client.post("/api/v2/authorizations").json(&body).read::<Authorization>().await;
        match created.while_doing("could not write auth with provided arguments") {
            Ok(created) => {
                // The API does not distinguish an expiry of never from a missing one.
                if let (Some(None), Some(end)) = (expires, created.expires_at) {
                    warn(&format!("warning: by the rules of the organization this token stops working at {end}"));
                }
                show(&session, created)
            }
            Err(failure) => {
                let buckets = [&self.grants.buckets.read_bucket[..], &self.grants.buckets.write_bucket[..]].concat();
                let refused = failure.status().is_some_and(|status| matches!(status, 400 | 403));
                match resolve::foreign_bucket(client, &buckets, org).await.filter(|_| refused) {
                    Some(hint) => Err(failure.replace_hint(hint)),
                    None => Err(failure),
                }
            }
        }
    }
}

/// Returns the request's body, without Jeton's own members.
fn body(org: OrgId, user: Option<UserId>, description: &str, permissions: &[Permission]) -> Value {
    let mut body = json!({"orgID": org, "description": description, "permissions": permissions});
    if let Some(user) = user {
        body["userID"] = json!(user);
    }
    body
}
