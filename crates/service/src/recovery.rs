//! Recovery: users, organizations and operator tokens, created without a server or a credential
//! (docs/influxdb-compatibility.md §8).

use secrecy::{ExposeSecret, SecretString};

use jeton_model::{
    AuthorizationId, Org, Status, User, UserId, ValidationError,
    console::tokens::Details,
    org::{Role, check_org_name},
    token::NewToken,
    user::{check_password, check_user_name},
};
use jeton_store::{
    Connection,
    authorization_filter::Filter,
    authorization_list::{Sort, Start},
    orgs::Whose,
    users::Page,
    visibility::{OwnerReach, Reach, Visible},
};

use crate::{
    Error, Offline,
    audit::{Event, detail::NoDetail},
    orgs::{console_members::insert_user, insert_org},
    random,
    setup::insert_operator,
    tokens::{Created, create::named, name_lookup::Names},
};

/// The origin of these changes in the audit log.
const VIA: &str = "recovery";
/// Number of authorizations that are read at once.
const AT_ONCE: i64 = 500;

/// The reason why a recovery command failed, in one sentence. The texts are influxd's where it has one.
#[derive(Debug, thiserror::Error)]
pub enum RecoveryError {
    /// No user has this name.
    #[error("could not find user \"{name}\": user not found")]
    NoUser {
        /// The name that was looked up.
        name: String,
    },
    /// No organization has this name.
    #[error("could not find org \"{name}\": organization name \"{name}\" not found")]
    NoOrg {
        /// The name that was looked up.
        name: String,
    },
    /// The given id and name do not select exactly one user.
    #[error("expected 1 user, found {found}")]
    NotOneUser {
        /// Number of users that match.
        found: usize,
    },
    /// The user is inactive, so a token of theirs would not work.
    #[error("user \"{name}\" is inactive, so the token would not work; choose another user, or create one")]
    Inactive {
        /// The user's name.
        name: String,
    },
    /// A user would be created without an organization, and there is none.
    #[error("there is no organization that the user can belong to; create one first")]
    NoOrgs,
    /// A user would be created without naming one of several organizations.
    #[error("there are {count} organizations; choose the user's organization with --org")]
    WhichOrg {
        /// Number of organizations.
        count: usize,
    },
    /// A value is invalid or taken, or the database failed.
    #[error(transparent)]
    Refused(#[from] Error),
}

impl From<ValidationError> for RecoveryError {
    fn from(error: ValidationError) -> Self {
        Self::Refused(error.into())
    }
}

impl From<jeton_store::Error> for RecoveryError {
    fn from(error: jeton_store::Error) -> Self {
        Self::Refused(error.into())
    }
}

/// A user to create.
pub struct RecoveredUser {
    /// The user's name, which must be unique.
    pub name: String,
    /// The user's password, of 8 to 72 bytes.
    pub password: SecretString,
    /// The name of the user's organization; optional if there is only one.
    pub org: Option<String>,
    /// The user's role in it.
    pub role: Role,
}

impl Offline {
    /// Lists all users by ascending ids.
    ///
    /// # Errors
    /// The database may fail.
    pub async fn users(&self) -> Result<Vec<User>, Error> {
        let mut reader = self.service.read().await?;
        everyone(&mut reader).await
    }

    /// Lists all organizations by ascending ids.
    ///
    /// # Errors
    /// The database may fail.
    pub async fn orgs(&self) -> Result<Vec<Org>, Error> {
        let mut reader = self.service.read().await?;
        Ok(jeton_store::orgs::list(&mut reader, &Whose::Everyones, 0, i64::MAX).await?)
    }

    /// Lists the authorizations behind `after` by ascending ids, including ended ones; empty at the end.
    ///
    /// # Errors
    /// The database may fail.
    pub async fn authorizations(&self, after: Option<AuthorizationId>) -> Result<Vec<Details>, Error> {
        let mut reader = self.service.read().await?;
        let visible = Visible { authorizations: Reach::All, owners: OwnerReach::All, owned_orgs: Vec::new() };
        let filter = Filter { visible, ..Filter::default() };
        let start = after.map_or(Start::Offset(0), Start::After);
        let found = jeton_store::authorization_list::list(&mut reader, &filter, Sort::Id, start, AT_ONCE).await?;
        let names = Names::of(&mut reader, &found).await?;
        let now = self.service.now();
        Ok(found.into_iter().map(|authorization| names.details(authorization, now)).collect())
    }

    /// Creates an operator token of a user, in an organization.
    ///
    /// # Errors
    /// [`RecoveryError::NoUser`], [`RecoveryError::NoOrg`], [`RecoveryError::Inactive`]; invalid names are
    /// [`RecoveryError::Refused`]; the database may fail.
    pub async fn create_operator(&self, username: &str, org: &str) -> Result<Created, RecoveryError> {
        let mut change = self.begin(VIA).await?;
        let user = user_named(&mut change, username).await?;
        let org = org_named(&mut change, org).await?;
        if user.status == Status::Inactive {
            return Err(RecoveryError::Inactive { name: user.name });
        }
        let token = NewToken::generate(random());
        let description = format!("{}'s Recovery Token", user.name);
        let new = insert_operator(&mut change, &self.service, &user, &org, description, &token).await?;
        let details = named(&mut change, new).await?;
        change.commit().await?;
        Ok(Created { details, token })
    }

    /// Creates an active user with a password, as a member or an owner of an organization.
    ///
    /// # Errors
    /// [`RecoveryError::NoOrg`], [`RecoveryError::NoOrgs`], [`RecoveryError::WhichOrg`]; an invalid or taken name or an
    /// invalid password is [`RecoveryError::Refused`]; the database may fail.
    pub async fn create_user(&self, new: RecoveredUser) -> Result<User, RecoveryError> {
        check_user_name(&new.name)?;
        check_password(new.password.expose_secret())?;
        let hash = self.service.passwords().hash(&new.password).await?;
        let mut change = self.begin(VIA).await?;
        let org = match &new.org {
            Some(name) => org_named(&mut change, name).await?,
            None => only_org(&mut change).await?,
        };
        let user = User { id: UserId(self.service.next_id()), name: new.name, status: Status::Active };
        insert_user(&mut change, &user, Some(&hash), Some((org.id, new.role))).await?;
        change.commit().await?;
        Ok(user)
    }

    /// Sets the password of the one user with this id and this name, as far as given, and ends the user's sessions.
    ///
    /// # Errors
    /// [`RecoveryError::NotOneUser`]; an invalid name or password is [`RecoveryError::Refused`]; the database may fail.
    pub async fn set_user_password(
        &self,
        id: Option<UserId>,
        name: Option<&str>,
        password: &SecretString,
    ) -> Result<User, RecoveryError> {
        if let Some(name) = name {
            check_user_name(name)?;
        }
        check_password(password.expose_secret())?;
        let hash = self.service.passwords().hash(password).await?;
        let mut change = self.begin(VIA).await?;
        let user = only_user(&mut change, id, name).await?;
        let now = change.now;
        jeton_store::users::set_password_hash(&mut change, user.id, &hash, now).await?;
        jeton_store::sessions::delete_of_user(&mut change, user.id, None).await?;
        change.record(Event::PasswordSet, None, user.id, NoDetail {}).await?;
        change.commit().await?;
        Ok(user)
    }

    /// Creates an organization with its system buckets, and optionally an owner by name.
    ///
    /// # Errors
    /// [`RecoveryError::NoUser`]; an invalid or taken name is [`RecoveryError::Refused`]; the database may fail.
    pub async fn create_org(&self, name: &str, owner: Option<&str>) -> Result<Org, RecoveryError> {
        check_org_name(name)?;
        let mut change = self.begin(VIA).await?;
        let owner = match owner {
            Some(owner) => Some(user_named(&mut change, owner).await?.id),
            None => None,
        };
        let org = insert_org(&mut change, name, "", owner).await?;
        change.commit().await?;
        Ok(org)
    }
}

async fn everyone(connection: &mut Connection) -> Result<Vec<User>, Error> {
    let all = Page { after: None, descending: false, offset: 0, limit: i64::MAX };
    Ok(jeton_store::users::list(connection, &all).await?)
}

async fn only_user(connection: &mut Connection, id: Option<UserId>, name: Option<&str>) -> Result<User, RecoveryError> {
    let mut found = match (id, name) {
        (Some(id), _) => jeton_store::users::by_id(connection, id).await?.into_iter().collect(),
        (None, Some(name)) => jeton_store::users::by_name(connection, name).await?.into_iter().collect(),
        (None, None) => everyone(connection).await?,
    };
    found.retain(|user| name.is_none_or(|name| user.name == name));
    let count = found.len();
    found.pop().filter(|_| count == 1).ok_or(RecoveryError::NotOneUser { found: count })
}

async fn user_named(connection: &mut Connection, name: &str) -> Result<User, RecoveryError> {
    // Databases reject NUL, so an invalid name must not be looked up.
    check_user_name(name)?;
    jeton_store::users::by_name(connection, name).await?.ok_or_else(|| RecoveryError::NoUser { name: name.into() })
}

async fn org_named(connection: &mut Connection, name: &str) -> Result<Org, RecoveryError> {
    check_org_name(name)?;
    jeton_store::orgs::by_name(connection, name).await?.ok_or_else(|| RecoveryError::NoOrg { name: name.into() })
}

async fn only_org(connection: &mut Connection) -> Result<Org, RecoveryError> {
    let mut found = jeton_store::orgs::list(connection, &Whose::Everyones, 0, i64::MAX).await?;
    match (found.pop(), found.len()) {
        (Some(org), 0) => Ok(org),
        (None, _) => Err(RecoveryError::NoOrgs),
        (Some(_), others) => Err(RecoveryError::WhichOrg { count: others + 1 }),
    }
}
