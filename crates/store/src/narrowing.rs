//! Narrowing: before a list is read, an index is asked which authorizations can match one of its conditions. Where
//! these are few, the list examines them alone, and not every authorization of the organization.
//!
//! It changes how long a statement takes, never its result: every condition stays part of it.

use jeton_model::{Action, OrgId, UserId, attention::Attention, org_rules::OrgRules};

use crate::{
    Backend, Connection, Result,
    attention::Attending,
    attention_parts::Part,
    attention_sql::Conditions,
    authorization_filter::{Access, Filter, push_filter},
    candidates::{Candidates, MOST, push_base},
    columns::{Columns, from_id},
    org_rules,
    query_builder::Sql,
    search_index,
    visibility::OwnerReach,
};

/// Number of candidates from which on a smaller set is not looked for.
const FEW: i64 = 1000;
/// Number of authorizations of which it is counted how many match. If half of them do, reading the list in its order
/// soon finds enough.
const TRIED: i64 = 400;

impl Filter {
    /// Returns the filter with the candidates of its most selective condition, as far as an index tells them.
    ///
    /// # Errors
    /// Fails if the database does, or if a row holds a value that can't be decoded.
    pub async fn narrow(mut self, connection: &mut Connection) -> Result<Self> {
        let is_small = self.nothing || self.id.is_some() || self.ids.is_some();
        let sources = if is_small { Vec::new() } else { sources(connection, &self).await? };
        if sources.is_empty() || is_dense(connection, &self).await? {
            return Ok(self);
        }
        for source in sources {
            let found = source.read(connection).await?;
            if found.as_ref().is_some_and(|found| is_better(found, self.candidates.as_ref())) {
                self.candidates = found;
            }
            if self.candidates.as_ref().is_some_and(|candidates| candidates.count <= FEW) {
                break;
            }
        }
        Ok(self)
    }
}

fn is_better(found: &Candidates, than: Option<&Candidates>) -> bool {
    than.is_none_or(|than| found.count < than.count)
}

fn backend(connection: &Connection) -> Backend {
    if connection.backend_name() == "PostgreSQL" { Backend::Postgres } else { Backend::Sqlite }
}

/// Returns whether at least half of some authorizations match.
async fn is_dense(connection: &mut Connection, filter: &Filter) -> Result<bool> {
    let mut sql = Sql::new("SELECT COUNT(*) AS count FROM (SELECT * FROM authorizations WHERE kind = ");
    sql.bind(filter.kind.name())?;
    if let Some(org) = filter.org {
        sql.push(" AND org_id = ").bind(from_id(org))?;
    }
    sql.push(" LIMIT ").bind(TRIED)?.push(") AS authorizations WHERE kind = ");
    push_filter(&mut sql, filter)?;
    Ok(sql.fetch_one(connection).await?.number("count")? * 2 >= TRIED)
}

/// A statement that reads candidates: the union of several queries, each up to the limit.
struct Source {
    backend: Backend,
    sql: Sql,
    is_first: bool,
    /// True if the index alone answers whether an authorization matches. A part of the candidates is then of no use,
    /// because counting without them takes no longer.
    is_cheap: bool,
}

impl Source {
    fn new(backend: Backend, is_cheap: bool) -> Self {
        let sql = Sql::new("SELECT COUNT(*) AS count, STRING_AGG(CAST(id AS TEXT), ',') AS ids FROM (");
        Self { backend, sql, is_first: true, is_cheap }
    }

    /// Adds a query of a column `id`.
    fn add(&mut self, push: impl FnOnce(&mut Sql) -> Result<()>) -> Result<()> {
        let begin = if self.is_first { "SELECT id FROM (" } else { " UNION SELECT id FROM (" };
        self.is_first = false;
        push(self.sql.push(begin))?;
        self.sql.push(" LIMIT ").bind(MOST)?.push(") AS part");
        Ok(())
    }

    /// Reads the candidates; `None` for a part that is of no use.
    async fn read(mut self, connection: &mut Connection) -> Result<Option<Candidates>> {
        self.sql.push(" LIMIT ").bind(MOST)?.push(") AS found");
        let row = self.sql.fetch_one(connection).await?;
        let ids = row.optional_text("ids")?.unwrap_or_default();
        let found = Candidates { backend: self.backend, ids: format!("[{ids}]"), count: row.number("count")? };
        Ok((found.is_complete() || !self.is_cheap).then_some(found))
    }
}

/// Returns a source for each condition of a filter that an index answers.
async fn sources(connection: &mut Connection, filter: &Filter) -> Result<Vec<Source>> {
    let backend = backend(connection);
    let mut found = columns(backend, filter)?;
    for access in &filter.accesses {
        found.push(of_access(backend, access)?);
    }
    if let (Some(attending), Some(org)) = (&filter.attending, filter.org) {
        let rules = org_rules::of_org(connection, org).await?.unwrap_or_default();
        found.extend(of_attention(backend, attending, org, &rules)?);
    }
    // The planner of PostgreSQL knows by its statistics whether the index of texts serves.
    if let Some(text) = &filter.text
        && backend == Backend::Sqlite
        && let Some(expression) = search_index::expression(text.text())
        && search_index::is_in_sqlite(connection).await?
    {
        let mut source = Source::new(backend, false);
        source.add(|sql| {
            sql.push("SELECT rowid AS id FROM token_search WHERE token_search MATCH ").bind(expression)?;
            Ok(())
        })?;
        for named in text.named() {
            source.add(|sql| named.push_candidates(sql, text, filter.kind, filter.org))?;
        }
        found.push(source);
    }
    Ok(found)
}

/// Returns a source for each column that the filter compares.
fn columns(backend: Backend, filter: &Filter) -> Result<Vec<Source>> {
    let mut found = Vec::new();
    let mut column = |push: &dyn Fn(&mut Sql) -> Result<()>| -> Result<()> {
        let mut source = Source::new(backend, true);
        source.add(|sql| {
            push_base(sql, filter.kind, filter.org)?;
            push(sql)
        })?;
        found.push(source);
        Ok(())
    };
    for (user, name) in [(filter.user, "user_id"), (filter.created_by, "created_by")] {
        if let (Some(user), true) = (user, filter.org.is_some()) {
            column(&|sql| sql.push(" AND ").push(name).push(" = ").bind(from_id(user)).map(drop))?;
        }
    }
    if let Some(users) = own(filter) {
        column(&|sql| sql.push(" AND user_id IN ").bind_ids(users.iter().copied()).map(drop))?;
    }
    if filter.org.is_none() {
        return Ok(found);
    }
    if let Some(status) = filter.status {
        column(&|sql| sql.push(" AND status = ").bind(status.name()).map(drop))?;
    }
    if let Some(kind) = filter.breadth {
        column(&|sql| sql.push(" AND breadth = ").bind(kind.name()).map(drop))?;
    }
    if filter.only_leaked {
        column(&|sql| {
            sql.push(" AND leaked_at IS NOT NULL");
            Ok(())
        })?;
    }
    Ok(found)
}

/// Returns the only owners whose authorizations a caller may read, if there are only some.
fn own(filter: &Filter) -> Option<&[UserId]> {
    match &filter.visible.owners {
        OwnerReach::Only(users) if filter.visible.owned_orgs.is_empty() => Some(users.as_slice()),
        OwnerReach::Only(_) | OwnerReach::All => None,
    }
}

/// Returns the authorizations with a permission that reaches a resource: one with its id, or one on its whole type.
fn of_access(backend: Backend, access: &Access) -> Result<Source> {
    let mut source = Source::new(backend, false);
    let begin = |sql: &mut Sql| -> Result<()> {
        // A token may have several rows, and the limit is one of tokens.
        sql.push("SELECT DISTINCT authorization_id AS id FROM grants WHERE resource_type = ")
            .bind(access.kind.name())?;
        match access.action {
            Some(action) => _ = sql.push(" AND action = ").bind(action.name())?,
            // Both actions by name, so that the columns behind them in the index are found too.
            None => _ = sql.push(" AND action IN ").bind_texts(Action::ALL.map(Action::name))?,
        }
        Ok(())
    };
    source.add(|sql| {
        begin(sql)?;
        sql.push(" AND resource_id = ").bind(from_id(access.id)).map(drop)
    })?;
    if let Some(org) = access.org {
        source.add(|sql| {
            begin(sql)?;
            sql.push(" AND resource_id IS NULL AND org_id = ").bind(from_id(org)).map(drop)
        })?;
        source.add(|sql| {
            begin(sql)?;
            sql.push(" AND resource_id IS NULL AND org_id IS NULL");
            Ok(())
        })?;
    }
    Ok(source)
}

/// Returns the tokens with one of the reasons for attention, or with the times, that a filter names.
fn of_attention(backend: Backend, attending: &Attending, org: OrgId, rules: &OrgRules) -> Result<Option<Source>> {
    let now = attending.now;
    let parts: Vec<Part> = match (attending.expiring_until, attending.unused_since, attending.attention) {
        (Some(until), _, _) => vec![Part::ExpiringBy(until)],
        (None, Some(since), _) => vec![Part::Unused(since), Part::NeverUsed(since)],
        (None, None, Some(filter)) => filter.kinds().flat_map(|kind: Attention| Part::of(kind, rules, now)).collect(),
        (None, None, None) => return Ok(None),
    };
    let conditions = Conditions { org: Some(org), now, rules: Some(rules) };
    let mut source = Source::new(backend, false);
    for part in &parts {
        source.add(|sql| part.push(sql, &conditions))?;
    }
    // Rules that no token can break.
    if parts.is_empty() {
        source.add(|sql| {
            sql.push("SELECT id FROM authorizations WHERE 1 = 0");
            Ok(())
        })?;
    }
    Ok(Some(source))
}

#[cfg(test)]
mod tests;
