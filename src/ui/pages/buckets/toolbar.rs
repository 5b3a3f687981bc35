//! Above the list: filter, sort, Create, and how many there are.

use leptos::prelude::*;

use super::BucketsState;
use crate::{
    model::{bucket_page::BucketPage, list_query::ListQuery},
    ui::{
        address::Buckets,
        components::{FilterField, Icon, Menu, Picture, menu::ChoiceLink},
        words,
    },
};

/// All of it says where it leads.
#[component]
pub fn Toolbar(state: BucketsState) -> impl IntoView {
    view! {
        <div class="toolbar">
            <Filter state/>
            <SortMenu state/>
            <CreateLink state/>
            <Count state/>
        </div>
    }
}

#[component]
fn Filter(state: BucketsState) -> impl IntoView {
    let nothing = Memo::new(move |_| state.page.frame.with(|frame| frame.counts.buckets == 0));
    let others = move || state.query.with(|query| query.with(|query| query.filter.clear())).parameters();
    view! {
        <FilterField
            what="Buckets" current=Signal::derive(move || state.query.get().filter) disabled=nothing others=Signal::derive(others)
            address=Callback::new(move |filter| untrack(|| state.list_with(|query| query.filter = filter)))
        />
    }
}

/// "Name (A → Z)", or the other way round.
const fn order(descending: bool) -> &'static str {
    if descending { "Name (Z → A)" } else { "Name (A → Z)" }
}

#[component]
fn SortMenu(state: BucketsState) -> impl IntoView {
    let face = move || {
        view! {
            <Icon picture=Picture::Sort/>
            <span><span class="sort-by">"Sort by "</span>{move || order(state.query.get().descending)}</span>
            <Icon picture=Picture::ChevronDown class="chevron"/>
        }
    };
    let choice = move |descending: bool| {
        view! {
            <ChoiceLink
                href=Signal::derive(move || sorted(state, descending)) current=Signal::derive(move || state.query.get().descending == descending)
                testid=format!("resource-sorter--name-{}", if descending { "desc" } else { "asc" })
            >
                {order(descending)}
            </ChoiceLink>
        }
    };
    view! {
        <Menu class="sort-menu end" testid="resource-sorter" button="button" button_testid="resource-sorter--button" face=face>
            {[false, true].map(choice).collect_view()}
        </Menu>
    }
}

/// The address of the list in another order.
pub fn sorted(state: BucketsState, descending: bool) -> String {
    state.list_with(|query: &mut ListQuery| query.descending = descending)
}

/// Leads to the form, for whoever may create one.
#[component]
pub fn CreateLink(state: BucketsState) -> impl IntoView {
    let may = Memo::new(move |_| state.page.frame.with(|frame| frame.may.create_buckets));
    move || {
        may.get().then(|| view! {
            <a class="button primary" href=move || state.address(Buckets::Create) data-noscroll data-testid="Create Bucket">
                <Icon picture=Picture::Plus/><span>"Create"<span class="wide-only">" bucket"</span></span>
            </a>
        })
    }
}

#[component]
fn Count(state: BucketsState) -> impl IntoView {
    view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                let page = state.list.await.ok().filter(|page| page.list.unfiltered > 0);
                page.map(|page| {
                    let more = more(&page);
                    let filtered = state.query.get_untracked().is_filtered();
                    let of = if filtered {
                        format!(" of {}", words::count(page.list.unfiltered, "bucket"))
                    } else if page.list.total == 1 {
                        " bucket".to_owned()
                    } else {
                        " buckets".to_owned()
                    };
                    view! {
                        <p class="list-count" role="status">
                            <b>{words::grouped(page.list.total)}</b>{of}
                            {more.map(|more| view! { <span aria-hidden="true">" · "</span><span class="note">{more}</span> })}
                        </p>
                    }
                })
            })}
        </Transition>
    }
}

/// "2 system buckets. The counts include 3 All Access and Operator tokens, which reach every bucket."
fn more(page: &BucketPage) -> Option<String> {
    let system = (page.system > 0).then(|| format!("{}.", words::count(page.system, "system bucket")));
    let included = match page.all_access {
        0 => None,
        1 => Some("The counts include 1 All Access or Operator token, which reaches every bucket.".to_owned()),
        many => Some(format!(
            "The counts include {} All Access and Operator tokens, which reach every bucket.",
            words::grouped(many)
        )),
    };
    let parts: Vec<String> = system.into_iter().chain(included).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}
