//! Filters of the lists of members and users.

use leptos::prelude::*;

use jeton_model::{Status, console::list_query::ListQuery, org::Role};

use crate::components::{Icon, Menu, Picture, list::ListNav, menu::ChoiceLink};

/// The filter by role.
#[component]
pub fn RoleMenu(listing: ListNav) -> impl IntoView {
    view! {
        <Choices
            listing name="Role" testid="role-filter" values=[(None, "All"), (Some(Role::Owner), "Owner"), (Some(Role::Member), "Member")]
            get=|query| query.role set=|query, role| query.role = role
        />
    }
}

/// The filter by status.
#[component]
pub fn StatusMenu(listing: ListNav) -> impl IntoView {
    view! {
        <Choices
            listing name="Status" testid="status-filter" values=[(None, "All"), (Some(Status::Active), "Active"), (Some(Status::Inactive), "Inactive")]
            get=|query| query.status set=|query, status| query.status = status
        />
    }
}

/// A menu that filters the list by one property.
#[component]
fn Choices<V: Copy + PartialEq + Send + Sync + 'static>(
    /// The state of the list.
    listing: ListNav,
    /// The name of the property, displayed before the current value.
    name: &'static str,
    /// The menu's id in browser tests.
    testid: &'static str,
    /// The values of the property, with their names; `None` does not filter.
    values: [(Option<V>, &'static str); 3],
    /// Returns the property's value in a query.
    get: fn(&ListQuery) -> Option<V>,
    /// Sets the property's value in a query.
    set: fn(&mut ListQuery, Option<V>),
) -> impl IntoView {
    let current = move || listing.query.with(get);
    let word = move || {
        let current = current();
        values.iter().find(|(value, _)| *value == current).map_or("", |(_, word)| *word)
    };
    let choice = move |(value, word): (Option<V>, &'static str)| {
        let href = move || listing.with(|query| set(query, value));
        view! {
            <ChoiceLink
                href=Signal::derive(href) current=Signal::derive(move || current() == value)
                testid=format!("{testid}--{}", word.to_ascii_lowercase())
            >
                {word}
            </ChoiceLink>
        }
    };
    let face = move || {
        view! { <span class="quiet">{name}</span>" "<b>{word}</b><Icon picture=Picture::ChevronDown class="chevron"/> }
    };
    view! {
        <Menu class="narrow-menu" testid=testid button="button" face=face>
            {values.map(choice).collect_view()}
        </Menu>
    }
}
