//! Counters of tokens, 1.x credentials and their distinct permissions, per user and organization.

use sqlx::Executor as _;

use jeton_model::{Authorization, AuthorizationId, OrgId, UserId};

use crate::{
    Connection, Result,
    columns::{Columns, from_id},
};

/// The counters of a user or an organization.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TokenCounts {
    /// Number of tokens and 1.x credentials.
    pub tokens: i64,
    /// Sum of their numbers of distinct permissions.
    pub permissions: i64,
}

/// Returns a user's counters.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn of_user(connection: &mut Connection, user: UserId) -> Result<TokenCounts> {
    counted(connection, "user", from_id(user)).await
}

/// Returns an organization's counters.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn of_org(connection: &mut Connection, org: OrgId) -> Result<TokenCounts> {
    counted(connection, "org", from_id(org)).await
}

async fn counted(connection: &mut Connection, scope: &str, id: i64) -> Result<TokenCounts> {
    let query = sqlx::query("SELECT tokens, permissions FROM token_counts WHERE scope = $1 AND id = $2");
    let row = query.bind(scope).bind(id).fetch_optional(connection).await?;
    row.map_or(Ok(TokenCounts::default()), |row| {
        Ok(TokenCounts { tokens: row.number("tokens")?, permissions: row.number("permissions")? })
    })
}

/// Adds a new authorization with its number of distinct permissions.
pub(super) async fn add(connection: &mut Connection, new: &Authorization, permissions: usize) -> Result<()> {
    let query = sqlx::query(
        "INSERT INTO token_counts (scope, id, tokens, permissions) VALUES ('user', $1, 1, $3), ('org', $2, 1, $3) \
         ON CONFLICT (scope, id) DO UPDATE SET tokens = token_counts.tokens + excluded.tokens, \
         permissions = token_counts.permissions + excluded.permissions",
    )
    .bind(from_id(new.user))
    .bind(from_id(new.org))
    .bind(i64::try_from(permissions).unwrap_or(i64::MAX));
    connection.execute(query).await?;
    Ok(())
}

/// Subtracts an authorization from the counters; its grants must still be there.
pub(super) async fn subtract(connection: &mut Connection, id: AuthorizationId) -> Result<()> {
    let query = sqlx::query(
        "UPDATE token_counts SET tokens = tokens - 1, permissions = permissions - (SELECT COUNT(*) FROM \
         (SELECT DISTINCT action, resource_type, resource_id, org_id FROM grants WHERE authorization_id = $1) AS held) \
         WHERE (scope = 'user' AND id = (SELECT user_id FROM authorizations WHERE authorizations.id = $1)) \
         OR (scope = 'org' AND id = (SELECT org_id FROM authorizations WHERE authorizations.id = $1))",
    )
    .bind(from_id(id));
    connection.execute(query).await?;
    Ok(())
}
