//! `jeton v1 auth create`.

use clap::Args;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

use jeton_model::user::check_password;

use crate::{
    authorization::{Authorization, V1Row},
    duration,
    error::{Failure, Outcome, WhileDoing as _},
    flags::{CommonFlags, OrgFlags},
    output::warn,
    permission_flags::BucketFlags,
    resolve, secret,
};

use super::path::{PATH, path};

/// A 1.x credential to create.
#[derive(Args)]
pub struct Create {
    #[command(flatten)]
    org: OrgFlags,

    /// Description of the credential
    #[arg(long, short, default_value = "", hide_default_value = true, value_name = "TEXT")]
    description: String,

    /// User name of the credential (required)
    #[arg(long, value_name = "NAME")]
    username: String,

    /// Password of the credential; - reads it from standard input. Prompted for on a terminal if omitted
    #[arg(long, value_name = "PASSWORD")]
    password: Option<SecretString>,

    /// Create the credential without a password; it does not work until v1 auth set-password sets one
    #[arg(long)]
    no_password: bool,

    /// Expiry of the credential: a duration such as 90d, a date, an RFC 3339 time, or never. By default according to
    /// the rules of the organization
    #[arg(long, value_name = "WHEN")]
    expires: Option<String>,

    #[command(flatten)]
    buckets: BucketFlags,

    #[command(flatten)]
    common: CommonFlags,
}

impl Create {
    /// Creates it with its password; if the password is refused, the credential is deleted.
    pub async fn run(&self) -> Outcome {
        let given = secret::given(self.password.as_ref())?;
        if given.is_some() && self.no_password {
            return Err(Failure::new("only one of --password and --no-password may be specified"));
        }
        let expires = self.expires.as_deref().map(|text| duration::end(text, duration::now())).transpose()?;
        let session = self.common.session().await?;
        let client = &session.client;
        let org = resolve::org(client, &session.profile, &self.org).await?;
        let password = match given {
            None if !self.no_password => Some(secret::or_asked(None, "Please type your password")?),
            given => given,
        };
        if let Some(password) = &password {
            let checked = check_password(password.expose_secret()).map_err(Failure::from);
            checked.while_doing(format!("failed to set password for {:?}", self.username))?;
        }
        let permissions = self.buckets.permissions(client, org).await?;
        let mut body = json!({
            "orgID": org, "token": self.username, "description": self.description, "permissions": permissions,
        });
        if let Some(at) = expires {
            body["expiresAt"] = json!(at);
        }
        let created = client.post(PATH).json(&body).read::<Authorization>().await;
        let created = created.while_doing("failed to create new authorization")?;
        if let Some(password) = password {
            let body = json!({"password": password.expose_secret()});
            let set = client.post(format!("{}/password", path(&created.id))).json(&body).done().await;
            if set.is_err() {
                client.delete(path(&created.id)).done().await?;
            }
            set.while_doing(format!("failed to set password for {:?}", self.username))?;
        }
        if let (Some(None), Some(end)) = (expires, created.expires_at) {
            warn(&format!("warning: by the rules of the organization this credential stops working at {end}"));
        }
        session.printer.one(&V1Row::from(created))
    }
}
