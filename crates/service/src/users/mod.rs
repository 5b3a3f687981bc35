//! Users.

pub(crate) mod directory;
pub mod sessions;

use secrecy::{ExposeSecret, SecretString};

use jeton_model::{
    Action, Permission, Status, User, UserId, ValidationError,
    user::{check_password, check_user_name},
};
use jeton_store::users::Page;

use crate::{
    Caller, Error, Service,
    audit::{
        Event,
        detail::{Change, NoDetail, users::UserState},
    },
    auth::{
        account_control::check_account_control, authenticate::membership_permissions, caller::Credential,
        login_throttle::Account, required_permissions,
    },
    error::{AuthError, UserError},
    fold,
    transaction::AuditedTransaction,
};

/// Filters and paging of a list of users (docs/influxdb-compatibility.md §5.1).
#[derive(Clone, Debug)]
pub struct UserQuery {
    /// Selects the user with this id; overrides the other filters.
    pub id: Option<UserId>,
    /// Selects the user with exactly this name; paging is ignored.
    pub name: Option<String>,
    /// Restricts to users that come after this one in the order of the list.
    pub after: Option<UserId>,
    /// True for descending ids.
    pub descending: bool,
    /// Number of users to skip.
    pub offset: u32,
    /// Maximum number of users to read; those that the caller may not read count too.
    pub limit: u32,
}

/// A user to create.
#[derive(Clone, Debug, Default)]
pub struct CreateUser {
    /// An id chosen by the client.
    pub id: Option<UserId>,
    /// The user's name, which must be unique.
    pub name: String,
    /// `active` or `inactive`; `None` and an empty text are `active`.
    pub status: Option<String>,
}

/// Changes to a user; `None` keeps a value.
#[derive(Clone, Debug, Default)]
pub struct UserUpdate {
    /// The new name, which must be unique.
    pub name: Option<String>,
    /// Other values than `active` and `inactive` are rejected, although influxd accepts them
    /// (docs/influxdb-compatibility.md §5.1).
    pub status: Option<String>,
}

impl Service {
    /// The caller's own user.
    ///
    /// # Errors
    /// [`AuthError::Unauthorized`].
    pub fn me(&self, caller: &Caller) -> Result<User, Error> {
        caller.check(required_permissions::user(Action::Read, caller.id()))?;
        Ok(User::clone(&caller.user))
    }

    /// Lists the users that the caller may read. As in influxd, others are dropped after paging: a page may be short.
    ///
    /// # Errors
    /// [`UserError::NotFound`]; the database may fail.
    pub async fn users(&self, caller: &Caller, query: &UserQuery) -> Result<Vec<User>, Error> {
        let mut reader = self.read().await?;
        let found = match (query.id, &query.name) {
            (Some(id), _) => {
                vec![jeton_store::users::by_id(&mut reader, id).await?.ok_or(Error::User(UserError::NotFound))?]
            }
            (None, Some(name)) => {
                // One that the caller may not read is denied like an unknown one.
                let found = jeton_store::users::by_name(&mut reader, name).await?;
                let found = found.filter(|user| caller.may(&required_permissions::user(Action::Read, user.id)));
                vec![found.ok_or(Error::User(UserError::NotFound))?]
            }
            (None, None) => {
                let page = Page {
                    after: query.after,
                    descending: query.descending,
                    offset: query.offset.into(),
                    limit: query.limit.into(),
                };
                jeton_store::users::list(&mut reader, &page).await?
            }
        };
        Ok(found.into_iter().filter(|user| caller.may(&required_permissions::user(Action::Read, user.id))).collect())
    }

    /// A user by their id.
    ///
    /// # Errors
    /// [`UserError::NotFound`]; [`AuthError::Unauthorized`]; the database may fail.
    pub async fn user(&self, caller: &Caller, id: UserId) -> Result<User, Error> {
        caller.check(required_permissions::user(Action::Read, id))?;
        let mut reader = self.read().await?;
        jeton_store::users::by_id(&mut reader, id).await?.ok_or(Error::User(UserError::NotFound))
    }

    /// The permissions of a user's memberships, without those of their authorizations.
    ///
    /// # Errors
    /// [`UserError::NotFound`]; [`AuthError::Unauthorized`]; the database may fail.
    pub async fn user_permissions(&self, caller: &Caller, id: UserId) -> Result<Vec<Permission>, Error> {
        caller.check(required_permissions::user(Action::Read, id))?;
        let mut reader = self.read().await?;
        jeton_store::users::by_id(&mut reader, id).await?.ok_or(Error::User(UserError::NotFound))?;
        membership_permissions(&mut reader, id).await
    }

    /// Creates a user without a password.
    ///
    /// # Errors
    /// [`ValidationError::UserNameEmpty`], [`ValidationError::Status`], [`UserError::IdTaken`],
    /// [`UserError::NameTaken`]; [`AuthError::Unauthorized`]; the database may fail.
    pub async fn create_user(&self, caller: &Caller, requested: CreateUser) -> Result<User, Error> {
        check_user_name(&requested.name)?;
        let status = requested
            .status
            .as_deref()
            .unwrap_or_default()
            .parse()
            .map_err(|_| Error::Validation(ValidationError::Status))?;
        let (mut change, caller) = self.begin(caller).await?;
        caller.check(required_permissions::users(Action::Write))?;
        let user = User { id: requested.id.unwrap_or_else(|| UserId(self.next_id())), name: requested.name, status };
        if let Some(id) = requested.id
            && jeton_store::users::by_id(&mut change, id).await?.is_some()
        {
            return Err(Error::User(UserError::IdTaken { id }));
        }
        let now = change.now;
        let new = jeton_store::users::New { user: &user, name_key: &fold(&user.name), password_hash: None, now };
        if !jeton_store::users::insert(&mut change, new).await? {
            return Err(Error::User(UserError::NameTaken { name: user.name }));
        }
        change.record(Event::UserCreated, None, user.id, UserState::of(&user)).await?;
        change.commit().await?;
        Ok(user)
    }

    /// Renames, activates or deactivates a user. All credentials of an inactive user are denied from the next request
    /// on, and their sessions end permanently.
    ///
    /// # Errors
    /// [`UserError::NotFound`], [`ValidationError::Status`], [`ValidationError::UserNameEmpty`],
    /// [`UserError::NameTaken`], [`AuthError::LimitedTokenEmpowers`], [`AuthError::TokenEmpowersMore`];
    /// [`AuthError::Unauthorized`]; the database may fail.
    pub async fn update_user(&self, caller: &Caller, id: UserId, update: UserUpdate) -> Result<User, Error> {
        let (mut change, caller) = self.begin(caller).await?;
        caller.check(required_permissions::user(Action::Write, id))?;
        let before = jeton_store::users::by_id(&mut change, id).await?.ok_or(Error::User(UserError::NotFound))?;
        let mut after = before.clone();
        let now = change.now;
        if let Some(status) = update.status {
            check_account_control(&mut change, &caller, &required_permissions::user(Action::Write, id), id, now)
                .await?;
            after.status = status.parse().map_err(|_| Error::Validation(ValidationError::Status))?;
            jeton_store::users::set_status(&mut change, id, after.status, now).await?;
            // An inactive user can sign in at the API, as in influxd: activation revives neither that session nor an
            // older one.
            if after.status == Status::Inactive || before.status == Status::Inactive {
                jeton_store::sessions::end_of_user(&mut change, id, now).await?;
            }
        }
        if let Some(name) = update.name {
            check_user_name(&name)?;
            if name != before.name && jeton_store::users::by_name(&mut change, &name).await?.is_some() {
                return Err(Error::User(UserError::NameTaken { name }));
            }
            jeton_store::users::set_name(&mut change, id, &name, &fold(&name), now).await?;
            after.name = name;
        }
        let detail = Change { before: UserState::of(&before), after: UserState::of(&after) };
        change.record(Event::UserUpdated, None, id, detail).await?;
        change.commit().await?;
        Ok(after)
    }

    /// Deletes a user; their sessions and authorizations end permanently.
    ///
    /// # Errors
    /// [`UserError::NotFound`], [`AuthError::LimitedTokenEmpowers`], [`AuthError::TokenEmpowersMore`];
    /// [`AuthError::Unauthorized`]; the database may fail.
    pub async fn delete_user(&self, caller: &Caller, id: UserId) -> Result<(), Error> {
        let (mut change, caller) = self.begin_alone(caller).await?;
        caller.check(required_permissions::user(Action::Write, id))?;
        let user = jeton_store::users::by_id(&mut change, id).await?.ok_or(Error::User(UserError::NotFound))?;
        let now = change.now;
        check_account_control(&mut change, &caller, &required_permissions::user(Action::Write, id), id, now).await?;
        jeton_store::authorizations::end_of_user(&mut change, id, now).await?;
        jeton_store::sessions::end_of_user(&mut change, id, now).await?;
        jeton_store::memberships::delete_of_user(&mut change, id).await?;
        jeton_store::users::delete(&mut change, id).await?;
        change.record(Event::UserDeleted, None, id, UserState::of(&user)).await?;
        change.commit().await
    }

    /// Sets a user's password as an administrator; their sessions end. A session changes its own user's password with
    /// [`Service::change_password`]: otherwise a stolen cookie would be enough to take the user over.
    ///
    /// # Errors
    /// [`ValidationError::PasswordLength`], [`AuthError::OldPasswordRequired`], [`AuthError::UnknownUserForPassword`],
    /// [`AuthError::LimitedTokenEmpowers`], [`AuthError::TokenEmpowersMore`]; [`AuthError::Unauthorized`]; the database
    /// may fail.
    pub async fn set_password(&self, caller: &Caller, id: UserId, password: &SecretString) -> Result<(), Error> {
        check_password(password.expose_secret())?;
        caller.check(required_permissions::user(Action::Write, id))?;
        if caller.has_session() && caller.id() == id {
            self.note_password(caller, id, &Error::Auth(AuthError::OldPasswordRequired));
            return Err(Error::Auth(AuthError::OldPasswordRequired));
        }
        let hash = self.passwords().hash(password).await?;
        let (mut change, caller) = self.begin(caller).await?;
        caller.check(required_permissions::user(Action::Write, id))?;
        jeton_store::users::by_id(&mut change, id).await?.ok_or(Error::Auth(AuthError::UnknownUserForPassword))?;
        let now = change.now;
        check_account_control(&mut change, &caller, &required_permissions::user(Action::Write, id), id, now).await?;
        write_password(change, &caller, id, &hash).await
    }

    /// Changes a password for a caller who knows the old one and may change the user; the user's other sessions end
    /// (docs/influxdb-compatibility.md §5.2).
    ///
    /// # Errors
    /// [`ValidationError::PasswordLength`], [`AuthError::WrongPassword`], [`AuthError::UnknownUserForPassword`],
    /// [`AuthError::TooManyAttempts`]; [`AuthError::Unauthorized`]; the database may fail.
    pub async fn change_password(
        &self,
        caller: &Caller,
        id: UserId,
        old: &SecretString,
        new: &SecretString,
    ) -> Result<(), Error> {
        // Checked before the old password, so that only those who may change the user learn whether it is right.
        caller.check(required_permissions::user(Action::Write, id))?;
        check_password(new.expose_secret())?;
        let known = match self.verified_hash(caller, id, old).await {
            Ok(known) => known,
            Err(error) => {
                self.note_password(caller, id, &error);
                return Err(error);
            }
        };
        let hash = self.passwords().hash(new).await?;
        let (mut change, caller) = self.begin(caller).await?;
        caller.check(required_permissions::user(Action::Write, id))?;
        // While it was verified, it may have been changed.
        if jeton_store::users::password_hash(&mut change, id).await?.as_ref() != Some(&known) {
            return Err(Error::Auth(AuthError::WrongPassword));
        }
        write_password(change, &caller, id, &hash).await
    }

    /// The stored hash of a user's password if `old` matches it.
    async fn verified_hash(&self, caller: &Caller, id: UserId, old: &SecretString) -> Result<String, Error> {
        let mut reader = self.read().await?;
        jeton_store::users::by_id(&mut reader, id).await?.ok_or(Error::Auth(AuthError::UnknownUserForPassword))?;
        let known = jeton_store::users::password_hash(&mut reader, id).await?;
        drop(reader);
        let right = self.verify_slowly(&Account::User(id), known.clone(), old, &caller.client).await?;
        known.filter(|_| right).ok_or(Error::Auth(AuthError::WrongPassword))
    }
}

/// Stores a password's hash and ends the user's sessions, except the caller's own.
async fn write_password(mut change: AuditedTransaction, caller: &Caller, id: UserId, hash: &str) -> Result<(), Error> {
    let except = match &caller.credential {
        Credential::Session(key_hash) if caller.id() == id => Some(key_hash.as_str()),
        _ => None,
    };
    let now = change.now;
    jeton_store::users::set_password_hash(&mut change, id, hash, now).await?;
    jeton_store::sessions::delete_of_user(&mut change, id, except).await?;
    change.record(Event::PasswordSet, None, id, NoDetail {}).await?;
    change.commit().await
}

impl UserQuery {
    /// Queries the first `limit` users.
    pub const fn first(limit: u32) -> Self {
        Self { id: None, name: None, after: None, descending: false, offset: 0, limit }
    }
}

/// A change of the status alone.
impl From<Status> for UserUpdate {
    fn from(status: Status) -> Self {
        Self { name: None, status: Some(status.name().into()) }
    }
}
