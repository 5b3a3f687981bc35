//! Components that the pages of members and of users share.

pub mod callbacks;
pub mod cells;
pub mod fields;
pub mod remove_user;
pub mod row_menu;
pub mod sessions;
pub mod toolbar;
