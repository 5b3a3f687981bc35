//! The state of a list in which no row matches the filter.

use leptos::prelude::*;

use crate::components::{Icon, Picture};

use super::ListNav;

/// The message that no row matches the text filter.
#[component]
pub fn NoMatch(
    /// The state of the list.
    listing: ListNav,
    /// The plural of the listed items: "buckets".
    noun: &'static str,
    /// Advice about what to do.
    #[prop(into, default = "Check the spelling, or use a shorter filter.".to_owned())]
    hint: String,
) -> impl IntoView {
    let filter = listing.query.with_untracked(|query| query.filter.trim().to_owned());
    let title =
        if filter.is_empty() { format!("No matching {noun}") } else { format!("No {noun} match “{filter}”") };
    let href = Signal::derive(move || listing.everything());
    view! { <Unmatched title hint clear="Clear filter" href/> }
}

/// The message that no row matches the filters.
#[component]
pub fn Unmatched(
    /// The heading.
    title: String,
    /// Advice about what to do.
    #[prop(into)]
    hint: String,
    /// The text of the link that clears the filters, and its address.
    clear: &'static str,
    /// The address without filters.
    #[prop(into)]
    href: Signal<String>,
) -> impl IntoView {
    view! {
        <section class="empty boxed" data-testid="empty-state">
            <Icon picture=Picture::SearchNone class="large"/>
            <h2>{title}</h2>
            <p>{hint}</p>
            <a class="button small" href=href data-noscroll>{clear}</a>
        </section>
    }
}
