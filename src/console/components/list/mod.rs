//! A list whose state is in the address, whatever it lists: what stands above it, its rows, or why there are none, and
//! its other pages.

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
pub use table::{Column, Skeleton, Table};
pub use toolbar::{Filter, SortMenu};
