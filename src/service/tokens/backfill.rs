//! The type of tokens that were stored before lists told types apart.

use crate::{
    model::grant::Breadth,
    store::{self, Store},
};

/// How many are looked at in one transaction.
const AT_ONCE: i64 = 500;

/// Writes the missing types; once all are there, this reads an empty index.
pub(crate) async fn fill_in(store: &Store) -> store::Result<()> {
    loop {
        let found = store::filter_choices::without_type(&mut *store.read().await?, AT_ONCE).await?;
        if found.is_empty() {
            return Ok(());
        }
        let mut write = store.write().await?;
        for authorization in found {
            let kind = Breadth::of(&authorization.permissions, authorization.org).into();
            store::filter_choices::set_type(&mut write, authorization.id, kind).await?;
        }
        write.commit().await?;
    }
}
