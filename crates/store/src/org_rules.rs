//! The rules of organizations.

use sqlx::{Executor as _, any::AnyRow};

use jeton_model::{OrgId, Timestamp, UserId, org_rules::OrgRules};

use crate::{
    Connection, Result,
    columns::{Columns, from_id},
    token_counts::TokenCounts,
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

/// The parts of an organization and of a user that the creation of a token depends on.
#[derive(Clone, Debug)]
pub struct TokenHome {
    /// The name of the organization.
    pub org_name: String,
    /// The rules of the organization; `None` if none were ever set.
    pub rules: Option<OrgRules>,
    /// The counters of the user.
    pub of_user: TokenCounts,
    /// The counters of the organization.
    pub of_org: TokenCounts,
}

/// Returns what the creation of a token of a user in an organization depends on; `None` if there is no such
/// organization.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn token_home(connection: &mut Connection, org: OrgId, user: UserId) -> Result<Option<TokenHome>> {
    let row = sqlx::query(
        "SELECT organizations.name AS org_name, org_rules.*, \
         of_user.tokens AS tokens_of_user, of_user.permissions AS permissions_of_user, \
         of_org.tokens AS tokens_of_org, of_org.permissions AS permissions_of_org \
         FROM organizations LEFT JOIN org_rules ON org_rules.org_id = organizations.id \
         LEFT JOIN token_counts AS of_user ON of_user.scope = 'user' AND of_user.id = $2 \
         LEFT JOIN token_counts AS of_org ON of_org.scope = 'org' AND of_org.id = organizations.id \
         WHERE organizations.id = $1",
    )
    .bind(from_id(org))
    .bind(from_id(user))
    .fetch_optional(connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let count = |name| row.optional_number(name).map(Option::unwrap_or_default);
    Ok(Some(TokenHome {
        org_name: row.text("org_name")?,
        rules: row.optional_id("org_id")?.map(|_| rules(&row)).transpose()?,
        of_user: TokenCounts { tokens: count("tokens_of_user")?, permissions: count("permissions_of_user")? },
        of_org: TokenCounts { tokens: count("tokens_of_org")?, permissions: count("permissions_of_org")? },
    }))
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
