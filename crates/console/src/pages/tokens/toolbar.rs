//! The toolbar above the list: filter, status, sort order, Generate, and the count.

use leptos::prelude::*;

use jeton_model::{
    console::{
        token_query::{StatusFilter, TokenQuery},
        tokens::Sort,
    },
    tally::Tally,
    wording::capitalized,
};

use crate::{
    components::{FilterField, Icon, Menu, Picture, menu::ChoiceLink},
    routes::{Export, Tokens},
};

use super::{attention::AttentionLine, state::TokensState};

/// The toolbar. While there are no tokens, the filter and the menus are disabled.
#[component]
pub fn Toolbar(state: TokensState) -> impl IntoView {
    let nothing = Memo::new(move |_| state.count() == 0);
    view! {
        <div class="toolbar">
            <Filter state nothing/>
            {move || if nothing.get() { view! { <DeadMenus/> }.into_any() } else { view! { <StatusMenu state/><FilterLink state/><LookLink state/><SortMenu state/> }.into_any() }}
            <GenerateMenu class="generate-menu end"/>
            <Count state/>
        </div>
    }
}

/// The text filter.
#[component]
fn Filter(state: TokensState, nothing: Memo<bool>) -> impl IntoView {
    let others = move || TokenQuery { filter: String::new(), page: 1, show: None, ..state.query.get() }.parameters();
    view! {
        <FilterField
            what="Tokens" current=Signal::derive(move || state.query.get().filter) disabled=nothing others=Signal::derive(others)
            address=Callback::new(move |filter| untrack(|| state.list_with(|query| query.filter = filter)))
        />
    }
}

/// The disabled menus of an empty list.
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

/// The filter by status.
#[component]
fn StatusMenu(state: TokensState) -> impl IntoView {
    let word = |status: Option<StatusFilter>| status.map_or("All", StatusFilter::title);
    let face = move || {
        view! {
            <span class="quiet">"Status"</span>" "<b>{move || word(state.query.get().status)}</b>
            <Icon picture=Picture::ChevronDown class="chevron"/>
        }
    };
    let choice = move |status: Option<StatusFilter>| {
        let href = move || state.list_with(|query| query.status = status);
        view! {
            <ChoiceLink
                href=Signal::derive(href) current=Signal::derive(move || state.query.get().status == status)
                testid=format!("status-filter--{}", word(status).to_ascii_lowercase())
            >
                {word(status)}
            </ChoiceLink>
        }
    };
    view! {
        <Menu class="status-menu" lazy=true button="button" button_testid="status-filter--button" face=face>
            {[None].into_iter().chain(StatusFilter::ALL.map(Some)).map(choice).collect_view()}
        </Menu>
    }
}

/// The link to the dialog with the other filters.
#[component]
fn FilterLink(state: TokensState) -> impl IntoView {
    view! {
        <a class="button filter-link" href=move || state.address(Tokens::Filter) data-noscroll aria-label="Filter" data-testid="filter--button">
            <Icon picture=Picture::Sliders/><span>"Filter"</span>
        </a>
    }
}

/// The link to the dialog with the columns.
#[component]
fn LookLink(state: TokensState) -> impl IntoView {
    view! {
        <a
            class="button look-link" href=move || state.address(Tokens::Look) data-noscroll aria-label="Columns and density"
            title="Columns and density" data-testid="look--button"
        >
            <Icon picture=Picture::Columns/>
        </a>
    }
}

/// The menu that chooses the sort order.
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
        <Menu class="sort-menu end" lazy=true testid="resource-sorter" button="button" button_testid="resource-sorter--button" face=face>
            {Sort::ALL.map(choice).collect_view()}
        </Menu>
    }
}

/// Returns the address of the list in another order.
pub fn sorted(state: TokensState, sort: Sort) -> String {
    state.list_with(|query| query.sort = sort)
}

/// The button that opens the menu of the two kinds of token.
#[component]
pub fn GenerateMenu(class: &'static str) -> impl IntoView {
    let state = TokensState::current();
    let frame = state.frame();
    let face = || {
        view! {
            <Icon picture=Picture::Plus/><span>"Generate"<span class="wide-only">" API Token"</span></span>
            <span class="split"><Icon picture=Picture::ChevronDown/></span>
        }
    };
    let hint =
        format!("Read and write everything in {}. For automation that manages the organization.", frame.org.name);
    view! {
        <Menu class testid="dropdown--gen-token" button="button primary" button_testid="dropdown-button--gen-token" keys="g" face=face>
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

/// The number of tokens.
#[component]
fn Count(state: TokensState) -> impl IntoView {
    let text = move |total: Tally, unfiltered: Tally| {
        if state.query.get().is_filtered() {
            view! { <b>{capitalized(&total.text())}</b>{format!(" of {}", unfiltered.of("token"))} }.into_any()
        } else {
            let word = if total == Tally::exact(1) { " token" } else { " tokens" };
            view! { <b>{capitalized(&total.text())}</b>{word} }.into_any()
        }
    };
    view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                let page = state.list.await.ok().filter(|page| !page.unfiltered.is_none());
                page.map(|page| view! {
                    <div class="list-line">
                        <p class="list-count" role="status">{text(page.total, page.unfiltered)}</p>
                        {page.attention.map(|counts| view! { <AttentionLine counts state/> })}
                        <LeakedLink state/>
                        <ExportLinks state/>
                    </div>
                })
            })}
        </Transition>
    }
}

/// The link to the dialog that reports leaked tokens.
#[component]
fn LeakedLink(state: TokensState) -> impl IntoView {
    view! {
        <a class="link" href=move || state.address(Tokens::Leaked) data-noscroll aria-label="Report leaked tokens" data-testid="leaked--link">
            "Report leaked"<span class="wide-only">" tokens"</span>
        </a>
    }
}

/// Links that export the list as a file.
#[component]
fn ExportLinks(state: TokensState) -> impl IntoView {
    let link = move |export: Export| {
        let name = export.ending().to_ascii_uppercase();
        let label = format!("Export as {name}");
        view! {
            <a
                class="link" href=move || state.address(Tokens::Export(export)) rel="external" download aria-label=label
                data-testid=format!("export--{}", export.ending())
            >
                {name}
            </a>
        }
    };
    view! { <p class="export"><Icon picture=Picture::Download/><span class="wide-only">"Export "</span>{Export::ALL.map(link).collect_view()}</p> }
}
