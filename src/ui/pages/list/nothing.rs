//! Where a filter lets nothing through.

use leptos::prelude::*;

use super::Listing;
use crate::ui::components::{Icon, Picture};

/// Nothing is like what was looked for.
#[component]
pub fn NoMatch(
    listing: Listing,
    /// What is listed: "buckets".
    noun: &'static str,
    /// What can be done about it.
    #[prop(into, default = "Check the spelling, or look for less.".to_owned())]
    hint: String,
) -> impl IntoView {
    let filter = listing.query.with_untracked(|query| query.filter.trim().to_owned());
    let title =
        if filter.is_empty() { format!("No {noun} like this") } else { format!("No {noun} match “{filter}”") };
    view! {
        <section class="empty boxed" data-testid="empty-state">
            <Icon picture=Picture::SearchNone class="large"/>
            <h2>{title}</h2>
            <p>{hint}</p>
            <a class="button small" href=move || listing.everything() data-noscroll>"Clear filter"</a>
        </section>
    }
}
