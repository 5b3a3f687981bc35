//! What the pages of members and of users share.

pub mod answers;
pub mod cells;
pub mod fields;
pub mod leave;
pub mod row_menu;
pub mod sessions;
pub mod toolbar;
