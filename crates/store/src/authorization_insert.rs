//! The insertion of an authorization with its grants and the counters of its owner and organization, in one round trip
//! to the database.

use std::collections::BTreeSet;

use jeton_model::{Authorization, AuthorizationId, Permission, Timestamp};

use crate::{
    Connection, Result,
    authorizations::{Keys, Secret, networks_column},
    columns::{corrupt, from_id},
    query_builder::{Batch, Sql, is_sqlite},
    token_counts,
};

/// Maximum number of grants in one INSERT, because both databases limit the number of bound values.
const GRANTS_AT_ONCE: usize = 500;

/// The texts around the statements: those of a batch for SQLite, which has no INSERT within a WITH, or those of one
/// statement for PostgreSQL, which takes no batch with bound values. Either returns the id of an inserted row.
struct Form {
    /// The text before the authorization.
    begin: &'static str,
    /// The text between the authorization and the counters.
    counters: &'static str,
    /// The text between the counters and the grants.
    grants: &'static str,
    /// The condition of the counters and the grants: the authorization was inserted.
    condition: &'static str,
    /// The text after the last statement.
    end: &'static str,
}

/// `changes()` is the number of rows of the previous statement: none follows one that changed none.
const SQLITE: Form =
    Form { begin: "", counters: " RETURNING id; ", grants: "; ", condition: " WHERE changes() > 0", end: "" };

const POSTGRES: Form = Form {
    begin: "WITH inserted AS (",
    counters: " RETURNING id), counted AS (",
    grants: "), granted AS (",
    condition: " WHERE EXISTS (SELECT 1 FROM inserted)",
    end: ") SELECT id FROM inserted",
};

/// Inserts an authorization. Returns false if the token's hash or the user name is taken, or if the authorization that
/// it replaces has a successor.
///
/// # Errors
/// Fails if the database does, or if the permissions can't be encoded.
pub async fn insert(connection: &mut Connection, new: &Authorization, secret: Secret<'_>, keys: &Keys) -> Result<bool> {
    // The index holds a permission that is listed twice only once.
    let different: BTreeSet<Permission> = new.permissions.iter().copied().collect();
    let grants: Vec<Permission> = different.into_iter().collect();
    let (first, more) = grants.split_at(grants.len().min(GRANTS_AT_ONCE));
    let form = if is_sqlite(connection) { SQLITE } else { POSTGRES };
    let mut sql = Sql::new(form.begin);
    push_authorization(&mut sql, new, secret, keys)?;
    sql.push(form.counters);
    token_counts::push_add(&mut sql, new, grants.len(), form.condition)?;
    if !first.is_empty() {
        sql.push(form.grants).push(GRANTS);
        push_grants(&mut sql, new.id, first)?;
        sql.push(form.condition);
    }
    sql.push(form.end);
    // Not `fetch_one`: SQLite's driver would leave out what follows the first row.
    if sql.fetch_all(connection).await?.is_empty() {
        return Ok(false);
    }
    let mut batch = Batch::new(connection);
    for chunk in more.chunks(GRANTS_AT_ONCE) {
        push_grants(batch.statement(GRANTS), new.id, chunk)?;
    }
    batch.execute(connection).await?;
    Ok(true)
}

/// Appends the INSERT of the authorization alone.
fn push_authorization(sql: &mut Sql, new: &Authorization, secret: Secret<'_>, keys: &Keys) -> Result<()> {
    let permissions = serde_json::to_string(&new.permissions).map_err(|error| corrupt(error.to_string()))?;
    sql.push(
        "INSERT INTO authorizations (id, org_id, user_id, created_by, kind, status, description, description_key, search_text, \
         permissions, token_hash, token_prefix, created_at, updated_at, expires_at, username, breadth, allowed_networks, replaces_id, created_with_id) \
         VALUES (",
    );
    sql.bind(from_id(new.id))?.push(", ").bind(from_id(new.org))?;
    sql.push(", ").bind(from_id(new.user))?.push(", ").bind(from_id(new.created_by))?;
    sql.push(", ").bind(secret.kind().name())?.push(", ").bind(new.status.name())?;
    sql.push(", ").bind(new.description.as_str())?.push(", ").bind(keys.description.as_str())?;
    sql.push(", ").bind(keys.search.as_str())?.push(", ").bind(permissions)?;
    sql.push(", ").bind(secret.hash())?.push(", ").bind(new.token_prefix.as_deref())?;
    sql.push(", ").bind(new.created_at.micros())?.push(", ").bind(new.updated_at.micros())?;
    sql.push(", ").bind(new.expires_at.map(Timestamp::micros))?.push(", ").bind(secret.username())?;
    sql.push(", ").bind(keys.kind.name())?.push(", ").bind(networks_column(&new.networks))?;
    sql.push(", ").bind(new.replaces.map(from_id))?.push(", ").bind(new.created_with.map(from_id))?;
    sql.push(") ON CONFLICT DO NOTHING");
    Ok(())
}

/// The beginning of an INSERT of grants.
const GRANTS: &str = "INSERT INTO grants (authorization_id, action, resource_type, resource_id, org_id) SELECT CAST(";

/// Appends the rest of the INSERT of an authorization's grants, of which there must be some. A condition may follow.
fn push_grants(sql: &mut Sql, id: AuthorizationId, permissions: &[Permission]) -> Result<()> {
    // Both databases name the columns of VALUES so.
    sql.bind(from_id(id))?.push(" AS BIGINT), column1, column2, column3, column4 FROM (VALUES ");
    for (index, permission) in permissions.iter().enumerate() {
        sql.push(if index == 0 { "(" } else { ", (" }).bind(permission.action.name())?;
        sql.push(", ").bind(permission.resource.kind.name())?;
        sql.push(", CAST(").bind(permission.resource.id.map(from_id))?;
        sql.push(" AS BIGINT), CAST(").bind(permission.resource.org.map(from_id))?.push(" AS BIGINT))");
    }
    sql.push(") AS held");
    Ok(())
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use jeton_model::{Action, Id, Networks, OrgId, ResourceType, Status, UserId, grant::TokenKind, token::TokenHash};

    use crate::{Store, Write, columns::Columns as _};

    use super::*;

    const USER: u64 = 7;
    const ORG: u64 = 8;

    struct Scene {
        store: Store,
        _data: TempDir,
    }

    impl Scene {
        async fn new() -> Self {
            let data = TempDir::new().expect("a directory");
            let store = Store::sqlite(&data.path().join("jeton.db")).await.expect("a database");
            Self { store, _data: data }
        }

        /// Inserts an authorization in a transaction that is committed if it was inserted; returns whether it was.
        async fn insert(&self, new: &Authorization, token: &str) -> bool {
            let mut write = self.store.write().await.expect("a transaction");
            let inserted = insert(&mut write, new, token).await;
            if inserted {
                write.commit().await.expect("a commit");
            }
            inserted
        }

        /// Returns the numbers of authorizations and grants, and the counters of users and organizations.
        async fn numbers(&self) -> (i64, i64, Vec<(String, i64, i64)>) {
            numbers(&mut self.store.read().await.expect("a reader")).await
        }
    }

    async fn insert(write: &mut Write, new: &Authorization, token: &str) -> bool {
        let keys = Keys { description: String::new(), search: "a text".into(), kind: TokenKind::Custom };
        let hash = TokenHash::of(token);
        super::insert(write, new, Secret::Token(&hash), &keys).await.expect("an insertion")
    }

    async fn numbers(connection: &mut Connection) -> (i64, i64, Vec<(String, i64, i64)>) {
        let sql =
            Sql::new("SELECT (SELECT COUNT(*) FROM authorizations) AS tokens, (SELECT COUNT(*) FROM grants) AS held");
        let row = sql.fetch_one(connection).await.expect("numbers");
        let sql = Sql::new("SELECT scope, tokens, permissions FROM token_counts ORDER BY scope, id");
        let counters = sql.fetch_all(connection).await.expect("counters");
        let number = |row: &sqlx::any::AnyRow, name: &str| row.number(name).expect("a number");
        let counters = counters
            .iter()
            .map(|row| (row.text("scope").expect("a scope"), number(row, "tokens"), number(row, "permissions")));
        (number(&row, "tokens"), number(&row, "held"), counters.collect())
    }

    fn id(value: u64) -> Id {
        Id::new(value).expect("an id")
    }

    /// An authorization with this id, for reading that many buckets.
    fn of(number: u64, buckets: u64) -> Authorization {
        let (user, now) = (UserId(id(USER)), Timestamp::from_micros(1));
        let reading = |bucket| Permission::on_in(Action::Read, ResourceType::Buckets, id(bucket), OrgId(id(ORG)));
        Authorization {
            id: AuthorizationId(id(number)),
            org: OrgId(id(ORG)),
            user,
            created_by: user,
            status: Status::Active,
            description: String::new(),
            permissions: (1..=buckets).map(reading).collect(),
            token_prefix: None,
            created_at: now,
            updated_at: now,
            expires_at: None,
            ended_at: None,
            networks: Networks::default(),
            last_use: None,
            replaces: None,
            created_with: None,
            leaked_at: None,
        }
    }

    fn counters(tokens: i64, permissions: i64) -> Vec<(String, i64, i64)> {
        vec![("org".into(), tokens, permissions), ("user".into(), tokens, permissions)]
    }

    #[tokio::test]
    async fn a_taken_hash_or_id_inserts_nothing_and_counts_nothing() {
        let scene = Scene::new().await;
        assert!(scene.insert(&of(1, 2), "one").await);
        let before = (1, 2, counters(1, 2));
        assert_eq!(scene.numbers().await, before);
        for (number, token) in [(2, "one"), (1, "other"), (1, "one")] {
            let mut write = scene.store.write().await.expect("a transaction");
            assert!(!insert(&mut write, &of(number, 3), token).await, "{number} {token}");
            assert_eq!(numbers(&mut write).await, before, "{number} {token}: before it is undone");
            drop(write);
            assert_eq!(scene.numbers().await, before, "{number} {token}");
        }
        assert!(scene.insert(&of(2, 3), "other").await);
        assert_eq!(scene.numbers().await, (2, 5, counters(2, 5)));
    }

    #[tokio::test]
    async fn an_insertion_that_is_undone_counts_nothing() {
        let scene = Scene::new().await;
        let mut write = scene.store.write().await.expect("a transaction");
        assert!(insert(&mut write, &of(1, 2), "one").await);
        drop(write);
        assert_eq!(scene.numbers().await, (0, 0, Vec::new()));
    }

    #[tokio::test]
    async fn every_grant_is_inserted_however_many_there_are() {
        let at_once = GRANTS_AT_ONCE as u64;
        for buckets in [0, 1, at_once - 1, at_once, at_once + 1, 2 * at_once, 4096] {
            let scene = Scene::new().await;
            assert!(scene.insert(&of(1, buckets), "one").await);
            let held = i64::try_from(buckets).expect("a number");
            assert_eq!(scene.numbers().await, (1, held, counters(1, held)), "{buckets}");
            let mut reader = scene.store.read().await.expect("a reader");
            let sql = Sql::new("SELECT COUNT(DISTINCT resource_id) AS count FROM grants WHERE org_id IS NOT NULL");
            let row = sql.fetch_one(&mut reader).await.expect("a count");
            assert_eq!(row.number("count").expect("a number"), held, "{buckets}");
        }
    }

    #[tokio::test]
    async fn a_permission_that_is_listed_twice_is_one_grant() {
        let scene = Scene::new().await;
        let mut new = of(1, 2);
        new.permissions.push(new.permissions[0]);
        assert!(scene.insert(&new, "one").await);
        assert_eq!(scene.numbers().await, (1, 2, counters(1, 2)));
    }
}
