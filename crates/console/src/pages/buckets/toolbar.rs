//! The toolbar above the list: filter, sort order, Create, and the count.

use leptos::prelude::*;

use jeton_model::{console::buckets::BucketPage, wording};

use crate::{
    components::{
        Icon, Picture,
        list::{Filter, SortMenu},
    },
    routes::Buckets,
};

use super::BucketsState;

/// The toolbar of the list.
#[component]
pub fn Toolbar(state: BucketsState) -> impl IntoView {
    let nothing = Memo::new(move |_| state.page.frame.with(|frame| frame.counts.buckets == 0));
    view! {
        <div class="toolbar">
            <Filter listing=state.listing what="Buckets" disabled=nothing/>
            <SortMenu listing=state.listing/>
            <CreateLink state/>
            <Count state/>
        </div>
    }
}

/// The link to the form, for users who may create buckets.
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

/// The number of buckets.
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
                        format!(" of {}", wording::count(page.list.unfiltered, "bucket"))
                    } else if page.list.total == 1 {
                        " bucket".to_owned()
                    } else {
                        " buckets".to_owned()
                    };
                    view! {
                        <p class="list-count" role="status">
                            <b>{wording::grouped(page.list.total)}</b>{of}
                            {more.map(|more| view! { <span aria-hidden="true">" · "</span><span class="note">{more}</span> })}
                        </p>
                    }
                })
            })}
        </Transition>
    }
}

/// Returns the addition to the count: "2 system buckets. The counts include 3 All Access and Operator tokens, which
/// have access to every bucket."
fn more(page: &BucketPage) -> Option<String> {
    let system = (page.system > 0).then(|| format!("{}.", wording::count(page.system, "system bucket")));
    let included = match page.all_access {
        0 => None,
        1 => Some("The counts include 1 All Access or Operator token, which has access to every bucket.".to_owned()),
        many => Some(format!(
            "The counts include {} All Access and Operator tokens, which have access to every bucket.",
            wording::grouped(many)
        )),
    };
    let parts: Vec<String> = system.into_iter().chain(included).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}
