//! The text field that filters a list.

use std::time::Duration;

use leptos::{ev::SubmitEvent, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use jeton_model::token::redact;

use crate::routes;

use super::{Icon, Picture};

/// Debounce: delay between the last keystroke and the filtering.
const FILTER_AFTER: Duration = Duration::from_millis(120);

/// A search field that filters while the user types; without JavaScript, on Enter.
#[component]
pub fn FilterField(
    /// The plural of the listed items, as in "Filter Tokens".
    what: &'static str,
    /// The filter in the URL.
    #[prop(into)]
    current: Signal<String>,
    /// Returns the address of the list with another filter.
    address: Callback<String, String>,
    /// The other parameters of the URL, to be kept.
    #[prop(into)]
    others: Signal<Vec<(&'static str, String)>>,
    /// True if the field is disabled.
    #[prop(into, optional)]
    disabled: Signal<bool>,
) -> impl IntoView {
    let text = RwSignal::new(current.get_untracked());
    // Back, forward and "Clear filter" change the URL: the field follows.
    Effect::new(move || {
        let filter = current.get();
        if filter.trim_end() != text.get_untracked().trim_end() {
            text.set(filter);
        }
    });
    let navigate = use_navigate();
    let apply = move || {
        let filter = text.get_untracked();
        if filter != current.get_untracked() {
            let options = NavigateOptions { replace: true, ..routes::without_scrolling() };
            navigate(&address.run(filter), options);
        }
    };
    let later = StoredValue::new(None::<TimeoutHandle>);
    let on_input = {
        let apply = apply.clone();
        move |typed: String| {
            text.set(redact(typed.trim_start()));
            if let Some(waiting) = later.get_value() {
                waiting.clear();
            }
            later.set_value(set_timeout_with_handle(apply.clone(), FILTER_AFTER).ok());
        }
    };
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        apply();
    };
    let without = move || {
        current.track();
        address.run(String::new())
    };
    // Submitting a GET form replaces the query string of its address, so the other parameters are hidden fields.
    let action = move || routes::split(&without()).0.to_owned();
    let hidden = move || {
        let others = others.get().into_iter();
        others.map(|(name, value)| view! { <input type="hidden" name=name value=value/> }).collect_view()
    };
    let (label, placeholder) = (format!("Filter {what}"), format!("Filter {what}..."));
    view! {
        <form class="filter input-box" method="get" action=action role="search" aria-label=label on:submit=on_submit>
            <Icon picture=Picture::Search/>
            <input
                class="input" type="search" name="searchTerm" value=text.get_untracked() prop:value=text placeholder=placeholder
                aria-label=label.clone() autocomplete="off" maxlength="255" disabled=disabled data-testid="input-field--filter"
                on:input:target=move |event| on_input(event.target().value())
            />
            {hidden}
            <kbd class="after needs-script" aria-hidden="true">"/"</kbd>
            <a class="after icon-button small filter-clear" href=without data-noscroll aria-label="Clear filter"><Icon picture=Picture::Close/></a>
        </form>
    }
}
