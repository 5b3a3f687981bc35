//! Above the list: filter, order, and creating an organization.

use leptos::prelude::*;

use crate::console::{
    components::{
        Icon, Picture,
        list::{Filter, SortMenu},
    },
    routes::Orgs,
    text::messages,
};

use super::OrgsState;

#[component]
pub fn Toolbar(state: OrgsState) -> impl IntoView {
    let may_create = move || state.page.frame.with(|frame| frame.may.create_orgs);
    view! {
        <div class="toolbar orgs-toolbar">
            <Filter listing=state.listing what="Organizations"/>
            <SortMenu listing=state.listing/>
            {move || may_create().then(|| view! {
                <a class="button primary" href=move || state.address(Orgs::Create) data-noscroll data-testid="create-org--button">
                    <Icon picture=Picture::Plus/><span>"Create"<span class="wide-only">" organization"</span></span>
                </a>
            })}
            <Count state/>
        </div>
    }
}

#[component]
fn Count(state: OrgsState) -> impl IntoView {
    let text = move |total: u64, unfiltered: u64| match state.query.get().is_filtered() {
        true => format!("{} of {}", messages::grouped(total), messages::count(unfiltered, "organization")),
        false => messages::count(total, "organization"),
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
