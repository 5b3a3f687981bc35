//! `jeton user create`.

use clap::Args;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

use jeton_model::user::check_password;

use crate::{
    environment::either,
    error::{Failure, Outcome, WhileDoing as _},
    flags::{CommonFlags, OrgFlags},
    output::warn,
    resolve,
    rows::NamedRow,
    secret,
};

/// A user to create.
#[derive(Args)]
pub struct Create {
    #[command(flatten)]
    org: OrgFlags,

    /// Name of the user (required)
    #[arg(long, short, env = either("JETON_NAME", "INFLUX_NAME"), value_name = "NAME")]
    name: String,

    /// Password of the user; - reads it from standard input. Prompted for on a terminal if omitted
    #[arg(long, short, value_name = "PASSWORD")]
    password: Option<SecretString>,

    #[command(flatten)]
    common: CommonFlags,
}

impl Create {
    /// Creates the user, adds the membership, and sets the password; the user remains if either of the latter fails.
    /// The password is checked before the user is created.
    pub async fn run(&self) -> Outcome {
        let session = self.common.session().await?;
        let (client, name) = (&session.client, &self.name);
        let password = match secret::given(self.password.as_ref())? {
            None if secret::can_ask() => {
                let answer = secret::ask(&format!("Please type the password of {name:?} (empty for none)"), true)?;
                Some(answer).filter(|answer| !answer.expose_secret().is_empty())
            }
            given => given,
        };
        if let Some(password) = &password {
            let checked = check_password(password.expose_secret()).map_err(Failure::from);
            checked.while_doing(format!("failed to create user {name:?}"))?;
        }
        let org = resolve::org(client, &session.profile, &self.org).await?;
        let created = client.post("/api/v2/users").json(&json!({"name": name})).read::<NamedRow>().await;
        let created = created.while_doing(format!("failed to create user {name:?}"))?;
        session.printer.one(&created)?;
        let id = created.text("id");
        let added = client.post(format!("/api/v2/orgs/{org}/members")).json(&json!({"id": id})).done().await;
        added.while_doing(format!(
            "failed setting org membership for user {name:?}, use `jeton org members add` to retry"
        ))?;
        let Some(password) = password else {
            warn("WARN: initial password not set for user, use `jeton user password` to set it");
            return Ok(());
        };
        let body = json!({"password": password.expose_secret()});
        let set = client.post(format!("/api/v2/users/{id}/password")).json(&body).done().await;
        set.while_doing(format!("failed setting password for user {name:?}, use `jeton user password` to retry"))
    }
}
