//! The text that a list of tokens is searched for.

use super::{
    Connection, Result,
    query_builder::{Sql, contains},
};

/// A text, and what has a name that contains it. Names are looked up as they are today: a renamed bucket or owner is found
/// under its new name.
#[derive(Clone, Debug)]
pub struct TokenText {
    pattern: String,
    named: Vec<Named>,
}

/// What a token is found by though its own text does not say it.
#[derive(Clone, Copy, Debug)]
enum Named {
    Bucket,
    Telegraf,
    Owner,
}

impl Named {
    const ALL: [Self; 3] = [Self::Bucket, Self::Telegraf, Self::Owner];

    /// Its table, called as its type of resource is.
    const fn table(self) -> &'static str {
        match self {
            Self::Bucket => "buckets",
            Self::Telegraf => "telegrafs",
            Self::Owner => "users",
        }
    }

    /// The tokens that it is a reason to find.
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
    /// `text`: folded.
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

    /// Narrows a statement about authorizations. What bears no such name is not asked of every token; and the text of a
    /// token is read last, for that is the longest look.
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
