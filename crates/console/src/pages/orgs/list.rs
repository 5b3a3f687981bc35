//! The list of organizations: rows, empty state and pagination.

use leptos::prelude::*;

use jeton_model::{console::list_query::Listed, org::OrgSummary};

use crate::components::{
    Icon, Picture,
    list::{Column, Loads, NoMatch, Pages, Skeleton, Table},
};

use super::{OrgsState, row::Row};

const CLASS: &str = "grid-table orgs";
const COLUMNS: &[Column] = &[
    ("cell-name", "Name"),
    ("cell-id", "ID"),
    ("cell-members", "Members"),
    ("cell-tokens", "API tokens"),
    ("cell-created", "Created"),
];

/// The list of organizations.
#[component]
pub fn List(state: OrgsState) -> impl IntoView {
    view! {
        <Loads
            list=state.list here=state.listing.here() failed="The organizations could not be listed."
            meanwhile=|| view! { <Skeleton class=CLASS label="Organizations" columns=COLUMNS/> }
            render=move |page| view! { <Loaded page state/> }.into_any()
        />
    }
}

/// The loaded list.
#[component]
fn Loaded(page: Listed<OrgSummary>, state: OrgsState) -> impl IntoView {
    let listing = state.listing;
    let part = listing.part(&page);
    let is_filtered = listing.query.with_untracked(|query| query.is_filtered());
    let rows = match (page.rows.is_empty(), is_filtered) {
        (true, true) => view! { <NoMatch listing noun="organizations"/> }.into_any(),
        (true, false) => view! { <Empty/> }.into_any(),
        (false, _) => view! {
            <div data-testid="resource-list">
                <Table listing class=CLASS label="Organizations" testid="org-list" columns=COLUMNS>
                    {page.rows.into_iter().map(|row| view! { <Row row state/> }).collect_view()}
                </Table>
            </div>
        }
        .into_any(),
    };
    view! { {rows}<Pages listing part/> }
}

/// The empty state of the list.
#[component]
fn Empty() -> impl IntoView {
    view! {
        <section class="empty boxed" data-testid="empty-state">
            <Icon picture=Picture::SearchNone class="large"/><h2>"There is no organization you may read"</h2>
        </section>
    }
}
