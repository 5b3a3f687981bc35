//! The Buckets page and its dialogs, each with an address of its own.

mod delete;
mod edit;
mod fields;
mod list;
mod row;
mod toolbar;

use leptos::prelude::*;
use leptos_router::components::Outlet;

use jeton_model::{
    BucketId,
    console::buckets::{BucketDetails, BucketPage},
};

use crate::{
    components::{Dialog, DialogHead, Page},
    error::ConsoleError,
    queries::{load_bucket, load_buckets},
    routes::{Buckets, ConsoleRoute, Section},
    state::{list_state::ListState, org_state::page_resource},
};

use list::List;
use toolbar::Toolbar;

pub use delete::DeleteRoute;
pub use edit::{CreateRoute, EditRoute};

/// The list of buckets, whose state is in the URL.
type BucketsState = ListState<Buckets, BucketPage>;

/// The Buckets page: the list, and the dialog that the URL names.
#[component]
pub fn BucketsPage() -> impl IntoView {
    let state = BucketsState::provide(load_buckets);
    view! {
        <Page section=Section::Buckets dialog=ViewFn::from(|| view! { <Outlet/> })>
            <Toolbar state/>
            <List state/>
        </Page>
    }
}

/// A dialog about the bucket in the URL, rendered once it is loaded.
#[component]
fn WithBucket<V: IntoView + 'static>(render: fn(BucketDetails, BucketsState) -> V) -> impl IntoView {
    let state = BucketsState::current();
    // While the dialog closes the URL names no bucket: keeps the last one.
    let id = Memo::new(move |last: Option<&Option<BucketId>>| named(state).or(last.copied().flatten()));
    let details = page_resource(
        move || (state.page.org.get(), id.get()),
        |(org, id)| async move { load_bucket(org, id.ok_or(ConsoleError::BucketNotFound)?).await },
    );
    view! {
        <Suspense fallback=|| ()>
            {move || Suspend::new(async move {
                match details.await {
                    Ok(details) => render(details, state).into_any(),
                    Err(error) => view! { <Refused error state/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

fn named(state: BucketsState) -> Option<BucketId> {
    match state.page.route()? {
        ConsoleRoute::Buckets(Buckets::Edit(id) | Buckets::Delete(id)) => Some(id),
        _ => None,
    }
}

/// The error in place of a dialog.
#[component]
fn Refused(error: ConsoleError, state: BucketsState) -> impl IntoView {
    let close = Signal::derive(move || state.address(Buckets::List));
    let title = match error {
        ConsoleError::BucketNotFound => "There is no such bucket",
        _ => "This can't be done",
    };
    view! {
        <Dialog class="narrow" close>
            <DialogHead title close/>
            <div class="dialog-body"><p>{error.sentence()}</p></div>
            <footer class="dialog-foot"><a class="button" href=close data-noscroll autofocus>"Back to the list"</a></footer>
        </Dialog>
    }
}
