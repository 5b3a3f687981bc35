//! The rows of a list, as a table with grid layout (`style/components/grid-table.css`).

use leptos::prelude::*;

use crate::{
    components::{Icon, Picture},
    hydrate::browser,
};

use super::ListNav;

/// A column: the class of its cells, and its name.
pub type Column = (&'static str, &'static str);

/// Number of placeholder rows until the first response.
const AWAITED: usize = 8;

/// A table sorted by its first column, whose heading reverses the order; the last column holds the row menus.
#[component]
pub fn Table(
    /// The state of the list, whose order the heading reverses.
    listing: ListNav,
    /// The classes that define the columns' widths.
    class: &'static str,
    /// The accessible name of the table.
    label: &'static str,
    /// The table's id in browser tests.
    testid: &'static str,
    /// All columns except that of the menus.
    columns: &'static [Column],
    /// The rows.
    children: Children,
) -> impl IntoView {
    browser::keep_focus();
    let others = columns.iter().skip(1).map(|(class, title)| {
        view! { <th role="columnheader" scope="col" class=*class>{*title}</th> }
    });
    let first = columns.first().map(|column| view! { <SortHead listing column=*column/> });
    view! {
        <table class=class role="table" aria-label=label data-testid=testid>
            <thead role="rowgroup">
                <tr role="row">
                    {first} {others.collect_view()}
                    <th role="columnheader" scope="col" class="cell-menu"><span class="sr-only">"Actions"</span></th>
                </tr>
            </thead>
            <tbody role="rowgroup">{children()}</tbody>
        </table>
    }
}

/// The heading of the sorted column.
#[component]
pub fn SortHead(listing: ListNav, column: Column) -> impl IntoView {
    let (class, title) = column;
    let descending = listing.query.get_untracked().descending;
    let (direction, picture) =
        if descending { ("descending", Picture::ArrowDown) } else { ("ascending", Picture::ArrowUp) };
    view! {
        <th role="columnheader" scope="col" class=class aria-sort=direction>
            <a href=move || listing.sorted(!descending) data-noscroll>{title}<Icon picture/></a>
        </th>
    }
}

/// The placeholder until the first response.
#[component]
pub fn Skeleton(class: &'static str, label: &'static str, columns: &'static [Column]) -> impl IntoView {
    let cell = |(class, _): &Column| view! { <td role="cell" class=*class><div class="skeleton"></div></td> };
    let row = move |_| view! { <tr role="row" aria-hidden="true">{columns.iter().map(cell).collect_view()}</tr> };
    view! {
        <table class=class role="table" aria-label=label aria-busy="true">
            <tbody role="rowgroup">{(0..AWAITED).map(row).collect_view()}</tbody>
        </table>
    }
}
