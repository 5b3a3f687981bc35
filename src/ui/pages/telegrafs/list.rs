//! The configurations by name, or why there are none.

use leptos::prelude::*;

use super::{
    CreateLink,
    state::{TelegrafState, name_of},
};
use crate::{
    model::{Error, list_query::Listed, telegraf::TelegrafRow},
    ui::{
        address::Telegrafs,
        components::{
            EmptyMark, Icon, Picture,
            form::to_sign_in,
            pager::{Pager, Part},
            text::Alert,
        },
        words,
    },
};

/// Keeps the old rows until the new ones are there.
#[component]
pub fn List(state: TelegrafState) -> impl IntoView {
    view! {
        <div class="telegraf-list">
            <Transition fallback=|| ()>
                {move || Suspend::new(async move {
                    match state.list.list.await {
                        Ok(page) => view! { <Loaded page state/> }.into_any(),
                        Err(Error::Unauthenticated) => {
                            Effect::new(to_sign_in);
                            ().into_any()
                        }
                        Err(error) => view! { <Failed error state/> }.into_any(),
                    }
                })}
            </Transition>
        </div>
    }
}

#[component]
fn Loaded(page: Listed<TelegrafRow>, state: TelegrafState) -> impl IntoView {
    if page.unfiltered == 0 {
        return view! { <Empty state/> }.into_any();
    }
    if page.rows.is_empty() {
        return view! { <NoMatch state/> }.into_any();
    }
    let query = state.list.query.get_untracked();
    let part = Part { page: page.page, page_size: query.page_size, total: page.total, unfiltered: page.unfiltered };
    let address = Callback::new(move |(page, page_size)| {
        untrack(|| {
            state.list_with(|query| {
                query.page = page;
                query.page_size = page_size;
            })
        })
    });
    view! {
        <nav aria-label="Configurations">
            <ul data-testid="resource-list">
                {page.rows.into_iter().map(|row| view! { <Row row state/> }).collect_view()}
            </ul>
        </nav>
        <Pager part address/>
    }
    .into_any()
}

/// What it writes, and how many tokens are for it.
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
        view! { <span>{words::count(row.tokens, "token")}</span> }.into_any()
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

#[component]
fn NoMatch(state: TelegrafState) -> impl IntoView {
    let filter = state.list.query.with_untracked(|query| query.filter.trim().to_owned());
    let everything = move || state.list_with(|query| query.filter.clear());
    view! {
        <section class="empty boxed" data-testid="empty-state">
            <Icon picture=Picture::SearchNone class="large"/>
            <h2>{format!("No configurations match “{filter}”")}</h2>
            <p>"Check the spelling, or look for less."</p>
            <a class="button small" href=everything data-noscroll>"Clear filter"</a>
        </section>
    }
}

#[component]
fn Failed(error: Error, state: TelegrafState) -> impl IntoView {
    view! {
        <div class="list-failed">
            <Alert danger=true live=true>
                <b>"The configurations could not be loaded."</b>" "{words::sentence(&error)}<br/>
                <a class="link" href=move || state.address(Telegrafs::List) rel="external">"Try again"</a>
            </Alert>
        </div>
    }
}
