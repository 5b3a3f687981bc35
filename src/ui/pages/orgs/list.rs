//! The rows, or why there are none, and the pages.

use leptos::prelude::*;

use super::{OrgsState, row::Row};
use crate::{
    model::{
        Error,
        list_query::{ListQuery, Listed},
        org::OrgSummary,
    },
    ui::{
        address::{Orgs, Page as _},
        browser,
        components::{
            Icon, Picture,
            form::to_sign_in,
            pager::{Pager, Part},
            text::Alert,
        },
        words,
    },
};

/// Keeps the old rows until the new ones are there.
#[component]
pub fn List(state: OrgsState) -> impl IntoView {
    view! {
        <Transition fallback=|| view! { <Skeleton/> }>
            {move || Suspend::new(async move {
                match state.list.await {
                    Ok(page) => view! { <Loaded page state/> }.into_any(),
                    Err(Error::Unauthenticated) => {
                        Effect::new(to_sign_in);
                        ().into_any()
                    }
                    Err(error) => view! { <Failed error state/> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Loaded(page: Listed<OrgSummary>, state: OrgsState) -> impl IntoView {
    let query = state.query.get_untracked();
    let part = Part { page: page.page, page_size: query.page_size, total: page.total, unfiltered: page.unfiltered };
    let address = Callback::new(move |(number, size)| {
        let query = ListQuery { page: number, page_size: size, ..state.query.get_untracked() };
        Orgs::List.address(state.page.org.get_untracked(), &query.parameters())
    });
    let rows = if page.rows.is_empty() {
        view! { <NoMatch state/> }.into_any()
    } else {
        view! { <Table rows=page.rows state/> }.into_any()
    };
    view! { {rows}<Pager part address/> }
}

#[component]
fn Table(rows: Vec<OrgSummary>, state: OrgsState) -> impl IntoView {
    browser::keep_focus();
    view! {
        <div data-testid="resource-list">
            <table class="grid-table orgs" role="table" aria-label="Organizations" data-testid="org-list">
                <thead role="rowgroup">
                    <tr role="row">
                        <NameHead state/>
                        <th role="columnheader" scope="col" class="cell-id">"ID"</th>
                        <th role="columnheader" scope="col" class="cell-members">"Members"</th>
                        <th role="columnheader" scope="col" class="cell-tokens">"API tokens"</th>
                        <th role="columnheader" scope="col" class="cell-created">"Created"</th>
                        <th role="columnheader" scope="col" class="cell-menu"><span class="sr-only">"Actions"</span></th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows.into_iter().map(|row| view! { <Row row state/> }).collect_view()}</tbody>
            </table>
        </div>
    }
}

/// The list is sorted by name; a press turns the order round.
#[component]
fn NameHead(state: OrgsState) -> impl IntoView {
    let descending = state.query.get_untracked().descending;
    let href = move || state.list_with(|query| query.descending = !descending);
    let picture = if descending { Picture::ArrowDown } else { Picture::ArrowUp };
    view! {
        <th role="columnheader" scope="col" class="cell-name" aria-sort=if descending { "descending" } else { "ascending" }>
            <a href=href data-noscroll>"Name"<Icon picture/></a>
        </th>
    }
}

#[component]
fn NoMatch(state: OrgsState) -> impl IntoView {
    let filter = state.query.get_untracked().filter;
    let title = match filter.trim() {
        "" => "There is no organization you may read".to_owned(),
        filter => format!("No organizations match “{filter}”"),
    };
    let clear = (!filter.trim().is_empty()).then(|| {
        let everything = move || state.list_with(|query| query.filter.clear());
        view! { <p>"Check the spelling, or look for less."</p><a class="button small" href=everything data-noscroll>"Clear filter"</a> }
    });
    view! {
        <section class="empty boxed" data-testid="empty-state"><Icon picture=Picture::SearchNone class="large"/><h2>{title}</h2>{clear}</section>
    }
}

#[component]
fn Failed(error: Error, state: OrgsState) -> impl IntoView {
    view! {
        <div class="list-failed">
            <Alert danger=true live=true>
                <b>"The organizations could not be listed."</b>" "{words::sentence(&error)}<br/>
                <a class="link" href=move || state.address(Orgs::List) rel="external">"Try again"</a>
            </Alert>
        </div>
    }
}

#[component]
fn Skeleton() -> impl IntoView {
    let cell = |name| view! { <td role="cell" class=format!("cell-{name}")><div class="skeleton"></div></td> };
    let row = move || {
        let cells = ["name", "id", "members", "tokens", "created"].map(cell);
        view! { <tr role="row" aria-hidden="true">{cells.collect_view()}</tr> }
    };
    view! {
        <table class="grid-table orgs" role="table" aria-label="Organizations" aria-busy="true">
            <tbody role="rowgroup">{(0..5).map(|_| row()).collect_view()}</tbody>
        </table>
    }
}
