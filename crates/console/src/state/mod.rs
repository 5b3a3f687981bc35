//! Page state: signals and resources that live as long as a page, and the state in URLs and cookies.

pub mod list_preferences;
pub mod list_state;
pub(crate) mod org_state;
pub mod page_store;
