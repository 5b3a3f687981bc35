//! Permissions that a user holds, or can obtain, through tokens.

use sqlx::any::AnyRow;

use jeton_model::{Networks, OrgId, Permission, Timestamp, UserId};

use crate::{
    Connection, Result,
    authorizations::{networks_in, permissions_in},
    columns::{Columns, from_id},
};

/// Returns the permissions and networks of a user's tokens that are active, neither expired nor ended. Many tokens have
/// the same permissions: each distinct list is read once.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn live_permissions_of_user(
    connection: &mut Connection,
    user: UserId,
    now: Timestamp,
) -> Result<Vec<(Networks, Vec<Permission>)>> {
    let rows = sqlx::query(
        "SELECT DISTINCT permissions, allowed_networks FROM authorizations WHERE user_id = $1 AND kind = 'v2' AND status = 'active' \
         AND ended_at IS NULL AND (expires_at IS NULL OR expires_at > $2)",
    )
    .bind(from_id(user))
    .bind(now.micros())
    .fetch_all(connection)
    .await?;
    rows.iter().map(|row| Ok((networks_in(row)?, permissions_in(row)?))).collect()
}

/// Permissions that a user holds through tokens of one organization with the same networks.
#[derive(Clone, Debug)]
pub struct LiveGrant {
    /// Organization of the tokens.
    pub org: OrgId,
    /// Networks from which the tokens are accepted.
    pub networks: Networks,
    /// Expiry of the last of these tokens; `None` if one never expires.
    pub expires_at: Option<Timestamp>,
    /// The permissions that each of the tokens has.
    pub permissions: Vec<Permission>,
}

/// Returns the permissions that a user holds through tokens that are active, neither expired nor ended, with the limits
/// of these tokens. Tokens that differ only in their expiry count as one.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn live_grants_of_user(connection: &mut Connection, user: UserId, now: Timestamp) -> Result<Vec<LiveGrant>> {
    let rows = sqlx::query(
        "SELECT permissions, allowed_networks, org_id, MAX(expires_at) AS last_expiry, COUNT(*) - COUNT(expires_at) AS unlimited \
         FROM authorizations WHERE user_id = $1 AND kind = 'v2' AND status = 'active' AND ended_at IS NULL \
         AND (expires_at IS NULL OR expires_at > $2) GROUP BY permissions, allowed_networks, org_id",
    )
    .bind(from_id(user))
    .bind(now.micros())
    .fetch_all(connection)
    .await?;
    let read = |row: &AnyRow| {
        let last_expiry = row.optional_time("last_expiry")?;
        Ok(LiveGrant {
            org: OrgId(row.id("org_id")?),
            networks: networks_in(row)?,
            expires_at: last_expiry.filter(|_| row.number("unlimited").is_ok_and(|count| count == 0)),
            permissions: permissions_in(row)?,
        })
    };
    rows.iter().map(read).collect()
}

/// Returns the distinct permission lists of a user's tokens and 1.x credentials that have neither ended nor expired,
/// inactive ones included.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn obtainable_permissions_of_user(
    connection: &mut Connection,
    user: UserId,
    now: Timestamp,
) -> Result<Vec<Vec<Permission>>> {
    let rows = sqlx::query(
        "SELECT DISTINCT permissions FROM authorizations WHERE user_id = $1 AND ended_at IS NULL \
         AND (expires_at IS NULL OR expires_at > $2)",
    )
    .bind(from_id(user))
    .bind(now.micros())
    .fetch_all(connection)
    .await?;
    rows.iter().map(permissions_in).collect()
}
