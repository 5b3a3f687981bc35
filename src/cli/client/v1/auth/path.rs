//! The path of 1.x credentials in the API.

use crate::cli::client::url::segment;

/// Where 1.x credentials are.
pub const PATH: &str = "/private/legacy/authorizations";

/// Where one credential is.
pub fn path(id: &str) -> String {
    format!("{PATH}/{}", segment(id))
}
