//! The list of gates.

use leptos::prelude::*;

use jeton_model::{
    console::databases::{DatabasePage, GateRow, IN_USE_DAYS},
    wording,
};

use crate::{
    components::list::{Column, Loads, NoMatch, Pages, Skeleton, SortHead},
    hydrate::browser,
    routes::Databases,
};

use super::{
    DatabasesState,
    empty::Empty,
    health::{HealthBadge, ModeBadge},
};

const CLASS: &str = "grid-table databases";
const COLUMNS: &[Column] = &[
    ("cell-name", "Database"),
    ("cell-kind", "Kind"),
    ("cell-mode", "Mode"),
    ("cell-health", "Health"),
    ("cell-requests", "Requests / min"),
    ("cell-refused", "Refused / min"),
    ("cell-tokens", "Tokens in use"),
];

/// The list of gates.
#[component]
pub fn List(state: DatabasesState) -> impl IntoView {
    view! {
        <Loads
            list=state.list here=state.listing.here() failed="The gates could not be loaded."
            meanwhile=|| view! { <Skeleton class=CLASS label="Databases" columns=COLUMNS/> }
            render=move |page| view! { <Loaded page state/> }.into_any()
        />
    }
}

/// The loaded list.
#[component]
fn Loaded(page: DatabasePage, state: DatabasesState) -> impl IntoView {
    let listing = state.listing;
    let list = page.list;
    if list.unfiltered == 0 {
        return view! { <Empty/> }.into_any();
    }
    let part = listing.part(&list);
    if list.rows.is_empty() {
        let hint = "Check the spelling, or use a shorter filter. The filter searches names, kinds and addresses.";
        return view! { <NoMatch listing noun="databases" hint/><Pages listing part/> }.into_any();
    }
    browser::keep_focus();
    let others = COLUMNS.iter().skip(1).map(|(class, title)| {
        view! { <th role="columnheader" scope="col" class=*class>{*title}</th> }
    });
    view! {
        <table class=CLASS role="table" aria-label="Databases" data-testid="gate-list">
            <thead role="rowgroup">
                <tr role="row"><SortHead listing column=COLUMNS[0]/>{others.collect_view()}</tr>
            </thead>
            <tbody role="rowgroup">{list.rows.into_iter().map(|row| view! { <Row row state/> }).collect_view()}</tbody>
        </table>
        <p class="hint databases-note">
            {format!("A token is in use if a request of the last {IN_USE_DAYS} days was allowed with it. Only tokens that you may see are counted.")}
        </p>
        <Pages listing part/>
    }
    .into_any()
}

/// A row; on a phone, a card.
#[component]
fn Row(row: GateRow, state: DatabasesState) -> impl IntoView {
    let key = row.key;
    let minute = row.rates.minute;
    let would = (minute.would_refuse > 0).then(|| {
        let would = format!("{} would be", wording::grouped(minute.would_refuse));
        view! { " "<span class="badge observes">{would}</span> }
    });
    let suspended = (row.suspended > 0).then(
        || view! { " "<span class="badge danger">{format!("{} suspended", wording::grouped(row.suspended))}</span> },
    );
    let tokens = if row.tokens.is_none() {
        NOTHING.into_any()
    } else {
        let label = format!("{} in use at {key}", row.tokens.of("token"));
        let href = move || state.address(Databases::Show(key));
        view! { <a class="count-link" href=href data-noscroll aria-label=label>{row.tokens.text()}</a> }.into_any()
    };
    view! {
        <tr role="row" data-testid=format!("gate-card {key}")>
            <th role="rowheader" scope="row" class="cell-name">
                <div class="row-title">
                    <a class="row-name" href=move || state.address(Databases::Show(key)) data-noscroll data-testid=format!("gate-name {key}")>
                        {key.to_string()}
                    </a>
                </div>
                <p class="row-more"><code>{row.upstream}</code></p>
            </th>
            <td role="cell" class="cell-kind" data-label="Kind">{row.kind.title()}</td>
            <td role="cell" class="cell-mode"><ModeBadge mode=row.mode/></td>
            <td role="cell" class="cell-health"><HealthBadge health=row.health/>{suspended}</td>
            <td role="cell" class="cell-requests" data-label="Requests / min">{number(minute.requests)}</td>
            <td role="cell" class="cell-refused" data-label="Refused / min">{number(minute.refused)}{would}</td>
            <td role="cell" class="cell-tokens" data-label="Tokens in use">{tokens}</td>
        </tr>
    }
}

/// The sign in place of zero.
const NOTHING: &str = "–";

fn number(number: u64) -> String {
    if number == 0 { NOTHING.to_owned() } else { wording::grouped(number) }
}
