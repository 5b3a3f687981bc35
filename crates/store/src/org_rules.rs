//! The rules of organizations.

use sqlx::{Executor as _, any::AnyRow};

use jeton_model::{OrgId, Timestamp, org_rules::OrgRules};

use crate::{
    Connection, Result,
    columns::{Columns, from_id},
};

fn rules(row: &AnyRow) -> Result<OrgRules> {
    Ok(OrgRules {
        longest_life: row.optional_number("longest_life")?,
        default_life: row.optional_number("default_life")?,
        expiry_required: row.number("expiry_required")? == 1,
        description_required: row.number("description_required")? == 1,
        operator_tokens: row.word("operator_tokens")?,
        self_rotation: row.number("self_rotation")? == 1,
        supplied_tokens: row.word("supplied_tokens")?,
    })
}

/// Returns an organization's rules; `None` if none were ever set.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn of_org(connection: &mut Connection, org: OrgId) -> Result<Option<OrgRules>> {
    let row =
        sqlx::query("SELECT * FROM org_rules WHERE org_id = $1").bind(from_id(org)).fetch_optional(connection).await?;
    row.as_ref().map(rules).transpose()
}

/// Returns an organization's name and its rules; no rules if none were ever set.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn with_name(connection: &mut Connection, org: OrgId) -> Result<Option<(String, Option<OrgRules>)>> {
    let row = sqlx::query(
        "SELECT organizations.name AS org_name, org_rules.* FROM organizations \
         LEFT JOIN org_rules ON org_rules.org_id = organizations.id WHERE organizations.id = $1",
    )
    .bind(from_id(org))
    .fetch_optional(connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let rules = row.optional_id("org_id")?.map(|_| rules(&row)).transpose()?;
    Ok(Some((row.text("org_name")?, rules)))
}

/// Replaces an organization's rules.
///
/// # Errors
/// Fails if the database does.
pub async fn set(connection: &mut Connection, org: OrgId, rules: &OrgRules, now: Timestamp) -> Result<()> {
    let query = sqlx::query(
        "INSERT INTO org_rules (org_id, longest_life, default_life, expiry_required, description_required, operator_tokens, \
         updated_at, self_rotation, supplied_tokens) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
         ON CONFLICT (org_id) DO UPDATE SET longest_life = excluded.longest_life, \
         default_life = excluded.default_life, expiry_required = excluded.expiry_required, \
         description_required = excluded.description_required, operator_tokens = excluded.operator_tokens, \
         updated_at = excluded.updated_at, self_rotation = excluded.self_rotation, \
         supplied_tokens = excluded.supplied_tokens",
    )
    .bind(from_id(org))
    .bind(rules.longest_life)
    .bind(rules.default_life)
    .bind(i64::from(rules.expiry_required))
    .bind(i64::from(rules.description_required))
    .bind(rules.operator_tokens.name())
    .bind(now.micros())
    .bind(i64::from(rules.self_rotation))
    .bind(rules.supplied_tokens.name());
    connection.execute(query).await?;
    Ok(())
}

/// Deletes an organization's rules.
///
/// # Errors
/// Fails if the database does.
pub async fn delete_of_org(connection: &mut Connection, org: OrgId) -> Result<()> {
    connection.execute(sqlx::query("DELETE FROM org_rules WHERE org_id = $1").bind(from_id(org))).await?;
    Ok(())
}
