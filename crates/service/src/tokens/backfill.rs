//! Backfill of the token type, a column that older databases lack.

use jeton_model::grant::Breadth;
use jeton_store::Store;

/// Number of tokens updated in one transaction.
const AT_ONCE: i64 = 500;

/// Writes the missing types; once that is done, this reads an empty index.
///
/// # Errors
/// The database may fail.
pub(crate) async fn fill_in(store: &Store) -> jeton_store::Result<()> {
    loop {
        let found = jeton_store::filter_choices::without_type(&mut *store.read().await?, AT_ONCE).await?;
        if found.is_empty() {
            return Ok(());
        }
        let mut write = store.write_alone().await?;
        for authorization in found {
            let kind = Breadth::of(&authorization.permissions, authorization.org).into();
            jeton_store::filter_choices::set_type(&mut write, authorization.id, kind).await?;
        }
        write.commit().await?;
    }
}
