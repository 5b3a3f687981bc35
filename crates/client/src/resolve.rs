//! Resolves names to ids: a text that looks like an id is used as one, everything else is looked up.

use serde::Deserialize;
use serde_json::Value;

use jeton_model::{BucketId, Id, OrgId, TelegrafId, UserId};

use crate::{
    error::{Failure, Outcome, WhileDoing as _},
    flags::OrgFlags,
    http::Client,
    profiles::Profile,
};

/// Any resource with an id.
#[derive(Deserialize)]
struct WithId {
    id: Id,
}

#[derive(Deserialize)]
struct Orgs {
    #[serde(default)]
    orgs: Vec<WithId>,
}

#[derive(Deserialize)]
struct Users {
    #[serde(default)]
    users: Vec<WithId>,
}

#[derive(Deserialize)]
struct Buckets {
    #[serde(default)]
    buckets: Vec<InOrg>,
}

#[derive(Deserialize)]
struct Telegrafs {
    #[serde(default)]
    configurations: Vec<InOrg>,
}

#[derive(Deserialize)]
struct InOrg {
    id: Id,
    #[serde(rename = "orgID")]
    org: OrgId,
    #[serde(default)]
    name: String,
}

/// Returns the organization of the flags, else that of the profile.
pub async fn org(client: &Client, profile: &Profile, flags: &OrgFlags) -> Outcome<OrgId> {
    let given = |flag: &Option<String>| flag.clone().filter(|text| !text.is_empty());
    match (given(&flags.org_id), given(&flags.org)) {
        (Some(id), Some(name)) => Err(Failure::new(format!(
            "ambiguous org: use OrgId or OrgName, but not both. OrgID: {id}, OrgName: {name}"
        ))),
        (Some(id), None) => org_by_id_or_name(client, &id).await,
        (None, Some(name)) => org_by_name(client, &name).await,
        (None, None) if !profile.org.is_empty() => org_by_name(client, &profile.org).await,
        (None, None) => Err(Failure::new("must specify org ID or org name")),
    }
}

/// Like [`org`], but returns `None` if neither names one.
pub async fn any_org(client: &Client, profile: &Profile, flags: &OrgFlags) -> Outcome<Option<OrgId>> {
    let said = [&flags.org_id, &flags.org].into_iter().flatten().any(|text| !text.is_empty());
    if said || !profile.org.is_empty() { org(client, profile, flags).await.map(Some) } else { Ok(None) }
}

/// Returns an id without verification, as `influx` does; looks up anything else by its name.
pub async fn org_by_id_or_name(client: &Client, text: &str) -> Outcome<OrgId> {
    match text.parse() {
        Ok(id) => Ok(id),
        Err(_) => org_by_name(client, text).await,
    }
}

async fn org_by_name(client: &Client, name: &str) -> Outcome<OrgId> {
    let found: Outcome<Orgs> = client.get("/api/v2/orgs").query("org", name).read().await;
    let found = match (found, name.parse()) {
        // An id is accepted in the place of a name.
        (Err(failure), Ok(id)) if failure.status() == Some(404) => return Ok(id),
        (found, _) => found.while_doing(format!("failed to lookup org with name {name:?}"))?,
    };
    let first = found.orgs.first().map(|org| OrgId(org.id));
    first.ok_or_else(|| Failure::new(format!("no organization with name {name:?}")))
}

/// Returns a user by id or name.
pub async fn user(client: &Client, text: &str) -> Outcome<UserId> {
    match text.parse() {
        Ok(id) => Ok(id),
        Err(_) => user_by_name(client, text).await,
    }
}

/// Returns a user by name, or by an id in its place.
pub async fn named_user(client: &Client, text: &str) -> Outcome<UserId> {
    match (user_by_name(client, text).await, text.parse()) {
        (Err(failure), Ok(id)) if failure.status() == Some(404) => Ok(id),
        (found, _) => found,
    }
}

async fn user_by_name(client: &Client, name: &str) -> Outcome<UserId> {
    let found: Outcome<Users> = client.get("/api/v2/users").query("name", name).read().await;
    let found = found.while_doing(format!("could not find user with name {name:?}"))?;
    let first = found.users.first().map(|user| UserId(user.id));
    first.ok_or_else(|| Failure::new(format!("could not find user with name {name:?}")))
}

/// Returns the owner of the credential.
pub async fn caller(client: &Client) -> Outcome<UserId> {
    let me: Outcome<WithId> = client.get("/api/v2/me").read().await;
    me.map(|me| UserId(me.id)).while_doing("could not find the user of this token")
}

/// Returns a bucket by id, or by its name in the organization.
pub async fn bucket(client: &Client, text: &str, org: OrgId) -> Outcome<BucketId> {
    if let Ok(id) = text.parse() {
        return Ok(id);
    }
    let found = client.get("/api/v2/buckets").query("orgID", org.to_string()).query("name", text).read().await;
    let failure = match found.while_doing(format!("could not find bucket {text:?}")) {
        Ok(Buckets { buckets }) => match buckets.first() {
            Some(bucket) => return Ok(BucketId(bucket.id)),
            None => Failure::new(format!("could not find bucket {text:?}")),
        },
        Err(failure) => failure,
    };
    let elsewhere = client.get("/api/v2/buckets").query("name", text).read::<Buckets>().await.ok();
    let elsewhere = elsewhere.and_then(|found| found.buckets.first().map(|bucket| bucket.org));
    match elsewhere.filter(|other| *other != org) {
        Some(other) => Err(failure.hint(belongs_elsewhere(client, text, org, other).await)),
        None => Err(failure),
    }
}

/// Returns a telegraf configuration by id, or by a name that is unique in the organization.
pub async fn telegraf(client: &Client, text: &str, org: OrgId) -> Outcome<TelegrafId> {
    if let Ok(id) = text.parse() {
        return Ok(id);
    }
    let found: Outcome<Telegrafs> = client.get("/api/v2/telegrafs").query("orgID", org.to_string()).read().await;
    let Telegrafs { configurations } = found.while_doing(format!("could not find telegraf configuration {text:?}"))?;
    let found: Vec<Id> = configurations.into_iter().filter(|one| one.name == text).map(|one| one.id).collect();
    match found[..] {
        [id] => Ok(TelegrafId(id)),
        [] => Err(Failure::new(format!("could not find telegraf configuration {text:?}"))),
        _ => {
            let ids: Vec<String> = found.iter().map(ToString::to_string).collect();
            Err(Failure::new(format!(
                "several telegraf configurations are named {text:?}; use the id of one: {}",
                ids.join(", ")
            )))
        }
    }
}

/// After a refusal: returns which of these buckets belongs to another organization, which the server's error does not
/// say.
pub async fn foreign_bucket(client: &Client, buckets: &[String], org: OrgId) -> Option<String> {
    for text in buckets.iter().filter(|text| text.parse::<BucketId>().is_ok()) {
        let found = client.get(format!("/api/v2/buckets/{text}")).read::<InOrg>().await;
        if let Some(other) = found.ok().map(|bucket| bucket.org).filter(|other| *other != org) {
            return Some(belongs_elsewhere(client, text, org, other).await);
        }
    }
    None
}

async fn belongs_elsewhere(client: &Client, bucket: &str, org: OrgId, other: OrgId) -> String {
    let (org, other) = (org_name(client, org).await, org_name(client, other).await);
    format!(
        "the token is for organization {org}, but bucket {bucket} is in {other}; use --org {other} or another bucket"
    )
}

/// Returns the name of an organization, or its id if the name cannot be read.
pub async fn org_name(client: &Client, id: OrgId) -> String {
    let found = client.get(format!("/api/v2/orgs/{id}")).read::<Value>().await.ok();
    let name = found.as_ref().and_then(|org| org.get("name")).and_then(Value::as_str);
    name.map_or_else(|| id.to_string(), Into::into)
}
