//! `jeton auth rotate`: replaces a token by a new one, with an overlap during which both work.

use clap::Args;
use serde_json::json;

use crate::{
    duration::{self, Span},
    error::{Failure, Outcome, WhileDoing as _},
    flags::CommonFlags,
};

use super::{delete::path, new_token::show};

/// A token to replace.
#[derive(Args)]
pub struct Rotate {
    /// The authorization ID
    #[arg(value_name = "ID", required_unless_present = "id_flag")]
    id: Option<String>,

    /// The authorization ID
    #[arg(long = "id", short = 'i', value_name = "ID", hide = true, conflicts_with = "id", id = "id_flag")]
    id_flag: Option<String>,

    /// How long the old token works beside the new one, such as 24h; 0 ends it at once. The server's usual, unless given
    #[arg(long, value_name = "DURATION")]
    overlap: Option<String>,

    /// When the new one stops working: a duration such as 90d, a day, a time as RFC 3339 has it, or never. As long a
    /// life as the old one had, unless given
    #[arg(long, value_name = "WHEN")]
    expires: Option<String>,

    #[command(flatten)]
    common: CommonFlags,
}

impl Rotate {
    /// Creates the new token and shows it, this once.
    pub async fn run(&self) -> Outcome {
        let id = self.id.as_deref().or(self.id_flag.as_deref()).unwrap_or_default();
        let mut body = json!({});
        if let Some(text) = &self.overlap {
            let refuse = || Failure::new(format!("--overlap \"{text}\" is no duration; write it as 24h, 7d or 0"));
            body["overlap"] = json!(Span::in_one_unit(text).ok_or_else(refuse)?);
        }
        if let Some(text) = &self.expires {
            body["expiresAt"] = json!(duration::end(text, duration::now())?);
        }
        let session = self.common.session_of_token().await?;
        let rotated = session.client.post(format!("{}/rotate", path(id))).json(&body).read().await;
        show(&session, rotated.while_doing(format!("could not rotate authorization with ID {id:?}"))?)
    }
}
