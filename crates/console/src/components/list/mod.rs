//! Generic lists whose state is in the URL: toolbar, rows or empty state, and pagination.

mod async_list;
mod list_nav;
mod no_match;
mod pagination;
mod table;
mod toolbar;

pub use async_list::Loads;
pub use list_nav::ListNav;
pub use no_match::{NoMatch, Unmatched};
pub use pagination::Pages;
pub use table::{Column, Skeleton, SortHead, Table};
pub use toolbar::{Filter, SortMenu};
