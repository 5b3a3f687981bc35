//! `jeton auth narrow`: rotates a token into one with the permissions that gates saw it use.

use clap::Args;
use serde::Deserialize;
use serde_json::json;

use jeton_model::{Permission, Timestamp};

use crate::{
    duration::Span,
    error::{Failure, Outcome, WhileDoing as _},
    flags::CommonFlags,
    output::note,
    secret,
};

use super::{delete::path, new_token::show};

/// A token to narrow.
#[derive(Args)]
pub struct Narrow {
    /// Id of the authorization (required)
    #[arg(long, short, value_name = "ID")]
    id: String,

    /// Rotate without asking
    #[arg(long)]
    yes: bool,

    /// Time for which the old token keeps working, such as 24h (the default); 0 ends it at once
    #[arg(long, value_name = "DURATION")]
    overlap: Option<String>,

    #[command(flatten)]
    common: CommonFlags,
}

/// The proposal of the server.
#[derive(Deserialize)]
struct Narrowed {
    since: Timestamp,
    permissions: Vec<LastUsed>,
    dropped: Vec<LastUsed>,
}

/// A permission with its last use.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LastUsed {
    permission: Permission,
    bucket: Option<String>,
    last_used_at: Option<Timestamp>,
}

impl LastUsed {
    /// Returns the line of the difference; `sign`: `+` or `-`.
    fn line(&self, sign: char) -> String {
        let name = self.bucket.as_ref().map(|name| format!(" ({name})")).unwrap_or_default();
        let used = self.last_used_at.map(|at| format!(", last used {at}")).unwrap_or_default();
        format!("{sign} {}{name}{used}\n", self.permission.cli_text())
    }
}

impl Narrowed {
    /// Returns what the new token has, and what it has no more.
    fn difference(&self) -> String {
        let remaining = self.permissions.iter().map(|one| one.line('+'));
        let lines: String = remaining.chain(self.dropped.iter().map(|one| one.line('-'))).collect();
        format!("Permissions by what gates saw since {}:\n{}", self.since, lines.trim_end())
    }
}

impl Narrow {
    /// Shows the difference, rotates the token, and shows the new one, this once.
    pub async fn run(&self) -> Outcome {
        let mut body = json!({});
        if let Some(text) = &self.overlap {
            let refuse = || Failure::new(format!("--overlap \"{text}\" is not a duration; write it as 24h, 7d or 0"));
            body["overlap"] = json!(Span::in_one_unit(text).ok_or_else(refuse)?);
        }
        let session = self.common.session_of_token().await?;
        let found = session.client.get(format!("{}/narrowed", path(&self.id))).read::<Narrowed>().await;
        let found = found.while_doing(format!("could not find what authorization {:?} used", self.id))?;
        note(&found.difference());
        if found.dropped.is_empty() {
            note("There is nothing to drop; the token was not rotated.");
            return Ok(());
        }
        if found.permissions.is_empty() {
            let unused = Failure::new("no gate saw a use of the token, and a token needs a permission");
            return Err(unused.hint("if nobody needs it, jeton auth inactive or jeton auth delete end it"));
        }
        self.confirm()?;
        let permissions: Vec<Permission> = found.permissions.iter().map(|one| one.permission).collect();
        body["permissions"] = json!(permissions);
        let rotated = session.client.post(format!("{}/rotate", path(&self.id))).json(&body).read().await;
        show(&session, rotated.while_doing(format!("could not rotate authorization with ID {:?}", self.id))?)
    }

    fn confirm(&self) -> Outcome {
        if self.yes {
            return Ok(());
        }
        if !secret::can_ask() {
            return Err(Failure::new("there is no terminal for prompts; give --yes to rotate the token"));
        }
        match secret::ask_text("Rotate the token into one with these permissions? (y/N)", None)?.to_lowercase().as_str()
        {
            "y" | "yes" => Ok(()),
            _ => Err(Failure::new("the token was not rotated")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_difference_names_what_stays_and_what_goes_with_its_last_use() {
        let resource = json!({"type": "buckets", "id": "000000000000000a", "orgID": "0000000000000001"});
        let one = |action: &str| json!({"permission": {"action": action, "resource": resource}});
        let (mut read, write) = (one("read"), one("write"));
        read["bucket"] = json!("iot");
        read["lastUsedAt"] = json!("2026-01-01T00:00:00Z");
        let found = json!({"since": "2025-12-02T00:00:00Z", "permissions": [read], "dropped": [write]});
        let found: Narrowed = serde_json::from_value(found).unwrap();
        let lines: Vec<String> = found.difference().lines().map(str::to_owned).collect();
        let place = "orgs/0000000000000001/buckets/000000000000000a";
        assert!(lines[1].starts_with(&format!("+ read:{place} (iot), last used 2026-01-01T00:00:00")), "{lines:?}");
        assert_eq!(lines[2], format!("- write:{place}"));
        assert_eq!(lines.len(), 3);
    }
}
