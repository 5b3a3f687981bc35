//! What the pages of members and of users share.

pub mod cells;
pub mod fields;
pub mod leave;
pub mod listing;
pub mod row_menu;
pub mod toolbar;

pub use listing::Listing;
