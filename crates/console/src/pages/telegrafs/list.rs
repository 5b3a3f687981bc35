//! The list of configurations by name, and its empty state.

use leptos::prelude::*;

use jeton_model::{console::list_query::Listed, telegraf::TelegrafRow, wording};

use crate::{
    components::{
        EmptyMark, Icon, Picture,
        list::{Loads, NoMatch, Pages},
    },
    routes::Telegrafs,
};

use super::{
    CreateLink,
    state::{TelegrafState, name_of},
};

/// The list of configurations.
#[component]
pub fn List(state: TelegrafState) -> impl IntoView {
    view! {
        <div class="telegraf-list">
            <Loads
                list=state.list.list here=state.list.listing.here() failed="The configurations could not be loaded."
                render=move |page| view! { <Loaded page state/> }.into_any()
            />
        </div>
    }
}

/// The loaded list.
#[component]
fn Loaded(page: Listed<TelegrafRow>, state: TelegrafState) -> impl IntoView {
    let listing = state.listing;
    if page.unfiltered == 0 {
        return view! { <Empty state/> }.into_any();
    }
    if page.rows.is_empty() {
        return view! { <NoMatch listing noun="configurations"/> }.into_any();
    }
    let part = listing.part(&page);
    view! {
        <nav aria-label="Configurations">
            <ul data-testid="resource-list">
                {page.rows.into_iter().map(|row| view! { <Row row state/> }).collect_view()}
            </ul>
        </nav>
        <Pages listing part/>
    }
    .into_any()
}

/// A configuration: its name, its bucket and the number of its tokens.
#[component]
fn Row(row: TelegrafRow, state: TelegrafState) -> impl IntoView {
    let id = row.id;
    let name = name_of(&row);
    let writes = match row.bucket {
        Some(bucket) => view! { <span>"writes "<code>{bucket}</code></span> }.into_any(),
        None => view! { <span>"writes no bucket"</span> }.into_any(),
    };
    let tokens = if row.tokens == 0 {
        view! { <span class="no-token"><Icon picture=Picture::Key/>"no token"</span> }.into_any()
    } else {
        view! { <span>{wording::count(row.tokens, "token")}</span> }.into_any()
    };
    view! {
        <li>
            <a
                class="telegraf-row" href=move || state.address(Telegrafs::Show(id))
                aria-current=move || (state.chosen.get() == Some(id)).then_some("page") data-testid=format!("telegraf-row {name}")
            >
                <span class="telegraf-name">{name.clone()}</span>
                <span class="telegraf-facts">{writes}<span aria-hidden="true">" · "</span>{tokens}</span>
            </a>
        </li>
    }
}

/// The empty state of the list.
#[component]
fn Empty(state: TelegrafState) -> impl IntoView {
    let frame = state.list.page.frame;
    let org = frame.with_untracked(|frame| frame.org.name.clone());
    let may_create = frame.with_untracked(|frame| frame.may.create_telegrafs);
    view! {
        <section class="empty whole" data-testid="empty-state">
            <EmptyMark/>
            <h2>"There are no Telegraf configurations in "{org}" yet"</h2>
            <p>"Agents fetch their configuration from here when they start, so that you change it in one place."</p>
            {may_create.then(|| view! { <CreateLink state/> })}
        </section>
    }
}
