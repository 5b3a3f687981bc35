//! Full-text search in a list of tokens.

use crate::{
    Connection, Result,
    query_builder::{Sql, contains},
};

/// A search text, and the tables with a name that contains it. Current names are searched: a renamed bucket or owner is
/// found under its new name.
#[derive(Clone, Debug)]
pub struct TokenText {
    pattern: String,
    named: Vec<Named>,
}

/// A table whose names lead to tokens that don't contain the search text themselves.
#[derive(Clone, Copy, Debug)]
enum Named {
    Bucket,
    Telegraf,
    Owner,
}

impl Named {
    const ALL: [Self; 3] = [Self::Bucket, Self::Telegraf, Self::Owner];

    /// Returns the table's name, which is also that of the resource type.
    const fn table(self) -> &'static str {
        match self {
            Self::Bucket => "buckets",
            Self::Telegraf => "telegrafs",
            Self::Owner => "users",
        }
    }

    /// Adds the condition that a token refers to a row with a matching name.
    fn push_tokens(self, sql: &mut Sql, pattern: &str) -> Result<()> {
        match self {
            Self::Owner => sql.push("(user_id IN "),
            Self::Bucket | Self::Telegraf => sql
                .push("id IN (SELECT authorization_id FROM grants WHERE resource_type = '")
                .push(self.table())
                .push("' AND resource_id IN "),
        };
        self.push_ids(sql, pattern)?;
        sql.push(")");
        Ok(())
    }

    fn push_ids(self, sql: &mut Sql, pattern: &str) -> Result<()> {
        sql.push("(SELECT id FROM ").push(self.table()).push(" WHERE name_key LIKE ");
        sql.bind(pattern.to_owned())?.push(" ESCAPE '\\')");
        Ok(())
    }
}

impl TokenText {
    /// Looks up which tables have a name that contains `text`, which is folded.
    ///
    /// # Errors
    /// Fails if the database does, or if a row holds a value that can't be decoded.
    pub async fn find(connection: &mut Connection, text: &str) -> Result<Self> {
        let pattern = contains(text);
        let mut named = Vec::new();
        for kind in Named::ALL {
            let mut sql = Sql::new("SELECT 1 AS found WHERE EXISTS ");
            kind.push_ids(&mut sql, &pattern)?;
            if !sql.fetch_all(connection).await?.is_empty() {
                named.push(kind);
            }
        }
        Ok(Self { pattern, named })
    }

    /// Restricts a statement about authorizations. Tables without a matching name are left out, and a token's own text
    /// is compared last, because that comparison is the slowest.
    pub(super) fn push(&self, sql: &mut Sql) -> Result<()> {
        sql.push(" AND (");
        for kind in &self.named {
            kind.push_tokens(sql, &self.pattern)?;
            sql.push(" OR ");
        }
        sql.push("search_text LIKE ").bind(self.pattern.clone())?.push(" ESCAPE '\\')");
        Ok(())
    }
}
