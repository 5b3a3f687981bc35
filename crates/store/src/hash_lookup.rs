//! Bulk lookup of tokens by their hashes.

use jeton_model::{AuthorizationId, token::TokenHash};

use crate::{Connection, Result, columns::Columns, query_builder::Sql};

/// Maximum number of bound values in a statement.
const AT_ONCE: usize = 1000;

/// Returns those of `hashes` that belong to tokens, each with its authorization.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn known(connection: &mut Connection, hashes: &[TokenHash]) -> Result<Vec<(String, AuthorizationId)>> {
    let mut known = Vec::new();
    for portion in hashes.chunks(AT_ONCE) {
        let mut sql = Sql::new("SELECT id, token_hash FROM authorizations WHERE token_hash IN (");
        for (index, hash) in portion.iter().enumerate() {
            sql.push(if index == 0 { "" } else { ", " }).bind(hash.as_str())?;
        }
        sql.push(")");
        for row in sql.fetch_all(connection).await? {
            known.push((row.text("token_hash")?, AuthorizationId(row.id("id")?)));
        }
    }
    Ok(known)
}
