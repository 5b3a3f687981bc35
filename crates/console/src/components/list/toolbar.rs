//! The toolbar above a list: filter and sort order.

use leptos::prelude::*;

use crate::components::{FilterField, Icon, Menu, Picture, menu::ChoiceLink};

use super::ListNav;

/// The field that filters by name. `what`: as in "Filter Buckets".
#[component]
pub fn Filter(listing: ListNav, what: &'static str, #[prop(into, optional)] disabled: Signal<bool>) -> impl IntoView {
    let others = move || listing.query.with(|query| query.with(|query| query.filter.clear())).parameters();
    let address = Callback::new(move |filter| untrack(|| listing.with(|query| query.filter = filter)));
    view! {
        <FilterField
            what current=Signal::derive(move || listing.query.get().filter) disabled others=Signal::derive(others) address
        />
    }
}

/// Returns the label of an order: "Name (A → Z)", or its reverse.
const fn order(descending: bool) -> &'static str {
    if descending { "Name (Z → A)" } else { "Name (A → Z)" }
}

/// The menu that chooses the sort order.
#[component]
pub fn SortMenu(listing: ListNav) -> impl IntoView {
    let descends = move || listing.query.with(|query| query.descending);
    let face = move || {
        view! {
            <Icon picture=Picture::Sort/>
            <span><span class="sort-by">"Sort by "</span>{move || order(descends())}</span>
            <Icon picture=Picture::ChevronDown class="chevron"/>
        }
    };
    let choice = move |descending: bool| {
        view! {
            <ChoiceLink
                href=Signal::derive(move || listing.sorted(descending)) current=Signal::derive(move || descends() == descending)
                testid=format!("resource-sorter--name-{}", if descending { "desc" } else { "asc" })
            >
                {order(descending)}
            </ChoiceLink>
        }
    };
    view! {
        <Menu class="sort-menu end" testid="resource-sorter" button="button" button_testid="resource-sorter--button" face=face>
            {[false, true].map(choice).collect_view()}
        </Menu>
    }
}
