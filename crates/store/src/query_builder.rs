//! Builds statements of variable length: text and bound values that grow together.

use sqlx::{
    Any, Arguments as _, AssertSqlSafe, Encode, Type,
    any::{AnyArguments, AnyRow},
};

use jeton_model::Id;

use crate::{Connection, Result, columns};

/// Maximum number of ids of one list that are bound as values. A statement may have several lists.
const BOUND_IDS: usize = 500;

/// A statement under construction. Every value is bound, except the numbers at the end of long lists of ids; the text
/// consists of literals of this program only.
#[derive(Default)]
pub struct Sql {
    text: String,
    values: AnyArguments,
}

impl Sql {
    /// Begins a statement.
    pub fn new(text: &'static str) -> Self {
        Self { text: text.into(), values: AnyArguments::default() }
    }

    /// Appends text.
    pub fn push(&mut self, text: &'static str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Appends a placeholder and binds a value to it.
    ///
    /// # Errors
    /// Fails if the value can't be encoded.
    pub fn bind<'v>(&mut self, value: impl Encode<'v, Any> + Type<Any>) -> Result<&mut Self> {
        self.values.add(value).map_err(sqlx::Error::Encode)?;
        self.text.push_str(&format!("${}", self.values.len()));
        Ok(self)
    }

    /// Appends `(…)` with a placeholder for each id, or `(NULL)`, which matches nothing, if there are none. Databases
    /// limit the number of bound values: ids beyond `BOUND_IDS` are written as numbers.
    ///
    /// # Errors
    /// Fails if an id can't be encoded.
    pub fn bind_ids(&mut self, ids: impl IntoIterator<Item = impl Into<Id>>) -> Result<&mut Self> {
        self.text.push('(');
        for (at, id) in ids.into_iter().enumerate() {
            if at > 0 {
                self.text.push_str(", ");
            }
            let id = columns::from_id(id);
            if at < BOUND_IDS {
                self.bind(id)?;
            } else {
                self.text.push_str(&id.to_string());
            }
        }
        self.text.push_str(if self.text.ends_with('(') { "NULL)" } else { ")" });
        Ok(self)
    }

    /// Appends `(…)` with a placeholder for each text, or `(NULL)` if there are none. Databases limit the number of
    /// bound values: the caller passes no more than a few thousand.
    ///
    /// # Errors
    /// Fails if a text can't be encoded.
    pub fn bind_texts<'t>(&mut self, texts: impl IntoIterator<Item = &'t str>) -> Result<&mut Self> {
        self.text.push('(');
        for (at, text) in texts.into_iter().enumerate() {
            if at > 0 {
                self.text.push_str(", ");
            }
            self.bind(text.to_owned())?;
        }
        self.text.push_str(if self.text.ends_with('(') { "NULL)" } else { ")" });
        Ok(self)
    }

    /// Runs the statement and returns every row.
    ///
    /// # Errors
    /// Fails if the database does.
    pub async fn fetch_all(self, connection: &mut Connection) -> Result<Vec<AnyRow>> {
        Ok(sqlx::query_with(AssertSqlSafe(self.text), self.values).fetch_all(connection).await?)
    }

    /// Runs the statement and returns its only row.
    ///
    /// # Errors
    /// Fails if the database does, or if there is no row.
    pub async fn fetch_one(self, connection: &mut Connection) -> Result<AnyRow> {
        Ok(sqlx::query_with(AssertSqlSafe(self.text), self.values).fetch_one(connection).await?)
    }

    /// Runs the statement.
    ///
    /// # Errors
    /// Fails if the database does.
    pub async fn execute(self, connection: &mut Connection) -> Result<()> {
        sqlx::query_with(AssertSqlSafe(self.text), self.values).execute(connection).await?;
        Ok(())
    }
}

/// Statements without results that follow each other. SQLite's driver takes them together, which saves all but one of
/// its round trips to the connection's thread.
pub struct Batch {
    statements: Vec<Sql>,
    together: bool,
}

impl Batch {
    /// Begins a batch for a connection.
    pub fn new(connection: &Connection) -> Self {
        Self { statements: Vec::new(), together: is_sqlite(connection) }
    }

    /// Begins the next statement, which binds values of its own.
    pub fn statement(&mut self, text: &'static str) -> &mut Sql {
        if self.together && !self.statements.is_empty() {
            self.statements[0].push("; ").push(text)
        } else {
            self.statements.push(Sql::new(text));
            let last = self.statements.len() - 1;
            &mut self.statements[last]
        }
    }

    /// Runs the statements in their order, up to the first that fails.
    ///
    /// # Errors
    /// Fails if the database does.
    pub async fn execute(self, connection: &mut Connection) -> Result<()> {
        for statement in self.statements {
            statement.execute(connection).await?;
        }
        Ok(())
    }
}

/// Returns whether a connection is one to SQLite.
pub fn is_sqlite(connection: &Connection) -> bool {
    connection.backend_name() == "SQLite"
}

/// Returns a pattern that matches `text` anywhere, for `LIKE … ESCAPE '\'`.
pub fn contains(text: &str) -> String {
    let mut pattern = String::from("%");
    for letter in text.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}
