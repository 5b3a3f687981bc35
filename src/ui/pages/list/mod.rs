//! A list whose state is in the address, whatever it lists: what stands above it, its rows, or why there are none, and
//! its other pages.

mod listing;
mod loads;
mod nothing;
mod pages;
mod table;
mod toolbar;

pub use listing::Listing;
pub use loads::Loads;
pub use nothing::{NoMatch, Unmatched};
pub use pages::Pages;
pub use table::{Column, Skeleton, Table};
pub use toolbar::{Filter, SortMenu};
