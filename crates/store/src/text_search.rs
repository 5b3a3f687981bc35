//! Full-text search in a list of tokens.

use jeton_model::{Id, OrgId};

use crate::{
    Connection, Result,
    authorizations::Kind,
    candidates::push_base,
    columns::Columns,
    query_builder::{Sql, contains},
};

/// Number of rows with a matching name up to which their ids are part of the statement. Looking them up for each token
/// takes longer.
const KNOWN: usize = 200;

/// A search text, and the tables with a name that contains it. Current names are searched: a renamed bucket or owner is
/// found under its new name.
#[derive(Clone, Debug)]
pub struct TokenText {
    text: String,
    pattern: String,
    named: Vec<Named>,
}

/// The rows of a table whose names lead to tokens that don't contain the search text themselves.
#[derive(Clone, Debug)]
pub(super) struct Named {
    table: Table,
    /// Their ids; `None` for more than [`KNOWN`].
    ids: Option<Vec<Id>>,
}

/// A table with names that are searched.
#[derive(Clone, Copy, Debug)]
enum Table {
    Bucket,
    Telegraf,
    Owner,
}

impl Table {
    const ALL: [Self; 3] = [Self::Bucket, Self::Telegraf, Self::Owner];

    /// Returns the table's name, which is also that of the resource type.
    const fn name(self) -> &'static str {
        match self {
            Self::Bucket => "buckets",
            Self::Telegraf => "telegrafs",
            Self::Owner => "users",
        }
    }

    fn push_matching(self, sql: &mut Sql, pattern: &str) -> Result<()> {
        sql.push("SELECT id FROM ").push(self.name()).push(" WHERE name_key LIKE ");
        sql.bind(pattern.to_owned())?.push(" ESCAPE '\\'");
        Ok(())
    }

    /// Reads the rows with a matching name; `None` if there are none.
    async fn find(self, connection: &mut Connection, pattern: &str) -> Result<Option<Named>> {
        let mut sql = Sql::new("");
        self.push_matching(&mut sql, pattern)?;
        sql.push(" LIMIT ").bind(KNOWN as i64 + 1)?;
        let rows = sql.fetch_all(connection).await?;
        let ids = rows.iter().map(|row| row.id("id")).collect::<Result<Vec<Id>>>()?;
        Ok((!ids.is_empty()).then(|| Named { table: self, ids: Some(ids).filter(|ids| ids.len() <= KNOWN) }))
    }
}

impl Named {
    /// Adds the condition that a token refers to one of the rows. `EXISTS` checks token by token, because a name may
    /// lead to most tokens; the sign keeps the planner from the index that leads to these.
    fn push_tokens(&self, sql: &mut Sql, pattern: &str) -> Result<()> {
        match self.table {
            Table::Owner => sql.push("(user_id IN "),
            Table::Bucket | Table::Telegraf => sql
                .push("EXISTS (SELECT 1 FROM grants WHERE grants.authorization_id = authorizations.id AND resource_type = '")
                .push(self.table.name())
                .push("' AND +resource_id IN "),
        };
        self.push_ids(sql, pattern)?;
        sql.push(")");
        Ok(())
    }

    /// Appends a query of the authorizations that refer to one of the rows, and perhaps of others.
    pub(super) fn push_candidates(
        &self,
        sql: &mut Sql,
        text: &TokenText,
        kind: Kind,
        org: Option<OrgId>,
    ) -> Result<()> {
        match self.table {
            Table::Owner => {
                push_base(sql, kind, org)?;
                sql.push(" AND user_id IN ");
            }
            Table::Bucket | Table::Telegraf => {
                sql.push("SELECT DISTINCT authorization_id AS id FROM grants WHERE resource_type = '");
                sql.push(self.table.name());
                sql.push("' AND resource_id IN ");
            }
        }
        self.push_ids(sql, &text.pattern)
    }

    fn push_ids(&self, sql: &mut Sql, pattern: &str) -> Result<()> {
        if let Some(ids) = &self.ids {
            return sql.bind_ids(ids.iter().copied()).map(drop);
        }
        sql.push("(");
        self.table.push_matching(sql, pattern)?;
        sql.push(")");
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
        for table in Table::ALL {
            named.extend(table.find(connection, &pattern).await?);
        }
        Ok(Self { text: text.to_owned(), pattern, named })
    }

    /// Returns the search text, which is folded.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Returns the rows with a matching name, by their tables.
    pub(super) fn named(&self) -> &[Named] {
        &self.named
    }

    /// Restricts a statement about authorizations. Tables without a matching name are left out, and a token's own text
    /// is compared last, because that comparison is the slowest.
    pub(super) fn push(&self, sql: &mut Sql) -> Result<()> {
        sql.push(" AND (");
        for named in &self.named {
            named.push_tokens(sql, &self.pattern)?;
            sql.push(" OR ");
        }
        sql.push("search_text LIKE ").bind(self.pattern.clone())?.push(" ESCAPE '\\')");
        Ok(())
    }
}
