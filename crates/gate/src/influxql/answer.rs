//! The answers to statements of the gate itself.

use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Results {
    results: Vec<QueryResult>,
}

/// The result of one statement.
#[derive(Deserialize)]
pub(crate) struct QueryResult {
    /// The place of the statement in the text.
    pub(crate) statement_id: Option<usize>,
    #[serde(default)]
    pub(crate) series: Vec<Series>,
    pub(crate) error: Option<String>,
}

/// Rows of a result.
#[derive(Deserialize)]
pub(crate) struct Series {
    #[serde(default)]
    pub(crate) columns: Vec<String>,
    #[serde(default)]
    pub(crate) values: Vec<Vec<Value>>,
    /// True if the database left rows out, because there are more than its `max-row-limit`.
    #[serde(default)]
    partial: bool,
}

impl QueryResult {
    /// Returns the rows.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &Vec<Value>> {
        self.series.iter().flat_map(|series| &series.values)
    }

    /// Returns the names in the first column.
    pub(crate) fn names(&self) -> Option<Vec<String>> {
        self.rows().map(|row| text(row, 0)).collect()
    }
}

/// Returns the results of statements, also of those that failed; `None` if the answer is not one to statements, or if
/// rows are missing in it.
pub(crate) fn all_results(body: &[u8]) -> Option<Vec<QueryResult>> {
    let Results { results } = serde_json::from_slice(body).ok()?;
    let is_whole = |result: &QueryResult| result.series.iter().all(|series| !series.partial);
    results.iter().all(is_whole).then_some(results)
}

/// Returns the results of statements; `None` if one failed, or if rows are missing.
pub(crate) fn results(body: &[u8]) -> Option<Vec<QueryResult>> {
    all_results(body).filter(|results| results.iter().all(|result| result.error.is_none()))
}

/// Returns the text in a column of a row.
pub(crate) fn text(row: &[Value], column: usize) -> Option<String> {
    Some(row.get(column)?.as_str()?.to_owned())
}
