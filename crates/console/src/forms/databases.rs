//! The forms of the Databases page.

use super::form::form;

form! {
    /// The form that binds a bucket to a database.
    pub struct BindForm {
        /// Name or id.
        BUCKET = "bucket" => bucket: String,
        DATABASE = "database" => database: String,
        /// Only InfluxDB 1.x has retention policies.
        POLICY = "policy" => policy: Option<String>,
    }
}

form! {
    /// The form that confirms all suspended buckets of a gate, with what was shown of them.
    pub struct ConfirmAllForm {
        /// The address of the database.
        UPSTREAM = "upstream" => upstream: String,
        /// Microseconds since 1970 until the latest suspension; 0 if none has a time.
        LAST_SUSPENDED = "lastSuspended" => last_suspended: Option<u64>,
    }
}

form! {
    /// A form about a bound bucket: it ends the binding, or confirms it.
    pub struct BoundForm {
        /// The id.
        BUCKET = "bucket" => bucket: String,
    }
}
