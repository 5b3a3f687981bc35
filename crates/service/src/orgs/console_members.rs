//! Changes to an organization's members in the console. Unlike the API, these never leave an organization without an
//! owner, and create a user together with their membership.

use secrecy::{ExposeSecret, SecretString};

use jeton_model::{
    Action, OrgId, Status, User, UserId,
    org::Role,
    user::{check_password, check_user_name},
};
use jeton_store::memberships::Of;

use crate::{
    Caller, Error, Service,
    audit::{
        Event,
        detail::{
            NoDetail,
            users::{Membership, RoleChanged, UserState},
        },
    },
    auth::{account_control::check_account_control, required_permissions},
    error::{OrgError, UserError},
    fold,
    transaction::AuditedTransaction,
    users::directory::owners,
};

use super::members::{Parent, write_parent};

/// A user to create.
#[derive(Clone, Debug, Default)]
pub struct NewUser {
    /// The user's name, which must be unique.
    pub name: String,
    /// `None`: the user cannot sign in until one is set.
    pub password: Option<SecretString>,
    /// The user's first organization and role.
    pub member_of: Option<(OrgId, Role)>,
}

impl Service {
    /// Makes a member an owner, or an owner a member. An organization keeps at least one owner.
    ///
    /// # Errors
    /// [`UserError::NotFound`], [`OrgError::NotMember`], [`OrgError::LastOwner`], `AuthError::LimitedTokenEmpowers`,
    /// `AuthError::TokenEmpowersMore`; `AuthError::Unauthorized`; the database may fail.
    pub async fn change_role(&self, caller: &Caller, org: OrgId, user: UserId, role: Role) -> Result<(), Error> {
        let (mut change, caller) = self.begin(caller).await?;
        let (user, before) = member_to_change(&mut change, &caller, org, user).await?;
        if before == role {
            // The role may have been changed by an operation that is committed with this one.
            return change.commit().await;
        }
        keep_an_owner(&mut change, org, before).await?;
        let (required, now) = (write_parent(Parent::Org(org), org), change.now);
        // Before and after: a demotion revokes something, a promotion grants something.
        check_account_control(&mut change, &caller, &required, user.id, now).await?;
        jeton_store::memberships::set_role(&mut change, Of::Org(org), user.id, role).await?;
        check_account_control(&mut change, &caller, &required, user.id, now).await?;
        change.record(Event::RoleChanged, Some(org), org, RoleChanged::of(&user, before, role)).await?;
        change.commit().await
    }

    /// Ends a user's membership. An organization keeps at least one owner.
    ///
    /// # Errors
    /// [`UserError::NotFound`], [`OrgError::NotMember`], [`OrgError::LastOwner`], `AuthError::LimitedTokenEmpowers`,
    /// `AuthError::TokenEmpowersMore`; `AuthError::Unauthorized`; the database may fail.
    pub async fn dismiss_member(&self, caller: &Caller, org: OrgId, user: UserId) -> Result<(), Error> {
        let (mut change, caller) = self.begin(caller).await?;
        let (user, before) = member_to_change(&mut change, &caller, org, user).await?;
        keep_an_owner(&mut change, org, before).await?;
        let (required, now) = (write_parent(Parent::Org(org), org), change.now);
        check_account_control(&mut change, &caller, &required, user.id, now).await?;
        jeton_store::memberships::delete(&mut change, Of::Org(org), user.id).await?;
        change.record(Event::MemberRemoved, Some(org), org, Membership::in_org(&user, before)).await?;
        change.commit().await
    }

    /// Makes an existing user a member. `who`: their id, or their name if the caller may read all users.
    ///
    /// # Errors
    /// `ValidationError::Field` for an unknown user or a member, otherwise those of [`Service::add_member`].
    pub async fn add_named_member(&self, caller: &Caller, org: OrgId, who: &str, role: Role) -> Result<User, Error> {
        caller.check(write_parent(Parent::Org(org), org))?;
        let user = self.named_user(caller, who).await?;
        match self.add_member(caller, Parent::Org(org), Some(user.id), role).await {
            Err(Error::Org(OrgError::AlreadyMember { .. })) => {
                Err(Error::field("user", format!("{} belongs to this organization already.", user.name)))
            }
            added => added,
        }
    }

    async fn named_user(&self, caller: &Caller, who: &str) -> Result<User, Error> {
        let mut reader = self.read().await?;
        let by_name = caller.may(&required_permissions::users(Action::Read));
        if who.is_empty() {
            return Err(Error::field("user", "Fill this in."));
        }
        if by_name
            && check_user_name(who).is_ok()
            && let Some(user) = jeton_store::users::by_name(&mut reader, who).await?
        {
            return Ok(user);
        }
        if let Ok(id) = who.trim().parse()
            && let Some(user) = jeton_store::users::by_id(&mut reader, id).await?
        {
            return Ok(user);
        }
        let sentence =
            if by_name { "There is no such user. Check the spelling." } else { "There is no user with this ID." };
        Err(Error::field("user", sentence))
    }

    /// Creates a user with their password and membership, in one transaction.
    ///
    /// # Errors
    /// `ValidationError::UserNameEmpty`, [`UserError::NameTaken`], `ValidationError::PasswordLength`,
    /// [`OrgError::NotFound`], `AuthError::LimitedTokenEmpowers`, `AuthError::TokenEmpowersMore`;
    /// `AuthError::Unauthorized`; the database may fail.
    pub async fn create_with_password(&self, caller: &Caller, new: NewUser) -> Result<User, Error> {
        check_user_name(&new.name)?;
        may_create(caller, &new)?;
        let hash = match &new.password {
            Some(password) => {
                check_password(password.expose_secret())?;
                Some(self.passwords().hash(password).await?)
            }
            None => None,
        };
        let (mut change, caller) = self.begin(caller).await?;
        may_create(&caller, &new)?;
        let user = User { id: UserId(self.next_id()), name: new.name, status: Status::Active };
        insert_user(&mut change, &user, hash.as_deref(), new.member_of).await?;
        let now = change.now;
        if hash.is_some() {
            check_account_control(&mut change, &caller, &required_permissions::users(Action::Write), user.id, now)
                .await?;
        }
        if let Some((org, _)) = new.member_of {
            check_account_control(&mut change, &caller, &write_parent(Parent::Org(org), org), user.id, now).await?;
        }
        change.commit().await?;
        Ok(user)
    }
}

/// Inserts a new user with a password hash and a first membership, and records it.
///
/// # Errors
/// [`UserError::NameTaken`], [`OrgError::NotFound`]; the database may fail.
pub(crate) async fn insert_user(
    change: &mut AuditedTransaction,
    user: &User,
    hash: Option<&str>,
    member_of: Option<(OrgId, Role)>,
) -> Result<(), Error> {
    let now = change.now;
    let row = jeton_store::users::New { user, name_key: &fold(&user.name), password_hash: hash, now };
    if !jeton_store::users::insert(change, row).await? {
        return Err(Error::User(UserError::NameTaken { name: user.name.clone() }));
    }
    change.record(Event::UserCreated, None, user.id, UserState::of(user)).await?;
    if hash.is_some() {
        change.record(Event::PasswordSet, None, user.id, NoDetail {}).await?;
    }
    if let Some((org, role)) = member_of {
        jeton_store::orgs::by_id(change, org).await?.ok_or(Error::Org(OrgError::NotFound))?;
        jeton_store::memberships::insert(change, Of::Org(org), user.id, role, now).await?;
        change.record(Event::MemberAdded, Some(org), org, Membership::in_org(user, role)).await?;
    }
    Ok(())
}

fn may_create(caller: &Caller, new: &NewUser) -> Result<(), Error> {
    caller.check(required_permissions::users(Action::Write))?;
    match new.member_of {
        Some((org, _)) => caller.check(write_parent(Parent::Org(org), org)),
        None => Ok(()),
    }
}

/// A member and their role, which the caller may change.
async fn member_to_change(
    change: &mut AuditedTransaction,
    caller: &Caller,
    org: OrgId,
    user: UserId,
) -> Result<(User, Role), Error> {
    caller.check(write_parent(Parent::Org(org), org))?;
    let user = jeton_store::users::by_id(change, user).await?.ok_or(Error::User(UserError::NotFound))?;
    let role =
        jeton_store::memberships::role(change, Of::Org(org), user.id).await?.ok_or(Error::Org(OrgError::NotMember))?;
    Ok((user, role))
}

/// Denies the removal of the last owner.
async fn keep_an_owner(change: &mut AuditedTransaction, org: OrgId, role: Role) -> Result<(), Error> {
    if role == Role::Owner && owners(change, org).await? == 1 { Err(Error::Org(OrgError::LastOwner)) } else { Ok(()) }
}
