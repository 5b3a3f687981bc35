//! Flags for the permissions of a new token (docs/influxdb-compatibility.md §7.4). Those of resource types are
//! generated from the model's list.

use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};

use jeton_model::{Action, OrgId, Permission, ResourceType, UserId, grant};

use crate::{
    error::{Failure, Outcome},
    http::Client,
    permission_spec::PermissionSpec,
    resolve,
};

/// Single buckets, by their ids or names.
#[derive(Args, Clone, Debug)]
pub struct BucketFlags {
    /// Id or name of a bucket that the token may write; may be repeated
    #[arg(long, value_name = "ID|NAME")]
    pub write_bucket: Vec<String>,

    /// Id or name of a bucket that the token may read; may be repeated
    #[arg(long, value_name = "ID|NAME")]
    pub read_bucket: Vec<String>,
}

impl BucketFlags {
    /// Returns the permissions: reading before writing, each in the order given.
    pub async fn permissions(&self, client: &Client, org: OrgId) -> Outcome<Vec<Permission>> {
        let mut permissions = Vec::new();
        for (action, buckets) in [(Action::Read, &self.read_bucket), (Action::Write, &self.write_bucket)] {
            for bucket in buckets {
                let id = resolve::bucket(client, bucket, org).await?;
                permissions.push(Permission::on_in(action, ResourceType::Buckets, id, org));
            }
        }
        Ok(permissions)
    }

    fn is_empty(&self) -> bool {
        self.write_bucket.is_empty() && self.read_bucket.is_empty()
    }
}

/// Everything that a token may be given.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Permissions")]
pub struct GrantFlags {
    /// The permissions for individual buckets.
    #[command(flatten)]
    pub buckets: BucketFlags,

    /// Grant all permissions in all organizations
    #[arg(long)]
    operator: bool,

    /// Grant all permissions in one organization
    #[arg(long)]
    all_access: bool,

    #[command(flatten)]
    types: TypeFlags,

    /// Permission to grant, such as read:orgs/my-org, write:telegrafs/agents, read:users/alice or read:tasks; may be
    /// repeated
    #[arg(long, value_name = "PERMISSION")]
    can: Vec<PermissionSpec>,
}

impl GrantFlags {
    /// Returns whether no flag asks for a permission.
    pub fn is_empty(&self) -> bool {
        let sets = self.operator || self.all_access;
        !sets && self.buckets.is_empty() && self.types.0.is_empty() && self.can.is_empty()
    }

    /// Returns the permissions in the order in which `influx` sends them.
    pub async fn permissions(&self, client: &Client, org: OrgId, user: Option<UserId>) -> Outcome<Vec<Permission>> {
        let others = !self.buckets.is_empty() || !self.types.0.is_empty() || !self.can.is_empty();
        let alone = |set: &str| match others || (self.operator && self.all_access) {
            true => Err(Failure::new(format!("cannot compose other permissions with {set} permissions"))),
            false => Ok(()),
        };
        if self.operator {
            alone("operator")?;
            return Ok(grant::operator());
        }
        if self.all_access {
            alone("all access")?;
            let user = match user {
                Some(user) => user,
                None => resolve::caller(client).await?,
            };
            let mut permissions = grant::all_access(org, user);
            // influx sends them in the order of the server's list, the console in that of names.
            permissions.sort_by_key(|permission| permission.resource.kind);
            return Ok(permissions);
        }
        let mut permissions = self.buckets.permissions(client, org).await?;
        permissions.extend(self.types.0.iter().map(|(action, kind)| match kind {
            ResourceType::Orgs | ResourceType::Users => Permission::global(*action, *kind),
            _ => Permission::in_org(*action, *kind, org),
        }));
        for requested in &self.can {
            permissions.push(requested.permission(client, org).await?);
        }
        Ok(permissions)
    }
}

/// The flags `--read-X` and `--write-X` of each resource type, in order.
#[derive(Clone, Debug, Default)]
struct TypeFlags(Vec<(Action, ResourceType)>);

fn all() -> impl Iterator<Item = (Action, ResourceType)> {
    ResourceType::IN_FLAG_ORDER.into_iter().flat_map(|kind| Action::ALL.map(|action| (action, kind)))
}

fn name(action: Action, kind: ResourceType) -> String {
    format!("{action}-{kind}")
}

/// Returns the other name of a flag, which InfluxDB's documentation uses.
fn alias(action: Action, kind: ResourceType) -> Option<String> {
    match kind {
        ResourceType::Users => Some(format!("{action}-user")),
        ResourceType::Dbrp => Some(format!("{action}-dbrps")),
        _ => None,
    }
}

fn help(action: Action, kind: ResourceType) -> String {
    let what = match (kind, action) {
        (ResourceType::Buckets, Action::Read) => "read buckets".into(),
        (ResourceType::Buckets, Action::Write) => "create, update or write to buckets".into(),
        (ResourceType::Telegrafs, Action::Read) => "read telegraf configurations".into(),
        (ResourceType::Telegrafs, Action::Write) => "create or update telegraf configurations".into(),
        (ResourceType::Orgs, Action::Read) => "read organizations".into(),
        (ResourceType::Orgs, Action::Write) => "create or update organizations".into(),
        (kind, Action::Read) => format!("read {kind}"),
        (kind, Action::Write) => format!("create or update {kind}"),
    };
    format!("Grant the permission to {what}")
}

impl Args for TypeFlags {
    fn augment_args(command: Command) -> Command {
        all().fold(command, |command, (action, kind)| {
            let name = name(action, kind);
            let flag = Arg::new(name.clone()).long(name).help(help(action, kind)).action(ArgAction::SetTrue);
            command.arg(flag.visible_aliases(alias(action, kind)))
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for TypeFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        Ok(Self(all().filter(|(action, kind)| matches.get_flag(&name(*action, *kind))).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        flags: TypeFlags,
    }

    #[test]
    fn every_type_has_two_flags_and_some_have_other_names() {
        let picked = |flags: &[&str]| Line::try_parse_from([&["auth"], flags].concat()).map(|line| line.flags.0);
        for (action, kind) in all() {
            assert_eq!(picked(&[&format!("--{action}-{kind}")]).unwrap(), [(action, kind)]);
        }
        let aliases = ["--write-dbrps", "--read-dbrps", "--write-user", "--read-user"];
        let users = [(Action::Read, ResourceType::Users), (Action::Write, ResourceType::Users)];
        let dbrps = [(Action::Read, ResourceType::Dbrp), (Action::Write, ResourceType::Dbrp)];
        assert_eq!(picked(&aliases).unwrap(), [users, dbrps].concat());
        assert!(picked(&["--read-instance"]).is_err());
    }
}
