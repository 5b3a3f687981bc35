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
    /// A form about a bound bucket: it ends the binding, or confirms it.
    pub struct BoundForm {
        /// The id.
        BUCKET = "bucket" => bucket: String,
    }
}
