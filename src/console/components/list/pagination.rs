//! The other pages of a list.

use leptos::prelude::*;

use crate::console::components::pager::{Pager, Part};

use super::Listing;

/// Below the rows.
#[component]
pub fn Pages(listing: Listing, part: Part) -> impl IntoView {
    view! { <Pager part address=Callback::new(move |(page, page_size)| listing.page(page, page_size))/> }
}
