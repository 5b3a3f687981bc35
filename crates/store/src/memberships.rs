//! Memberships: the roles of users in organizations, buckets, configurations and the instance.

use sqlx::Executor as _;

use jeton_model::{BucketId, Id, OrgId, ResourceType, TelegrafId, Timestamp, UserId, org::Role};

use crate::{
    Connection, Result,
    columns::{Columns, from_id},
};

/// The resource that a membership is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// An organization.
    Org(OrgId),
    /// A bucket.
    Bucket(BucketId),
    /// A telegraf configuration.
    Telegraf(TelegrafId),
    /// The whole instance; its owner is the user that set it up.
    Instance,
}

impl Of {
    const fn kind(self) -> ResourceType {
        match self {
            Self::Org(_) => ResourceType::Orgs,
            Self::Bucket(_) => ResourceType::Buckets,
            Self::Telegraf(_) => ResourceType::Telegrafs,
            Self::Instance => ResourceType::Instance,
        }
    }

    fn id(self) -> Id {
        match self {
            Self::Org(id) => id.into(),
            Self::Bucket(id) => id.into(),
            Self::Telegraf(id) => id.into(),
            // The id that influxd uses for it (docs/influxdb-compatibility.md §3).
            Self::Instance => Id::new(1).unwrap_or_else(|| unreachable!("one is not zero")),
        }
    }
}

/// Inserts a membership. Returns false if the user already has a role there, whichever it is.
///
/// # Errors
/// Fails if the database does.
pub async fn insert(connection: &mut Connection, of: Of, user: UserId, role: Role, now: Timestamp) -> Result<bool> {
    Ok(sqlx::query(
        "INSERT INTO memberships (resource_type, resource_id, user_id, role, created_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT DO NOTHING RETURNING role",
    )
    .bind(of.kind().name())
    .bind(from_id(of.id()))
    .bind(from_id(user))
    .bind(role.name())
    .bind(now.micros())
    .fetch_optional(connection)
    .await
    .map(|row| row.is_some())?)
}

/// Returns a user's memberships.
///
/// # Errors
/// Fails if the database does, or if a row has an unknown resource type or role.
pub async fn of_user(connection: &mut Connection, user: UserId) -> Result<Vec<(Of, Role)>> {
    let rows = sqlx::query("SELECT resource_type, resource_id, role FROM memberships WHERE user_id = $1 ORDER BY resource_type, resource_id")
        .bind(from_id(user))
        .fetch_all(connection)
        .await?;
    let mut memberships = Vec::new();
    for row in rows {
        let id = row.id("resource_id")?;
        let of = match row.word("resource_type")? {
            ResourceType::Orgs => Of::Org(OrgId(id)),
            ResourceType::Buckets => Of::Bucket(BucketId(id)),
            ResourceType::Telegrafs => Of::Telegraf(TelegrafId(id)),
            ResourceType::Instance => Of::Instance,
            other => return Err(crate::columns::corrupt(format!("a membership of {other}"))),
        };
        memberships.push((of, row.word("role")?));
    }
    Ok(memberships)
}

/// Returns the users with a role in a resource, in the order of ids.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn users(connection: &mut Connection, of: Of, role: Role) -> Result<Vec<UserId>> {
    let rows = sqlx::query(
        "SELECT user_id FROM memberships WHERE resource_type = $1 AND resource_id = $2 AND role = $3 ORDER BY user_id",
    )
    .bind(of.kind().name())
    .bind(from_id(of.id()))
    .bind(role.name())
    .fetch_all(connection)
    .await?;
    rows.iter().map(|row| row.id("user_id").map(UserId)).collect()
}

/// Returns a user's role in a resource.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn role(connection: &mut Connection, of: Of, user: UserId) -> Result<Option<Role>> {
    let row =
        sqlx::query("SELECT role FROM memberships WHERE resource_type = $1 AND resource_id = $2 AND user_id = $3")
            .bind(of.kind().name())
            .bind(from_id(of.id()))
            .bind(from_id(user))
            .fetch_optional(connection)
            .await?;
    row.map(|row| row.word("role")).transpose()
}

/// Changes a user's role in a resource; does nothing if they have none.
///
/// # Errors
/// Fails if the database does.
pub async fn set_role(connection: &mut Connection, of: Of, user: UserId, role: Role) -> Result<()> {
    let query =
        sqlx::query("UPDATE memberships SET role = $4 WHERE resource_type = $1 AND resource_id = $2 AND user_id = $3")
            .bind(of.kind().name())
            .bind(from_id(of.id()))
            .bind(from_id(user))
            .bind(role.name());
    connection.execute(query).await?;
    Ok(())
}

/// Deletes a user's membership in a resource; does nothing if there is none.
///
/// # Errors
/// Fails if the database does.
pub async fn delete(connection: &mut Connection, of: Of, user: UserId) -> Result<()> {
    let query = sqlx::query("DELETE FROM memberships WHERE resource_type = $1 AND resource_id = $2 AND user_id = $3")
        .bind(of.kind().name())
        .bind(from_id(of.id()))
        .bind(from_id(user));
    connection.execute(query).await?;
    Ok(())
}

/// Deletes a user's memberships.
///
/// # Errors
/// Fails if the database does.
pub async fn delete_of_user(connection: &mut Connection, user: UserId) -> Result<()> {
    connection.execute(sqlx::query("DELETE FROM memberships WHERE user_id = $1").bind(from_id(user))).await?;
    Ok(())
}

/// Deletes every membership in an organization and in its buckets and telegraf configurations.
///
/// # Errors
/// Fails if the database does.
pub async fn delete_within(connection: &mut Connection, org: OrgId) -> Result<()> {
    delete_all(connection, Of::Org(org)).await?;
    let query = sqlx::query(
        "DELETE FROM memberships WHERE (resource_type = 'buckets' AND resource_id IN (SELECT id FROM buckets WHERE org_id = $1)) \
         OR (resource_type = 'telegrafs' AND resource_id IN (SELECT id FROM telegrafs WHERE org_id = $1))",
    );
    connection.execute(query.bind(from_id(org))).await?;
    Ok(())
}

/// Deletes every membership in a resource.
///
/// # Errors
/// Fails if the database does.
pub async fn delete_all(connection: &mut Connection, of: Of) -> Result<()> {
    let query = sqlx::query("DELETE FROM memberships WHERE resource_type = $1 AND resource_id = $2")
        .bind(of.kind().name())
        .bind(from_id(of.id()));
    connection.execute(query).await?;
    Ok(())
}
