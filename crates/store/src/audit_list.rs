//! Searches in the audit log: newest entries first, restricted to those that a reader may see.

use jeton_model::{
    AuthorizationId, Id, OrgId, Timestamp, UserId,
    audit::{ActionGroup, query::AuditScope},
};

use crate::{
    Connection, Result,
    audit::{Stored, stored},
    columns::{Columns, from_id},
    query_builder::{Sql, contains},
    visibility::{Visible, push_visible},
};

/// The entries that a reader may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Readable {
    /// Every entry.
    All,
    /// Entries of these organizations, and the reader's own.
    Only {
        /// Organizations whose entries the reader may see.
        orgs: Vec<OrgId>,
        /// The user or token whose own entries the reader may see too.
        own: Own,
    },
}

/// The user or token whose entries are the reader's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Own {
    /// Entries by a user, and about them and their tokens.
    User(UserId),
    /// Entries by a token, and about it.
    Token(AuthorizationId),
}

/// A user or resource, by its id or by a folded text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The id; `None` if the text is not one.
    pub id: Option<Id>,
    /// The text, folded for comparison.
    pub text: String,
}

/// Conditions on entries, all of which must hold.
#[derive(Clone, Debug)]
pub struct Filter {
    /// Restricts to entries that the reader may see.
    pub readable: Readable,
    /// Restricts to entries at or after this time.
    pub from: Option<Timestamp>,
    /// Restricts to entries before this time.
    pub to: Option<Timestamp>,
    /// Restricts to entries by this user or token, whose whole name, prefix or id is given.
    pub actor: Option<Named>,
    /// A whole action, or the name of a group of actions.
    pub action: Option<String>,
    /// Restricts to subjects of this type, or to the one subject with this type and id.
    pub target: Option<(String, Option<Id>)>,
    /// Restricts to entries with this text in the details, the address or a name, or with this id.
    pub about: Option<Named>,
    /// The authorizations that the reader may see: texts and prefixes of others are not searched.
    pub tokens: Visible,
    /// Restricts to entries of an organization.
    pub within: Option<AuditScope>,
}

/// The start of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// At the newest entry.
    Newest,
    /// Older than this entry.
    After(i64),
    /// Newer than this entry, and of those the oldest.
    Before(i64),
}

/// Returns up to `limit` entries, newest first.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn list(connection: &mut Connection, filter: &Filter, start: Start, limit: i64) -> Result<Vec<Stored>> {
    let mut sql = Sql::new("SELECT * FROM audit_log WHERE 1 = 1");
    push_filter(&mut sql, filter)?;
    push_start(&mut sql, start)?;
    let turned = matches!(start, Start::Before(_));
    sql.push(if turned { " ORDER BY seq LIMIT " } else { " ORDER BY seq DESC LIMIT " }).bind(limit)?;
    let mut rows: Vec<Stored> = sql.fetch_all(connection).await?.iter().map(stored).collect::<Result<_>>()?;
    if turned {
        rows.reverse();
    }
    Ok(rows)
}

/// Counts the entries that match; counting stops at `limit`.
///
/// # Errors
/// Fails if the database does.
pub async fn count(connection: &mut Connection, filter: &Filter, start: Start, limit: i64) -> Result<i64> {
    let mut sql = Sql::new("SELECT COUNT(*) AS count FROM (SELECT seq FROM audit_log WHERE 1 = 1");
    push_filter(&mut sql, filter)?;
    push_start(&mut sql, start)?;
    sql.push(" LIMIT ").bind(limit)?.push(") AS found");
    sql.fetch_one(connection).await?.number("count")
}

fn push_start(sql: &mut Sql, start: Start) -> Result<()> {
    match start {
        Start::Newest => {}
        Start::After(seq) => _ = sql.push(" AND seq < ").bind(seq)?,
        Start::Before(seq) => _ = sql.push(" AND seq > ").bind(seq)?,
    }
    Ok(())
}

fn push_filter(sql: &mut Sql, filter: &Filter) -> Result<()> {
    push_readable(sql, &filter.readable)?;
    if let Some(from) = filter.from {
        sql.push(" AND at >= ").bind(from.micros())?;
    }
    if let Some(to) = filter.to {
        sql.push(" AND at < ").bind(to.micros())?;
    }
    match filter.within {
        Some(AuditScope::Org(org)) => _ = sql.push(" AND org_id = ").bind(from_id(org))?,
        Some(AuditScope::OrgOrNone(org)) => {
            _ = sql.push(" AND (org_id IS NULL OR org_id = ").bind(from_id(org))?.push(")");
        }
        None => {}
    }
    if let Some(action) = &filter.action {
        match ActionGroup::named(action) {
            Some(group) => _ = sql.push(" AND ").push(condition(group)),
            None => _ = sql.push(" AND action = ").bind(action.as_str())?,
        }
    }
    if let Some((kind, id)) = &filter.target {
        sql.push(" AND subject_type = ").bind(kind.as_str())?;
        if let Some(id) = id {
            sql.push(" AND subject_id = ").bind(from_id(*id))?;
        }
    }
    if let Some(actor) = &filter.actor {
        push_actor(sql, actor, &filter.tokens)?;
    }
    if let Some(about) = &filter.about {
        push_about(sql, about, &filter.tokens)?;
    }
    Ok(())
}

fn push_readable(sql: &mut Sql, readable: &Readable) -> Result<()> {
    let Readable::Only { orgs, own } = readable else { return Ok(()) };
    sql.push(" AND (org_id IN ").bind_ids(orgs.iter().copied())?;
    match own {
        Own::User(user) => {
            sql.push(" OR actor_user_id = ").bind(from_id(*user))?;
            sql.push(" OR (subject_type = 'users' AND subject_id = ").bind(from_id(*user))?.push(")");
            sql.push(" OR (subject_type = 'authorizations' AND subject_id IN (SELECT id FROM authorizations WHERE user_id = ");
            sql.bind(from_id(*user))?.push("))");
        }
        Own::Token(token) => {
            sql.push(" OR actor_authorization_id = ").bind(from_id(*token))?;
            sql.push(" OR (subject_type = 'authorizations' AND subject_id = ").bind(from_id(*token))?.push(")");
        }
    }
    sql.push(")");
    Ok(())
}

const SIGN_INS: &str = "action IN ('signed in', 'signed out', 'sessions ended', 'sign-in refused')";
const CREATED: &str =
    "(action LIKE '% created' OR action LIKE '% cloned' OR action LIKE '% added' OR action = 'set up')";
const DELETED: &str = "(action LIKE '% deleted' OR action LIKE '% removed' OR action LIKE '% trimmed')";
const REFUSED: &str = "(action LIKE '% refused' OR action = 'refusals left out')";
const READ: &str = "(action LIKE '% read' OR action LIKE '% exported' OR action = 'reads left out')";
/// Every action that is in none of the other groups.
const CHANGED: &str = "NOT (action IN ('signed in', 'signed out', 'sessions ended', 'set up', 'refusals left out', \
    'reads left out') \
    OR action LIKE '% created' OR action LIKE '% cloned' OR action LIKE '% added' OR action LIKE '% deleted' \
    OR action LIKE '% removed' OR action LIKE '% trimmed' OR action LIKE '% refused' \
    OR action LIKE '% read' OR action LIKE '% exported')";

const fn condition(group: ActionGroup) -> &'static str {
    match group {
        ActionGroup::SignIns => SIGN_INS,
        ActionGroup::Created => CREATED,
        ActionGroup::Changed => CHANGED,
        ActionGroup::Deleted => DELETED,
        ActionGroup::Read => READ,
        ActionGroup::Refused => REFUSED,
    }
}

fn push_actor(sql: &mut Sql, actor: &Named, tokens: &Visible) -> Result<()> {
    sql.push(" AND (actor_user_id IN (SELECT id FROM users WHERE name_key = ").bind(actor.text.clone())?;
    sql.push(") OR actor_authorization_id IN (SELECT id FROM authorizations WHERE LOWER(token_prefix) = ");
    sql.bind(actor.text.clone())?;
    push_visible(sql, tokens, None)?;
    sql.push(")");
    if let Some(id) = actor.id {
        sql.push(" OR actor_user_id = ").bind(from_id(id))?;
        sql.push(" OR actor_authorization_id = ").bind(from_id(id))?;
    }
    sql.push(")");
    Ok(())
}

/// Matches what an entry itself says, and the current names of users and tokens it refers to. Tokens are restricted to
/// those that the reader may see: otherwise the results would reveal the texts of others.
fn push_about(sql: &mut Sql, about: &Named, tokens: &Visible) -> Result<()> {
    let pattern = contains(&about.text);
    sql.push(" AND (LOWER(detail) LIKE ").bind(pattern.clone())?.push(" ESCAPE '\\' OR address LIKE ");
    sql.bind(pattern.clone())?.push(" ESCAPE '\\'");
    let users = [
        (" OR actor_user_id IN (SELECT id FROM users WHERE name_key LIKE ", ")"),
        (" OR (subject_type = 'users' AND subject_id IN (SELECT id FROM users WHERE name_key LIKE ", "))"),
    ];
    for (before, after) in users {
        sql.push(before).bind(pattern.clone())?.push(" ESCAPE '\\'").push(after);
    }
    let authorizations = [
        (" OR actor_authorization_id IN (SELECT id FROM authorizations WHERE search_text LIKE ", ")"),
        (
            " OR (subject_type = 'authorizations' AND subject_id IN (SELECT id FROM authorizations WHERE search_text LIKE ",
            "))",
        ),
    ];
    for (before, after) in authorizations {
        sql.push(before).bind(pattern.clone())?.push(" ESCAPE '\\'");
        push_visible(sql, tokens, None)?;
        sql.push(after);
    }
    if let Some(id) = about.id {
        for column in ["actor_user_id = ", "actor_authorization_id = ", "subject_id = "] {
            sql.push(" OR ").push(column).bind(from_id(id))?;
        }
    }
    sql.push(")");
    Ok(())
}

/// The facts about an authorization, of either kind, that the log shows.
#[derive(Clone, Debug)]
pub struct Label {
    /// Id of the authorization.
    pub id: AuthorizationId,
    /// Organization of the authorization.
    pub org: OrgId,
    /// Owner of the authorization.
    pub user: UserId,
    /// Description of the authorization; may be empty.
    pub description: String,
    /// Visible start of the token: `jtn_` and four characters, if it has that form.
    pub prefix: Option<String>,
    /// The user name of a 1.x credential.
    pub username: Option<String>,
}

/// Returns the labels of those of `ids` that exist.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn labels(connection: &mut Connection, ids: impl IntoIterator<Item = Id>) -> Result<Vec<Label>> {
    let mut sql =
        Sql::new("SELECT id, org_id, user_id, description, token_prefix, username FROM authorizations WHERE id IN ");
    sql.bind_ids(ids)?;
    let label = |row: &sqlx::any::AnyRow| {
        Ok(Label {
            id: AuthorizationId(row.id("id")?),
            org: OrgId(row.id("org_id")?),
            user: UserId(row.id("user_id")?),
            description: row.text("description")?,
            prefix: row.optional_text("token_prefix")?,
            username: row.optional_text("username")?,
        })
    };
    sql.fetch_all(connection).await?.iter().map(label).collect()
}
