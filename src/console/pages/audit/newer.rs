//! Entries that came after the page was loaded: they wait behind a button rather than moving the rows.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};

use crate::{
    console::{queries::load_newer_entries, text::messages},
    model::audit::COUNTED,
};

use super::AuditState;

/// How often it is asked for new entries, while the page is looked at.
const EVERY: Duration = Duration::from_secs(30);

/// "5 new entries", as soon as there are some. `first`: the newest entry that is shown, 0 if there is none.
#[component]
pub fn News(first: i64, state: AuditState) -> impl IntoView {
    let count = RwSignal::new(0);
    Effect::new(move || ask_again(first, count, state));
    let text = move |count: u64| match count {
        0..=COUNTED => messages::count(count, "new entry"),
        _ => format!("more than {}", messages::count(COUNTED, "new entry")),
    };
    let button = move || {
        let count = count.get();
        (count > 0).then(|| view! {
            <button type="button" class="button small" on:click=move |_| state.reload() data-testid="audit-news">{text(count)}</button>
        })
    };
    view! { <span class="audit-news" role="status">{button}</span> }
}

/// Asks now and then, until the entries are loaded anew. What can't be answered once is not asked for again: whoever is
/// signed out learns of it by what they do next.
fn ask_again(first: i64, count: RwSignal<u64>, state: AuditState) {
    let stopped = StoredValue::new(false);
    let ask = move || {
        if document().hidden() || stopped.get_value() {
            return;
        }
        let (org, query) = (state.page.org.get_untracked(), state.query.get_untracked());
        spawn_local(async move {
            match load_newer_entries(org, query, first).await {
                Ok(newer) => _ = count.try_set(newer),
                Err(_) => _ = stopped.try_set_value(true),
            }
        });
    };
    if let Ok(handle) = set_interval_with_handle(ask, EVERY) {
        on_cleanup(move || handle.clear());
    }
}
