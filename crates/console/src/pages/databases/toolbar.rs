//! The toolbar above the list: filter, mode, how to add a gate, and the count.

use leptos::prelude::*;

use jeton_model::{binding::GateMode, console::databases::DatabasePage, wording};

use crate::components::{Icon, Menu, Picture, list::Filter, menu::ChoiceLink};

use super::{DatabasesState, empty::HowToAdd};

/// The toolbar of the list; nothing while there is no gate.
#[component]
pub fn Toolbar(state: DatabasesState) -> impl IntoView {
    view! {
        <div class="toolbar databases-bar">
            <Filter listing=state.listing what="Databases"/>
            <ModeMenu state/>
            <details class="databases-how">
                <summary class="button">"How to add one"</summary>
                <HowToAdd/>
            </details>
            <Count state/>
        </div>
    }
}

/// The menu that restricts the list to a mode.
#[component]
fn ModeMenu(state: DatabasesState) -> impl IntoView {
    let listing = state.listing;
    let chosen = move || listing.query.with(|query| query.mode);
    let title = |mode: Option<GateMode>| mode.map_or("All", GateMode::title);
    let face = move || {
        view! {
            <span><span class="quiet">"Mode "</span><b>{move || title(chosen())}</b></span>
            <Icon picture=Picture::ChevronDown class="chevron"/>
        }
    };
    let choice = move |mode: Option<GateMode>| {
        view! {
            <ChoiceLink
                href=Signal::derive(move || listing.with(|query| query.mode = mode)) current=Signal::derive(move || chosen() == mode)
                testid=format!("mode-filter--{}", mode.map_or("all", GateMode::name))
            >
                {title(mode)}
            </ChoiceLink>
        }
    };
    let choices = [None, Some(GateMode::Enforce), Some(GateMode::Observe)];
    view! {
        <Menu class="mode-menu" testid="mode-filter" button="button" button_testid="mode-filter--button" face=face>
            {choices.map(choice).collect_view()}
        </Menu>
    }
}

/// The number of gates.
#[component]
fn Count(state: DatabasesState) -> impl IntoView {
    view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                let page = state.list.await.ok().filter(|page| page.list.unfiltered > 0);
                page.map(|page| {
                    let filtered = state.query.get_untracked().is_filtered();
                    let of = if filtered {
                        format!(" of {}", wording::count(page.list.unfiltered, "database"))
                    } else if page.list.total == 1 {
                        " database".to_owned()
                    } else {
                        " databases".to_owned()
                    };
                    view! {
                        <p class="list-count" role="status">
                            <b>{wording::grouped(page.list.total)}</b>{of}{notes(&page)}". Defined in the configuration file of the server."
                        </p>
                    }
                })
            })}
        </Transition>
    }
}

/// Returns the addition to the count: " · 1 in observe mode, 1 needs attention".
fn notes(page: &DatabasePage) -> String {
    let observing = (page.observing > 0).then(|| format!("{} in observe mode", wording::grouped(page.observing)));
    let needy = match page.needy {
        0 => None,
        1 => Some("1 needs attention".to_owned()),
        many => Some(format!("{} need attention", wording::grouped(many))),
    };
    let notes: Vec<String> = observing.into_iter().chain(needy).collect();
    if notes.is_empty() { String::new() } else { format!(" · {}", notes.join(", ")) }
}
