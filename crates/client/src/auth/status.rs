//! `jeton auth active` and `jeton auth inactive`.

use clap::Args;
use serde::{Deserialize, Serialize};
use serde_json::json;

use jeton_model::{
    Status,
    wording::{count, grouped},
};

use crate::{
    authorization::{Authorization, Row},
    error::{Outcome, WhileDoing as _},
    flags::CommonFlags,
    output::{Format, print},
};

use super::delete::path;

/// An authorization to switch on or off.
#[derive(Args)]
pub struct Switch {
    /// Id of the authorization (required)
    #[arg(long, short, value_name = "ID")]
    id: String,

    #[command(flatten)]
    common: CommonFlags,
}

/// An authorization to switch off, or what was created with it.
#[derive(Args)]
pub struct Deactivate {
    /// Deactivate all tokens and 1.x credentials that were created with the authorization, directly or through
    /// others, instead of the authorization itself
    #[arg(long)]
    descendants: bool,

    #[command(flatten)]
    switch: Switch,
}

/// The server's response about deactivated descendants.
#[derive(Deserialize, Serialize)]
struct Deactivated {
    deactivated: u64,
    live: u64,
}

impl Deactivate {
    /// Deactivates it and prints it; of descendants, prints the number.
    pub async fn run(&self) -> Outcome {
        if self.descendants { self.run_on_descendants().await } else { self.switch.run(Status::Inactive).await }
    }

    async fn run_on_descendants(&self) -> Outcome {
        let Switch { id, common } = &self.switch;
        let session = common.session().await?;
        let requested = session.client.post(format!("{}/descendants/deactivate", path(id)));
        let done = requested.read::<Deactivated>().await;
        let done = done.while_doing(format!("could not deactivate what was created with authorization {id:?}"))?;
        match session.printer.format {
            Format::Table => print(&text(&done)),
            Format::Json | Format::Yaml | Format::Env => session.printer.value(&done),
        }
    }
}

fn text(done: &Deactivated) -> String {
    let deactivated = count(done.deactivated, "authorization");
    let rest = match done.live {
        0 => String::new(),
        live => format!("; {} still work, so repeat the command", grouped(live)),
    };
    format!("Deactivated {deactivated}{rest}\n")
}

impl Switch {
    /// Changes its status and prints it.
    pub async fn run(&self, status: Status) -> Outcome {
        let session = self.common.session().await?;
        let changed =
            session.client.patch(path(&self.id)).json(&json!({"status": status})).read::<Authorization>().await;
        let changed = changed.while_doing(format!("could not update status of authorization with ID {:?}", self.id))?;
        session.printer.one(&Row::from(changed))
    }
}
