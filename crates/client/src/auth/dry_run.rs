//! `jeton auth create --dry-run`: describes the token that would be created.

use serde_json::Value;

use jeton_model::{
    OrgId, Permission,
    describe::{Home, Named, cautions, sentence},
};

use crate::{
    error::{Failure, Outcome},
    flags::Session,
    output::{Format, print},
    resolve, wording,
};

/// Prints the description and the permissions; in JSON and YAML, the request.
pub async fn show(session: &Session, body: &Value, org: OrgId, permissions: &[Permission]) -> Outcome {
    match session.printer.format {
        Format::Table => {}
        Format::Env => return Err(Failure::new("--output env can't be used with --dry-run, which creates no token")),
        Format::Json | Format::Yaml => return session.printer.value(body),
    }
    let org_name = resolve::org_name(&session.client, org).await;
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    let mut lines = vec!["Nothing was created. The command would create this token:".to_owned(), String::new()];
    lines.push(format!("Description:  {}", wording::line(wording::or_none(text("description")))));
    lines.push(format!("Organization: {org_name}"));
    if let Some(at) = body.get("expiresAt").and_then(Value::as_str) {
        lines.push(format!("Expires:      {at}"));
    }
    if let Some(networks) = body.get("allowedNetworks").and_then(Value::as_array) {
        let networks: Vec<&str> = networks.iter().filter_map(Value::as_str).collect();
        lines.push(format!("Networks:     {}", networks.join(", ")));
    }
    let named = wording::named(&session.client, permissions).await;
    let owner = match text("userID").parse() {
        Ok(owner) => Some(owner),
        Err(_) => resolve::caller(&session.client).await.ok(),
    };
    let home = Home { owner, org, org_name: &org_name };
    lines.push("\nIt could:".into());
    lines.extend(named.iter().map(|named| line(named, home)));
    for (bold, rest) in cautions(&named, home) {
        lines.push(format!("\nCaution: {bold} {rest}"));
    }
    print(&lines.iter().map(|line| format!("{line}\n")).collect::<String>())
}

fn line(named: &Named, home: Home<'_>) -> String {
    format!("  {} ({})", wording::plain(&sentence(named, home)), named.permission.cli_text())
}
