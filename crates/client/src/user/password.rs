//! `jeton user password`.

use clap::Args;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

use jeton_model::UserId;

use crate::{
    error::{Failure, Outcome, WhileDoing as _},
    flags::CommonFlags,
    http::Client,
    output::print,
    resolve, secret,
};

/// The user that a command is about.
#[derive(Args)]
pub struct Whose {
    /// Id or name of the user
    #[arg(long, short, value_name = "ID")]
    id: Option<String>,

    /// Name of the user
    #[arg(long, short, value_name = "NAME")]
    name: Option<String>,
}

impl Whose {
    /// Returns the user's id, and how the flags name them.
    pub async fn find(&self, client: &Client) -> Outcome<(UserId, String)> {
        let given = |flag: &Option<String>| flag.clone().filter(|text| !text.is_empty());
        match (given(&self.id), given(&self.name)) {
            (Some(text), _) => Ok((resolve::user(client, &text).await?, text)),
            (None, Some(name)) => {
                let found = resolve::named_user(client, &name).await;
                Ok((found.map_err(|failure| unknown(failure, &name))?, name))
            }
            (None, None) => Err(Failure::new("must specify user ID or user name")),
        }
    }
}

/// A password to set.
#[derive(Args)]
pub struct Password {
    #[command(flatten)]
    whose: Whose,

    /// New password of the user; - reads it from standard input. Prompted for on a terminal if omitted
    #[arg(long, short, value_name = "PASSWORD")]
    password: Option<SecretString>,

    #[command(flatten)]
    common: CommonFlags,
}

impl Password {
    /// Sets the password. With a session instead of a token, one's own password is changed, which requires the old one.
    pub async fn run(&self) -> Outcome {
        let session = self.common.session().await?;
        let (id, shown) = self.whose.find(&session.client).await?;
        let password = secret::or_asked(self.password.as_ref(), &format!("Please type new password for {shown:?}"))?;
        let body = json!({"password": password.expose_secret()});
        let client = &session.client;
        let is_own = client.has_session() && resolve::caller(client).await? == id;
        let set = if is_own {
            client.put("/api/v2/me/password").with_own_password().json(&body).done().await
        } else {
            client.post(format!("/api/v2/users/{id}/password")).json(&body).done().await
        };
        set.while_doing(format!("failed to set password for user {shown:?}"))?;
        print(&format!("Successfully updated password for user {shown:?}\n"))
    }
}

fn unknown(failure: Failure, name: &str) -> Failure {
    match failure.status() {
        Some(404) => Failure::new(format!("no user found with name {name:?}")),
        _ => failure,
    }
}
