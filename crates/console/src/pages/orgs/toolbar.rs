//! The toolbar above the list: filter, sort order and Create.

use leptos::prelude::*;

use jeton_model::wording;

use crate::{
    components::{
        Icon, Picture,
        list::{Filter, SortMenu},
    },
    routes::Orgs,
};

use super::OrgsState;

/// The toolbar of the list.
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

/// The number of organizations.
#[component]
fn Count(state: OrgsState) -> impl IntoView {
    let text = move |total: u64, unfiltered: u64| match state.query.get().is_filtered() {
        true => format!("{} of {}", wording::grouped(total), wording::count(unfiltered, "organization")),
        false => wording::count(total, "organization"),
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
