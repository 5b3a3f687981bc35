//! `jeton auth rotate`: a new token in the place of one, with a time in which both work.

use clap::Args;
use serde_json::json;

use super::{delete::path, new_token::show};
use crate::cli::{
    failure::{Failure, Outcome, WhileDoing as _},
    flags::CommonFlags,
    span::{self, Span},
};

/// A token to replace.
#[derive(Args)]
pub struct Rotate {
    /// The authorization ID
    #[arg(value_name = "ID", required_unless_present = "id_flag")]
    id: Option<String>,

    /// The authorization ID
    #[arg(long = "id", short = 'i', value_name = "ID", hide = true, conflicts_with = "id", id = "id_flag")]
    id_flag: Option<String>,

    #[command(flatten)]
    common: CommonFlags,

    /// How long the old token works beside the new one, such as 24h; 0 ends it at once
    #[arg(long, default_value = "0", value_name = "DURATION")]
    overlap: String,

    /// When the new one stops working: a duration such as 90d, a day, or a time as RFC 3339 has it
    #[arg(long, value_name = "WHEN")]
    expires: Option<String>,
}

impl Rotate {
    /// Makes the new token and shows it, this once.
    pub async fn run(&self) -> Outcome {
        let id = self.id.as_deref().or(self.id_flag.as_deref()).unwrap_or_default();
        let overlap = Span::read(&self.overlap).and_then(Span::seconds).filter(|seconds| *seconds >= 0);
        if overlap.is_none() {
            return Err(Failure::new(format!(
                "--overlap \"{}\" is no duration; write it as 24h, 7d or 0",
                self.overlap
            )));
        }
        let mut body = json!({"overlap": self.overlap});
        if let Some(text) = &self.expires {
            body["expiresAt"] = json!(span::end(text, span::now())?);
        }
        let session = self.common.session_of_token().await?;
        let rotated = session.client.post(format!("{}/rotate", path(id))).json(&body).read().await;
        show(&session, rotated.while_doing(format!("could not rotate authorization with ID {id:?}"))?)
    }
}
