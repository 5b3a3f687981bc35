//! TODO

pub mod list_preferences;
pub mod list_state;
pub mod page_store;
