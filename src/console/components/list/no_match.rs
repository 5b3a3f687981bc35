//! Where a filter lets nothing through.

use leptos::prelude::*;

use crate::console::components::{Icon, Picture};

use super::ListNav;

/// Nothing is like what was looked for.
#[component]
pub fn NoMatch(
    listing: ListNav,
    /// What is listed: "buckets".
    noun: &'static str,
    /// What can be done about it.
    #[prop(into, default = "Check the spelling, or look for less.".to_owned())]
    hint: String,
) -> impl IntoView {
    let filter = listing.query.with_untracked(|query| query.filter.trim().to_owned());
    let title =
        if filter.is_empty() { format!("No {noun} like this") } else { format!("No {noun} match “{filter}”") };
    let href = Signal::derive(move || listing.everything());
    view! { <Unmatched title hint clear="Clear filter" href/> }
}

/// Nothing is shown, for the filters let nothing through.
#[component]
pub fn Unmatched(
    title: String,
    #[prop(into)] hint: String,
    /// The link that takes the filters away, and where it leads.
    clear: &'static str,
    #[prop(into)] href: Signal<String>,
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
