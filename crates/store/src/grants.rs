//! Counts of live tokens by what they reach, from the index of permissions.

use jeton_model::{Action, BucketId, Id, OrgId, ResourceType, Timestamp};

use crate::{
    Connection, Result,
    columns::{Columns, from_id},
    query_builder::Sql,
};

/// Number of live tokens with an action on a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reaching {
    /// The bucket that they name; `None` for tokens that reach every bucket of the organization.
    pub bucket: Option<BucketId>,
    /// The action that the tokens permit: read or write.
    pub action: Action,
    /// Number of live tokens.
    pub tokens: i64,
}

/// Restricts a count to live tokens: active, not expired, and with an active owner. 1.x credentials are excluded.
const FROM_LIVE: &str = " FROM grants \
     JOIN authorizations ON authorizations.id = grants.authorization_id AND authorizations.kind = 'v2' \
     AND authorizations.status = 'active' AND authorizations.ended_at IS NULL \
     JOIN users ON users.id = authorizations.user_id AND users.status = 'active' \
     WHERE (authorizations.expires_at IS NULL OR authorizations.expires_at > ";

/// Counts the live tokens that reach some buckets of an organization. Each counts once for an action: among those that
/// reach every bucket, or else at each bucket it names.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn reaching_buckets(
    connection: &mut Connection,
    org: OrgId,
    buckets: &[BucketId],
    now: Timestamp,
) -> Result<Vec<Reaching>> {
    let mut sql = Sql::new(
        "SELECT grants.resource_id AS bucket, grants.action AS action, COUNT(DISTINCT grants.authorization_id) AS tokens",
    );
    push_reaching(&mut sql, org, buckets, now)?;
    sql.push(
        " AND (grants.resource_id IS NULL OR NOT EXISTS (SELECT 1 FROM grants AS wide \
         WHERE wide.authorization_id = grants.authorization_id AND wide.action = grants.action \
         AND wide.resource_type = 'buckets' AND wide.resource_id IS NULL AND (wide.org_id IS NULL OR wide.org_id = ",
    );
    sql.bind(from_id(org))?.push("))) GROUP BY grants.resource_id, grants.action");
    let rows = sql.fetch_all(connection).await?;
    let reaching = rows.iter().map(|row| {
        let bucket = row.optional_id("bucket")?.map(BucketId);
        Ok(Reaching { bucket, action: row.word("action")?, tokens: row.number("tokens")? })
    });
    reaching.collect()
}

/// Counts the live tokens with any permission on a bucket of an organization.
///
/// # Errors
/// Fails if the database does.
pub async fn count_reaching(connection: &mut Connection, org: OrgId, bucket: BucketId, now: Timestamp) -> Result<i64> {
    let mut sql = Sql::new("SELECT COUNT(DISTINCT grants.authorization_id) AS tokens");
    push_reaching(&mut sql, org, &[bucket], now)?;
    sql.fetch_one(connection).await?.number("tokens")
}

/// Counts the live tokens that can read and write every resource of these types in an organization. `buckets` should be
/// among the types: it narrows the search.
///
/// # Errors
/// Fails if the database does.
pub async fn count_holding_all(
    connection: &mut Connection,
    org: OrgId,
    kinds: &[ResourceType],
    now: Timestamp,
) -> Result<i64> {
    let mut sql = Sql::new("SELECT COUNT(*) AS tokens FROM (SELECT grants.authorization_id");
    sql.push(FROM_LIVE).bind(now.micros())?.push(") AND grants.resource_id IS NULL");
    push_in_org(&mut sql, org)?;
    sql.push(" AND grants.resource_type IN (");
    for (index, kind) in kinds.iter().enumerate() {
        sql.push(if index == 0 { "" } else { ", " }).bind(kind.name())?;
    }
    sql.push(") AND grants.authorization_id IN (SELECT authorization_id FROM grants ");
    sql.push("WHERE resource_type = 'buckets' AND resource_id IS NULL AND action = 'write') ");
    sql.push("GROUP BY grants.authorization_id HAVING COUNT(DISTINCT grants.action || grants.resource_type) = ");
    let all = (Action::ALL.len() * kinds.len()) as i64;
    sql.bind(all)?.push(") AS holders");
    sql.fetch_one(connection).await?.number("tokens")
}

/// Selects the grants of live tokens on these buckets, or on every bucket of the organization. A grant with a bucket's
/// id matches whatever its organization.
fn push_reaching(sql: &mut Sql, org: OrgId, buckets: &[BucketId], now: Timestamp) -> Result<()> {
    sql.push(FROM_LIVE).bind(now.micros())?.push(") AND grants.resource_type = 'buckets' AND (grants.resource_id IN ");
    sql.bind_ids(buckets.iter().copied().map(Id::from))?.push(" OR (grants.resource_id IS NULL");
    push_in_org(sql, org)?;
    sql.push("))");
    Ok(())
}

fn push_in_org(sql: &mut Sql, org: OrgId) -> Result<()> {
    sql.push(" AND (grants.org_id IS NULL OR grants.org_id = ").bind(from_id(org))?.push(")");
    Ok(())
}
