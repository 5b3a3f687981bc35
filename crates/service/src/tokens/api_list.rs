//! The API's list of authorizations, and counts for the console and the metrics.

use jeton_model::{
    Action, AuthorizationId, OrgId, Status, Timestamp, UserId,
    console::{
        attention_filter::AttentionFilter,
        tokens::{self, Details, SortKey},
    },
    duration::Span,
    user::check_text,
};
use jeton_store::{
    Connection,
    attention::Attending,
    authorization_filter::Filter,
    authorization_list::{Bookmark, Sort, Start},
    text_search::TokenText,
};

use crate::{
    Caller, Error, Service,
    auth::required_permissions,
    error::{OrgError, TokenError, UserError},
    fold,
    orgs::OrgQuery,
};

use super::name_lookup::Names;

/// Filters, order and paging of the API's list (docs/influxdb-compatibility.md §4.3). Unknown names are errors for
/// every caller.
#[derive(Clone, Debug, Default)]
pub struct AuthorizationQuery {
    /// Selects the authorization with this id; overrides the other filters.
    pub id: Option<AuthorizationId>,
    /// Restricts to authorizations of this owner.
    pub user: Option<UserId>,
    /// Name of the owner in place of the id; ignored if `user` is given.
    pub user_name: Option<String>,
    /// Restricts to authorizations of this organization.
    pub org: Option<OrgId>,
    /// Name of the organization in place of its id; ignored if `org` is given.
    pub org_name: Option<String>,
    /// A part of the description, owner, id, prefix or a permission.
    pub text: Option<String>,
    /// Restricts to this status: active or inactive.
    pub status: Option<Status>,
    /// Restricts to those that work now: active, neither expired nor ended, and of an active owner.
    pub live: bool,
    /// Only those with this reason for attention.
    pub attention: Option<AttentionFilter>,
    /// Only live ones that expire within this time.
    pub expiring: Option<Span>,
    /// Only live ones that were not used for this time, or since their creation.
    pub unused: Option<Span>,
    /// The order; `None` sorts by ascending ids.
    pub sort: ApiSort,
    /// Maximum number of authorizations; `None` lists all.
    pub limit: Option<u64>,
    /// Restricts to authorizations that come after this one in the order.
    pub after: Option<AuthorizationId>,
}

/// The order of the API's list: by creation unless given.
pub type ApiSort = Option<tokens::Sort>;

/// Maximum number of bytes of a search text.
pub(crate) const MAX_FILTER: usize = 255;

/// Maximum number of authorizations that the API's lists read at once.
pub(crate) const AT_ONCE: i64 = 1000;

/// Number of tokens from which on counting them takes long.
const MANY: i64 = 20_000;

impl Service {
    /// Collects all of [`Service::authorization_list`].
    ///
    /// # Errors
    /// Those of [`Service::authorization_list`].
    pub async fn authorizations(&self, caller: &Caller, query: &AuthorizationQuery) -> Result<Vec<Details>, Error> {
        let mut list = self.authorization_list(caller, query).await?;
        let mut all = Vec::new();
        while let Some(some) = list.next().await? {
            all.extend(some);
        }
        Ok(all)
    }

    /// Lists the authorizations that the caller may see, without those that ended (docs/influxdb-compatibility.md
    /// §4.3).
    ///
    /// # Errors
    /// [`UserError::NotFound`], [`OrgError::NameNotFound`], [`TokenError::NotFound`]; `ApiError::Query` if
    /// `after` was deleted; `ValidationError::TextTooLong`, `ValidationError::TextNul`; the database may fail.
    pub async fn authorization_list(
        &self,
        caller: &Caller,
        query: &AuthorizationQuery,
    ) -> Result<AuthorizationList, Error> {
        let mut reader = self.read().await?;
        let filter = api_filter(&mut reader, caller, query, self.now()).await?;
        if let Some(id) = query.id
            && jeton_store::authorizations::by_id(&mut reader, id).await?.is_none()
        {
            return Err(Error::Token(TokenError::NotFound));
        }
        let sort = query.sort.map_or(Sort::Id, order);
        if let (Some(after), false) = (query.after, matches!(sort, Sort::Id | Sort::IdDescending))
            && jeton_store::authorizations::by_id(&mut reader, after).await?.is_none()
        {
            return Err(Error::Token(TokenError::CursorNotFound));
        }
        let place = Place::Begins(query.after);
        Ok(AuthorizationList { service: self.clone(), filter, sort, place, left: query.limit })
    }

    /// Lists the first hundred organizations of the caller.
    ///
    /// # Errors
    /// The database may fail.
    pub async fn places(&self, caller: &Caller) -> Result<Vec<tokens::OrgRef>, Error> {
        let orgs = self.orgs(caller, &OrgQuery { limit: 100, ..OrgQuery::default() }).await?;
        Ok(orgs.into_iter().map(|org| tokens::OrgRef { id: org.id, name: org.name }).collect())
    }

    /// Returns whether there are so many tokens that counting them takes long.
    ///
    /// # Errors
    /// The database may fail.
    pub async fn has_many_tokens(&self) -> Result<bool, Error> {
        Ok(jeton_store::authorizations::are_more_than(&mut *self.read().await?, MANY).await?)
    }

    /// Counts tokens by status, and whether they ended, in all organizations; for the metrics.
    ///
    /// # Errors
    /// The database may fail.
    pub async fn token_counts(&self) -> Result<Vec<(Status, bool, u64)>, Error> {
        let mut reader = self.read().await?;
        let counts = jeton_store::authorizations::count_by_state(&mut reader).await?;
        Ok(counts.into_iter().map(|(status, ended, count)| (status, ended, count.cast_unsigned())).collect())
    }
}

/// The position up to which a list was read.
pub(crate) enum Place {
    /// Nothing yet; it begins behind this authorization.
    Begins(Option<AuthorizationId>),
    /// Up to this bookmark.
    Behind(Bookmark),
    /// To the end.
    Ended,
}

impl Place {
    /// The start of the next portion; `None` at the end.
    pub(crate) fn start(&self) -> Option<Start<'_>> {
        match self {
            Self::Begins(after) => Some(after.map_or(Start::Offset(0), Start::After)),
            Self::Behind(bookmark) => Some(Start::Behind(bookmark)),
            Self::Ended => None,
        }
    }
}

impl From<Option<Bookmark>> for Place {
    fn from(end: Option<Bookmark>) -> Self {
        end.map_or(Self::Ended, Self::Behind)
    }
}

/// A list of authorizations, read in portions so that memory stays bounded.
pub struct AuthorizationList {
    service: Service,
    filter: Filter,
    sort: Sort,
    place: Place,
    /// The remaining limit; `None` lists all.
    left: Option<u64>,
}

impl AuthorizationList {
    /// The next authorizations; `None` at the end.
    ///
    /// # Errors
    /// The database may fail.
    pub async fn next(&mut self) -> Result<Option<Vec<Details>>, Error> {
        let limit = self.left.map_or(AT_ONCE, |left| AT_ONCE.min(left.cast_signed()));
        let Some(start) = self.place.start().filter(|_| limit > 0) else { return Ok(None) };
        let mut reader = self.service.read().await?;
        let (found, end) =
            jeton_store::authorization_list::portion(&mut reader, &self.filter, self.sort, start, limit).await?;
        self.place = end.into();
        self.left = self.left.map(|left| left.saturating_sub(found.len() as u64));
        let names = Names::of(&mut reader, &found).await?;
        let now = self.service.now();
        Ok(Some(found.into_iter().map(|one| names.details(self.service.with_last_use(one), now)).collect()))
    }
}

/// Looks up an owner and an organization by name. Those that the caller may not read are denied like unknown ones.
///
/// # Errors
/// [`UserError::NotFound`], [`OrgError::NameNotFound`]; the database may fail.
pub(crate) async fn named_owner_and_org(
    connection: &mut Connection,
    caller: &Caller,
    user: Option<&str>,
    org: Option<&str>,
) -> Result<(Option<UserId>, Option<OrgId>), Error> {
    let user = match user {
        Some(name) => {
            let found = jeton_store::users::by_name(connection, name).await?;
            let found = found.filter(|user| caller.may(&required_permissions::user(Action::Read, user.id)));
            Some(found.ok_or(Error::User(UserError::NotFound))?.id)
        }
        None => None,
    };
    let org = match org {
        Some(name) => {
            let knows =
                |org| caller.knows_org(org) || caller.may(&required_permissions::authorizations(Action::Read, org));
            let found = jeton_store::orgs::by_name(connection, name).await?.filter(|org| knows(org.id));
            Some(found.ok_or_else(|| Error::Org(OrgError::NameNotFound { name: name.trim().into() }))?.id)
        }
        None => None,
    };
    Ok((user, org))
}

async fn api_filter(
    connection: &mut Connection,
    caller: &Caller,
    query: &AuthorizationQuery,
    now: Timestamp,
) -> Result<Filter, Error> {
    let user_name = query.user_name.as_deref().filter(|_| query.user.is_none());
    let org_name = query.org_name.as_deref().filter(|_| query.org.is_none());
    let (user, org) = named_owner_and_org(connection, caller, user_name, org_name).await?;
    let (user, org) = (query.user.or(user), query.org.or(org));
    check_text("q", query.text.as_deref().unwrap_or_default(), MAX_FILTER)?;
    let mut filter = Filter { visible: caller.visible(), id: query.id, ..Filter::default() };
    // influxd omits ended authorizations; Jeton lists them in a query for attention.
    filter.without_ended = query.id.is_some() || query.attention.is_none();
    // An id overrides all other filters.
    if query.id.is_none() {
        filter.user = user;
        filter.org = org;
        filter.status = query.status;
        filter.live_at = query.live.then_some(now);
        if let Some(text) = &query.text {
            filter.text = Some(TokenText::find(connection, &fold(text)).await?);
        }
        filter.attending = attending(query, now);
    }
    Ok(filter.narrow(connection).await?)
}

fn attending(query: &AuthorizationQuery, now: Timestamp) -> Option<Attending> {
    let AuthorizationQuery { attention, expiring, unused, .. } = *query;
    let requested = attention.is_some() || expiring.is_some() || unused.is_some();
    requested.then(|| Attending {
        now,
        attention,
        expiring_until: expiring.map(|span| now.plus_seconds(span.seconds())),
        unused_since: unused.map(|span| now.plus_seconds(-span.seconds())),
    })
}

/// The store's order for an order of the list.
pub(crate) const fn order(sort: tokens::Sort) -> Sort {
    match (sort.key, sort.descending) {
        (SortKey::Description, false) => Sort::Description,
        (SortKey::Description, true) => Sort::DescriptionDescending,
        (SortKey::Status, false) => Sort::Status,
        (SortKey::Status, true) => Sort::StatusDescending,
        (SortKey::CreatedAt, false) => Sort::Id,
        (SortKey::CreatedAt, true) => Sort::IdDescending,
    }
}
