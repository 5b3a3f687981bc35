//! The rows, or why there are none, and the pages.

use leptos::prelude::*;

use super::{
    row::Row,
    state::TokensState,
    toolbar::{GenerateMenu, sorted},
};
use crate::{
    model::{
        Error,
        listing::{PAGE_SIZES, Sort, SortKey, TokenPage, TokenQuery},
    },
    ui::{
        address::Tokens,
        components::{CopyButton, EmptyMark, Icon, Menu, Picture, form::to_sign_in, menu::ChoiceLink, text::Alert},
        load::Frame,
        words,
    },
};

/// Keeps the old rows until the new ones are there.
#[component]
pub fn List(state: TokensState) -> impl IntoView {
    view! {
        <Transition fallback=|| view! { <Skeleton/> }>
            {move || Suspend::new(async move {
                match state.list.await {
                    Ok(page) => {
                        state.count.set(page.unfiltered);
                        view! { <Loaded page state/> }.into_any()
                    }
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
fn Loaded(page: TokenPage, state: TokensState) -> impl IntoView {
    if page.unfiltered == 0 {
        return view! { <Empty/> }.into_any();
    }
    let pager = page.clone();
    let rows = if page.rows.is_empty() {
        view! { <NoMatch state/> }.into_any()
    } else {
        view! { <Table page state/> }.into_any()
    };
    view! { {rows}<Pager page=pager state/> }.into_any()
}

#[component]
fn Table(page: TokenPage, state: TokensState) -> impl IntoView {
    let now = page.now;
    state.rows.set(page.rows.iter().map(|row| row.id).collect());
    view! {
        <div data-testid="resource-list">
            <table class="tokens" role="table" aria-label="API Tokens" data-testid="token-list">
                <thead role="rowgroup">
                    <tr role="row">
                        <SortHead state class="cell-description" label="Description" key=SortKey::Description/>
                        <th role="columnheader" scope="col" class="cell-permissions">"Permissions"</th>
                        <th role="columnheader" scope="col" class="cell-owner">"Owner"</th>
                        <SortHead state class="cell-created" label="Created" key=SortKey::CreatedAt/>
                        <th role="columnheader" scope="col" class="cell-modified">"Last modified"</th>
                        <SortHead state class="cell-status" label="Status" key=SortKey::Status/>
                        <th role="columnheader" scope="col" class="cell-menu"><span class="sr-only">"Actions"</span></th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{page.rows.into_iter().map(|row| view! { <Row row now state/> }).collect_view()}</tbody>
            </table>
        </div>
    }
}

/// A column's name, which sorts by it, or turns the order round.
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

#[component]
fn Empty() -> impl IntoView {
    let frame = expect_context::<Frame>();
    let org = frame.org.name;
    let command = format!("influx auth create --org {org} --read-buckets");
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

#[component]
fn NoMatch(state: TokensState) -> impl IntoView {
    let query = state.query.get_untracked();
    let title = match (query.filter.trim(), query.status) {
        ("", Some(status)) => format!("No tokens are {status}"),
        (filter, _) => format!("No tokens match “{filter}”"),
    };
    let hint = if query.status.is_some() {
        "Check the spelling, or look among all tokens."
    } else {
        "Check the spelling, or look for less."
    };
    let everything = move || {
        state.org.get().map(|org| {
            Tokens::List.address(
                org,
                &TokenQuery { filter: String::new(), status: None, page: 1, show: None, ..state.query.get() },
            )
        })
    };
    view! {
        <section class="empty boxed" data-testid="empty-state">
            <Icon picture=Picture::SearchNone class="large"/>
            <h2>{title}</h2>
            <p>{hint}</p>
            <a class="button small" href=everything data-noscroll>"Clear filter"</a>
        </section>
    }
}

#[component]
fn Failed(error: Error, state: TokensState) -> impl IntoView {
    view! {
        <div class="list-failed">
            <Alert danger=true live=true>
                <b>"Failed to get API tokens."</b>" "{words::sentence(&error)}<br/>
                <a class="link" href=move || state.address(Tokens::List) rel="external">"Try again"</a>
            </Alert>
        </div>
    }
}

#[component]
fn Skeleton() -> impl IntoView {
    let columns = ["description", "permissions", "owner", "created", "modified", "status"];
    let row = move || {
        let cells = columns
            .map(|column| view! { <td role="cell" class=format!("cell-{column}")><div class="skeleton"></div></td> });
        view! { <tr role="row" aria-hidden="true">{cells.collect_view()}</tr> }
    };
    view! { <table class="tokens" role="table" aria-label="API Tokens" aria-busy="true"><tbody role="rowgroup">{(0..8).map(|_| row()).collect_view()}</tbody></table> }
}

#[component]
fn Pager(page: TokenPage, state: TokensState) -> impl IntoView {
    let query = state.query.get_untracked();
    let size = query.page_size;
    let pages = page.total.div_ceil(size).max(1);
    let first = if page.total == 0 { 0 } else { (page.page - 1) * size + 1 };
    let last = (page.page * size).min(page.total);
    let range = if page.total == 0 {
        format!("0 of {}", words::grouped(page.unfiltered))
    } else {
        format!("{}–{} of {}", words::grouped(first), words::grouped(last), words::grouped(page.total))
    };
    let to = move |number: u64| at(state, TokenQuery { page: number, show: None, ..state.query.get_untracked() });
    let current = page.page;
    let items = page_numbers(current, pages).into_iter().map(move |item| match item {
        Some(number) => view! {
            <li>
                <a
                    href=to(number) data-noscroll aria-current=(number == current).then_some("page") aria-label=format!("Page {number}")
                    data-testid="pagination-item"
                >
                    {words::grouped(number)}
                </a>
            </li>
        }
        .into_any(),
        None => view! { <li><span data-testid="pagination-truncation-item">"…"</span></li> }.into_any(),
    });
    let size_face = move || view! { {format!("{size} per page")}<Icon picture=Picture::ChevronDown/> };
    let size_choice = move |number: u64| {
        let href = at(state, TokenQuery { page: 1, page_size: number, show: None, ..state.query.get_untracked() });
        view! { <ChoiceLink href=href current=number == size>{format!("{number} per page")}</ChoiceLink> }
    };
    view! {
        <nav class="pager" aria-label="Pages" data-testid="pagination-nav">
            <div class="pager-range">
                <span>{range}</span><span aria-hidden="true">" · "</span>
                <Menu class="up" button="pager-size" button_testid="page-size--button" face=size_face>
                    {PAGE_SIZES.map(size_choice).collect_view()}
                </Menu>
            </div>
            <ol class="pager-pages">
                <li><Step label="Previous page" rel="prev" picture=Picture::ChevronLeft href=(current > 1).then(|| to(current - 1))/></li>
                {items.collect_view()}
                <li><Step label="Next page" rel="next" picture=Picture::ChevronRight href=(current < pages).then(|| to(current + 1))/></li>
            </ol>
        </nav>
    }
}

fn at(state: TokensState, query: TokenQuery) -> String {
    state.org.get_untracked().map(|org| Tokens::List.address(org, &query)).unwrap_or_default()
}

#[component]
fn Step(label: &'static str, rel: &'static str, picture: Picture, href: Option<String>) -> impl IntoView {
    match href {
        Some(href) => view! {
            <a href=href rel=rel data-noscroll aria-label=label data-testid="pagination-direction-item"><Icon picture/></a>
        }
        .into_any(),
        None => view! {
            <a role="link" aria-disabled="true" aria-label=label data-testid="pagination-direction-item"><Icon picture/></a>
        }
        .into_any(),
    }
}

/// The numbers to show: the first, the last, and the neighbours of the current one; `None` is an ellipsis.
fn page_numbers(current: u64, pages: u64) -> Vec<Option<u64>> {
    if pages <= 7 {
        return (1..=pages).map(Some).collect();
    }
    let (from, to) = (current.saturating_sub(1).clamp(2, pages - 3), (current + 1).clamp(4, pages - 1));
    let mut numbers = vec![Some(1)];
    if from > 2 {
        numbers.push(None);
    }
    numbers.extend((from..=to).map(Some));
    if to < pages - 1 {
        numbers.push(None);
    }
    numbers.push(Some(pages));
    numbers
}

#[cfg(test)]
mod tests {
    use super::page_numbers;

    fn text(current: u64, pages: u64) -> String {
        page_numbers(current, pages)
            .into_iter()
            .map(|item| item.map_or("…".into(), |number| number.to_string()))
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn few_pages_are_all_shown() {
        assert_eq!(text(1, 1), "1");
        assert_eq!(text(3, 7), "1 2 3 4 5 6 7");
    }

    #[test]
    fn of_many_pages_the_ends_and_the_neighbours_are_shown() {
        assert_eq!(text(1, 13), "1 2 3 4 … 13");
        assert_eq!(text(7, 13), "1 … 6 7 8 … 13");
        assert_eq!(text(13, 13), "1 … 10 11 12 13");
    }
}
