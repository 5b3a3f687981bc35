//! `jeton auth check`: introspects a token (RFC 7662): whether it is live, and what it may do.

use std::{net::IpAddr, process::ExitCode};

use clap::Args;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};

use jeton_model::{Id, OrgId, Timestamp, console::simulation::Stopped};

use crate::{
    error::{Failure, Outcome, WhileDoing as _},
    flags::PrintFlags,
    output::{Format, print},
    permission_spec::PermissionSpec,
    secret,
};

use super::asking::AskingFlags;

/// A token to ask about.
#[derive(Args)]
pub struct Check {
    /// Token to check; - reads it from standard input
    #[arg(long, short, allow_hyphen_values = true, value_name = "TOKEN")]
    token: SecretString,

    /// Permission to check, such as write:buckets/telemetry or read:tasks
    #[arg(long, value_name = "PERMISSION")]
    can: Option<PermissionSpec>,

    /// Name or id of the organization for --can; by default that of the token
    // No environment variable: that one names the caller's organization, not the checked token's.
    #[arg(long, short, value_name = "NAME", requires = "can")]
    org: Option<String>,

    /// Address of the client that presented the token, or any; required for a token that is bound to networks
    #[arg(long, visible_alias = "from", value_name = "ADDRESS|any", value_parser = address)]
    address: Option<String>,

    #[command(flatten)]
    asking: AskingFlags,

    #[command(flatten)]
    print: PrintFlags,
}

/// The server's response about a token.
#[derive(Debug, Deserialize, Serialize)]
struct Answer {
    active: bool,
    #[serde(flatten)]
    rest: serde_json::Map<String, serde_json::Value>,
}

fn address(text: &str) -> Result<String, String> {
    let is_known = text == "any" || text.parse::<IpAddr>().is_ok();
    if is_known { Ok(text.to_owned()) } else { Err("give an IP address, or any".into()) }
}

impl Check {
    /// Prints the result; the exit code is 0 only if the token is live and has the requested permission.
    pub async fn run(&self) -> Outcome<ExitCode> {
        let printer = self.print.printer()?;
        let token = secret::given(Some(&self.token))?.ok_or_else(|| Failure::new("--token must not be empty"))?;
        let client = self.asking.client(&token).await?.warning_of_expiry(printer.format);
        let fields = self.fields(token.expose_secret());
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = client.post("/api/v2/tokens/introspect").form(&fields).read::<Answer>().await;
        let answer = answer.while_doing("could not check the token")?;
        let allowed = answer.rest.get("allowed").and_then(serde_json::Value::as_bool);
        match printer.format {
            Format::Table => print(&self.sentences(&answer, allowed))?,
            Format::Json | Format::Yaml | Format::Env => printer.value(&answer)?,
        }
        let yes = answer.active && (self.can.is_none() || allowed == Some(true));
        Ok(if yes { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    /// Returns the form's fields: the token and the permission. The server resolves names.
    fn fields(&self, token: &str) -> Vec<(&'static str, String)> {
        let mut fields = vec![("token", token.to_owned()), ("explain", "true".to_owned())];
        fields.extend(self.address.clone().map(|address| ("address", address)));
        let Some(requested) = &self.can else { return fields };
        fields.push(("action", requested.action.to_string()));
        fields.push(("resourceType", requested.kind.to_string()));
        if let Some(thing) = &requested.thing {
            let name = if thing.parse::<Id>().is_ok() { "resourceID" } else { "resourceName" };
            fields.push((name, thing.clone()));
        }
        if let Some(org) = [&requested.org, &self.org].into_iter().flatten().find(|org| !org.is_empty()) {
            let name = if org.parse::<OrgId>().is_ok() { "orgID" } else { "org" };
            fields.push((name, org.clone()));
        }
        fields
    }

    /// Returns why the token is not active, as far as the caller may know.
    fn reason(&self, answer: &Answer) -> String {
        let second = |seconds: i64| Timestamp::from_micros(seconds.saturating_mul(1_000_000));
        let expired = || answer.rest.get("exp").and_then(serde_json::Value::as_i64).map(second);
        let reason = answer.rest.get("reason").and_then(serde_json::Value::as_str).and_then(Stopped::from_name);
        match (reason, &self.address) {
            (Some(Stopped::Expired), _) => match expired() {
                Some(end) => format!("{} on {end}", Stopped::Expired.sentence()),
                None => Stopped::Expired.sentence().into(),
            },
            (Some(Stopped::ForeignNetwork), Some(address)) => {
                format!("wrong network: this token is not accepted from {address}")
            }
            (Some(Stopped::ForeignNetwork), None) => {
                "wrong network: this token is bound to networks; set --address to the address of the client, or to any"
                    .into()
            }
            (Some(reason), _) => reason.sentence().into(),
            (None, Some(_)) => "this token does not work, or you may not read it".into(),
            (None, None) => "this token does not work, or you may not read it; if it is bound to networks, set \
                             --address to the address of the client, or to any"
                .into(),
        }
    }

    fn sentences(&self, answer: &Answer, allowed: Option<bool>) -> String {
        let text = |name: &str| answer.rest.get(name).and_then(serde_json::Value::as_str).map(str::to_owned);
        if !answer.active {
            return format!("no: {}\n", self.reason(answer));
        }
        let whose = text("username").map(|name| format!(" of {name}")).unwrap_or_default();
        let scope = text("scope").map(|scope| format!("its permissions: {scope}\n")).unwrap_or_default();
        match allowed {
            None => format!("yes: a live token{whose}\n{scope}"),
            Some(true) => {
                let by = text("permission").map(|by| format!(", permitted by {by}")).unwrap_or_default();
                format!("yes: a live token{whose} that may do this{by}\n")
            }
            Some(false) => {
                let lacks = text("missing").map(|missing| format!("; it lacks {missing}"));
                let missing = lacks.unwrap_or_else(|| "; the resource does not exist, or you may not read it".into());
                format!("no: a live token{whose} that may not do this{missing}\n")
            }
        }
    }
}
