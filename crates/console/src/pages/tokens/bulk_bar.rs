//! The bar with the actions on the selected tokens. After hydration it is displayed while tokens are selected; without
//! JavaScript always, since the selection is known only on submission.

use leptos::{ev::MouseEvent, prelude::*};

use jeton_model::{tally::Tally, wording};

use crate::{
    components::{Form, Icon, Notices, Picture, form::ActionOutcome},
    error::ConsoleError,
    forms::{flash::Flash, outcome::Outcome, tokens::SelectedForm},
    hydrate::{browser, hydrated::Hydrated},
    pages::layout::navigator,
    routes::Tokens,
};

use super::{row_selection::FORM, state::TokensState};

/// The bar. `total`: number of tokens that match the filter.
#[component]
pub fn BulkBar(total: Tally, state: TokensState) -> impl IntoView {
    let selection = state.selection;
    let busy = RwSignal::new(false);
    let on_answer = on_changed(state, RwSignal::new(None));
    let action = Signal::derive(move || state.address(Tokens::Selected));
    let navigate = navigator();
    let hydrated = Hydrated::current();
    // The dialog has an address of its own; after hydration no form needs to be submitted for it.
    let ask = move |event: MouseEvent| {
        if hydrated.get() {
            event.prevent_default();
            navigate(&action.get_untracked());
        }
    };
    let count = move || match selection.count() {
        0 => "Selected tokens".to_owned(),
        count => format!("{} selected", wording::grouped(count)),
    };
    let pressed = RwSignal::new("");
    let press = move |value: &'static str, word: &'static str, doing: &'static str| {
        let is_busy = move || busy.get() && pressed.get() == value;
        view! {
            <button
                class="button small" name=SelectedForm::DO value=value aria-busy=move || is_busy().then_some("true")
                data-testid=format!("selected--{value}") on:click=move |_| pressed.set(value)
            >
                {move || if is_busy() { doing } else { word }}
            </button>
        }
    };
    view! {
        <Form action id=FORM class="bulk-bar" busy on_answer>
            <ListFields state/>
            {move || elsewhere(state).into_iter().map(|id| view! { <input type="hidden" name=SelectedForm::ID value=id/> }).collect_view()}
            <p class="bulk-count" role="status" data-testid="selected--count">{count}</p>
            <AllThatMatch total state/>
            <div class="bulk-actions">
                {press("activate", "Activate", "Activating")}
                {press("deactivate", "Deactivate", "Deactivating")}
                <button class="button small" name=SelectedForm::DO value="delete" data-testid="selected--delete" on:click=ask>"Delete"</button>
                <button
                    class="icon-button needs-script" type="button" aria-label="Clear the selection" data-testid="selected--clear"
                    on:click=move |_| selection.clear()
                >
                    <Icon picture=Picture::Close/>
                </button>
            </div>
        </Form>
    }
}

/// Hidden fields with the state of the list, for the redirect and for "all that match".
#[component]
pub fn ListFields(state: TokensState) -> impl IntoView {
    move || {
        let parameters = state.query.get().parameters().into_iter();
        parameters.map(|(name, value)| view! { <input type="hidden" name=name value=value/> }).collect_view()
    }
}

/// Returns the selected tokens that are on other pages of the list and have no check box here.
fn elsewhere(state: TokensState) -> Vec<String> {
    let here = state.rows();
    state.selection.picked().into_iter().filter(|id| !here.contains(id)).map(|id| id.to_string()).collect()
}

/// The choice to select all tokens that match the filter.
#[component]
fn AllThatMatch(total: Tally, state: TokensState) -> impl IntoView {
    let selection = state.selection;
    // More than are counted are too many to change at once.
    let more = move || !total.is_more() && total.known() > state.rows().len() as u64;
    let total = total.known();
    let label = move || {
        let what = if state.query.get().is_filtered() { "that match" } else { "in the list" };
        format!("All {} {what}", wording::grouped(total))
    };
    // Also ticks the boxes of the page: unticking one then keeps the others.
    let choose = move |on: bool| {
        if on {
            selection.set(&untrack(|| state.rows()), true);
        }
        selection.all.set(on.then_some(total));
    };
    move || {
        more().then(|| view! {
            <label class="bulk-all">
                <span class="check">
                    <input
                        type="checkbox" name=SelectedForm::ALL value="yes" prop:checked=move || selection.all.get().is_some() data-testid="select-all"
                        on:change:target=move |event| choose(event.target().checked())
                    />
                </span>
                {label}
                <input type="hidden" name=SelectedForm::EXPECTED value=total.to_string()/>
            </label>
        })
    }
}

/// Handles the outcome of a bulk action: shows the number of changed tokens, and clears the selection. `refused`:
/// receives the error.
pub fn on_changed(state: TokensState, refused: RwSignal<Option<ConsoleError>>) -> Callback<ActionOutcome> {
    let notices = Notices::current();
    let navigate = navigator();
    Callback::new(move |answer: ActionOutcome| match answer {
        Ok(Outcome::Many { flash, count, to }) => {
            notices.success(sentence(flash, count), "");
            state.selection.clear();
            state.reload();
            navigate(&to);
            // The bar disappears: the focus must move elsewhere.
            request_animation_frame(|| {
                if browser::focused().is_none_or(|element| element.tag_name() == "BODY") {
                    browser::focus("#main");
                }
            });
        }
        Ok(_) => {}
        Err(error) => {
            notices.failure("The API tokens were not changed", error.sentence());
            let _ = refused.try_set(Some(error));
        }
    })
}

fn sentence(flash: Flash, count: u64) -> String {
    let verb = if flash == Flash::TokensDeleted { "deleted" } else { "updated" };
    match count {
        0 => "There was nothing to change".into(),
        1 => format!("1 API token was {verb}"),
        _ => format!("{} API tokens were {verb}", wording::grouped(count)),
    }
}
