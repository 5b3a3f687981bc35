//! `jeton user password`.

use clap::Args;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

use crate::cli::{
    failure::{Failure, Outcome, WhileDoing as _},
    flags::CommonFlags,
    output::print,
    resolve, secret,
};

/// A password to set.
#[derive(Args)]
pub struct Password {
    /// The user ID, or the name
    #[arg(long, short, value_name = "ID")]
    id: Option<String>,

    /// The user name
    #[arg(long, short, value_name = "NAME")]
    name: Option<String>,

    /// Password to set on the user; - reads it from standard input. Without it, it is asked for on a terminal
    #[arg(long, short, value_name = "PASSWORD")]
    password: Option<SecretString>,

    #[command(flatten)]
    common: CommonFlags,
}

impl Password {
    /// Sets it.
    pub async fn run(&self) -> Outcome {
        let given = |flag: &Option<String>| flag.clone().filter(|text| !text.is_empty());
        let session = self.common.session().await?;
        let (id, shown) = match (given(&self.id), given(&self.name)) {
            (Some(text), _) => (resolve::user(&session.client, &text).await?, text),
            (None, Some(name)) => {
                let found = resolve::named_user(&session.client, &name).await;
                (found.map_err(|failure| unknown(failure, &name))?, name)
            }
            (None, None) => return Err(Failure::new("must specify user ID or user name")),
        };
        let password = secret::or_asked(self.password.as_ref(), &format!("Please type new password for {shown:?}"))?;
        let body = json!({"password": password.expose_secret()});
        let set = session.client.post(format!("/api/v2/users/{id}/password")).json(&body).done().await;
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
