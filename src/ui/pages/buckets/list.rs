//! The rows, or why there are none, and the pages.

use leptos::prelude::*;

use super::{
    BucketsState,
    row::Row,
    toolbar::{CreateLink, sorted},
};
use crate::{
    model::{Error, bucket_page::BucketPage, list_query::ListQuery},
    ui::{
        address::{Buckets, Page as _},
        browser,
        components::{
            EmptyMark, Icon, Picture,
            form::to_sign_in,
            pager::{Pager, Part},
            text::Alert,
        },
        words,
    },
};

/// Keeps the old rows until the new ones are there.
#[component]
pub fn List(state: BucketsState) -> impl IntoView {
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
fn Loaded(page: BucketPage, state: BucketsState) -> impl IntoView {
    let query = state.query.get_untracked();
    let (total, unfiltered) = (page.list.total, page.list.unfiltered);
    if unfiltered == 0 {
        return view! { <Empty state/> }.into_any();
    }
    let part = Part { page: page.list.page, page_size: query.page_size, total, unfiltered };
    let address = Callback::new(move |(number, size)| {
        let query = ListQuery { page: number, page_size: size, ..state.query.get_untracked() };
        Buckets::List.address(state.page.org.get_untracked(), &query.parameters())
    });
    let only_system = page.system == unfiltered;
    if page.list.rows.is_empty() {
        return view! { <NoMatch state/><Pager part address/> }.into_any();
    }
    view! {
        <Table page state/>
        {only_system.then(|| view! { <OnlySystem state/> })}
        <Pager part address/>
    }
    .into_any()
}

#[component]
fn Table(page: BucketPage, state: BucketsState) -> impl IntoView {
    browser::keep_focus();
    let descending = state.query.get_untracked().descending;
    let (direction, picture) =
        if descending { ("descending", Picture::ArrowDown) } else { ("ascending", Picture::ArrowUp) };
    view! {
        <div data-testid="resource-list">
            <table class="buckets" role="table" aria-label="Buckets" data-testid="bucket-list">
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col" class="cell-name" aria-sort=direction>
                            <a href=move || sorted(state, !descending) data-noscroll>"Name"<Icon picture/></a>
                        </th>
                        <th role="columnheader" scope="col" class="cell-retention">"Retention"</th>
                        <th role="columnheader" scope="col" class="cell-readers">"Tokens that read"</th>
                        <th role="columnheader" scope="col" class="cell-writers">"Tokens that write"</th>
                        <th role="columnheader" scope="col" class="cell-created">"Created"</th>
                        <th role="columnheader" scope="col" class="cell-id">"ID"</th>
                        <th role="columnheader" scope="col" class="cell-menu"><span class="sr-only">"Actions"</span></th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{page.list.rows.into_iter().map(|row| view! { <Row row state/> }).collect_view()}</tbody>
            </table>
        </div>
    }
}

/// Nothing is there, or nothing that the visitor may see.
#[component]
fn Empty(state: BucketsState) -> impl IntoView {
    let org = state.page.frame.with_untracked(|frame| frame.org.name.clone());
    view! {
        <section class="empty whole" data-testid="empty-state">
            <EmptyMark/>
            <h2>"There are no buckets in "{org}" that you can read"</h2>
            <p>"A bucket is where programs read and write data, and what most tokens are for. Ask an owner of the organization for access."</p>
            <CreateLink state/>
        </section>
    }
}

/// Below the system's buckets, where people have none.
#[component]
fn OnlySystem(state: BucketsState) -> impl IntoView {
    view! {
        <section class="empty boxed" data-testid="empty-state">
            <Icon picture=Picture::Bucket class="large"/>
            <h2>"There are only system buckets yet"</h2>
            <p>"Create a bucket for each kind of data, so that every token reaches no more than it needs."</p>
            <CreateLink state/>
        </section>
    }
}

#[component]
fn NoMatch(state: BucketsState) -> impl IntoView {
    let title = format!("No buckets match “{}”", state.query.get_untracked().filter.trim());
    view! {
        <section class="empty boxed" data-testid="empty-state">
            <Icon picture=Picture::SearchNone class="large"/>
            <h2>{title}</h2>
            <p>"Check the spelling, or look for less. The filter looks at names."</p>
            <a class="button small" href=move || state.list_with(|query| query.filter.clear()) data-noscroll>"Clear filter"</a>
        </section>
    }
}

#[component]
fn Failed(error: Error, state: BucketsState) -> impl IntoView {
    view! {
        <div class="list-failed">
            <Alert danger=true live=true>
                <b>"The buckets could not be loaded."</b>" "{words::sentence(&error)}<br/>
                <a class="link" href=move || state.address(Buckets::List) rel="external">"Try again"</a>
            </Alert>
        </div>
    }
}

#[component]
fn Skeleton() -> impl IntoView {
    let columns = ["name", "retention", "readers", "writers", "created", "id"];
    let row = move || {
        let cells = columns
            .map(|column| view! { <td role="cell" class=format!("cell-{column}")><div class="skeleton"></div></td> });
        view! { <tr role="row" aria-hidden="true">{cells.collect_view()}</tr> }
    };
    view! { <table class="buckets" role="table" aria-label="Buckets" aria-busy="true"><tbody role="rowgroup">{(0..8).map(|_| row()).collect_view()}</tbody></table> }
}
