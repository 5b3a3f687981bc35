//! The routes of the other pages of Load Data: Buckets and Telegraf.

use jeton_model::{BucketId, TelegrafId};

use super::page_routes::page_routes;

page_routes! {
    /// The Buckets page, or one of its dialogs.
    Buckets in Buckets {
        /// The page without a dialog.
        List [] page,
        /// The dialog that creates a bucket.
        Create ["new"] dialog,
        /// The dialog that edits a bucket.
        Edit(id: BucketId) [id, "edit"] dialog,
        /// The dialog that deletes a bucket.
        Delete(id: BucketId) [id, "delete"] dialog,
    }
}

page_routes! {
    /// The Telegraf page, or one of its dialogs. A configuration is displayed beside the list, not above it.
    Telegrafs in Telegrafs {
        /// The page without a dialog or a configuration.
        List [] page,
        /// The dialog that creates a configuration.
        Create ["new"] dialog,
        /// The configuration beside the list.
        Show(id: TelegrafId) [id] page,
        /// The dialog that renames a configuration.
        Rename(id: TelegrafId) [id, "rename"] dialog,
        /// The dialog that deletes a configuration.
        Delete(id: TelegrafId) [id, "delete"] dialog,
    }
}
