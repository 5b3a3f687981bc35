//! What a list shows, and the addresses at which it shows something else.

use leptos::prelude::*;

use crate::{
    console::components::pager::Part,
    model::console::list_query::{ListQuery, Listed},
};

/// The state of a list, whichever page it is on.
#[derive(Clone, Copy)]
pub struct ListNav {
    pub query: Memo<ListQuery>,
    /// The address of the list in a state.
    address: Callback<ListQuery, String>,
}

impl ListNav {
    /// `address`: where the list is in a state.
    pub fn new(query: Memo<ListQuery>, address: impl Fn(ListQuery) -> String + Send + Sync + 'static) -> Self {
        Self { query, address: Callback::new(address) }
    }

    /// The address of the list as it is.
    pub fn here(self) -> Signal<String> {
        Signal::derive(move || self.address.run(self.query.get()))
    }

    /// The address of the list from its first page, changed.
    pub fn with(self, change: impl FnOnce(&mut ListQuery)) -> String {
        self.address.run(self.query.with(|query| query.with(change)))
    }

    /// The address of one of its pages, of a size.
    pub fn page(self, page: u64, page_size: u64) -> String {
        untrack(|| self.address.run(ListQuery { page, page_size, ..self.query.get() }))
    }

    /// The address of the list with everything in it.
    pub fn everything(self) -> String {
        self.with(|query| {
            query.filter.clear();
            query.role = None;
            query.status = None;
        })
    }

    /// The address of the list in its order, or turned round.
    pub fn sorted(self, descending: bool) -> String {
        self.with(|query| query.descending = descending)
    }

    /// Which part of it an answer holds.
    pub fn part<T>(self, listed: &Listed<T>) -> Part {
        let page_size = self.query.with_untracked(|query| query.page_size);
        Part { page: listed.page, page_size, total: listed.total, unfiltered: listed.unfiltered }
    }
}
