//! Import of users and memberships.

use jeton_model::{org::Role, user::check_user_name};
use jeton_store::memberships::Of;

use crate::{
    Error,
    audit::detail::users::{Membership, UserImported, UserState},
    fold,
};

use super::{Event, Import, NO_ORG, NO_USER, Outcome, Parent, SourceMembership, SourceUser};

impl Import {
    /// Imports a user; the password follows. A new user who owns the other instance owns this one too.
    ///
    /// # Errors
    /// The database may fail.
    pub(super) async fn user(&mut self, source: &SourceUser) -> Result<Outcome, Error> {
        let user = &source.user;
        if let Err(error) = check_user_name(&user.name) {
            return Ok(Outcome::Left(error.to_string()));
        }
        if jeton_store::users::by_id(&mut self.change, user.id).await?.is_some() {
            self.users.insert(user.id, user.name.clone());
            return Ok(Outcome::Present);
        }
        if self.deleted_here(Event::UserDeleted, user.id).await? {
            return Ok(Outcome::Revoked);
        }
        if let Some(other) = jeton_store::users::by_name(&mut self.change, &user.name).await? {
            return Ok(Outcome::Left(format!("user {} has this name here", other.id)));
        }
        let now = self.change.now;
        let row = jeton_store::users::New { user, name_key: &fold(&user.name), password_hash: None, now };
        jeton_store::users::insert(&mut self.change, row).await?;
        let instance = source.owns_instance.then_some(Role::Owner);
        if let Some(role) = instance {
            jeton_store::memberships::insert(&mut self.change, Of::Instance, user.id, role, now).await?;
        }
        let detail = UserImported { user: UserState::of(user), instance };
        self.change.record(Event::UserCreated, None, user.id, detail).await?;
        self.users.insert(user.id, user.name.clone());
        Ok(Outcome::Copied)
    }

    /// Imports a membership.
    ///
    /// # Errors
    /// The database may fail.
    pub(super) async fn membership(&mut self, source: &SourceMembership) -> Result<Outcome, Error> {
        let (user, role) = (source.user, source.role);
        let Some(name) = self.users.get(&user).cloned() else { return Ok(Outcome::Left(NO_USER.into())) };
        let org = match source.parent {
            Parent::Org(id) => self.orgs.contains_key(&id).then_some(id),
            Parent::Bucket(id) => self.buckets.get(&id).copied(),
            Parent::Telegraf(id) => self.telegrafs.get(&id).copied(),
        };
        let Some(org) = org else { return Ok(Outcome::Left(NO_ORG.into())) };
        let of = Of::from(source.parent);
        if let Some(here) = jeton_store::memberships::role(&mut self.change, of, user).await? {
            let left = format!("the user already has the role {} here", here.name());
            return Ok(if here == role { Outcome::Present } else { Outcome::Left(left) });
        }
        if self.dismissed_here(org, user).await? {
            return Ok(Outcome::Revoked);
        }
        let now = self.change.now;
        jeton_store::memberships::insert(&mut self.change, of, user, role, now).await?;
        let (bucket, telegraf) = match source.parent {
            Parent::Org(_) => (None, None),
            Parent::Bucket(id) => (Some(id), None),
            Parent::Telegraf(id) => (None, Some(id)),
        };
        let detail = Membership { user, name: Some(&name), role: Some(role), bucket, telegraf };
        self.change.record(Event::MemberAdded, Some(org), org, detail).await?;
        Ok(Outcome::Copied)
    }
}
