//! `jeton auth revoke`: revokes a token that is known by its value, which never is an argument or a part of an address.

use clap::Args;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    authorization::{Authorization, Row},
    error::{Failure, Outcome, WhileDoing as _},
    flags::PrintFlags,
    http::Client,
    output::{Deleted, Format, Printer, print},
    secret,
};

use super::{asking::AskingFlags, delete::path};

/// The hint for a credential without sufficient permissions.
const WITHOUT_PERMISSION: &str =
    "with --leaked any token is revoked without a permission: it is deactivated for good, and its record stays";

/// A token to revoke.
#[derive(Args)]
pub struct Revoke {
    /// Token to revoke: only - is accepted, which reads it from standard input
    #[arg(long, short, allow_hyphen_values = true, value_name = "TOKEN")]
    token: SecretString,

    /// Report the token as leaked instead of deleting it: it is deactivated for good, which needs no permission
    #[arg(long)]
    leaked: bool,

    #[command(flatten)]
    asking: AskingFlags,

    #[command(flatten)]
    print: PrintFlags,
}

/// The part of an introspection that names the authorization.
#[derive(Deserialize)]
struct Known {
    jti: Option<String>,
}

/// A deleted authorization whose record the caller may not read.
#[derive(Serialize)]
struct DeletedId {
    id: String,
}

/// The outcome of a report.
#[derive(Deserialize)]
struct Report {
    tokens: Vec<Reported>,
}

#[derive(Deserialize, Serialize)]
struct Reported {
    result: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    /// Number of tokens created with it, directly or through others, that still work.
    #[serde(default, rename = "liveDescendants", skip_serializing_if = "is_zero")]
    live_descendants: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl Revoke {
    /// Deletes the token and prints its record, or reports it as leaked.
    pub async fn run(&self) -> Outcome {
        let printer = self.print.printer()?;
        if self.token.expose_secret() != "-" {
            return Err(Failure::new(
                "--token accepts only -; write the token to standard input, so that no list of processes shows it",
            ));
        }
        let token = secret::given(Some(&self.token))?.ok_or_else(|| Failure::new("--token must not be empty"))?;
        let client = self.asking.client(&token).await?;
        if self.leaked { report(&client, printer, &token).await } else { delete(&client, printer, &token).await }
    }
}

async fn delete(client: &Client, printer: Printer, token: &SecretString) -> Outcome {
    let unknown = || Failure::new("no token has this value, or you may not read it").hint(WITHOUT_PERMISSION);
    let id = find(client, token).await?.ok_or_else(unknown)?;
    delete_record(client, printer, id).await?;
    // A token of an older InfluxDB may have a second record, under its SHA-512.
    match find(client, token).await {
        Ok(Some(second)) => delete_record(client, printer, second).await,
        Ok(None) | Err(_) => Ok(()),
    }
}

/// Returns the id of the token. Its networks do not matter, nor whether it works.
async fn find(client: &Client, token: &SecretString) -> Outcome<Option<String>> {
    let fields = [("token", token.expose_secret()), ("address", "any"), ("explain", "true")];
    let known = client.post("/api/v2/tokens/introspect").form(&fields).read::<Known>().await;
    Ok(known.while_doing("could not find the token").map_err(advised)?.jti)
}

async fn delete_record(client: &Client, printer: Printer, id: String) -> Outcome {
    let record = client.get(path(&id)).read::<Authorization>().await.ok();
    let deleted = client.delete(path(&id)).done().await;
    deleted.while_doing(format!("could not remove auth with ID {id:?}")).map_err(advised)?;
    match (record, printer.format) {
        (Some(record), _) => printer.one(&Deleted(Row::from(record))),
        (None, Format::Table) => print(&format!("Deleted authorization {id}\n")),
        (None, _) => printer.value(&DeletedId { id }),
    }
}

/// The sentence about tokens that a report does not deactivate.
fn descendants(live: u64) -> String {
    match live {
        0 => String::new(),
        1 => "A token created with it still works; its details in the console show it\n".into(),
        live => format!("{live} tokens created with it still work; its details in the console show them\n"),
    }
}

/// Names the other way, where a permission is missing.
fn advised(failure: Failure) -> Failure {
    if matches!(failure.status(), Some(401 | 403)) { failure.replace_hint(WITHOUT_PERMISSION) } else { failure }
}

async fn report(client: &Client, printer: Printer, token: &SecretString) -> Outcome {
    let body = json!({"tokens": [token.expose_secret()]});
    let report = client.post("/api/v2/tokens/leaked").json(&body).read::<Report>().await;
    let report = report.while_doing("could not report the token")?;
    let reported =
        report.tokens.into_iter().next().ok_or_else(|| Failure::new("the server did not tell the outcome"))?;
    let sentence = match reported.result.as_str() {
        "deactivated" => "Deactivated the token for good",
        "alreadyDead" => "The token did not work any more",
        _ => return Err(Failure::new("no token has this value")),
    };
    match printer.format {
        Format::Table => print(&format!("{sentence}\n{}", descendants(reported.live_descendants))),
        Format::Json | Format::Yaml | Format::Env => printer.value(&reported),
    }
}
