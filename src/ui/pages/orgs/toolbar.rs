//! Above the list: filter, order, and creating an organization.

use leptos::prelude::*;

use super::OrgsState;
use crate::ui::{
    address::Orgs,
    components::{FilterField, Icon, Menu, Picture, menu::ChoiceLink},
    words,
};

#[component]
pub fn Toolbar(state: OrgsState) -> impl IntoView {
    let others = move || state.query.with(|query| query.with(|query| query.filter.clear())).parameters();
    let may_create = move || state.page.frame.with(|frame| frame.may.create_orgs);
    view! {
        <div class="toolbar orgs-toolbar">
            <FilterField
                what="Organizations" current=Signal::derive(move || state.query.get().filter) others=Signal::derive(others)
                address=Callback::new(move |filter| untrack(|| state.list_with(|query| query.filter = filter)))
            />
            <SortMenu state/>
            {move || may_create().then(|| view! {
                <a class="button primary" href=move || state.address(Orgs::Create) data-noscroll data-testid="create-org--button">
                    <Icon picture=Picture::Plus/><span>"Create"<span class="wide-only">" organization"</span></span>
                </a>
            })}
            <Count state/>
        </div>
    }
}

const fn label(descending: bool) -> &'static str {
    if descending { "Name (Z → A)" } else { "Name (A → Z)" }
}

#[component]
fn SortMenu(state: OrgsState) -> impl IntoView {
    let face = move || {
        view! {
            <Icon picture=Picture::Sort/>
            <span><span class="sort-by">"Sort by "</span>{move || label(state.query.get().descending)}</span>
            <Icon picture=Picture::ChevronDown class="chevron"/>
        }
    };
    let choice = move |descending: bool| {
        let href = move || state.list_with(|query| query.descending = descending);
        let current = move || state.query.get().descending == descending;
        let direction = if descending { "desc" } else { "asc" };
        view! {
            <ChoiceLink href=Signal::derive(href) current=Signal::derive(current) testid=format!("resource-sorter--name-{direction}")>
                {label(descending)}
            </ChoiceLink>
        }
    };
    view! {
        <Menu class="sort-menu end" testid="resource-sorter" button="button" button_testid="resource-sorter--button" face=face>
            {[false, true].map(choice).collect_view()}
        </Menu>
    }
}

#[component]
fn Count(state: OrgsState) -> impl IntoView {
    let text = move |total: u64, unfiltered: u64| match state.query.get().is_filtered() {
        true => format!("{} of {}", words::grouped(total), words::count(unfiltered, "organization")),
        false => words::count(total, "organization"),
    };
    view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                let page = state.list.await.ok();
                page.map(|page| view! { <p class="list-count" role="status">{text(page.total, page.unfiltered)}</p> })
            })}
        </Transition>
    }
}
