//! Textual notation of a permission.

use std::str::FromStr;

use jeton_model::{Action, Id, OrgId, Permission, ResourceType};

use crate::{
    error::{Failure, Outcome},
    http::Client,
    resolve,
};

/// A permission such as `write:buckets/telemetry`: an action, a type, and optionally one resource by name or id. The
/// type may follow an organization: `write:orgs/my-org/buckets/telemetry`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PermissionSpec {
    /// The permitted action.
    pub action: Action,
    /// The type of the resource.
    pub kind: ResourceType,
    /// The resource's name or id.
    pub thing: Option<String>,
    /// The organization's name or id.
    pub org: Option<String>,
}

impl FromStr for PermissionSpec {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let refuse =
            || "write it as read:tasks, write:buckets/telemetry or write:orgs/my-org/buckets/telemetry".to_owned();
        let (action, rest) = text.split_once(':').ok_or_else(refuse)?;
        let action: Action = action.parse().map_err(|_| refuse())?;
        let requested = |kind: &str, thing: Option<&str>, org: Option<&str>| {
            let kind = kind.parse().map_err(|_| format!("there is no resource type {kind:?}; {}", refuse()))?;
            Ok(Self { action, kind, thing: thing.map(Into::into), org: org.map(Into::into) })
        };
        match rest.trim_start_matches('/').splitn(4, '/').collect::<Vec<_>>()[..] {
            ["orgs", org, kind, thing] => requested(kind, Some(thing), Some(org)),
            // A name may contain a slash.
            ["orgs", org, kind] if kind.parse::<ResourceType>().is_ok() => requested(kind, None, Some(org)),
            [kind] => requested(kind, None, None),
            _ => {
                let (kind, thing) = rest.trim_start_matches('/').split_once('/').ok_or_else(refuse)?;
                requested(kind, Some(thing), None)
            }
        }
    }
}

impl PermissionSpec {
    /// Resolves the permission, in this organization unless it names another. Organizations and users belong to none:
    /// without a name all of them are meant, as by `--read-orgs`.
    pub async fn permission(&self, client: &Client, org: OrgId) -> Outcome<Permission> {
        let Self { action, kind, .. } = *self;
        let org = match &self.org {
            Some(other) => resolve::org_by_id_or_name(client, other).await?,
            None => org,
        };
        let is_apart = matches!(kind, ResourceType::Orgs | ResourceType::Users);
        let Some(thing) = self.thing.as_deref() else {
            return Ok(if is_apart { Permission::global(action, kind) } else { Permission::in_org(action, kind, org) });
        };
        let id: Id = match kind {
            ResourceType::Orgs => resolve::org_by_id_or_name(client, thing).await?.into(),
            ResourceType::Users => resolve::user(client, thing).await?.into(),
            ResourceType::Buckets => resolve::bucket(client, thing, org).await?.into(),
            ResourceType::Telegrafs => resolve::telegraf(client, thing, org).await?.into(),
            kind => {
                thing.parse().map_err(|_| Failure::new(format!("{thing:?} is not an id, as required for {kind}")))?
            }
        };
        Ok(if is_apart { Permission::on(action, kind, id) } else { Permission::on_in(action, kind, id, org) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_token_should_do_is_read_in_every_form() {
        let requested = |text: &str| {
            text.parse::<PermissionSpec>().map(|PermissionSpec { action, kind, thing, org }| {
                format!("{action} {kind} {} {}", thing.unwrap_or_default(), org.unwrap_or_default())
            })
        };
        assert_eq!(requested("write:buckets/telemetry"), Ok("write buckets telemetry ".into()));
        assert_eq!(requested("read:tasks"), Ok("read tasks  ".into()));
        assert_eq!(requested("read:/tasks"), Ok("read tasks  ".into()));
        assert_eq!(requested("write:orgs/acme/buckets/a/b"), Ok("write buckets a/b acme".into()));
        assert_eq!(requested("write:orgs/acme/buckets"), Ok("write buckets  acme".into()));
        assert_eq!(requested("read:orgs/acme"), Ok("read orgs acme ".into()));
        assert_eq!(requested("read:buckets/a/b"), Ok("read buckets a/b ".into()));
        for text in ["", "read", "delete:buckets", "read:bucket", "read:"] {
            assert!(requested(text).is_err(), "{text:?}");
        }
    }
}
