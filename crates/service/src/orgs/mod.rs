//! Organizations.

mod console;
pub mod console_members;
mod context;
pub mod members;
pub mod rules;

use jeton_model::{
    Action, Bucket, BucketId, Id, Org, OrgId, Timestamp, UserId,
    bucket::{BucketKind, SYSTEM_BUCKETS},
    org::{Role, check_org_name},
    user::check_text,
};
use jeton_store::{memberships::Of, orgs::Whose};

use crate::{
    Caller, Error, Service,
    audit::{
        Event,
        detail::{Change, orgs::OrgState},
    },
    auth::{account_control::check_account_control, required_permissions},
    error::OrgError,
    fold, random,
    transaction::AuditedTransaction,
};

/// Maximum number of bytes in the description of an organization or a bucket.
pub(super) const MAX_DESCRIPTION: usize = 1024;

/// Filters and paging of a list of organizations (docs/influxdb-compatibility.md §5.4).
#[derive(Clone, Debug, Default)]
pub struct OrgQuery {
    /// Selects the organization with this id; overrides the other filters.
    pub id: Option<OrgId>,
    /// Selects the organization with this name, ignoring outer spaces; `user` is ignored.
    pub name: Option<String>,
    /// Restricts to organizations of which this user is a member or an owner.
    pub user: Option<UserId>,
    /// Number of organizations to skip.
    pub offset: u32,
    /// Maximum number of organizations to read; those that the caller may not read count too.
    pub limit: u32,
}

/// Changes to an organization; `None` keeps a value.
#[derive(Clone, Debug, Default)]
pub struct OrgUpdate {
    /// The new name, which must be unique without outer spaces.
    pub name: Option<String>,
    /// The new description, of at most 1024 bytes.
    pub description: Option<String>,
}

impl Service {
    /// Lists the organizations that the caller may read. Without permission to read all, those of the caller's user.
    ///
    /// # Errors
    /// [`OrgError::NotFound`], [`OrgError::NameNotFound`]; the database may fail.
    pub async fn orgs(&self, caller: &Caller, query: &OrgQuery) -> Result<Vec<Org>, Error> {
        let mut reader = self.read().await?;
        let found = match (query.id, &query.name) {
            (Some(id), _) => {
                vec![jeton_store::orgs::by_id(&mut reader, id).await?.ok_or(Error::Org(OrgError::NotFound))?]
            }
            (None, Some(name)) => {
                // One that the caller may not read is denied like an unknown one.
                let org = jeton_store::orgs::by_name(&mut reader, name).await?;
                let org = org.filter(|org| caller.may(&required_permissions::org(Action::Read, org.id)));
                vec![org.ok_or_else(|| Error::Org(OrgError::NameNotFound { name: name.trim().into() }))?]
            }
            (None, None) => {
                let whose = match query.user {
                    Some(user) => Whose::Of(user),
                    None if caller.may(&required_permissions::orgs(Action::Read)) => Whose::Everyones,
                    None => Whose::Of(caller.id()),
                };
                jeton_store::orgs::list(&mut reader, &whose, query.offset.into(), query.limit.into()).await?
            }
        };
        Ok(found.into_iter().filter(|org| caller.may(&required_permissions::org(Action::Read, org.id))).collect())
    }

    /// An organization by its id.
    ///
    /// # Errors
    /// [`OrgError::NotFound`]; `AuthError::Unauthorized`; the database may fail.
    pub async fn org(&self, caller: &Caller, id: OrgId) -> Result<Org, Error> {
        caller.check(required_permissions::org(Action::Read, id))?;
        let mut reader = self.read().await?;
        jeton_store::orgs::by_id(&mut reader, id).await?.ok_or(Error::Org(OrgError::NotFound))
    }

    /// Creates an organization with its system buckets; the caller's user owns it.
    ///
    /// # Errors
    /// `ValidationError::OrgNameEmpty`, [`OrgError::NameTaken`], `AuthError::LimitedTokenEmpowers`,
    /// `AuthError::TokenEmpowersMore`; `AuthError::Unauthorized`; the database may fail.
    pub async fn create_org(&self, caller: &Caller, name: &str, description: &str) -> Result<Org, Error> {
        check_org_name(name)?;
        check_text("description", description, MAX_DESCRIPTION)?;
        let (mut change, caller) = self.begin(caller).await?;
        caller.check(required_permissions::orgs(Action::Write))?;
        let org = insert_org(&mut change, name, description, Some(caller.id())).await?;
        // Ownership is a membership, which a session keeps permanently.
        let now = change.now;
        check_account_control(&mut change, &caller, &required_permissions::orgs(Action::Write), caller.id(), now)
            .await?;
        change.commit().await?;
        Ok(org)
    }

    /// Changes an organization's name or description.
    ///
    /// # Errors
    /// [`OrgError::NotFound`], `ValidationError::OrgNameEmpty`, [`OrgError::NameTaken`]; `AuthError::Unauthorized`; the
    /// database may fail.
    pub async fn update_org(&self, caller: &Caller, id: OrgId, requested: OrgUpdate) -> Result<Org, Error> {
        let (mut change, caller) = self.begin(caller).await?;
        let after = update(&mut change, &caller, id, requested).await?;
        change.commit().await?;
        Ok(after)
    }

    /// Deletes an organization with all its resources; its authorizations end permanently.
    ///
    /// # Errors
    /// [`OrgError::NotFoundToDelete`]; `AuthError::Unauthorized`; the database may fail.
    pub async fn delete_org(&self, caller: &Caller, id: OrgId) -> Result<(), Error> {
        self.delete_org_if(caller, id, |_| Ok(())).await
    }

    /// Deletes an organization in the console, which requires its name as confirmation.
    ///
    /// # Errors
    /// `ValidationError::Field` for another name; those of [`Service::delete_org`].
    pub async fn delete_org_by_name(&self, caller: &Caller, id: OrgId, typed: &str) -> Result<(), Error> {
        let is_meant = |org: &Org| match typed.trim() == org.name.trim() {
            true => Ok(()),
            false => Err(Error::field("name", format!("Type the name: {}", org.name.trim()))),
        };
        self.delete_org_if(caller, id, is_meant).await
    }

    async fn delete_org_if(
        &self,
        caller: &Caller,
        id: OrgId,
        is_meant: impl FnOnce(&Org) -> Result<(), Error> + Send,
    ) -> Result<(), Error> {
        let (mut change, caller) = self.begin_alone(caller).await?;
        caller.check(required_permissions::org(Action::Write, id))?;
        let org = jeton_store::orgs::by_id(&mut change, id).await?.ok_or(Error::Org(OrgError::NotFoundToDelete(id)))?;
        is_meant(&org)?;
        let now = change.now;
        jeton_store::authorizations::end_of_org(&mut change, id, now).await?;
        jeton_store::memberships::delete_within(&mut change, id).await?;
        jeton_store::dbrps::delete_of_org(&mut change, id).await?;
        jeton_store::gate_bindings::delete_of_org(&mut change, id).await?;
        jeton_store::gate_suspensions::delete_of_org(&mut change, id).await?;
        jeton_store::buckets::delete_of_org(&mut change, id).await?;
        jeton_store::telegrafs::delete_of_org(&mut change, id).await?;
        jeton_store::org_rules::delete_of_org(&mut change, id).await?;
        jeton_store::orgs::delete(&mut change, id).await?;
        change.record(Event::OrgDeleted, Some(id), id, OrgState::of(&org)).await?;
        change.commit().await
    }
}

/// Inserts a new organization with its system buckets and its first owner, and records it.
///
/// # Errors
/// [`OrgError::NameTaken`]; the database may fail.
pub(super) async fn insert_org(
    change: &mut AuditedTransaction,
    name: &str,
    description: &str,
    owner: Option<UserId>,
) -> Result<Org, Error> {
    let now = change.now;
    let org = new_org(name, description, now);
    if !jeton_store::orgs::insert(change, &org, &fold(name)).await? {
        return Err(Error::Org(OrgError::NameTaken { name: name.into() }));
    }
    create_system_buckets(change, org.id).await?;
    if let Some(owner) = owner {
        jeton_store::memberships::insert(change, Of::Org(org.id), owner, Role::Owner, now).await?;
    }
    change.record(Event::OrgCreated, Some(org.id), org.id, OrgState::of(&org)).await?;
    Ok(org)
}

/// Changes an organization's name or description in a transaction.
///
/// # Errors
/// Those of [`Service::update_org`].
pub(super) async fn update(
    change: &mut AuditedTransaction,
    caller: &Caller,
    id: OrgId,
    requested: OrgUpdate,
) -> Result<Org, Error> {
    caller.check(required_permissions::org(Action::Write, id))?;
    let before = jeton_store::orgs::by_id(change, id).await?.ok_or(Error::Org(OrgError::NotFound))?;
    let mut after = before.clone();
    if let Some(name) = requested.name {
        check_org_name(&name)?;
        if jeton_store::orgs::by_name(change, &name).await?.is_some_and(|other| other.id != id) {
            return Err(Error::Org(OrgError::NameTaken { name }));
        }
        after.name = name;
    }
    if let Some(description) = requested.description {
        check_text("description", &description, MAX_DESCRIPTION)?;
        after.description = description;
    }
    after.updated_at = change.now;
    jeton_store::orgs::update(change, &after, &fold(&after.name)).await?;
    let changed = Change { before: OrgState::of(&before), after: OrgState::of(&after) };
    change.record(Event::OrgUpdated, Some(id), id, changed).await?;
    Ok(after)
}

/// An organization with a random id.
pub(super) fn new_org(name: &str, description: &str, now: Timestamp) -> Org {
    Org {
        id: OrgId(Id::from_random(random())),
        name: name.into(),
        description: description.into(),
        created_at: now,
        updated_at: now,
    }
}

/// Creates the system buckets of a new organization.
///
/// # Errors
/// The database may fail.
pub(super) async fn create_system_buckets(change: &mut AuditedTransaction, org: OrgId) -> Result<(), Error> {
    let now = change.now;
    for (name, description, retention) in SYSTEM_BUCKETS {
        let bucket = Bucket {
            id: BucketId(Id::from_random(random())),
            org,
            kind: BucketKind::System,
            name: name.into(),
            description: description.into(),
            retention_policy: String::new(),
            retention,
            created_at: now,
            updated_at: now,
        };
        jeton_store::buckets::insert(change, &bucket, &fold(name)).await?;
    }
    Ok(())
}
