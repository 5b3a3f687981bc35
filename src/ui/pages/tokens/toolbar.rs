//! Above the list: filter, status, sort, Generate, and how many there are.

use std::time::Duration;

use leptos::{ev::SubmitEvent, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::state::TokensState;
use crate::{
    model::{
        Status,
        listing::{Sort, TokenQuery},
        token::redact,
    },
    ui::{
        address::Tokens,
        components::{Icon, Menu, Picture, menu::ChoiceLink},
        load::Frame,
        words,
    },
};

/// How long after the last key the list is filtered.
const FILTER_AFTER: Duration = Duration::from_millis(120);

/// All of it says where it leads; where there is no token at all, there is nothing to look for.
#[component]
pub fn Toolbar(state: TokensState) -> impl IntoView {
    let nothing = Memo::new(move |_| state.count.get() == 0);
    view! {
        <div class="toolbar">
            <Filter state nothing/>
            {move || if nothing.get() { view! { <DeadMenus/> }.into_any() } else { view! { <StatusMenu state/><SortMenu state/> }.into_any() }}
            <GenerateMenu class="generate-menu end"/>
            <Count state/>
        </div>
    }
}

#[component]
fn Filter(state: TokensState, nothing: Memo<bool>) -> impl IntoView {
    let text = RwSignal::new(state.query.get_untracked().filter);
    // Back, forward and "Clear filter" change the address: the field follows.
    Effect::new(move || {
        let filter = state.query.get().filter;
        if filter.trim_end() != text.get_untracked().trim_end() {
            text.set(filter);
        }
    });
    let navigate = use_navigate();
    let apply = move || {
        let query = TokenQuery { filter: text.get_untracked(), page: 1, show: None, ..state.query.get_untracked() };
        let Some(org) = state.org.get_untracked().filter(|_| query != state.query.get_untracked()) else { return };
        navigate(
            &Tokens::List.address(org, &query),
            NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() },
        );
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
    let without_filter = move || {
        state.org.get().map(|org| {
            Tokens::List.address(org, &TokenQuery { filter: String::new(), page: 1, show: None, ..state.query.get() })
        })
    };
    let others = move || {
        let query = TokenQuery { filter: String::new(), page: 1, show: None, ..state.query.get() };
        query
            .parameters()
            .into_iter()
            .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
            .collect_view()
    };
    view! {
        <form class="filter input-box" method="get" action=move || state.address(Tokens::List) role="search" aria-label="Filter Tokens" on:submit=on_submit>
            <Icon picture=Picture::Search/>
            <input
                class="input" type="search" name="searchTerm" value=text.get_untracked() prop:value=text placeholder="Filter Tokens..."
                aria-label="Filter Tokens" autocomplete="off" maxlength="255" disabled=nothing data-testid="input-field--filter"
                on:input:target=move |event| on_input(event.target().value())
            />
            {others}
            <kbd class="after needs-script" aria-hidden="true">"/"</kbd>
            <a class="after icon-button small filter-clear" href=without_filter data-noscroll aria-label="Clear filter"><Icon picture=Picture::Close/></a>
        </form>
    }
}

/// With nothing to sort and nothing to choose from.
#[component]
fn DeadMenus() -> impl IntoView {
    view! {
        <button class="button" type="button" disabled>
            <span class="quiet">"Status"</span>" "<b>"All"</b><Icon picture=Picture::ChevronDown class="chevron"/>
        </button>
        <button class="button sort-menu" type="button" disabled data-testid="resource-sorter--button">
            <Icon picture=Picture::Sort/><span><span class="sort-by">"Sort by "</span>{Sort::default().label()}</span>
            <Icon picture=Picture::ChevronDown class="chevron"/>
        </button>
    }
}

#[component]
fn StatusMenu(state: TokensState) -> impl IntoView {
    let word = |status: Option<Status>| match status {
        None => "All",
        Some(Status::Active) => "Active",
        Some(Status::Inactive) => "Inactive",
    };
    let face = move || {
        view! {
            <Icon picture=Picture::Sliders class="phone-only"/><span class="quiet">"Status"</span>" "<b>{move || word(state.query.get().status)}</b>
            <Icon picture=Picture::ChevronDown class="chevron"/>
        }
    };
    let choice = move |status: Option<Status>| {
        let href = move || {
            state
                .org
                .get()
                .map(|org| Tokens::List.address(org, &TokenQuery { status, page: 1, show: None, ..state.query.get() }))
                .unwrap_or_default()
        };
        view! {
            <ChoiceLink
                href=Signal::derive(href) current=Signal::derive(move || state.query.get().status == status)
                testid=format!("status-filter--{}", word(status).to_lowercase())
            >
                {word(status)}
            </ChoiceLink>
        }
    };
    view! {
        <Menu class="status-menu" button="button" button_testid="status-filter--button" face=face>
            {[None, Some(Status::Active), Some(Status::Inactive)].map(choice).collect_view()}
        </Menu>
    }
}

#[component]
fn SortMenu(state: TokensState) -> impl IntoView {
    let face = move || {
        view! {
            <Icon picture=Picture::Sort/>
            <span><span class="sort-by">"Sort by "</span>{move || state.query.get().sort.label()}</span>
            <Icon picture=Picture::ChevronDown class="chevron"/>
        }
    };
    let choice = move |sort: Sort| {
        view! {
            <ChoiceLink
                href=Signal::derive(move || sorted(state, sort)) current=Signal::derive(move || state.query.get().sort == sort)
                testid=format!("resource-sorter--{}-{}", sort.key.name(), sort.direction())
            >
                {sort.label()}
            </ChoiceLink>
        }
    };
    view! {
        <Menu class="sort-menu end" testid="resource-sorter" button="button" button_testid="resource-sorter--button" face=face>
            {Sort::ALL.map(choice).collect_view()}
        </Menu>
    }
}

/// The address of the list in another order.
pub fn sorted(state: TokensState, sort: Sort) -> String {
    let org = state.org.get();
    org.map(|org| Tokens::List.address(org, &TokenQuery { sort, page: 1, show: None, ..state.query.get() }))
        .unwrap_or_default()
}

/// One button that opens a menu of two.
#[component]
pub fn GenerateMenu(class: &'static str) -> impl IntoView {
    let state = TokensState::current();
    let frame = expect_context::<Frame>();
    let face = || {
        view! {
            <Icon picture=Picture::Plus/><span>"Generate"<span class="wide-only">" API Token"</span></span>
            <span class="split"><Icon picture=Picture::ChevronDown/></span>
        }
    };
    let hint =
        format!("Read and write everything in {}. For automation that manages the organization.", frame.org.name);
    view! {
        <Menu class testid="dropdown--gen-token" button="button primary" button_testid="dropdown-button--gen-token" face=face>
            <li>
                <a
                    class="menu-item" href=move || state.address(Tokens::AllAccess) data-noscroll
                    data-testid="dropdown-item generate-token--all-access"
                >
                    <Icon picture=Picture::Shield/>
                    <span><span class="menu-name">"All Access API Token"</span><span class="menu-hint">{hint}</span></span>
                </a>
            </li>
            <li>
                <a
                    class="menu-item" href=move || state.address(Tokens::Custom) data-noscroll
                    data-testid="dropdown-item generate-token--custom-api"
                >
                    <Icon picture=Picture::Sliders/>
                    <span>
                        <span class="menu-name">"Custom API Token"</span>
                        <span class="menu-hint">"Pick buckets, Telegraf configurations and other resources. Right for most programs."</span>
                    </span>
                </a>
            </li>
        </Menu>
    }
}

#[component]
fn Count(state: TokensState) -> impl IntoView {
    let text = move |total: u64, unfiltered: u64| {
        if state.query.get().is_filtered() {
            view! { <b>{words::grouped(total)}</b>{format!(" of {}", words::count(unfiltered, "token"))} }.into_any()
        } else {
            let word = if total == 1 { " token" } else { " tokens" };
            view! { <b>{words::grouped(total)}</b>{word} }.into_any()
        }
    };
    view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                let page = state.list.await.ok().filter(|page| page.unfiltered > 0);
                page.map(|page| view! { <p class="list-count" role="status">{text(page.total, page.unfiltered)}</p> })
            })}
        </Transition>
    }
}
