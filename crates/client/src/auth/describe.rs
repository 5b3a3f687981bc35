//! `jeton auth describe`: what a token can do, what is implied, and what it cannot do.

use clap::Args;
use serde::{Deserialize, Serialize};

use jeton_model::{
    Action, OrgId, Permission, ResourceType,
    describe::{cautions, sentence},
    grant::{Breadth, covered},
    permission::which_permits,
    wording::{count, grouped},
};

use crate::{
    authorization::Authorization,
    duration,
    error::{Outcome, WhileDoing as _},
    flags::CommonFlags,
    output::{Format, print},
    wording,
};

use super::delete::path;

/// A token to describe.
#[derive(Args)]
pub struct Describe {
    /// Id of the authorization
    #[arg(value_name = "ID", required_unless_present = "id_flag")]
    id: Option<String>,

    /// Id of the authorization
    #[arg(long = "id", short = 'i', value_name = "ID", hide = true, conflicts_with = "id", id = "id_flag")]
    id_flag: Option<String>,

    #[command(flatten)]
    common: CommonFlags,
}

/// The description of a token.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Description {
    id: String,
    description: String,
    status: String,
    org: String,
    user: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_prefix: Option<String>,
    created_at: String,
    /// Time of expiry, and how soon it is; or "never".
    expires: String,
    /// Time and address of the last use; or "not known".
    last_used: String,
    allowed_networks: Vec<String>,
    /// The authorization whose token created it.
    #[serde(skip_serializing_if = "Option::is_none")]
    created_with: Option<String>,
    /// When it was reported as leaked.
    #[serde(skip_serializing_if = "Option::is_none")]
    leaked_at: Option<String>,
    /// The descendants of the token; `None` if the server does not report them.
    #[serde(skip_serializing_if = "Option::is_none")]
    descendants: Option<Descendants>,
    reach: String,
    can: Vec<Can>,
    implied: Vec<Implied>,
    cautions: Vec<String>,
    /// Actions and types without any permission.
    cannot: Vec<String>,
}

/// Number of descendants of a token.
#[derive(Serialize, Deserialize)]
struct Descendants {
    total: u64,
    live: u64,
}

#[derive(Serialize)]
struct Can {
    text: String,
    permission: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Implied {
    permission: String,
    covered_by: String,
}

impl Describe {
    /// Prints the description in words, or as JSON or YAML.
    pub async fn run(&self) -> Outcome {
        let id = self.id.as_deref().or(self.id_flag.as_deref()).unwrap_or_default();
        let session = self.common.session().await?;
        let found = session.client.get(path(id)).read::<Authorization>().await;
        let found = found.while_doing(format!("could not find authorization with ID {id:?}"))?;
        // InfluxDB has no such endpoint.
        let counted = session.client.get(format!("{}/descendants", path(id))).query("limit", "1").read().await;
        let description = describe(found, counted.ok());
        match session.printer.format {
            Format::Table => print(&text(&description)),
            Format::Json | Format::Yaml | Format::Env => session.printer.value(&description),
        }
    }
}

fn describe(found: Authorization, descendants: Option<Descendants>) -> Description {
    let (named, permissions) = (found.named(), found.permissions());
    let covered = covered(&permissions);
    let home = found.home();
    let cautions = cautions(&named, home).into_iter().map(|(bold, rest)| format!("{bold} {rest}")).collect();
    let own = (0..named.len()).filter(|at| covered.iter().all(|(other, _)| other != at));
    let can =
        own.map(|at| Can { text: wording::plain(&sentence(&named[at], home)), permission: permissions[at].cli_text() });
    let can = can.collect();
    let implied = covered
        .iter()
        .map(|(at, by)| Implied { permission: permissions[*at].cli_text(), covered_by: permissions[*by].cli_text() });
    let now = duration::now();
    let time = |at: jeton_model::Timestamp| at.minute();
    let used = |from: &Option<String>| from.as_ref().map(|from| format!(" from {from}")).unwrap_or_default();
    Description {
        reach: reach(found.breadth(), &found.org),
        can,
        implied: implied.collect(),
        cautions,
        descendants,
        leaked_at: found.leaked_at.map(time),
        cannot: cannot(&permissions, found.org_id),
        created_at: found.created_at.map_or_else(|| "not known".into(), time),
        expires: found.expires_at.map_or_else(
            || "never".into(),
            |at| match at <= now {
                true => format!("{} (it has expired)", time(at)),
                false => format!("{} ({})", time(at), ahead(at.seconds_since(now))),
            },
        ),
        last_used: found
            .last_used_at
            .map_or_else(|| "not known".into(), |at| format!("{}{}", at.ago(now), used(&found.last_used_from))),
        allowed_networks: found.allowed_networks,
        token_prefix: found.token_prefix,
        created_with: found.created_with,
        id: found.id,
        description: found.description,
        status: found.status,
        org: found.org,
        user: found.user,
    }
}

/// Returns a time span in words: "in 3 days", "in 1 hour".
fn ahead(seconds: i64) -> String {
    let (count, unit) = match seconds {
        0..3600 => (seconds / 60, "minute"),
        3600..172_800 => (seconds / 3600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    format!("in {count} {unit}{}", if count == 1 { "" } else { "s" })
}

fn reach(breadth: Breadth, org: &str) -> String {
    match breadth {
        Breadth::Operator => "operator: everything in every organization".into(),
        Breadth::AllAccess(_) => format!("all access: everything in {org}, also what is added later"),
        Breadth::Custom => "only what is listed below".into(),
    }
}

/// Returns the types without any permission, for neither a single resource nor the organization.
fn cannot(permissions: &[Permission], org: OrgId) -> Vec<String> {
    let holds = |action: Action, kind: ResourceType| {
        permissions.iter().any(|held| held.action == action && held.resource.kind == kind)
            || which_permits(permissions, &Permission::in_org(action, kind, org)).is_some()
    };
    let missing = |action: Action| {
        let kinds = ResourceType::grantable().filter(|kind| !holds(action, *kind));
        let kinds: Vec<String> = kinds.map(ResourceType::words).collect();
        (!kinds.is_empty()).then(|| format!("{} {}", action.title(), kinds.join(", ")))
    };
    Action::ALL.into_iter().filter_map(missing).collect()
}

fn text(description: &Description) -> String {
    let Description { id, status, org, user, created_at, expires, last_used, reach, .. } = description;
    let networks = description.allowed_networks.join(", ");
    let networks = if networks.is_empty() { "any".to_owned() } else { networks };
    let prefix = description.token_prefix.as_ref().map(|prefix| format!("{prefix}…"));
    let leaked = description.leaked_at.as_ref().map(|at| format!("{status}, reported as leaked on {at}"));
    let descendants = description.descendants.as_ref().filter(|count| count.total > 0);
    let descendants = descendants.map(|Descendants { total, live }| {
        format!("{} created with it, of which {} still work", count(*total, "token"), grouped(*live))
    });
    let facts = [
        ("ID", id.as_str()),
        ("Description", wording::or_none(&description.description)),
        ("Token", prefix.as_deref().unwrap_or("hidden")),
        ("Status", leaked.as_ref().unwrap_or(status)),
        ("Owner", user),
        ("Organization", org),
        ("Created", created_at),
        ("Expires", expires),
        ("Last used", last_used),
        ("Networks", &networks),
        ("Scope", reach),
    ];
    let more = [("Created with", &description.created_with), ("Descendants", &descendants)];
    let more = more.into_iter().filter_map(|(name, fact)| Some((name, fact.as_deref()?)));
    let mut text: String = facts
        .into_iter()
        .chain(more)
        .map(|(name, fact)| format!("{:<14}{}\n", format!("{name}:"), wording::line(fact)))
        .collect();
    let mut part = |head: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            text.push_str(&format!("\n{head}\n"));
            text.extend(lines.iter().map(|line| format!("  {}\n", wording::line(line))));
        }
    };
    part("It can:", description.can.iter().map(|Can { text, permission }| format!("{text} ({permission})")).collect());
    let implied = |Implied { permission, covered_by }: &Implied| format!("{permission} is covered by {covered_by}");
    part("Implied by other permissions:", description.implied.iter().map(implied).collect());
    part("Caution:", description.cautions.clone());
    part("It cannot:", description.cannot.clone());
    text
}
