//! The path of 1.x credentials in the API.

use crate::url::segment;

/// Path of 1.x credentials.
pub const PATH: &str = "/private/legacy/authorizations";

/// Returns the path of one credential.
pub fn path(id: &str) -> String {
    format!("{PATH}/{}", segment(id))
}
