//! The API's list of authorizations, and what is counted for the console and the metrics.

use crate::{
    model::{
        Authorization, AuthorizationId, Error, OrgId, Status, Timestamp, UserId,
        attention::AttentionFilter,
        duration::Span,
        listing::{Details, Place, SortKey},
        user::check_text,
    },
    store::{
        self, Connection,
        attention::Attending,
        authorizations::{Filter, Sort, Start, TokenText},
    },
};

use super::{Caller, Service, fold, names::Names, orgs::OrgQuery};

/// What the API's list is asked for (contract §4.3). Names that don't exist are refused whoever asks.
#[derive(Clone, Debug, Default)]
pub struct AuthorizationQuery {
    pub id: Option<AuthorizationId>,
    pub user: Option<UserId>,
    pub user_name: Option<String>,
    pub org: Option<OrgId>,
    pub org_name: Option<String>,
    /// A part of the description, owner, id, prefix or a permission.
    pub text: Option<String>,
    pub status: Option<Status>,
    /// Only those that give this reason to look at them.
    pub attention: Option<AttentionFilter>,
    /// Only those that work, and end within this time.
    pub expiring: Option<Span>,
    /// Only those that work, and were not used for so long; one that was never used, since it was created.
    pub unused: Option<Span>,
    pub sort: ApiSort,
    /// At most so many; without it, all.
    pub limit: Option<u64>,
    pub after: Option<AuthorizationId>,
}

/// What the API's list is sorted by: creation, unless asked otherwise.
pub type ApiSort = Option<crate::model::listing::Sort>;

/// At most so many bytes of a text to look for.
pub(super) const MAX_FILTER: usize = 255;

/// How many authorizations the API's unlimited list fetches at once.
const AT_ONCE: i64 = 1000;

impl Service {
    /// The authorizations the caller may see, without those whose owner or organization is gone (contract §4.3).
    pub async fn authorizations(&self, caller: &Caller, query: &AuthorizationQuery) -> Result<Vec<Details>, Error> {
        let mut reader = self.read().await?;
        let filter = api_filter(&mut reader, caller, query, self.now()).await?;
        if let Some(id) = query.id
            && store::authorizations::by_id(&mut reader, id).await?.is_none()
        {
            return Err(Error::AuthorizationNotFound);
        }
        let sort = query.sort.map_or(Sort::Id, order);
        if let (Some(after), false) = (query.after, matches!(sort, Sort::Id | Sort::IdDescending))
            && store::authorizations::by_id(&mut reader, after).await?.is_none()
        {
            return Err(Error::BadQuery("after names no authorization: it was deleted, so the page after it is not known; sort by createdAt, or begin again".into()));
        }
        let mut found: Vec<Authorization> = Vec::new();
        let mut start = query.after.map_or(Start::Offset(0), Start::After);
        loop {
            let wanted = query
                .limit
                .map_or(AT_ONCE, |limit| AT_ONCE.min(limit.cast_signed() - found.len().cast_signed() as i64));
            let rows = store::authorizations::list(&mut reader, &filter, sort, start, wanted).await?;
            let complete = rows.len().cast_signed() as i64;
            let last = rows.last().map(|row| row.id);
            found.extend(rows);
            match last {
                Some(id) if complete == wanted && query.limit.is_none_or(|limit| (found.len() as u64) < limit) => {
                    start = Start::After(id)
                }
                _ => break,
            }
        }
        let names = Names::of(&mut reader, &found).await?;
        let now = self.now();
        Ok(found.into_iter().map(|one| names.details(self.with_last_use(one), now)).collect())
    }

    /// The organizations the caller can work in; the first hundred.
    pub async fn places(&self, caller: &Caller) -> Result<Vec<Place>, Error> {
        let orgs = self.orgs(caller, &OrgQuery { limit: 100, ..OrgQuery::default() }).await?;
        Ok(orgs.into_iter().map(|org| Place { id: org.id, name: org.name }).collect())
    }

    /// How many tokens there are of each state, in all organizations; for the metrics.
    pub async fn token_counts(&self) -> Result<Vec<(Status, bool, u64)>, Error> {
        let mut reader = self.read().await?;
        let counts = store::authorizations::count_by_state(&mut reader).await?;
        Ok(counts.into_iter().map(|(status, ended, count)| (status, ended, count.cast_unsigned())).collect())
    }
}

/// Looks up an owner and an organization by name. What does not exist is refused, whoever asks.
pub(super) async fn named_owner_and_org(
    connection: &mut Connection,
    user: Option<&str>,
    org: Option<&str>,
) -> Result<(Option<UserId>, Option<OrgId>), Error> {
    let user = match user {
        Some(name) => Some(store::users::by_name(connection, name).await?.ok_or(Error::UserNotFound)?.id),
        None => None,
    };
    let org = match org {
        Some(name) => {
            let found = store::orgs::by_name(connection, name).await?;
            Some(found.ok_or_else(|| Error::OrgNameNotFound { name: name.trim().into() })?.id)
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
    let (user, org) = named_owner_and_org(connection, user_name, org_name).await?;
    let (user, org) = (query.user.or(user), query.org.or(org));
    check_text("q", query.text.as_deref().unwrap_or_default(), MAX_FILTER)?;
    let mut filter = Filter { visible: caller.visible(), id: query.id, ..Filter::default() };
    // Those that ended are influxd's to leave out, and Jeton's to show where someone asks for what needs attention.
    filter.without_ended = query.id.is_some() || query.attention.is_none();
    // An id wins over every other filter.
    if query.id.is_none() {
        filter.user = user;
        filter.org = org;
        filter.status = query.status;
        if let Some(text) = &query.text {
            filter.text = Some(TokenText::find(connection, &fold(text)).await?);
        }
        filter.attending = attending(query, now);
    }
    Ok(filter)
}

fn attending(query: &AuthorizationQuery, now: Timestamp) -> Option<Attending> {
    let AuthorizationQuery { attention, expiring, unused, .. } = *query;
    let asked = attention.is_some() || expiring.is_some() || unused.is_some();
    asked.then(|| Attending {
        now,
        attention,
        expiring_until: expiring.map(|span| now.plus_seconds(span.seconds())),
        unused_since: unused.map(|span| now.plus_seconds(-span.seconds())),
    })
}

pub(super) const fn order(sort: crate::model::listing::Sort) -> Sort {
    match (sort.key, sort.descending) {
        (SortKey::Description, false) => Sort::Description,
        (SortKey::Description, true) => Sort::DescriptionDescending,
        (SortKey::Status, false) => Sort::Status,
        (SortKey::Status, true) => Sort::StatusDescending,
        (SortKey::CreatedAt, false) => Sort::Id,
        (SortKey::CreatedAt, true) => Sort::IdDescending,
    }
}
