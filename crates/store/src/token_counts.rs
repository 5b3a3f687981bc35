//! Counters of tokens, 1.x credentials and their distinct permissions, per user and organization.

use sqlx::Executor as _;

use jeton_model::{Authorization, AuthorizationId};

use crate::{Connection, Result, columns::from_id, query_builder::Sql};

/// The counters of a user or an organization.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TokenCounts {
    /// Number of tokens and 1.x credentials.
    pub tokens: i64,
    /// Sum of their numbers of distinct permissions.
    pub permissions: i64,
}

/// Appends the statement that adds a new authorization with its number of distinct permissions. `condition`: a WHERE
/// with the condition that it was inserted.
pub(super) fn push_add(sql: &mut Sql, new: &Authorization, permissions: usize, condition: &'static str) -> Result<()> {
    let permissions = i64::try_from(permissions).unwrap_or(i64::MAX);
    // Both databases name the columns of VALUES so.
    sql.push(
        "INSERT INTO token_counts (scope, id, tokens, permissions) SELECT column1, column2, 1, column3 \
         FROM (VALUES ('user', CAST(",
    );
    sql.bind(from_id(new.user))?.push(" AS BIGINT), CAST(").bind(permissions)?.push(" AS BIGINT)), ('org', CAST(");
    sql.bind(from_id(new.org))?.push(" AS BIGINT), CAST(").bind(permissions)?.push(" AS BIGINT))) AS added");
    sql.push(condition).push(
        " ON CONFLICT (scope, id) DO UPDATE SET tokens = token_counts.tokens + excluded.tokens, \
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
