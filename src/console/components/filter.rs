//! The field that filters a list.

use std::time::Duration;

use leptos::{ev::SubmitEvent, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use crate::{console::routes, model::token::redact};

use super::{Icon, Picture};

/// How long after the last key the list is filtered.
const FILTER_AFTER: Duration = Duration::from_millis(120);

/// Filters while one types; without script, on Enter.
#[component]
pub fn FilterField(
    /// What is listed, as in "Filter Tokens".
    what: &'static str,
    /// The filter in the address.
    #[prop(into)]
    current: Signal<String>,
    /// The address of the list with another filter.
    address: Callback<String, String>,
    /// What else the address holds, to be kept.
    #[prop(into)]
    others: Signal<Vec<(&'static str, String)>>,
    #[prop(into, optional)] disabled: Signal<bool>,
) -> impl IntoView {
    let text = RwSignal::new(current.get_untracked());
    // Back, forward and "Clear filter" change the address: the field follows.
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
            let options = NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() };
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
    // A browser drops the parameters of a form's address, and sends the fields instead.
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
