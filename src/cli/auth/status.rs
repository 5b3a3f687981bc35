//! `jeton auth active` and `jeton auth inactive`.

use clap::Args;
use serde_json::json;

use super::delete::path;
use crate::{
    cli::{
        authorization::{Authorization, Row},
        failure::{Outcome, WhileDoing as _},
        flags::CommonFlags,
    },
    model::Status,
};

/// An authorization to switch on or off.
#[derive(Args)]
pub struct Switch {
    /// The authorization ID (required)
    #[arg(long, short, value_name = "ID")]
    id: String,

    #[command(flatten)]
    common: CommonFlags,
}

impl Switch {
    /// Switches it and shows it.
    pub async fn run(&self, status: Status) -> Outcome {
        let session = self.common.session().await?;
        let changed =
            session.client.patch(path(&self.id)).json(&json!({"status": status})).read::<Authorization>().await;
        let changed = changed.while_doing(format!("could not update status of authorization with ID {:?}", self.id))?;
        session.printer.one(&Row::from(changed))
    }
}
