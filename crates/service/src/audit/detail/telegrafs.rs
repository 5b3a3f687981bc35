//! Details of entries about telegraf configurations.

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use jeton_model::{Telegraf, TelegrafId};

/// A configuration that was created or deleted, or before or after a change. Its text may hold passwords, so only a
/// digest is recorded, which shows whether it changed.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TelegrafState<'a> {
    name: &'a str,
    description: &'a str,
    text_digest: String,
    bytes: usize,
}

impl<'a> TelegrafState<'a> {
    /// The detail of a configuration.
    pub fn of(telegraf: &'a Telegraf) -> Self {
        let digest = Sha256::digest(telegraf.config.as_bytes());
        Self {
            name: &telegraf.name,
            description: &telegraf.description,
            text_digest: digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect(),
            bytes: telegraf.config.len(),
        }
    }
}

/// Configurations whose texts were read together.
#[derive(Serialize)]
pub(crate) struct TelegrafsRead {
    count: usize,
    configurations: Vec<TelegrafId>,
}

impl TelegrafsRead {
    /// The detail of a list of configurations.
    pub fn of(configurations: Vec<TelegrafId>) -> Self {
        Self { count: configurations.len(), configurations }
    }
}

#[cfg(test)]
mod tests {
    use jeton_model::OrgId;

    use super::*;
    use crate::audit::detail::{
        Change,
        tests::{NOW, check, id},
    };

    #[test]
    fn the_texts_are_exact() {
        let telegraf = Telegraf {
            id: TelegrafId(id(4)),
            org: OrgId(id(1)),
            name: "roof".into(),
            description: String::new(),
            config: "[agent]".into(),
            metadata: None,
            updated_at: NOW,
        };
        let text = r#"{"bytes":7,"description":"","name":"roof","textDigest":"fe4606f1deaae825"}"#;
        check(TelegrafState::of(&telegraf), text);
        let change = Change { before: TelegrafState::of(&telegraf), after: TelegrafState::of(&telegraf) };
        check(change, &format!(r#"{{"after":{text},"before":{text}}}"#));
        check(
            TelegrafsRead::of(vec![TelegrafId(id(4)), TelegrafId(id(7))]),
            r#"{"configurations":["0000000000000004","0000000000000007"],"count":2}"#,
        );
    }
}
