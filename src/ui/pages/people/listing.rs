//! A list of people whose state is in the address, whichever page it is on.

use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    model::{Error, list_query::ListQuery},
    ui::{
        address::Page,
        answer::Outcome,
        browser,
        components::{
            Icon, Notices, Picture,
            form::Answered,
            pager::{Pager, Part},
            text::Alert,
        },
        pages::list_state::ListState,
        words,
    },
};

/// What a list shows, and where it shows something else.
#[derive(Clone, Copy)]
pub struct Listing {
    pub query: Memo<ListQuery>,
    /// The address of the list in a state.
    address: Callback<ListQuery, String>,
}

impl Listing {
    pub fn of<P, T>(state: ListState<P, T>) -> Self
    where
        P: Page + Send + Sync + 'static,
        T: Clone + Send + Sync + Serialize + DeserializeOwned + 'static,
    {
        let address = Callback::new(move |query: ListQuery| P::LIST.address(state.page.org.get(), &query.parameters()));
        Self { query: state.query, address }
    }

    /// The address of the list as it is.
    pub fn here(self) -> Signal<String> {
        Signal::derive(move || self.address.run(self.query.get()))
    }

    /// The address of the list from its first page, changed.
    pub fn with(self, change: impl FnOnce(&mut ListQuery)) -> String {
        self.address.run(self.query.with(|query| query.with(change)))
    }
}

/// Passes an answer on, unless it is that whoever sent the form signed themselves out by it.
pub fn or_signed_out(then: Callback<Answered>) -> Callback<Answered> {
    Callback::new(move |answer: Answered| match answer {
        Ok(Outcome::SignedOut) => browser::go("/sign-in"),
        answer => then.run(answer),
    })
}

/// What a form in the list itself does with its answer: the list stays where it is, and is loaded again.
pub fn on_changed<P, T>(
    state: ListState<P, T>,
    failed: &'static str,
    refused: RwSignal<Option<Error>>,
) -> Callback<Answered>
where
    P: Page + Send + Sync + 'static,
    T: Clone + Send + Sync + Serialize + DeserializeOwned + 'static,
{
    let notices = Notices::current();
    or_signed_out(Callback::new(move |answer: Answered| match answer {
        Ok(Outcome::Done { deed, .. }) => {
            notices.success(deed.sentence(), "");
            let _ = refused.try_set(None);
            state.reload();
        }
        Ok(_) => {}
        Err(error) => notices.failure(failed, words::sentence(&error)),
    }))
}

/// The rows of a page, or that none match, and the other pages. `noun`: what is listed, as in "members".
#[component]
pub fn Shown(
    listing: Listing,
    noun: &'static str,
    page: u64,
    total: u64,
    unfiltered: u64,
    children: Children,
) -> impl IntoView {
    browser::keep_focus();
    let part = Part { page, page_size: listing.query.get_untracked().page_size, total, unfiltered };
    let address = Callback::new(move |(page, page_size)| {
        untrack(|| listing.address.run(ListQuery { page, page_size, ..listing.query.get_untracked() }))
    });
    let rows = if total == 0 { view! { <NoMatch listing noun/> }.into_any() } else { children().into_any() };
    view! { {rows}<Pager part address/> }
}

#[component]
fn NoMatch(listing: Listing, noun: &'static str) -> impl IntoView {
    let filter = listing.query.with_untracked(|query| query.filter.trim().to_owned());
    let title =
        if filter.is_empty() { format!("No {noun} like this") } else { format!("No {noun} match “{filter}”") };
    let everyone = move || {
        listing.with(|query| {
            query.filter.clear();
            query.role = None;
            query.status = None;
        })
    };
    view! {
        <section class="empty boxed" data-testid="empty-state">
            <Icon picture=Picture::SearchNone class="large"/>
            <h2>{title}</h2>
            <p>"Check the spelling, or look among all " {noun} "."</p>
            <a class="button small" href=everyone data-noscroll>"Clear filter"</a>
        </section>
    }
}

/// The list could not be loaded. `what`: as in "The members".
#[component]
pub fn NotLoaded(what: &'static str, error: Error, listing: Listing) -> impl IntoView {
    view! {
        <div class="list-failed">
            <Alert danger=true live=true>
                <b>{what}" could not be loaded."</b>" "{words::sentence(&error)}<br/>
                <a class="link" href=listing.here() rel="external">"Try again"</a>
            </Alert>
        </div>
    }
}

/// While the first answer is on its way.
#[component]
pub fn Skeleton(label: &'static str) -> impl IntoView {
    let row = || {
        view! { <tr role="row" aria-hidden="true"><td role="cell" class="cell-person"><div class="skeleton"></div></td></tr> }
    };
    view! {
        <table class="people" role="table" aria-label=label aria-busy="true">
            <tbody role="rowgroup">{(0..8).map(|_| row()).collect_view()}</tbody>
        </table>
    }
}
