//! Members and owners of organizations, buckets and telegraf configurations (docs/influxdb-compatibility.md §5.3).

use jeton_model::{Action, BucketId, OrgId, Permission, ResourceType, TelegrafId, User, UserId, org::Role};
use jeton_store::{Connection, memberships::Of};

use crate::{
    Caller, Error, Service,
    audit::{Event, detail::users::Membership},
    auth::{account_control::check_account_control, required_permissions},
    error::{OrgError, UserError},
};

/// A resource that has members and owners.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parent {
    /// An organization.
    Org(OrgId),
    /// A bucket.
    Bucket(BucketId),
    /// A telegraf configuration.
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
    /// Denies a parent that is missing or that the caller may not read, without a difference
    /// (docs/influxdb-compatibility.md §1.7).
    ///
    /// # Errors
    /// [`OrgError::ParentNotFound`]; the database may fail.
    pub async fn check_readable_parent(&self, caller: &Caller, parent: Parent) -> Result<(), Error> {
        let mut reader = self.read().await?;
        org_of(&mut reader, caller, parent).await.map(drop)
    }

    /// Denies the keys of an organization's secrets to a caller who may not read them. Jeton stores none.
    ///
    /// # Errors
    /// [`OrgError::ParentNotFound`] if the organization is missing or not readable; `AuthError::Unauthorized`; the
    /// database may fail.
    pub async fn check_readable_secrets(&self, caller: &Caller, org: OrgId) -> Result<(), Error> {
        self.check_readable_parent(caller, Parent::Org(org)).await?;
        caller.check(Permission::in_org(Action::Read, ResourceType::Secrets, org))
    }

    /// Lists the members or the owners of a parent.
    ///
    /// # Errors
    /// [`OrgError::ParentNotFound`] if it is missing or not readable, [`OrgError::MembersHidden`]; the database may
    /// fail.
    pub async fn members(&self, caller: &Caller, parent: Parent, role: Role) -> Result<Vec<User>, Error> {
        let mut reader = self.read().await?;
        let org = org_of(&mut reader, caller, parent).await?;
        if !lists_members(caller, parent, org)? {
            return Ok(Vec::new());
        }
        let ids = jeton_store::memberships::users(&mut reader, parent.into(), role).await?;
        let mut users = jeton_store::users::by_ids(&mut reader, ids).await?;
        users.sort_by_key(|user| user.id);
        Ok(users)
    }

    /// Makes a user a member or an owner.
    ///
    /// # Errors
    /// [`OrgError::ParentNotFound`], [`OrgError::MemberMissing`], [`UserError::NotFound`], [`OrgError::AlreadyMember`],
    /// `AuthError::LimitedTokenEmpowers`, `AuthError::TokenEmpowersMore`; `AuthError::Unauthorized`; the database may
    /// fail.
    pub async fn add_member(
        &self,
        caller: &Caller,
        parent: Parent,
        user: Option<UserId>,
        role: Role,
    ) -> Result<User, Error> {
        let (mut change, caller) = self.begin(caller).await?;
        let org = org_of(&mut change, &caller, parent).await?;
        let user = user.ok_or(Error::Org(OrgError::MemberMissing))?;
        let user = jeton_store::users::by_id(&mut change, user).await?.ok_or(Error::User(UserError::NotFound))?;
        caller.check(write_parent(parent, org))?;
        let now = change.now;
        if !jeton_store::memberships::insert(&mut change, parent.into(), user.id, role, now).await? {
            return Err(Error::Org(OrgError::AlreadyMember { user: user.id }));
        }
        check_account_control(&mut change, &caller, &write_parent(parent, org), user.id, now).await?;
        let detail = detail(parent, user.id, Some(&user.name), Some(role));
        change.record(Event::MemberAdded, Some(org), org, detail).await?;
        change.commit().await?;
        Ok(user)
    }

    /// Ends a user's role; does nothing if there is none.
    ///
    /// # Errors
    /// [`OrgError::ParentNotFound`], `AuthError::LimitedTokenEmpowers`, `AuthError::TokenEmpowersMore`;
    /// `AuthError::Unauthorized`; the database may fail.
    pub async fn remove_member(&self, caller: &Caller, parent: Parent, user: UserId) -> Result<(), Error> {
        let (mut change, caller) = self.begin(caller).await?;
        let org = org_of(&mut change, &caller, parent).await?;
        caller.check(write_parent(parent, org))?;
        let role = jeton_store::memberships::role(&mut change, parent.into(), user).await?;
        let known = jeton_store::users::by_id(&mut change, user).await?;
        let now = change.now;
        if role.is_some() {
            check_account_control(&mut change, &caller, &write_parent(parent, org), user, now).await?;
        }
        jeton_store::memberships::delete(&mut change, parent.into(), user).await?;
        let detail = detail(parent, user, known.as_ref().map(|user| user.name.as_str()), role);
        change.record(Event::MemberRemoved, Some(org), org, detail).await?;
        change.commit().await
    }
}

/// The audit detail of a membership.
fn detail(parent: Parent, user: UserId, name: Option<&str>, role: Option<Role>) -> Membership<'_> {
    let (bucket, telegraf) = match parent {
        Parent::Org(_) => (None, None),
        Parent::Bucket(bucket) => (Some(bucket), None),
        Parent::Telegraf(telegraf) => (None, Some(telegraf)),
    };
    Membership { user, name, role, bucket, telegraf }
}

async fn org_of(connection: &mut Connection, caller: &Caller, parent: Parent) -> Result<OrgId, Error> {
    let (org, needed) = match parent {
        Parent::Org(id) => {
            let org = jeton_store::orgs::by_id(connection, id).await?.ok_or(Error::Org(OrgError::ParentNotFound))?;
            (org.id, required_permissions::org(Action::Read, id))
        }
        Parent::Bucket(id) => {
            let bucket =
                jeton_store::buckets::by_id(connection, id).await?.ok_or(Error::Org(OrgError::ParentNotFound))?;
            (bucket.org, required_permissions::bucket(Action::Read, &bucket))
        }
        Parent::Telegraf(id) => {
            let telegraf =
                jeton_store::telegrafs::by_id(connection, id).await?.ok_or(Error::Org(OrgError::ParentNotFound))?;
            (telegraf.org, required_permissions::telegraf(Action::Read, id, telegraf.org))
        }
    };
    if caller.may(&needed) { Ok(org) } else { Err(Error::Org(OrgError::ParentNotFound)) }
}

/// Returns whether a caller who may read the parent also sees who belongs to it, as influxd decides
/// (docs/influxdb-compatibility.md §5.3): of a bucket only with its organization, and of a system bucket, which is read
/// with the organization, only with the permission on the bucket itself.
///
/// # Errors
/// [`OrgError::MembersHidden`] for a bucket whose organization the caller may not read.
fn lists_members(caller: &Caller, parent: Parent, org: OrgId) -> Result<bool, Error> {
    let Parent::Bucket(bucket) = parent else { return Ok(true) };
    if !caller.may(&required_permissions::org(Action::Read, org)) {
        return Err(Error::Org(OrgError::MembersHidden));
    }
    Ok(caller.may(&Permission::on_in(Action::Read, ResourceType::Buckets, bucket, org)))
}

/// The permission to change a parent's members. influxd requires the parent within its organization; an organization is
/// within itself.
pub(crate) fn write_parent(parent: Parent, org: OrgId) -> Permission {
    match parent {
        Parent::Org(id) => Permission::on_in(Action::Write, ResourceType::Orgs, id, org),
        Parent::Bucket(id) => Permission::on_in(Action::Write, ResourceType::Buckets, id, org),
        Parent::Telegraf(id) => required_permissions::telegraf(Action::Write, id, org),
    }
}
