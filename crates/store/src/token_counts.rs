//! Counters of tokens, 1.x credentials and their distinct permissions, per user and organization.

use sqlx::Executor as _;

use jeton_model::{Authorization, AuthorizationId};

use crate::{Connection, Result, columns::from_id, query_builder::Batch};

/// The counters of a user or an organization.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TokenCounts {
    /// Number of tokens and 1.x credentials.
    pub tokens: i64,
    /// Sum of their numbers of distinct permissions.
    pub permissions: i64,
}

/// Appends the statement that adds a new authorization with its number of distinct permissions.
pub(super) fn push_add(batch: &mut Batch, new: &Authorization, permissions: usize) -> Result<()> {
    let permissions = i64::try_from(permissions).unwrap_or(i64::MAX);
    let sql = batch.statement("INSERT INTO token_counts (scope, id, tokens, permissions) VALUES ('user', ");
    sql.bind(from_id(new.user))?.push(", 1, ").bind(permissions)?;
    sql.push("), ('org', ").bind(from_id(new.org))?.push(", 1, ").bind(permissions)?.push(
        ") ON CONFLICT (scope, id) DO UPDATE SET tokens = token_counts.tokens + excluded.tokens, \
         permissions = token_counts.permissions + excluded.permissions",
    );
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
