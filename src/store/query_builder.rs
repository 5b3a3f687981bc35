//! Statements whose length depends on what is asked: text and values that grow together.

use sqlx::{
    Any, Arguments as _, AssertSqlSafe, Encode, Type,
    any::{AnyArguments, AnyRow},
};

use crate::model::Id;

use super::{Connection, Result, columns};

/// Maximum number of ids of one list that are bound as values. Some statements have many lists.
const BOUND_IDS: usize = 500;

/// A statement under construction. Every value is bound, but for the numbers at the end
/// of long lists; the text itself only ever comes from this program.
#[derive(Default)]
pub struct Sql {
    text: String,
    values: AnyArguments,
}

impl Sql {
    pub fn new(text: &'static str) -> Self {
        Self { text: text.into(), values: AnyArguments::default() }
    }

    pub fn push(&mut self, text: &'static str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Appends a placeholder for a value.
    pub fn bind<'v>(&mut self, value: impl Encode<'v, Any> + Type<Any>) -> Result<&mut Self> {
        self.values.add(value).map_err(sqlx::Error::Encode)?;
        self.text.push_str(&format!("${}", self.values.len()));
        Ok(self)
    }

    /// Appends `(…)` with a placeholder for each id; `(NULL)`, which contains nothing, for none. Databases take a limited
    /// number of values: of a long list, the rest is written as the numbers they are.
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

    /// Appends `(…)` with a placeholder for each text; `(NULL)` for none. Databases take a limited number of values: the
    /// caller sees to it that there are no more than a few thousand.
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

    pub async fn fetch_all(self, connection: &mut Connection) -> Result<Vec<AnyRow>> {
        sqlx::query_with(AssertSqlSafe(self.text), self.values).fetch_all(connection).await
    }

    pub async fn fetch_one(self, connection: &mut Connection) -> Result<AnyRow> {
        sqlx::query_with(AssertSqlSafe(self.text), self.values).fetch_one(connection).await
    }

    pub async fn execute(self, connection: &mut Connection) -> Result<()> {
        sqlx::query_with(AssertSqlSafe(self.text), self.values).execute(connection).await.map(drop)
    }
}

/// A pattern that finds `text` anywhere, to be used with `LIKE … ESCAPE '\'`.
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
