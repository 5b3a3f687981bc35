//! Pagination of a list.

use leptos::prelude::*;

use crate::components::pager::{Pager, Part};

use super::ListNav;

/// The pagination below the rows.
#[component]
pub fn Pages(listing: ListNav, part: Part) -> impl IntoView {
    view! { <Pager part address=Callback::new(move |(page, page_size)| listing.page(page, page_size))/> }
}
