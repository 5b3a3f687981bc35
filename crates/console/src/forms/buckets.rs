//! The form of the Buckets page.

use super::form::form;

form! {
    /// The form that creates or edits a bucket.
    pub struct BucketForm {
        /// System buckets have no such field.
        NAME = "name" => name: Option<String>,
        DESCRIPTION = "description" => description: Option<String>,
        RETENTION = "retention" => retention: Option<String>,
        AMOUNT = "amount" => amount: String,
        UNIT = "unit" => unit: String,
        /// The present retention in seconds, if the bucket exists.
        SHOWN = "shown" => shown: Option<String>,
    }
}
