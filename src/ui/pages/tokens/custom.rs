//! Generate a Custom API Token.

use std::{collections::HashMap, time::Duration};

use leptos::prelude::*;

use super::{
    all_access::{NotCreated, at_field, on_created},
    picker::PickerSections,
    state::TokensState,
    summary::{Summary, SummaryLine},
};
use crate::{
    model::{
        Error, Id, ResourceType,
        describe::{Named, description},
        listing::Choice,
        selection::{Pick, Selection},
    },
    ui::{
        address::Tokens,
        app::Hydrated,
        components::{
            Dialog, DialogHead, Form, Icon, Picture,
            field::Hint,
            form::{FormId, refusal, typed, typed_fields},
        },
        load::{Frame, Picker, load_picker},
        words,
    },
};

/// How long after the last key the server is asked.
const SEARCH_AFTER: Duration = Duration::from_millis(150);

/// What is ticked in the dialog, and what is known of it.
#[derive(Clone, Copy)]
pub struct Choosing {
    pub selection: RwSignal<Selection>,
    /// Everything that was offered since the dialog opened: names stay known when a search hides them.
    known: RwSignal<HashMap<Id, Choice>>,
    pub search: RwSignal<String>,
    /// What was typed; empty where the description is to be made from the permissions.
    pub description: RwSignal<String>,
    pub frame: StoredValue<Frame>,
}

impl Choosing {
    fn new(frame: Frame) -> Self {
        let fields = typed_fields();
        let ticked: Selection = fields.all("permission").filter_map(|value| value.parse::<Pick>().ok()).collect();
        Self {
            selection: RwSignal::new(ticked),
            known: RwSignal::new(HashMap::new()),
            search: RwSignal::new(typed("search")),
            description: RwSignal::new(typed("description")),
            frame: StoredValue::new(frame),
        }
    }

    pub fn learn(&self, picker: &Picker) {
        self.known.update(|known| {
            for choice in picker.buckets.items.iter().chain(&picker.telegrafs.items).chain(&picker.ticked) {
                known.insert(choice.id, choice.clone());
            }
        });
    }

    /// The permissions that the ticked boxes make, with their names.
    pub fn permissions(&self) -> Vec<Named> {
        let frame = self.frame.get_value();
        let picks = self.selection.with(Selection::effective);
        picks.into_iter().map(|pick| self.named(pick, &frame)).collect()
    }

    fn named(&self, pick: Pick, frame: &Frame) -> Named {
        let choice = pick.id.and_then(|id| self.known.with(|known| known.get(&id).cloned()));
        let own = match pick.kind {
            ResourceType::Orgs => Some(frame.org.name.clone()),
            ResourceType::Users => Some(frame.user.clone()),
            _ => None,
        };
        Named {
            permission: pick.permission(frame.org.id, frame.user_id),
            system: choice.as_ref().is_some_and(|choice| choice.system),
            name: choice.map(|choice| choice.name).or(own),
            org_name: None,
        }
    }
}

/// Nothing is granted by default; Generate waits for the first box.
#[component]
pub fn CustomRoute() -> impl IntoView {
    let state = TokensState::current();
    let choosing = Choosing::new(state.frame());
    let asked = RwSignal::new(choosing.search.get_untracked());
    ask_later(choosing.search, asked);
    // What a form without script brought along may be hidden by its search: its names are asked for too.
    let ticked: Vec<Id> =
        choosing.selection.with_untracked(|ticked| ticked.effective().iter().filter_map(|pick| pick.id).collect());
    let picker = Resource::new(
        move || (state.org.get(), asked.get(), ticked.clone()),
        |(org, search, ticked)| async move { load_picker(org, search, ticked).await },
    );
    let refused = RwSignal::new(refusal());
    let busy = RwSignal::new(false);
    let on_answer = on_created(state, refused);
    let close = Signal::derive(move || state.address(Tokens::List));
    let sections = move || {
        Suspend::new(async move {
            match picker.await {
                Ok(picker) => {
                    choosing.learn(&picker);
                    view! { <PickerSections picker choosing/> }.into_any()
                }
                Err(error) => view! { <p class="perm-none" role="alert">{words::sentence(&error)}</p> }.into_any(),
            }
        })
    };
    view! {
        <Dialog class="wide custom" close>
            <DialogHead title="Generate a Custom API Token" close/>
            <Form action=Signal::derive(move || state.address(Tokens::Custom)) busy on_answer>
                <FormId/>
                <div class="custom-intro"><NotCreated refused/><Description choosing refused/></div>
                <div class="custom-main">
                    <section class="picker" aria-label="Permissions">
                        <SearchField choosing/>
                        <Transition fallback=|| view! { <p class="perm-none" role="status">"Loading…"</p> }>{sections}</Transition>
                    </section>
                    <Summary choosing/>
                </div>
                <Foot choosing busy close/>
            </Form>
        </Dialog>
    }
}

/// The server is asked once the typing pauses.
fn ask_later(search: RwSignal<String>, asked: RwSignal<String>) {
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    Effect::new(move |first: Option<()>| {
        let text = search.get();
        if first.is_none() {
            return;
        }
        if let Some(handle) = waiting.get_value() {
            handle.clear();
        }
        waiting.set_value(
            set_timeout_with_handle(
                move || {
                    let _ = asked.try_set(text);
                },
                SEARCH_AFTER,
            )
            .ok(),
        );
    });
}

#[component]
fn Description(choosing: Choosing, refused: RwSignal<Option<Error>>) -> impl IntoView {
    let error = at_field(refused, "description");
    let generated = move || match description(&choosing.permissions()) {
        text if text.is_empty() => "Describe this new token".to_owned(),
        text => text,
    };
    view! {
        <div class="field">
            <label for="description">"Description"</label>
            <input
                class="input" id="description" name="description" value=typed("description") placeholder=generated
                on:input:target=move |event| choosing.description.set(event.target().value())
                aria-describedby="description-hint" aria-invalid=move || error.get().map(|_| "true") autocomplete="off" autofocus
                data-testid="custom-api-token-input"
            />
            <Hint id="description" hint="Left empty, the text shown in grey becomes the description." error/>
        </div>
    }
}

#[component]
fn SearchField(choosing: Choosing) -> impl IntoView {
    let stay = |event: leptos::ev::KeyboardEvent| {
        // Enter looks, it does not generate.
        if event.key() == "Enter" {
            event.prevent_default();
        }
    };
    view! {
        <div class="picker-head">
            <div class="input-box">
                <Icon picture=Picture::Search/>
                <input
                    class="input" type="search" name="search" value=choosing.search.get_untracked() placeholder="Search resources"
                    aria-label="Search resources" autocomplete="off" maxlength="255" data-testid="search-widget" on:keydown=stay
                    on:input:target=move |event| choosing.search.set(event.target().value())
                />
                <button class="button small after without-script" name="find" value="1">"Search"</button>
            </div>
            <span aria-hidden="true">"Read"</span><span aria-hidden="true">"Write"</span>
        </div>
    }
}

#[component]
fn Foot(choosing: Choosing, busy: RwSignal<bool>, close: Signal<String>) -> impl IntoView {
    let hydrated = Hydrated::current();
    let count = Memo::new(move |_| choosing.selection.with(|selection| selection.effective().len()));
    let waits = move || hydrated.get() && count.get() == 0;
    let label = move || match (busy.get(), count.get()) {
        (true, _) => "Generating".into_any(),
        (false, 0) => "Generate".into_any(),
        (false, number) => {
            view! { "Generate "<span class="count">{format!("· {}", words::count(number as u64, "permission"))}</span> }
                .into_any()
        }
    };
    view! {
        <footer class="dialog-foot">
            <SummaryLine choosing/>
            <p class="start fixed-note">"You can change the description later, but not the permissions."</p>
            {move || waits().then(|| view! {
                <p class="reason fixed-note" id="why-disabled"><Icon picture=Picture::Info/>"Select at least one permission."</p>
            })}
            <a class="button" href=close data-noscroll data-testid="cancel-token-overlay--buton">"Cancel"</a>
            <button
                class="button primary" disabled=waits aria-describedby=move || waits().then_some("why-disabled")
                aria-busy=move || busy.get().then_some("true") data-testid="generate-token-overlay--buton"
            >
                {label}
            </button>
        </footer>
    }
}
