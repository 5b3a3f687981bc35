//! State of pages: what is kept while a page is shown, and what the URL and the cookies say.

pub mod list_preferences;
pub mod list_state;
pub(crate) mod org_state;
pub mod page_store;
