//! Authorizations, and the index of their permissions.

use std::collections::HashMap;

use sqlx::{Executor as _, any::AnyRow};

use jeton_model::{
    Authorization, AuthorizationId, LastUse, Networks, OrgId, Permission, Status, Timestamp, User, UserId,
    ValidationError, grant::TokenKind, token::TokenHash,
};

use crate::{
    Connection, Result,
    columns::{Columns, corrupt, from_id},
    gate_uses,
    query_builder::Sql,
    token_counts,
};

/// The credential that a client presents, which decides the kind of the authorization.
#[derive(Clone, Copy, Debug)]
pub enum Secret<'a> {
    /// A token, stored as its hash.
    Token(&'a TokenHash),
    /// The user name of a 1.x client; its password is stored separately.
    Username(&'a str),
}

/// Tokens, or 1.x credentials. No query for one returns the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// Tokens.
    #[default]
    V2,
    /// 1.x credentials: user names with passwords.
    V1,
}

impl Kind {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::V2 => "v2",
            Self::V1 => "v1",
        }
    }
}

impl<'a> Secret<'a> {
    pub(super) const fn kind(self) -> Kind {
        match self {
            Self::Token(_) => Kind::V2,
            Self::Username(_) => Kind::V1,
        }
    }

    pub(super) fn hash(self) -> Option<&'a str> {
        match self {
            Self::Token(hash) => Some(hash.as_str()),
            Self::Username(_) => None,
        }
    }

    pub(super) const fn username(self) -> Option<&'a str> {
        match self {
            Self::Token(_) => None,
            Self::Username(name) => Some(name),
        }
    }
}

pub(super) fn authorization(row: &AnyRow) -> Result<Authorization> {
    Ok(Authorization {
        id: AuthorizationId(row.id("id")?),
        org: OrgId(row.id("org_id")?),
        user: UserId(row.id("user_id")?),
        created_by: UserId(row.id("created_by")?),
        status: row.word("status")?,
        description: row.text("description")?,
        permissions: permissions_in(row)?,
        token_prefix: row.optional_text("token_prefix")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
        expires_at: row.optional_time("expires_at")?,
        ended_at: row.optional_time("ended_at")?,
        networks: networks_in(row)?,
        last_use: last_use_in(row)?,
        replaces: row.optional_id("replaces_id")?.map(AuthorizationId),
        created_with: row.optional_id("created_with_id")?.map(AuthorizationId),
        leaked_at: row.optional_time("leaked_at")?,
    })
}

/// Selects authorizations with their owners.
const WITH_OWNER: &str = "SELECT authorizations.*, users.id AS owner_id, users.name AS owner_name, users.status AS owner_status \
     FROM authorizations LEFT JOIN users ON users.id = authorizations.user_id";

fn with_owner(row: &AnyRow) -> Result<(Authorization, Option<User>)> {
    let owner = match row.optional_id("owner_id")? {
        Some(id) => Some(User { id: UserId(id), name: row.text("owner_name")?, status: row.word("owner_status")? }),
        None => None,
    };
    Ok((authorization(row)?, owner))
}

pub(super) fn networks_in(row: &AnyRow) -> Result<Networks> {
    let text = row.optional_text("allowed_networks")?.unwrap_or_default();
    text.parse().map_err(|error: ValidationError| corrupt(error.to_string()))
}

pub(super) fn permissions_in(row: &AnyRow) -> Result<Vec<Permission>> {
    serde_json::from_str(&row.text("permissions")?).map_err(|error| corrupt(error.to_string()))
}

fn last_use_in(row: &AnyRow) -> Result<Option<LastUse>> {
    let Some(at) = row.optional_time("last_used_at")? else { return Ok(None) };
    Ok(Some(LastUse { at, from: row.optional_text("last_used_from")?, agent: row.optional_text("last_used_agent")? }))
}

/// Derived columns that lists are searched and sorted by; texts are folded.
#[derive(Clone, Debug)]
pub struct Keys {
    /// Sort key: the description, with numbers written so that they sort by their value.
    pub description: String,
    /// Text that searches match: description, id, prefix, status, type and permissions.
    pub search: String,
    /// The type of token, from the reach of its permissions.
    pub kind: TokenKind,
}

/// Returns the column's value: NULL for every network.
pub(super) fn networks_column(networks: &Networks) -> Option<String> {
    (!networks.is_everywhere()).then(|| networks.to_string())
}

/// Returns the token's authorization with this id.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn by_id(connection: &mut Connection, id: AuthorizationId) -> Result<Option<Authorization>> {
    let row = sqlx::query("SELECT * FROM authorizations WHERE id = $1 AND kind = 'v2'")
        .bind(from_id(id))
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(authorization).transpose()
}

/// Returns the token's authorization with this id, and its owner, `None` if they were deleted.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn with_owner_by_id(
    connection: &mut Connection,
    id: AuthorizationId,
) -> Result<Option<(Authorization, Option<User>)>> {
    let mut sql = Sql::new(WITH_OWNER);
    sql.push(" WHERE authorizations.id = ").bind(from_id(id))?.push(" AND authorizations.kind = 'v2'");
    sql.fetch_all(connection).await?.first().map(with_owner).transpose()
}

/// Returns the organizations of those of `ids` that exist.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn orgs_of(
    connection: &mut Connection,
    ids: impl IntoIterator<Item = AuthorizationId>,
) -> Result<HashMap<AuthorizationId, OrgId>> {
    let mut sql = Sql::new("SELECT id, org_id FROM authorizations WHERE kind = 'v2' AND id IN ");
    sql.bind_ids(ids)?;
    let rows = sql.fetch_all(connection).await?;
    rows.iter().map(|row| Ok((AuthorizationId(row.id("id")?), OrgId(row.id("org_id")?)))).collect()
}

/// Returns the authorization whose token has this hash.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn by_token_hash(connection: &mut Connection, hash: &TokenHash) -> Result<Option<Authorization>> {
    let row = sqlx::query("SELECT * FROM authorizations WHERE token_hash = $1")
        .bind(hash.as_str())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(authorization).transpose()
}

/// Returns the authorization whose token has one of these hashes, in the order of [`by_token_hashes`], and its owner,
/// `None` if they were deleted.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn with_owner_by_token_hashes(
    connection: &mut Connection,
    hashes: &[TokenHash; 2],
) -> Result<Option<(Authorization, Option<User>)>> {
    let [one, other] = hashes;
    let mut sql = Sql::new(WITH_OWNER);
    sql.push(" WHERE authorizations.token_hash IN (").bind(one.as_str())?.push(", ").bind(other.as_str())?;
    sql.push(") ORDER BY authorizations.token_hash DESC LIMIT 1");
    sql.fetch_all(connection).await?.first().map(with_owner).transpose()
}

/// Returns the authorization whose token has one of these hashes. A SHA-512 comes first: only imports bring one along,
/// and nobody who knows the token may replace it by another record.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn by_token_hashes(connection: &mut Connection, hashes: &[TokenHash; 2]) -> Result<Option<Authorization>> {
    let [one, other] = hashes;
    let row = sqlx::query("SELECT * FROM authorizations WHERE token_hash IN ($1, $2) ORDER BY token_hash DESC LIMIT 1")
        .bind(one.as_str())
        .bind(other.as_str())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(authorization).transpose()
}

/// Updates what can change of an authorization: description, status, expiry, networks, and whether the token leaked.
/// An earlier expiry makes a token one that is meant to end: see [`super::rotations::is_cut_short`].
///
/// # Errors
/// Fails if the database does.
pub async fn update(connection: &mut Connection, changed: &Authorization, keys: &Keys) -> Result<()> {
    let query = sqlx::query(
        "UPDATE authorizations SET status = $2, description = $3, description_key = $4, search_text = $5, updated_at = $6, \
         expires_at = $7, allowed_networks = $8, leaked_at = $9, \
         cut_short = CASE WHEN COALESCE(expires_at, $10) > COALESCE($7, $10) THEN 1 ELSE cut_short END WHERE id = $1",
    )
    .bind(from_id(changed.id))
    .bind(changed.status.name())
    .bind(&changed.description)
    .bind(&keys.description)
    .bind(&keys.search)
    .bind(changed.updated_at.micros())
    .bind(changed.expires_at.map(Timestamp::micros))
    .bind(networks_column(&changed.networks))
    .bind(changed.leaked_at.map(Timestamp::micros))
    .bind(i64::MAX);
    connection.execute(query).await?;
    Ok(())
}

/// Deletes an authorization with its grants, counts and usage. Its direct descendants pass to its own creator.
///
/// # Errors
/// Fails if the database does.
pub async fn delete(connection: &mut Connection, id: AuthorizationId) -> Result<()> {
    close_gap(connection, id).await?;
    token_counts::subtract(connection, id).await?;
    connection.execute(sqlx::query("DELETE FROM grants WHERE authorization_id = $1").bind(from_id(id))).await?;
    connection.execute(sqlx::query("DELETE FROM token_uses WHERE authorization_id = $1").bind(from_id(id))).await?;
    gate_uses::delete_of(connection, id).await?;
    connection.execute(sqlx::query("DELETE FROM authorizations WHERE id = $1").bind(from_id(id))).await?;
    Ok(())
}

/// Ends a deleted user's authorizations: their records stay, and nothing reactivates them.
///
/// # Errors
/// Fails if the database does.
pub async fn end_of_user(connection: &mut Connection, user: UserId, now: Timestamp) -> Result<()> {
    let query = sqlx::query("UPDATE authorizations SET ended_at = $2 WHERE user_id = $1 AND ended_at IS NULL")
        .bind(from_id(user))
        .bind(now.micros());
    connection.execute(query).await?;
    Ok(())
}

/// Ends a deleted organization's authorizations: their records stay, and nothing reactivates them.
///
/// # Errors
/// Fails if the database does.
pub async fn end_of_org(connection: &mut Connection, org: OrgId, now: Timestamp) -> Result<()> {
    let query = sqlx::query("UPDATE authorizations SET ended_at = $2 WHERE org_id = $1 AND ended_at IS NULL")
        .bind(from_id(org))
        .bind(now.micros());
    connection.execute(query).await?;
    Ok(())
}

/// Returns whether there are more tokens and 1.x credentials than a number; reads no more than that many.
///
/// # Errors
/// Fails if the database does.
pub async fn are_more_than(connection: &mut Connection, number: i64) -> Result<bool> {
    let query = sqlx::query("SELECT 1 AS found FROM authorizations LIMIT 1 OFFSET $1").bind(number);
    Ok(connection.fetch_optional(query).await?.is_some())
}

/// Counts the tokens of all organizations by state: status, whether ended, count.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn count_by_state(connection: &mut Connection) -> Result<Vec<(Status, bool, i64)>> {
    let rows = sqlx::query(
        "SELECT status, CASE WHEN ended_at IS NULL THEN 0 ELSE 1 END AS ended, COUNT(*) AS count FROM authorizations \
         WHERE kind = 'v2' GROUP BY 1, 2",
    )
    .fetch_all(connection)
    .await?;
    rows.iter().map(|row| Ok((row.word("status")?, row.number("ended")? == 1, row.number("count")?))).collect()
}

/// Before an authorization is deleted, links its direct descendants to the authorization that created it, if there is
/// one. Otherwise deleting a token in the middle of the tree would hide the descendants.
pub(crate) async fn close_gap(connection: &mut Connection, deleted: AuthorizationId) -> Result<()> {
    let query = sqlx::query(
        "UPDATE authorizations SET created_with_id = (SELECT gone.created_with_id FROM authorizations AS gone WHERE gone.id = $1) \
         WHERE created_with_id = $1 AND EXISTS (SELECT 1 FROM authorizations AS gone WHERE gone.id = $1 AND gone.created_with_id IS NOT NULL)",
    )
    .bind(from_id(deleted));
    connection.execute(query).await?;
    Ok(())
}
