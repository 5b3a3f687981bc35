//! The state of a list, and the addresses of its other states.

use leptos::prelude::*;

use jeton_model::{
    console::list_query::{ListQuery, Listed},
    tally::Tally,
};

use crate::components::pager::Part;

/// The state of a list, independent of its page.
#[derive(Clone, Copy)]
pub struct ListNav {
    /// The filter, the order and the page in the URL.
    pub query: Memo<ListQuery>,
    /// Returns the address of the list in a state.
    address: Callback<ListQuery, String>,
}

impl ListNav {
    /// Creates the navigation of a list. `address`: returns the address of the list in a state.
    pub fn new(query: Memo<ListQuery>, address: impl Fn(ListQuery) -> String + Send + Sync + 'static) -> Self {
        Self { query, address: Callback::new(address) }
    }

    /// Returns the present address of the list.
    pub fn here(self) -> Signal<String> {
        Signal::derive(move || self.address.run(self.query.get()))
    }

    /// Returns the address of the first page of the list in a changed state.
    pub fn with(self, change: impl FnOnce(&mut ListQuery)) -> String {
        self.address.run(self.query.with(|query| query.with(change)))
    }

    /// Returns the address of a page of the list, of a page size.
    pub fn page(self, page: u64, page_size: u64) -> String {
        untrack(|| self.address.run(ListQuery { page, page_size, ..self.query.get() }))
    }

    /// Returns the address of the list without filters.
    pub fn everything(self) -> String {
        self.with(|query| {
            query.filter.clear();
            query.role = None;
            query.status = None;
            query.mode = None;
        })
    }

    /// Returns the address of the list in ascending or descending order.
    pub fn sorted(self, descending: bool) -> String {
        self.with(|query| query.descending = descending)
    }

    /// Returns the part of the list that a response holds.
    pub fn part<T>(self, listed: &Listed<T>) -> Part {
        let page_size = self.query.with_untracked(|query| query.page_size);
        let (total, unfiltered) = (Tally::exact(listed.total), Tally::exact(listed.unfiltered));
        Part { page: listed.page, page_size, total, unfiltered }
    }
}
