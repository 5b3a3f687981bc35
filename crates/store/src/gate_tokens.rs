//! The tokens and 1.x credentials that were used through gates, limited to those that a caller may see.

use sqlx::any::AnyRow;

use jeton_model::{
    AuthorizationId, Timestamp,
    console::databases::{GateToken, GateV1Credential},
};

use crate::{
    Connection, Result,
    authorizations::Kind,
    columns::Columns,
    query_builder::Sql,
    visibility::{Visible, push_visible},
};

/// The tokens that were used through a gate since a time, as far as a caller may see them.
#[derive(Clone, Copy, Debug)]
pub struct UsedAt<'a> {
    /// The name of the gate.
    pub gate: &'a str,
    /// The time after which they were used.
    pub since: Timestamp,
    /// The authorizations that the caller may see.
    pub visible: &'a Visible,
}

/// Counts tokens that are used through a gate, up to `limit`: a result above it means that there are more.
///
/// # Errors
/// Fails if the database does.
pub async fn count(connection: &mut Connection, used: &UsedAt<'_>, limit: u64) -> Result<u64> {
    let mut sql =
        Sql::new("SELECT COUNT(*) AS count FROM (SELECT DISTINCT authorization_id FROM gate_uses WHERE gate = ");
    sql.bind(used.gate.to_owned())?.push(" AND used_at > ").bind(used.since.micros())?;
    sql.push(" AND authorization_id IN (SELECT id FROM authorizations WHERE kind = ").bind(Kind::V2.name())?;
    push_visible(&mut sql, used.visible, None)?;
    sql.push(") LIMIT ").bind(i64::try_from(limit.saturating_add(1)).unwrap_or(i64::MAX))?.push(") AS found");
    sql.fetch_one(connection).await?.number("count").map(i64::cast_unsigned)
}

/// Returns tokens that are used through a gate, the last one first.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn list(connection: &mut Connection, used: &UsedAt<'_>, limit: i64) -> Result<Vec<GateToken>> {
    let rows = rows(connection, used, Kind::V2, limit).await?;
    rows.iter()
        .map(|row| {
            Ok(GateToken {
                id: AuthorizationId(row.id("id")?),
                description: row.text("description")?,
                prefix: row.optional_text("token_prefix")?,
                used_at: Some(row.time("last_at")?),
            })
        })
        .collect()
}

/// Returns 1.x credentials that are used through a gate, the last one first.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn v1_credentials(
    connection: &mut Connection,
    used: &UsedAt<'_>,
    limit: i64,
) -> Result<Vec<GateV1Credential>> {
    let rows = rows(connection, used, Kind::V1, limit).await?;
    rows.iter()
        .map(|row| {
            Ok(GateV1Credential {
                id: AuthorizationId(row.id("id")?),
                username: row.text("username")?,
                used_at: row.time("last_at")?,
            })
        })
        .collect()
}

/// Returns the authorizations of a kind that are used through a gate, the last one first.
async fn rows(connection: &mut Connection, used: &UsedAt<'_>, kind: Kind, limit: i64) -> Result<Vec<AnyRow>> {
    let mut sql = Sql::new(
        "SELECT id, description, token_prefix, username, last_at FROM authorizations JOIN \
         (SELECT authorization_id, MAX(used_at) AS last_at FROM gate_uses WHERE gate = ",
    );
    sql.bind(used.gate.to_owned())?.push(" AND used_at > ").bind(used.since.micros())?;
    sql.push(" GROUP BY authorization_id) AS used ON used.authorization_id = id WHERE kind = ");
    sql.bind(kind.name())?;
    push_visible(&mut sql, used.visible, None)?;
    sql.push(" ORDER BY last_at DESC, id LIMIT ").bind(limit)?;
    sql.fetch_all(connection).await
}
