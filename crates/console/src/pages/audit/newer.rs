//! New entries since the page was loaded. They wait behind a button, so that the rows do not move.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};

use jeton_model::{audit::COUNTED, wording};

use crate::queries::load_newer_entries;

use super::AuditState;

/// Interval of the polling, while the page is visible.
const EVERY: Duration = Duration::from_secs(30);

/// The button "5 new entries", once there are some. `first`: the sequence number of the newest displayed entry, 0 if
/// there is none.
#[component]
pub fn News(first: i64, state: AuditState) -> impl IntoView {
    let count = RwSignal::new(0);
    Effect::new(move || ask_again(first, count, state));
    let text = move |count: u64| match count {
        0..=COUNTED => wording::count(count, "new entry"),
        _ => format!("more than {}", wording::count(COUNTED, "new entry")),
    };
    let button = move || {
        let count = count.get();
        (count > 0).then(|| view! {
            <button type="button" class="button small" on:click=move |_| state.reload() data-testid="audit-news">{text(count)}</button>
        })
    };
    view! { <span class="audit-news" role="status">{button}</span> }
}

/// Polls until the entries are reloaded. Stops at the first error: a user whose session ended learns of it at the next
/// action.
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
