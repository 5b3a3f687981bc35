//! `jeton org rules`: what an organization requires of its tokens.

use clap::{Args, Subcommand};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use jeton_model::{OrgId, org_rules::OperatorTokens, supplied_token::SuppliedTokens};

use crate::{
    duration::Span,
    error::{Failure, Outcome, WhileDoing as _},
    flags::{CommonFlags, Session},
    output::Shown,
    resolve,
};

use super::Which;

/// The commands for the rules of an organization.
#[derive(Subcommand)]
pub enum Rules {
    /// Print the rules of an organization for its tokens
    Get(Box<Get>),
    /// Change rules of an organization; those that are not given stay as they are, and existing tokens keep working
    Set(Box<Set>),
}

/// The organization whose rules are printed.
#[derive(Args)]
pub struct Get {
    #[command(flatten)]
    which: Which,

    #[command(flatten)]
    common: CommonFlags,
}

/// The rules to change.
#[derive(Args)]
pub struct Set {
    #[command(flatten)]
    which: Which,

    /// Maximum lifetime of a token, such as 90d, or none
    #[arg(long, value_name = "DURATION", value_parser = life)]
    longest_life: Option<Life>,

    /// Lifetime of a token that is created without an expiry, such as 30d, or none
    #[arg(long, value_name = "DURATION", value_parser = life)]
    default_life: Option<Life>,

    /// Require each token to expire
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true",
        hide_possible_values = true)]
    expiry_required: Option<bool>,

    /// Require each token to have a description
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true",
        hide_possible_values = true)]
    description_required: Option<bool>,

    /// Callers who may create tokens with permissions in every organization: anyone who holds them, or operators
    #[arg(long, value_name = "WHO", value_parser = |text: &str| text.parse::<OperatorTokens>())]
    operator_tokens: Option<OperatorTokens>,

    /// Allow a token to rotate itself without any permission
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true",
        hide_possible_values = true)]
    self_rotation: Option<bool>,

    /// Callers who may supply the value or the hash of a token that they create: anyone, operators or nobody
    #[arg(long, value_name = "WHO", value_parser = |text: &str| text.parse::<SuppliedTokens>())]
    supplied_tokens: Option<SuppliedTokens>,

    #[command(flatten)]
    common: CommonFlags,
}

/// A lifetime in a rule: a number of seconds, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Life(Option<i64>);

fn life(text: &str) -> Result<Life, String> {
    if text == "none" {
        return Ok(Life(None));
    }
    let seconds = Span::read(text).and_then(Span::seconds).filter(|seconds| *seconds > 0);
    seconds.map(|seconds| Life(Some(seconds))).ok_or_else(|| "write a duration such as 90d or 12h, or none".into())
}

/// The rules as the server sends them. Those that a newer server adds are kept.
#[derive(Deserialize, Serialize)]
#[serde(transparent)]
struct Body(Map<String, Value>);

impl Shown for Body {
    fn columns() -> Vec<&'static str> {
        vec![
            "Longest Life",
            "Default Life",
            "Expiry Required",
            "Description Required",
            "Operator Tokens",
            "Self-Rotation",
            "Supplied Tokens",
        ]
    }

    fn cells(&self) -> Vec<String> {
        let text = |name: &str| match self.0.get(name) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Bool(is_set)) => is_set.to_string(),
            _ => String::new(),
        };
        let life =
            |name: &str| self.0.get(name).and_then(Value::as_i64).map_or_else(|| "none".into(), Span::of_seconds);
        vec![
            life("longestLifeSeconds"),
            life("defaultLifeSeconds"),
            text("expiryRequired"),
            text("descriptionRequired"),
            text("operatorTokens"),
            text("selfRotation"),
            text("suppliedTokens"),
        ]
    }
}

impl Rules {
    /// Runs the command.
    pub async fn run(self) -> Outcome {
        match self {
            Self::Get(get) => get.run().await,
            Self::Set(set) => set.run().await,
        }
    }
}

impl Get {
    async fn run(&self) -> Outcome {
        let session = self.common.session().await?;
        let org = resolve::org(&session.client, &session.profile, &self.which.flags()).await?;
        session.printer.one(&read(&session, org).await?)
    }
}

impl Set {
    async fn run(&self) -> Outcome {
        let changes = self.changes();
        if changes.is_empty() {
            return Err(Failure::new("no rule is given").hint("jeton org rules set --help lists them"));
        }
        let session = self.common.session().await?;
        let org = resolve::org(&session.client, &session.profile, &self.which.flags()).await?;
        // The server replaces all rules at once.
        let Body(mut rules) = read(&session, org).await?;
        rules.extend(changes);
        let changed = session.client.put(path(org)).json(&Value::Object(rules)).read::<Body>().await;
        session.printer.one(&changed.while_doing(format!("failed to set the rules of org \"{org}\""))?)
    }

    /// Returns the given rules as members of the request.
    fn changes(&self) -> Map<String, Value> {
        let life = |given: Option<Life>| given.map(|Life(seconds)| json!(seconds));
        let flag = |given: Option<bool>| given.map(Value::Bool);
        let changes = [
            ("longestLifeSeconds", life(self.longest_life)),
            ("defaultLifeSeconds", life(self.default_life)),
            ("expiryRequired", flag(self.expiry_required)),
            ("descriptionRequired", flag(self.description_required)),
            ("operatorTokens", self.operator_tokens.map(|who| json!(who.name()))),
            ("selfRotation", flag(self.self_rotation)),
            ("suppliedTokens", self.supplied_tokens.map(|who| json!(who.name()))),
        ];
        changes.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    }
}

fn path(org: OrgId) -> String {
    format!("/api/v2/orgs/{org}/rules")
}

async fn read(session: &Session, org: OrgId) -> Outcome<Body> {
    let found = session.client.get(path(org)).read::<Body>().await;
    found.while_doing(format!("failed to read the rules of org \"{org}\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_life_is_a_duration_or_none() {
        assert_eq!(life("90d"), Ok(Life(Some(7_776_000))));
        assert_eq!(life("none"), Ok(Life(None)));
        for text in ["", "0", "-1h", "1500ms", "soon"] {
            assert!(life(text).is_err(), "{text:?}");
        }
    }
}
