//! The console's lists of members and users.

use std::collections::HashMap;

use jeton_model::{
    Action, OrgId, User, UserId,
    console::{
        list_query::{ListQuery, Listed},
        people::{Addable, Leaving, LeavingToken, Member, MemberPage, Person, UserPage, UserRow},
    },
    org::Role,
    user::check_text,
};
use jeton_store::{
    Connection,
    memberships::Of,
    user_directory::{Found, Part, Search},
    visibility::OwnerReach,
};

use crate::{
    Caller, Error, Service,
    auth::required_permissions,
    error::{OrgError, UserError},
    fold,
    orgs::members::{Parent, write_parent},
    tokens::api_list::MAX_FILTER,
};

/// Maximum number of organizations of a user that a list names.
const NAMED_ORGS: i64 = 2;
/// Maximum numbers of tokens and organizations that are named before a user is deleted.
const NAMED_TOKENS: i64 = 5;
const NAMED_LOSSES: usize = 3;
/// Maximum number of users that are offered; a part of a name finds the others.
const OFFERED_AT_ONCE: usize = 100;

impl Service {
    /// A page of an organization's members and owners.
    ///
    /// # Errors
    /// `AuthError::Unauthorized`; the database may fail.
    pub async fn member_page(&self, caller: &Caller, org: OrgId, query: &ListQuery) -> Result<MemberPage, Error> {
        caller.check(required_permissions::org(Action::Read, org))?;
        let mut reader = self.read().await?;
        let part = fold(&query.filter);
        let everyone = Search { org: Some(org), ..Search::default() };
        let search = Search { role: query.role, status: query.status, part: &part, ..everyone };
        let (found, whole) = page(&mut reader, &search, &everyone, query).await?;
        let owners = owners(&mut reader, org).await?;
        let listing = self.listing(&mut reader, &found, Some(org)).await?;
        let rows = found.into_iter().map(|found| {
            let role = found.role.unwrap_or(Role::Member);
            Member { only_owner: role == Role::Owner && owners == 1, role, person: listing.person(caller, found) }
        });
        Ok(MemberPage { listed: whole.with(rows.collect()), owners, now: self.now() })
    }

    /// One member of an organization that the caller may change.
    ///
    /// # Errors
    /// [`UserError::NotFound`], [`OrgError::NotMember`]; `AuthError::Unauthorized`; the database may fail.
    pub async fn member(&self, caller: &Caller, org: OrgId, user: UserId) -> Result<Member, Error> {
        caller.check(write_parent(Parent::Org(org), org))?;
        let mut reader = self.read().await?;
        let user = jeton_store::users::by_id(&mut reader, user).await?.ok_or(Error::User(UserError::NotFound))?;
        let role = jeton_store::memberships::role(&mut reader, Of::Org(org), user.id)
            .await?
            .ok_or(Error::Org(OrgError::NotMember))?;
        let only_owner = role == Role::Owner && owners(&mut reader, org).await? == 1;
        let found = Found { user, last_sign_in: None, role: Some(role) };
        let listing = self.listing(&mut reader, std::slice::from_ref(&found), Some(org)).await?;
        Ok(Member { person: listing.person(caller, found), role, only_owner })
    }

    /// A page of all users.
    ///
    /// # Errors
    /// `AuthError::Unauthorized`; the database may fail.
    pub async fn user_page(&self, caller: &Caller, query: &ListQuery) -> Result<UserPage, Error> {
        caller.check(required_permissions::users(Action::Read))?;
        let mut reader = self.read().await?;
        let part = fold(&query.filter);
        let search = Search { status: query.status, part: &part, ..Search::default() };
        let (found, whole) = page(&mut reader, &search, &Search::default(), query).await?;
        let listing = self.listing(&mut reader, &found, None).await?;
        let ids = found.iter().map(|found| found.user.id);
        let mut orgs: HashMap<UserId, (Vec<String>, u64)> = HashMap::new();
        for (user, name, count) in jeton_store::user_directory::orgs_of(&mut reader, ids, NAMED_ORGS).await? {
            let (names, total) = orgs.entry(user).or_default();
            names.push(name);
            *total = count.cast_unsigned();
        }
        let names_orgs = caller.may(&required_permissions::orgs(Action::Read));
        let rows = found.into_iter().map(|found| {
            let (names, org_count) = orgs.remove(&found.user.id).unwrap_or_default();
            let orgs = if names_orgs { names } else { Vec::new() };
            UserRow { person: listing.person(caller, found), orgs, org_count }
        });
        Ok(UserPage { listed: whole.with(rows.collect()), now: self.now() })
    }

    /// A user whom the caller may change.
    ///
    /// # Errors
    /// [`UserError::NotFound`]; `AuthError::Unauthorized`; the database may fail.
    pub async fn changeable_user(&self, caller: &Caller, id: UserId) -> Result<User, Error> {
        caller.check(required_permissions::user(Action::Write, id))?;
        let mut reader = self.read().await?;
        jeton_store::users::by_id(&mut reader, id).await?.ok_or(Error::User(UserError::NotFound))
    }

    /// The consequences of deleting a user, for a caller who may delete them.
    ///
    /// # Errors
    /// [`UserError::NotFound`]; `AuthError::Unauthorized`; the database may fail.
    pub async fn leaving(&self, caller: &Caller, id: UserId) -> Result<Leaving, Error> {
        let user = self.changeable_user(caller, id).await?;
        let mut reader = self.read().await?;
        let now = self.now();
        let counted = jeton_store::user_directory::live_tokens(&mut reader, [id], None, now).await?;
        let named =
            jeton_store::user_directory::live_token_names(&mut reader, id, &caller.visible(), now, NAMED_TOKENS)
                .await?;
        let mut only_owner_of =
            jeton_store::user_directory::only_owner_of(&mut reader, id, NAMED_LOSSES as i64 + 1).await?;
        let and_more = only_owner_of.len() > NAMED_LOSSES;
        only_owner_of.truncate(NAMED_LOSSES);
        Ok(Leaving {
            user,
            is_self: caller.id() == id,
            live_tokens: counted.first().map_or(0, |(_, count)| count.cast_unsigned()),
            tokens: named.into_iter().map(|(description, prefix)| LeavingToken { description, prefix }).collect(),
            only_owner_of,
            and_more,
            only_operator: jeton_store::user_directory::only_operator(&mut reader).await? == Some(id),
        })
    }

    /// The names of users who could be made members; none for a caller who may not read all users.
    ///
    /// # Errors
    /// `ValidationError::TextTooLong`, `ValidationError::TextNul`; `AuthError::Unauthorized`; the database may fail.
    pub async fn addable(&self, caller: &Caller, org: OrgId, part: &str) -> Result<Addable, Error> {
        caller.check(write_parent(Parent::Org(org), org))?;
        if !caller.may(&required_permissions::users(Action::Read)) {
            return Ok(Addable::default());
        }
        check_text("the text to look for", part, MAX_FILTER)?;
        let mut reader = self.read().await?;
        let mut names =
            jeton_store::user_directory::strangers(&mut reader, org, &fold(part), OFFERED_AT_ONCE as i64 + 1).await?;
        let more = names.len() > OFFERED_AT_ONCE;
        names.truncate(OFFERED_AT_ONCE);
        Ok(Addable { names, more })
    }

    /// Reads the data that all users of a page share.
    async fn listing(
        &self,
        connection: &mut Connection,
        found: &[Found],
        org: Option<OrgId>,
    ) -> Result<Listing, Error> {
        let ids = found.iter().map(|found| found.user.id);
        let counted = jeton_store::user_directory::live_tokens(connection, ids, org, self.now()).await?;
        Ok(Listing {
            live_tokens: counted.into_iter().collect(),
            only_operator: jeton_store::user_directory::only_operator(connection).await?,
        })
    }
}

/// Data that the users of a page share.
struct Listing {
    live_tokens: HashMap<UserId, i64>,
    only_operator: Option<UserId>,
}

impl Listing {
    fn person(&self, caller: &Caller, found: Found) -> Person {
        let id = found.user.id;
        let tokens_listed = match caller.visible().owners {
            OwnerReach::All => true,
            OwnerReach::Only(owners) => owners.contains(&id),
        };
        Person {
            live_tokens: self.live_tokens.get(&id).map_or(0, |count| count.cast_unsigned()),
            last_sign_in: found.last_sign_in,
            tokens_listed,
            may_change: caller.may(&required_permissions::user(Action::Write, id)),
            only_operator: self.only_operator == Some(id),
            user: found.user,
        }
    }
}

/// The size of a list, and the number of the shown page.
struct Whole {
    total: u64,
    unfiltered: u64,
    page: u64,
}

impl Whole {
    fn with<T>(self, rows: Vec<T>) -> Listed<T> {
        Listed { rows, total: self.total, unfiltered: self.unfiltered, page: self.page }
    }
}

async fn page(
    connection: &mut Connection,
    search: &Search<'_>,
    everyone: &Search<'_>,
    query: &ListQuery,
) -> Result<(Vec<Found>, Whole), Error> {
    let unfiltered = jeton_store::user_directory::count(connection, everyone).await?.cast_unsigned();
    let total = jeton_store::user_directory::count(connection, search).await?.cast_unsigned();
    let (page, before) = query.page_of(total);
    let part =
        Part { descending: query.descending, offset: before.cast_signed(), limit: query.page_size.cast_signed() };
    let found = jeton_store::user_directory::list(connection, search, part).await?;
    Ok((found, Whole { total, unfiltered, page }))
}

/// Counts the owners of an organization.
///
/// # Errors
/// The database may fail.
pub(crate) async fn owners(connection: &mut Connection, org: OrgId) -> Result<u64, Error> {
    let search = Search { org: Some(org), role: Some(Role::Owner), ..Search::default() };
    Ok(jeton_store::user_directory::count(connection, &search).await?.cast_unsigned())
}
