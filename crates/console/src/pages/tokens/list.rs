//! The list of tokens: rows, empty state and pagination.

use leptos::prelude::*;

use jeton_model::console::{
    token_query::TokenQuery,
    tokens::{Sort, SortKey, TokenPage},
};

use crate::{
    components::{
        CopyButton, EmptyMark, Icon, Picture,
        list::{Loads, Unmatched},
        pager::{Pager, Part},
    },
    hydrate::{browser, defer::defer},
    routes::{PageRoute as _, Tokens},
    snippets::quoted,
};

use super::{
    attention::AttentionPanel,
    bulk_bar::BulkBar,
    filter_chips::Chips,
    row::Row,
    row_selection::SelectPage,
    state::TokensState,
    toolbar::{GenerateMenu, sorted},
};

/// The list. The old rows stay until the new ones are loaded.
#[component]
pub fn List(state: TokensState) -> impl IntoView {
    let here = Signal::derive(move || state.address(Tokens::List));
    view! {
        <Loads
            list=state.list here failed="Failed to get API tokens." meanwhile=|| view! { <Skeleton/> }
            render=move |page| view! { <Loaded page state/> }.into_any()
        />
    }
}

/// The loaded list.
#[component]
fn Loaded(page: TokenPage, state: TokensState) -> impl IntoView {
    if page.unfiltered.is_none() {
        return view! { <Empty/> }.into_any();
    }
    let query = state.query.get_untracked();
    let part = Part { page: page.page, page_size: query.page_size, total: page.total, unfiltered: page.unfiltered };
    let address = Callback::new(move |(number, size)| {
        let query = TokenQuery { page: number, page_size: size, show: None, ..state.query.get_untracked() };
        Tokens::List.address(state.org.get_untracked(), &query.parameters())
    });
    let names = page.names.clone();
    let total = page.total;
    let may_change = page.rows.iter().any(|row| !row.read_only);
    let attention = page.attention.clone();
    let rows = if page.rows.is_empty() {
        view! { <NoMatch state/> }.into_any()
    } else {
        defer(move || view! { <Table page state/> }).into_any()
    };
    let selecting = move || (state.selection.count() > 0).then_some("");
    view! {
        <Chips names state/>
        <AttentionPanel counts=attention total may_change state/>
        <div class="token-list" data-selecting=selecting>
            {rows}
            {may_change.then(|| view! { <BulkBar total state/> })}
        </div>
        <Pager part address lazy=true/>
    }
    .into_any()
}

/// The table of tokens.
#[component]
fn Table(page: TokenPage, state: TokensState) -> impl IntoView {
    browser::keep_focus();
    let now = page.now;
    let changeable = page.rows.iter().filter(|row| !row.read_only).map(|row| row.id).collect();
    view! {
        <div data-testid="resource-list">
            <table class=move || state.view.get().classes() role="table" aria-label="API Tokens" data-testid="token-list">
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col" class="cell-select">
                            <span class="sr-only">"Selection"</span><SelectPage ids=changeable state/>
                        </th>
                        <SortHead state class="cell-description" label="Description" key=SortKey::Description/>
                        <th role="columnheader" scope="col" class="cell-permissions">"Permissions"</th>
                        <th role="columnheader" scope="col" class="cell-owner">"Owner"</th>
                        <th role="columnheader" scope="col" class="cell-used">"Last used"</th>
                        <SortHead state class="cell-created" label="Created" key=SortKey::CreatedAt/>
                        <th role="columnheader" scope="col" class="cell-modified">"Last modified"</th>
                        <th role="columnheader" scope="col" class="cell-expires">"Expires"</th>
                        <SortHead state class="cell-status" label="Status" key=SortKey::Status/>
                        <th role="columnheader" scope="col" class="cell-menu"><span class="sr-only">"Actions"</span></th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{page.rows.into_iter().map(|row| defer(move || view! { <Row row now state/> })).collect_view()}</tbody>
            </table>
        </div>
    }
}

/// The heading of a column: a link that sorts by it, or reverses the order.
#[component]
fn SortHead(state: TokensState, class: &'static str, label: &'static str, key: SortKey) -> impl IntoView {
    let current = state.query.get_untracked().sort;
    let is_current = current.key == key;
    let href = move || sorted(state, Sort { key, descending: is_current && !current.descending });
    let direction = is_current.then_some(if current.descending { "descending" } else { "ascending" });
    let picture = if current.descending { Picture::ArrowDown } else { Picture::ArrowUp };
    view! {
        <th role="columnheader" scope="col" class=class aria-sort=direction>
            <a href=href data-noscroll>{label}{is_current.then(|| view! { <Icon picture/> })}</a>
        </th>
    }
}

/// The empty state of the list.
#[component]
fn Empty() -> impl IntoView {
    let org = TokensState::current().frame().org.name;
    let command = format!("influx auth create --org {} --read-buckets", quoted(&org));
    view! {
        <section class="empty whole" data-testid="empty-state">
            <EmptyMark/>
            <h2>"There are no API tokens in "{org}" yet"</h2>
            <p>
                "A token lets a program read or write data without a password. Give each program its own, so that you can switch one off \
                 without stopping the others."
            </p>
            <GenerateMenu class="generate-menu"/>
            <div class="terminal">
                <p>"Or from a terminal"</p>
                <div class="code-box"><pre tabindex="0"><code>{command.clone()}</code></pre><CopyButton text=command name="Copy the command"/></div>
            </div>
        </section>
    }
}

/// The message that no token matches the filters.
#[component]
fn NoMatch(state: TokensState) -> impl IntoView {
    let query = state.query.get_untracked();
    let title = match (query.filter.trim(), query.has_chips()) {
        ("", _) => "No tokens match the filters".to_owned(),
        (filter, false) => format!("No tokens match “{filter}”"),
        (filter, true) => format!("No tokens match “{filter}” and the filters"),
    };
    let (hint, clear) = if query.has_chips() {
        ("Remove a filter, or search all tokens.", "Clear all filters")
    } else {
        ("Check the spelling, or use a shorter filter.", "Clear filter")
    };
    let href = Signal::derive(move || state.list_with(|query| *query = query.unfiltered()));
    view! { <Unmatched title hint clear href/> }
}

/// The placeholder until the first response.
#[component]
fn Skeleton() -> impl IntoView {
    let columns = ["description", "permissions", "owner", "used", "created", "modified", "status"];
    let row = move || {
        let cells = columns
            .map(|column| view! { <td role="cell" class=format!("cell-{column}")><div class="skeleton"></div></td> });
        view! { <tr role="row" aria-hidden="true">{cells.collect_view()}</tr> }
    };
    view! { <table class="grid-table tokens" role="table" aria-label="API Tokens" aria-busy="true"><tbody role="rowgroup">{(0..8).map(|_| row()).collect_view()}</tbody></table> }
}
