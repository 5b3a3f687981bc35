//! The list of buckets: rows, empty state and pagination.

use leptos::prelude::*;

use jeton_model::console::buckets::BucketPage;

use crate::components::{
    EmptyMark, Icon, Picture,
    list::{Column, Loads, NoMatch, Pages, Skeleton, Table},
};

use super::{BucketsState, row::Row, toolbar::CreateLink};

const CLASS: &str = "grid-table buckets";
const COLUMNS: &[Column] = &[
    ("cell-name", "Name"),
    ("cell-retention", "Retention"),
    ("cell-readers", "Tokens that read"),
    ("cell-writers", "Tokens that write"),
    ("cell-created", "Created"),
    ("cell-id", "ID"),
];

/// The list of buckets.
#[component]
pub fn List(state: BucketsState) -> impl IntoView {
    view! {
        <Loads
            list=state.list here=state.listing.here() failed="The buckets could not be loaded."
            meanwhile=|| view! { <Skeleton class=CLASS label="Buckets" columns=COLUMNS/> }
            render=move |page| view! { <Loaded page state/> }.into_any()
        />
    }
}

/// The loaded list.
#[component]
fn Loaded(page: BucketPage, state: BucketsState) -> impl IntoView {
    let listing = state.listing;
    let list = page.list;
    if list.unfiltered == 0 {
        return view! { <Empty state/> }.into_any();
    }
    let part = listing.part(&list);
    if list.rows.is_empty() {
        let hint = "Check the spelling, or use a shorter filter. The filter searches names.";
        return view! { <NoMatch listing noun="buckets" hint/><Pages listing part/> }.into_any();
    }
    let only_system = page.system == list.unfiltered;
    view! {
        <div data-testid="resource-list">
            <Table listing class=CLASS label="Buckets" testid="bucket-list" columns=COLUMNS>
                {list.rows.into_iter().map(|row| view! { <Row row state/> }).collect_view()}
            </Table>
        </div>
        {only_system.then(|| view! { <OnlySystem state/> })}
        <Pages listing part/>
    }
    .into_any()
}

/// The empty state: there are no buckets, or none that the user may see.
#[component]
fn Empty(state: BucketsState) -> impl IntoView {
    let org = state.page.frame.with_untracked(|frame| frame.org.name.clone());
    view! {
        <section class="empty whole" data-testid="empty-state">
            <EmptyMark/>
            <h2>"There are no buckets in "{org}" that you can read"</h2>
            <p>"Programs read and write data in buckets, and most tokens give access to them. Ask an owner of the organization for access."</p>
            <CreateLink state/>
        </section>
    }
}

/// The empty state below the system buckets.
#[component]
fn OnlySystem(state: BucketsState) -> impl IntoView {
    view! {
        <section class="empty boxed" data-testid="empty-state">
            <Icon picture=Picture::Bucket class="large"/>
            <h2>"There are only system buckets so far"</h2>
            <p>"Create a bucket for each kind of data, so that every token has access only to what it needs."</p>
            <CreateLink state/>
        </section>
    }
}
