//! Reading the audit log: operators read all of it, owners what happened in their organizations, everyone their own
//! acts.

use std::collections::{BTreeSet, HashMap};

use jeton_model::{
    Action, AuthorizationId, BucketId, Id, OrgId, ResourceType, TelegrafId, UserId,
    audit::{ActingToken, ActingUser, Actor, AuditPage, AuditQuery, AuditRow, COUNTED, Target, query::AuditScope},
    grant,
    user::check_text,
};
use jeton_store::{
    Connection,
    audit::Stored,
    audit_list::{Filter, Label, Named, Own, Readable, Start},
};

use crate::{
    Caller, Error, Service,
    auth::{caller::Credential, required_permissions},
    error::AuthError,
    fold,
    tokens::api_list::MAX_FILTER,
};

/// Number of entries on a page.
const PAGE_SIZE: i64 = 25;

/// Returns whether a caller reads the whole log: they may read everything in every organization.
pub(crate) fn reads_all(caller: &Caller) -> bool {
    grant::operator().iter().filter(|one| one.action == Action::Read).all(|one| caller.may(one))
}

/// The entries that a caller may read.
fn readable(caller: &Caller) -> Readable {
    if reads_all(caller) {
        return Readable::All;
    }
    // An owner changes the organization and reads its tokens.
    let owned = |org: &OrgId| {
        caller.may(&required_permissions::org(Action::Write, *org))
            && caller.may(&required_permissions::authorizations(Action::Read, *org))
    };
    let named = caller.permissions().iter().filter(|held| held.resource.kind == ResourceType::Orgs);
    let orgs: BTreeSet<OrgId> = named.filter_map(|held| held.resource.id.map(OrgId)).filter(owned).collect();
    let user = Own::User(caller.id());
    let own = match caller.credential {
        // A token that may not read its owner only reads its own acts.
        Credential::Token(id) | Credential::V1(id)
            if !caller.may(&required_permissions::user(Action::Read, caller.id())) =>
        {
            Own::Token(id)
        }
        _ => user,
    };
    Readable::Only { orgs: orgs.into_iter().collect(), own }
}

impl Service {
    /// Lists at most `limit` entries that match a query, newest first.
    ///
    /// # Errors
    /// [`AuthError::TokenInactive`]; `ValidationError::TextTooLong` or `ValidationError::TextNul` for a filter; the
    /// database may fail.
    pub async fn audit_entries(&self, caller: &Caller, query: &AuditQuery, limit: u32) -> Result<Vec<AuditRow>, Error> {
        let filter = self.audit_filter(caller, query, query.org.map(AuditScope::Org))?;
        let mut reader = self.read().await?;
        let found = jeton_store::audit_list::list(&mut reader, &filter, start(query), limit.into()).await?;
        named(&mut reader, &filter.readable, found).await
    }

    /// A page of the console: entries of an organization and those of none.
    ///
    /// # Errors
    /// [`AuthError::TokenInactive`]; `ValidationError::TextTooLong` or `ValidationError::TextNul` for a filter; the
    /// database may fail.
    pub async fn audit_page(&self, caller: &Caller, org: OrgId, query: &AuditQuery) -> Result<AuditPage, Error> {
        let filter = self.audit_filter(caller, query, Some(AuditScope::OrgOrNone(org)))?;
        let chain = self.chain(caller).await?;
        let mut reader = self.read().await?;
        let start = start(query);
        let mut found = jeton_store::audit_list::list(&mut reader, &filter, start, PAGE_SIZE + 1).await?;
        // The additional entry shows that there are more on that side; the other side is where the reader came from.
        let more = found.len() as i64 > PAGE_SIZE;
        let (newer, older) = match start {
            Start::Newest => (false, more),
            Start::After(_) => (true, more),
            Start::Before(_) => (more, true),
        };
        if more {
            found.remove(if matches!(start, Start::Before(_)) { 0 } else { PAGE_SIZE as usize });
        }
        let before = match found.first().filter(|_| newer) {
            Some(first) => count(&mut reader, &filter, Start::Before(first.seq)).await?,
            None => 0,
        };
        let total = count(&mut reader, &filter, Start::Newest).await?;
        let rows = named(&mut reader, &filter.readable, found).await?;
        Ok(AuditPage { rows, total, before, newer, older, chain, now: self.now() })
    }

    /// Counts the entries that the console lists before the entry `seq`, up to [`COUNTED`] + 1.
    ///
    /// # Errors
    /// [`AuthError::TokenInactive`]; `ValidationError::TextTooLong` or `ValidationError::TextNul` for a filter; the
    /// database may fail.
    pub async fn audit_newer(&self, caller: &Caller, org: OrgId, query: &AuditQuery, seq: i64) -> Result<u64, Error> {
        let filter = self.audit_filter(caller, query, Some(AuditScope::OrgOrNone(org)))?;
        count(&mut *self.read().await?, &filter, Start::Before(seq)).await
    }

    /// Lists at most `limit` entries of an export.
    ///
    /// # Errors
    /// [`AuthError::TokenInactive`]; `ValidationError::TextTooLong` or `ValidationError::TextNul` for a filter; the
    /// database may fail.
    pub async fn audit_portion(
        &self,
        caller: &Caller,
        within: Option<AuditScope>,
        query: &AuditQuery,
        limit: u32,
    ) -> Result<Vec<AuditRow>, Error> {
        let filter = self.audit_filter(caller, query, within)?;
        let mut reader = self.read().await?;
        let found = jeton_store::audit_list::list(&mut reader, &filter, start(query), limit.into()).await?;
        named(&mut reader, &filter.readable, found).await
    }

    fn audit_filter(&self, caller: &Caller, query: &AuditQuery, within: Option<AuditScope>) -> Result<Filter, Error> {
        if caller.inactive {
            return Err(Error::Auth(AuthError::TokenInactive));
        }
        let texts =
            [("actor", &query.actor), ("action", &query.action), ("target", &query.target), ("about", &query.about)];
        for (name, text) in texts {
            check_text(name, text, MAX_FILTER)?;
        }
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let thing = |text: &str| {
            let text = fold(text);
            (!text.is_empty()).then(|| Named { id: text.parse().ok(), text })
        };
        Ok(Filter {
            readable: readable(caller),
            from: query.since(self.now()),
            to: query.to,
            actor: thing(&query.actor),
            action: some(&query.action),
            target: some(&query.target).map(|text| match text.split_once('/') {
                Some((kind, id)) => (kind.to_owned(), id.parse().ok().or(Id::new(u64::MAX))),
                None => (text, None),
            }),
            about: thing(&query.about),
            tokens: caller.visible(),
            within,
        })
    }
}

async fn count(connection: &mut Connection, filter: &Filter, start: Start) -> Result<u64, Error> {
    Ok(jeton_store::audit_list::count(connection, filter, start, COUNTED as i64 + 1).await?.cast_unsigned())
}

fn start(query: &AuditQuery) -> Start {
    match (query.after, query.before) {
        (Some(seq), _) => Start::After(seq),
        (None, Some(seq)) => Start::Before(seq),
        (None, None) => Start::Newest,
    }
}

/// The current names of everything that entries mention.
#[derive(Default)]
struct Known {
    users: HashMap<Id, String>,
    tokens: HashMap<Id, Label>,
    others: HashMap<Id, String>,
}

impl Known {
    async fn of(connection: &mut Connection, rows: &[Stored]) -> Result<Self, Error> {
        let of_kind = |kind: &'static str| {
            let ids = rows.iter().filter(move |row| row.subject_type == kind).filter_map(|row| row.subject);
            ids.collect::<BTreeSet<Id>>()
        };
        let mut users = of_kind("users");
        users.extend(rows.iter().filter_map(|row| row.actor_user));
        let mut tokens = of_kind("authorizations");
        tokens.extend(rows.iter().filter_map(|row| row.actor_authorization));
        let users = jeton_store::users::by_ids(connection, users.into_iter().map(UserId)).await?;
        let tokens = jeton_store::audit_list::labels(connection, tokens).await?;
        let orgs = jeton_store::orgs::by_ids(connection, of_kind("orgs").into_iter().map(OrgId)).await?;
        let buckets = jeton_store::buckets::by_ids(connection, of_kind("buckets").into_iter().map(BucketId)).await?;
        let telegrafs =
            jeton_store::telegrafs::heads(connection, of_kind("telegrafs").into_iter().map(TelegrafId)).await?;
        let mut others: HashMap<Id, String> = orgs.into_iter().map(|org| (org.id.into(), org.name)).collect();
        others.extend(buckets.into_iter().map(|bucket| (bucket.id.into(), bucket.name)));
        others.extend(telegrafs.into_iter().map(|telegraf| (telegraf.id.into(), telegraf.name)));
        Ok(Self {
            users: users.into_iter().map(|user| (user.id.into(), user.name)).collect(),
            tokens: tokens.into_iter().map(|label| (label.id.into(), label)).collect(),
            others,
        })
    }

    fn target(&self, kind: String, id: Option<Id>) -> Target {
        let name = id.and_then(|id| match kind.as_str() {
            "users" => self.users.get(&id).cloned(),
            "authorizations" => self.tokens.get(&id).and_then(name_of),
            _ => self.others.get(&id).cloned(),
        });
        Target { kind, id, name }
    }
}

/// The username or description of a credential.
fn name_of(label: &Label) -> Option<String> {
    let username = label.username.clone();
    username.or_else(|| (!label.description.is_empty()).then(|| label.description.clone()))
}

/// Adds all names to entries. Readers of their own acts learn only the id of a token that is not theirs.
async fn named(connection: &mut Connection, readable: &Readable, rows: Vec<Stored>) -> Result<Vec<AuditRow>, Error> {
    let known = Known::of(connection, &rows).await?;
    let is_open = |row: &Stored| match readable {
        Readable::All => true,
        Readable::Only { orgs, own } => {
            let is_own = match own {
                Own::User(user) => row.actor_user == Some(Id::from(*user)),
                Own::Token(token) => row.actor_authorization == Some(Id::from(*token)),
            };
            is_own || row.org.is_some_and(|org| orgs.contains(&OrgId(org)))
        }
    };
    let row = |row: Stored| {
        let label = row.actor_authorization.and_then(|id| known.tokens.get(&id)).filter(|_| is_open(&row));
        let token = row.actor_authorization.map(|id| ActingToken {
            id: AuthorizationId(id),
            description: label.and_then(name_of),
            prefix: label.and_then(|label| label.prefix.clone()),
        });
        let user = row.actor_user.map(|id| ActingUser { id: UserId(id), name: known.users.get(&id).cloned() });
        AuditRow {
            seq: row.seq,
            at: row.at,
            action: row.action,
            actor: Actor { user, token, session: row.actor_session },
            address: row.address,
            org: row.org.map(OrgId),
            target: known.target(row.subject_type, row.subject),
            detail: serde_json::from_str(&row.detail).unwrap_or_default(),
            hash: row.hash,
        }
    };
    Ok(rows.into_iter().map(row).collect())
}
