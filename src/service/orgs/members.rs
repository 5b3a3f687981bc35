//! Members and owners of organizations, buckets and telegraf configurations (contract §5.3).

use serde_json::json;

use crate::{
    model::{Action, BucketId, Error, OrgId, Permission, ResourceType, TelegrafId, User, UserId, org::Role},
    service::{
        Caller, Service,
        audit::Event,
        auth::{account_control::check_account_control, required_permissions},
    },
    store::{self, Connection, memberships::Of},
};

/// What has members and owners.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parent {
    Org(OrgId),
    Bucket(BucketId),
    Telegraf(TelegrafId),
}

impl From<Parent> for Of {
    fn from(parent: Parent) -> Self {
        match parent {
            Parent::Org(id) => Self::Org(id),
            Parent::Bucket(id) => Self::Bucket(id),
            Parent::Telegraf(id) => Self::Telegraf(id),
        }
    }
}

impl Service {
    /// Refuses a parent that is missing or that the caller may not read; both are told alike (§1.7).
    pub async fn check_readable_parent(&self, caller: &Caller, parent: Parent) -> Result<(), Error> {
        let mut reader = self.read().await?;
        org_of(&mut reader, caller, parent).await.map(drop)
    }

    /// The members or the owners. A parent that is missing or that the caller may not read is told alike (§1.7).
    pub async fn members(&self, caller: &Caller, parent: Parent, role: Role) -> Result<Vec<User>, Error> {
        let mut reader = self.read().await?;
        org_of(&mut reader, caller, parent).await?;
        let ids = store::memberships::users(&mut reader, parent.into(), role).await?;
        let mut users = store::users::by_ids(&mut reader, ids).await?;
        users.sort_by_key(|user| user.id);
        Ok(users)
    }

    pub async fn add_member(
        &self,
        caller: &Caller,
        parent: Parent,
        user: Option<UserId>,
        role: Role,
    ) -> Result<User, Error> {
        let (mut change, caller) = self.begin(caller).await?;
        let org = org_of(&mut change, &caller, parent).await?;
        let user = user.ok_or(Error::MemberMissing)?;
        let user = store::users::by_id(&mut change, user).await?.ok_or(Error::UserNotFound)?;
        caller.check(write_parent(parent, org))?;
        let now = change.now;
        if !store::memberships::insert(&mut change, parent.into(), user.id, role, now).await? {
            return Err(Error::AlreadyMember { user: user.id });
        }
        check_account_control(&mut change, &caller, &write_parent(parent, org), user.id, now).await?;
        let detail = detail(parent, user.id, Some(&user.name), Some(role));
        change.record(Event::MemberAdded, Some(org), org, detail).await?;
        change.commit().await?;
        Ok(user)
    }

    /// Ends a user's role, whichever it is; nothing happens if there is none.
    pub async fn remove_member(&self, caller: &Caller, parent: Parent, user: UserId) -> Result<(), Error> {
        let (mut change, caller) = self.begin(caller).await?;
        let org = org_of(&mut change, &caller, parent).await?;
        caller.check(write_parent(parent, org))?;
        let role = store::memberships::role(&mut change, parent.into(), user).await?;
        let known = store::users::by_id(&mut change, user).await?;
        let now = change.now;
        if role.is_some() {
            check_account_control(&mut change, &caller, &write_parent(parent, org), user, now).await?;
        }
        store::memberships::delete(&mut change, parent.into(), user).await?;
        let detail = detail(parent, user, known.as_ref().map(|user| user.name.as_str()), role);
        change.record(Event::MemberRemoved, Some(org), org, detail).await?;
        change.commit().await
    }
}

/// What the audit log says of a membership.
fn detail(parent: Parent, user: UserId, name: Option<&str>, role: Option<Role>) -> serde_json::Value {
    let mut detail = json!({"user": user, "name": name, "role": role});
    if let Parent::Bucket(bucket) = parent {
        detail["bucket"] = json!(bucket);
    }
    detail
}

async fn org_of(connection: &mut Connection, caller: &Caller, parent: Parent) -> Result<OrgId, Error> {
    let (org, needed) = match parent {
        Parent::Org(id) => {
            let org = store::orgs::by_id(connection, id).await?.ok_or(Error::ParentNotFound)?;
            (org.id, required_permissions::org(Action::Read, id))
        }
        Parent::Bucket(id) => {
            let bucket = store::buckets::by_id(connection, id).await?.ok_or(Error::ParentNotFound)?;
            (bucket.org, required_permissions::bucket(Action::Read, &bucket))
        }
        Parent::Telegraf(id) => {
            let telegraf = store::telegrafs::by_id(connection, id).await?.ok_or(Error::ParentNotFound)?;
            (telegraf.org, required_permissions::telegraf(Action::Read, id, telegraf.org))
        }
    };
    if caller.may(&needed) { Ok(org) } else { Err(Error::ParentNotFound) }
}

/// influxd asks for the parent with its organization, an organization being in itself.
pub(crate) fn write_parent(parent: Parent, org: OrgId) -> Permission {
    match parent {
        Parent::Org(id) => Permission::on_in(Action::Write, ResourceType::Orgs, id, org),
        Parent::Bucket(id) => Permission::on_in(Action::Write, ResourceType::Buckets, id, org),
        Parent::Telegraf(id) => required_permissions::telegraf(Action::Write, id, org),
    }
}
