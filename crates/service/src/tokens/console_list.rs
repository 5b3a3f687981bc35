//! The console's list of an organization's tokens: pages, filters, and exports.

use jeton_model::{
    Action, Authorization, AuthorizationId, BucketId, Id, OrgId, ResourceType, TelegrafId, Timestamp, UserId,
    console::{
        attention_filter::AttentionCounts,
        token_query::{StatusFilter, TokenQuery},
        tokens::{Details, FilterChoices, FilterNames, TokenPage, TokenRow},
    },
    describe::{Home, Summary},
    tally::{COUNTED_UP_TO, Tally},
};
use jeton_store::{
    Connection,
    attention::Attending,
    authorization_filter::{Access, Filter, Whose},
    authorization_list::Start,
    text_search::TokenText,
};

use crate::{
    Caller, Error, Service,
    auth::{
        account_control::{check_writable, is_revocable_by_owner},
        required_permissions,
    },
    fold,
};

use super::{api_list::order, name_lookup::Names};

pub use jeton_store::authorization_list::Bookmark;

/// Number of tokens in a portion of an export.
const AT_ONCE: i64 = 1000;
/// Maximum number of names that a filter offers; others are typed.
const OFFERED: i64 = 100;

impl Service {
    /// A page of the console's list of an organization's tokens, and the counts of all that need attention.
    ///
    /// # Errors
    /// The database may fail.
    pub async fn token_page(&self, caller: &Caller, org: OrgId, query: &TokenQuery) -> Result<TokenPage, Error> {
        let now = self.now();
        // Never hold a connection while acquiring another: that can deadlock the pool.
        let (filter, names) = resolve(&mut *self.read().await?, caller, org, query, now).await?;
        let list = Listing { service: self, filter: &filter, query };
        let ((rows, page), found, (unfiltered, attention)) =
            tokio::try_join!(list.requested(), list.length(), self.all_seen(caller, org))?;
        let total = found.unwrap_or(unfiltered);
        let last = total.known().div_ceil(query.page_size).max(1);
        // Behind the pages that were counted, one exists if it has rows.
        let is_behind = page > last && total.is_more() && !rows.is_empty();
        let total = if is_behind { total.with_page(page, query.page_size, rows.len() as u64) } else { total };
        let (rows, page) = if page > last && !is_behind { (list.page(last).await?, last) } else { (rows, page) };
        let known = Names::of(&mut *self.read().await?, &rows).await?;
        let rows = rows.into_iter().map(|row| token_row(&known, caller, self.with_last_use(row), now)).collect();
        Ok(TokenPage { rows, total, unfiltered, page, names, attention, now })
    }

    /// Counts the tokens of an organization that the caller sees, and those that need attention.
    async fn all_seen(&self, caller: &Caller, org: OrgId) -> Result<(Tally, Option<AttentionCounts>), Error> {
        let attention = self.attention_seen(caller, org).await?;
        let seen = Filter { visible: caller.visible(), org: Some(org), ..Filter::default() };
        Ok((count(&mut *self.read().await?, &seen).await?, attention))
    }

    /// Counts the tokens of an organization that a query lists, up to [`COUNTED_UP_TO`].
    ///
    /// # Errors
    /// The database may fail.
    pub async fn count_tokens(&self, caller: &Caller, org: OrgId, query: &TokenQuery) -> Result<Tally, Error> {
        let mut reader = self.read().await?;
        let (filter, _) = resolve(&mut reader, caller, org, query, self.now()).await?;
        count(&mut reader, &filter).await
    }

    /// The owners, creators, buckets and configurations to filter by, as far as the caller may see them.
    ///
    /// # Errors
    /// `AuthError::Unauthorized`; the database may fail.
    pub async fn filter_choices(&self, caller: &Caller, org: OrgId) -> Result<FilterChoices, Error> {
        let mut reader = self.read().await?;
        let seen = Filter { visible: caller.visible(), org: Some(org), ..Filter::default() };
        let owners = jeton_store::filter_choices::user_names(&mut reader, &seen, Whose::User, OFFERED).await?;
        // Only callers who may read all users see the names of other creators.
        let creators = if caller.may(&required_permissions::users(Action::Read)) {
            jeton_store::filter_choices::user_names(&mut reader, &seen, Whose::Creator, OFFERED).await?
        } else {
            vec![caller.user.name.clone()]
        };
        let (buckets, telegrafs, _) = self.picker(caller, org, "").await?;
        let names =
            |choices: jeton_model::console::tokens::Choices| choices.items.into_iter().map(|item| item.name).collect();
        Ok(FilterChoices { owners, creators, buckets: names(buckets), telegrafs: names(telegrafs) })
    }

    /// At most a thousand tokens of a query from a bookmark on, and the bookmark of the next portion; `None` at the
    /// end. An export never holds the whole list.
    ///
    /// # Errors
    /// The database may fail.
    pub async fn token_portion(
        &self,
        caller: &Caller,
        org: OrgId,
        query: &TokenQuery,
        from: Option<&Bookmark>,
    ) -> Result<(Vec<Details>, Option<Bookmark>), Error> {
        let mut reader = self.read().await?;
        let now = self.now();
        let (filter, _) = resolve(&mut reader, caller, org, query, now).await?;
        let start = from.map_or(Start::Offset(0), Start::Behind);
        let (rows, end) =
            jeton_store::authorization_list::portion(&mut reader, &filter, order(query.sort), start, AT_ONCE).await?;
        let names = Names::of(&mut reader, &rows).await?;
        Ok((rows.into_iter().map(|row| names.details(row, now)).collect(), end))
    }
}

/// A list in pages. Its page and length are read concurrently, each with a connection of its own.
struct Listing<'a> {
    service: &'a Service,
    filter: &'a Filter,
    query: &'a TokenQuery,
}

impl Listing<'_> {
    /// The requested page, which may be behind the last one, and its number.
    async fn requested(&self) -> Result<(Vec<Authorization>, u64), Error> {
        let page = match self.query.show {
            Some(id) => self.page_with(id).await?,
            None => self.query.page.max(1),
        };
        Ok((self.page(page).await?, page))
    }

    async fn page(&self, page: u64) -> Result<Vec<Authorization>, Error> {
        let size = self.query.page_size;
        let before = (page - 1).saturating_mul(size);
        let start = Start::Offset(i64::try_from(before).unwrap_or(i64::MAX));
        let mut reader = self.service.read().await?;
        Ok(jeton_store::authorization_list::list(
            &mut reader,
            self.filter,
            order(self.query.sort),
            start,
            size.cast_signed(),
        )
        .await?)
    }

    /// The number of the page with an authorization.
    async fn page_with(&self, id: AuthorizationId) -> Result<u64, Error> {
        let mut reader = self.service.read().await?;
        let before =
            jeton_store::authorization_list::count_before(&mut reader, self.filter, order(self.query.sort), id).await?;
        Ok(1 + before.cast_unsigned() / self.query.page_size)
    }

    /// The number of rows, if there is a filter.
    async fn length(&self) -> Result<Option<Tally>, Error> {
        if !self.query.is_filtered() {
            return Ok(None);
        }
        count(&mut *self.service.read().await?, self.filter).await.map(Some)
    }
}

/// Counts authorizations, up to [`COUNTED_UP_TO`].
///
/// # Errors
/// The database may fail.
pub(crate) async fn count(connection: &mut Connection, filter: &Filter) -> Result<Tally, Error> {
    let counted = jeton_store::authorization_list::count(connection, filter, COUNTED_UP_TO).await?;
    Ok(Tally::up_to(COUNTED_UP_TO, counted))
}

/// The filter of a query, with names resolved to ids, and the resolved names.
///
/// # Errors
/// The database may fail.
pub(crate) async fn resolve(
    connection: &mut Connection,
    caller: &Caller,
    org: OrgId,
    query: &TokenQuery,
    now: Timestamp,
) -> Result<(Filter, FilterNames), Error> {
    let mut filter = Filter {
        visible: caller.visible(),
        org: Some(org),
        status: query.status.and_then(StatusFilter::status),
        live_at: (query.status == Some(StatusFilter::Live)).then_some(now),
        only_leaked: query.status == Some(StatusFilter::Leaked),
        breadth: query.kind,
        attending: query.attention.map(|attention| Attending {
            now,
            attention: Some(attention),
            expiring_until: None,
            unused_since: None,
        }),
        ..Filter::default()
    };
    let text = fold(&query.filter);
    if !text.is_empty() {
        filter.text = Some(TokenText::find(connection, &text).await?);
    }
    let mut names = FilterNames::default();
    (filter.user, names.owner) = user(connection, caller, &query.owner, &mut filter.nothing).await?;
    (filter.created_by, names.created_by) = user(connection, caller, &query.created_by, &mut filter.nothing).await?;
    if !query.bucket.is_empty() {
        let found = bucket(connection, caller, org, query).await?;
        names.bucket = reach(&mut filter, query.action, ResourceType::Buckets, found);
    }
    if !query.telegraf.is_empty() {
        let found = telegraf(connection, caller, org, query).await?;
        names.telegraf = reach(&mut filter, query.action, ResourceType::Telegrafs, found);
    }
    Ok((filter.narrow(connection).await?, names))
}

/// The user with an id or a name. An unknown name makes the list empty.
async fn user(
    connection: &mut Connection,
    caller: &Caller,
    requested: &str,
    nothing: &mut bool,
) -> Result<(Option<UserId>, Option<String>), Error> {
    if requested.is_empty() {
        return Ok((None, None));
    }
    let id: Option<UserId> = requested.parse().ok();
    let found = match id {
        Some(id) => jeton_store::users::by_id(connection, id).await?,
        None => jeton_store::users::by_name(connection, requested).await?,
    };
    // One that the caller may not read is treated like an unknown one.
    let found = found.filter(|user| caller.may(&required_permissions::user(Action::Read, user.id)));
    let id = id.or(found.as_ref().map(|user| user.id));
    *nothing |= id.is_none();
    Ok((id, found.map(|user| user.name)))
}

/// A resource that tokens are filtered by: its id, and if it exists, its organization and name.
struct Found {
    id: Option<Id>,
    thing: Option<(OrgId, String)>,
}

fn reach(filter: &mut Filter, action: Option<Action>, kind: ResourceType, found: Found) -> Option<String> {
    match found.id {
        Some(id) => {
            let org = found.thing.as_ref().map(|(org, _)| *org);
            filter.accesses.push(Access { kind, id, org, action });
        }
        None => filter.nothing = true,
    }
    found.thing.map(|(_, name)| name)
}

async fn bucket(connection: &mut Connection, caller: &Caller, org: OrgId, query: &TokenQuery) -> Result<Found, Error> {
    let id: Option<BucketId> = query.bucket.parse().ok();
    let found = match id {
        Some(id) => jeton_store::buckets::by_id(connection, id).await?,
        None => jeton_store::buckets::by_name(connection, org, &query.bucket).await?,
    };
    let found = found.filter(|bucket| caller.may(&required_permissions::bucket(Action::Read, bucket)));
    let id = id.or(found.as_ref().map(|bucket| bucket.id)).map(Id::from);
    Ok(Found { id, thing: found.map(|bucket| (bucket.org, bucket.name)) })
}

async fn telegraf(
    connection: &mut Connection,
    caller: &Caller,
    org: OrgId,
    query: &TokenQuery,
) -> Result<Found, Error> {
    let id: Option<TelegrafId> = query.telegraf.parse().ok();
    let found = match id {
        Some(id) => jeton_store::telegrafs::by_id(connection, id).await?,
        None => jeton_store::telegrafs::by_name(connection, org, &query.telegraf).await?,
    };
    let found = found.filter(|one| caller.may(&required_permissions::telegraf(Action::Read, one.id, one.org)));
    let id = id.or(found.as_ref().map(|one| one.id)).map(Id::from);
    Ok(Found { id, thing: found.map(|one| (one.org, one.name)) })
}

fn token_row(names: &Names, caller: &Caller, authorization: Authorization, now: Timestamp) -> TokenRow {
    let org_name = names.org(authorization.org).unwrap_or_default();
    let home = Home { owner: Some(authorization.user), org: authorization.org, org_name };
    TokenRow {
        id: authorization.id,
        summary: Summary::of(&names.name(&authorization), home),
        owner: names.user(authorization.user).map(Into::into),
        status: authorization.status,
        liveness: authorization.liveness(now),
        read_only: check_writable(caller, &authorization).is_err() && !is_revocable_by_owner(caller, &authorization),
        prefix: authorization.token_prefix,
        description: authorization.description,
        created_at: authorization.created_at,
        changed_at: Some(authorization.updated_at).filter(|at| *at != authorization.created_at),
        used_at: authorization.last_use.map(|last| last.at),
        expires_at: authorization.expires_at,
    }
}
