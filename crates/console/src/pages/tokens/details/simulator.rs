//! "What could this token do with …?": a GET form, so that each answer has an address.

use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};
use leptos_router::hooks::use_query_map;

use jeton_model::{
    Action, AuthorizationId, ResourceType,
    console::{
        simulation::{Question, Ruling},
        token_query::TokenQuery,
    },
    describe::Named,
};

use crate::{
    components::{Icon, Picture},
    error::ConsoleError,
    hydrate::browser,
    pages::{layout::navigator, tokens::state::TokensState},
    queries::{load_picker, load_ruling},
    routes::{self, PageRoute as _, Tokens},
    state::{org_state::page_resource, page_store::PageResource},
};

/// The question in the URL and its answer, which loads in parallel with the token.
#[derive(Clone, Copy)]
pub struct SimulationState {
    question: Memo<Option<Question>>,
    ruling: PageResource<Option<Result<Ruling, ConsoleError>>>,
}

impl SimulationState {
    /// Creates the question about the token in the URL.
    pub fn new(state: TokensState) -> Self {
        let parameters = use_query_map();
        let question = Memo::new(move |_| {
            let parameters = parameters.read();
            Question::from_parameters(|name| parameters.get_str(name))
        });
        let ruling = page_resource(
            move || state.token().zip(question.get()),
            |requested| async move {
                match requested {
                    Some((id, question)) => Some(load_ruling(id, question).await),
                    None => None,
                }
            },
        );
        Self { question, ruling }
    }
}

/// The form and the answer. The question is part of the URL, so that it can be shared and works without JavaScript.
#[component]
pub fn WhatIf(id: AuthorizationId, requested: SimulationState, state: TokensState) -> impl IntoView {
    let SimulationState { question, ruling } = requested;
    let answer = move || {
        Suspend::new(async move {
            let ruling = ruling.await;
            let requested = question.get_untracked();
            ruling.zip(requested).map(|(ruling, requested)| view! { <Answer ruling requested/> })
        })
    };
    let open = question.get_untracked().is_some();
    view! {
        <details class="more disclosure what-if" open=open data-testid="what-if">
            <summary>"What could this token do with …?"</summary>
            <Ask id state question/>
            <div role="status" data-testid="what-if-answer"><Transition fallback=|| ()>{answer}</Transition></div>
        </details>
    }
}

/// The form of the question.
#[component]
fn Ask(id: AuthorizationId, state: TokensState, question: Memo<Option<Question>>) -> impl IntoView {
    let first = question.get_untracked();
    let action = first.as_ref().map_or(Action::Read, |question| question.action);
    let kind = first.as_ref().map_or(ResourceType::Buckets, |question| question.kind);
    let thing = first.map(|question| question.thing).unwrap_or_default();
    let (can, chosen, named) = (RwSignal::new(action), RwSignal::new(kind), RwSignal::new(thing));
    // Back and forward change the URL: the fields follow.
    Effect::new(move |_| {
        if let Some(requested) = question.get() {
            can.set(requested.action);
            chosen.set(requested.kind);
            named.set(requested.thing);
        }
    });
    let names = RwSignal::new(Vec::<(ResourceType, String)>::new());
    let navigate = navigator();
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        let fields = browser::fields(&event);
        if let Some(question) = Question::from_parameters(|name| fields.get(name)) {
            let mut parameters = state.query.with_untracked(TokenQuery::parameters);
            parameters.extend(question.parameters());
            navigate(&Tokens::Details(id).address(state.org.get_untracked(), &parameters));
        }
    };
    // Suggestions are loaded when the field first gets the focus.
    let on_focus = move |_| {
        if names.with_untracked(Vec::is_empty) {
            suggest(state, names);
        }
    };
    // Submitting a GET form replaces the query string of its address, so the other parameters are hidden fields.
    let plain = move || routes::split(&state.address(Tokens::Details(id))).0.to_owned();
    let hidden = move || {
        let parameters = state.query.with(TokenQuery::parameters).into_iter();
        parameters.map(|(name, value)| view! { <input type="hidden" name=name value=value/> }).collect_view()
    };
    let kinds = ResourceType::grantable().map(|one| {
        view! { <option value=one.name() selected=one == kind>{one.words()}</option> }
    });
    let offered = move || {
        let of_kind = names.get().into_iter().filter(|(kind, _)| *kind == chosen.get());
        of_kind.map(|(_, name)| view! { <option value=name></option> }).collect_view()
    };
    view! {
        <form class="what-if-form" method="get" action=plain aria-label="What could this token do?" on:submit=on_submit>
            {hidden}
            <select
                class="input" name="can" aria-label="Action" prop:value=move || can.get().name()
                on:change:target=move |event| can.set(if event.target().value() == "write" { Action::Write } else { Action::Read })
            >
                {Action::ALL.map(|one| view! { <option value=one.name() selected=one == action>{one.title()}</option> }).collect_view()}
            </select>
            <select
                class="input" name="type" aria-label="Resource type" prop:value=move || chosen.get().name()
                on:change:target=move |event| chosen.set(event.target().value().parse().unwrap_or(ResourceType::Buckets))
            >
                {kinds.collect_view()}
            </select>
            <input
                class="input" name="id" value=named.get_untracked() prop:value=named placeholder="Name or ID; empty for all" aria-label="Name or ID" list="what-if-names"
                autocomplete="off" autocapitalize="none" spellcheck="false" maxlength="255" on:focus=on_focus
                on:input:target=move |event| named.set(event.target().value())
            />
            <datalist id="what-if-names">{offered}</datalist>
            <button class="button" data-testid="what-if-ask">"Check"</button>
        </form>
    }
}

/// Loads names as suggestions.
fn suggest(state: TokensState, names: RwSignal<Vec<(ResourceType, String)>>) {
    let org = state.org.get_untracked();
    spawn_local(async move {
        // Without suggestions the field works as well.
        let Ok(picker) = load_picker(org, String::new(), Vec::new()).await else { return };
        let buckets = picker.buckets.items.into_iter().map(|choice| (ResourceType::Buckets, choice.name));
        let telegrafs = picker.telegrafs.items.into_iter().map(|choice| (ResourceType::Telegrafs, choice.name));
        let _ = names.try_set(buckets.chain(telegrafs).collect());
    });
}

/// The answer to a question.
#[component]
fn Answer(ruling: Result<Ruling, ConsoleError>, requested: Question) -> impl IntoView {
    let yes = matches!(&ruling, Ok(ruling) if ruling.is_yes());
    let (word, text) = match ruling {
        Err(error) => ("Unknown.", error.sentence().into_any()),
        Ok(Ruling::Unknown) => ("Unknown.", unknown(&requested).into_any()),
        Ok(Ruling::Decided { required, by, stopped }) => {
            let what = view! { <What required=required.clone()/> };
            match (by, stopped) {
                (Some(by), None) => {
                    ("Yes.", view! { "It may "{what}": "<code>{by.to_string()}</code>" permits it." }.into_any())
                }
                (None, None) => {
                    let missing = required.permission.to_string();
                    ("No.", view! { "It may not "{what}": it lacks "<code>{missing}</code>"." }.into_any())
                }
                (by, Some(stopped)) => (
                    "No.",
                    view! { <Dead what=what.into_any() because=stopped.because() by=by.map(|by| by.to_string())/> }
                        .into_any(),
                ),
            }
        }
    };
    let picture = if yes { Picture::CircleCheck } else { Picture::CircleAlert };
    view! {
        <p class=if yes { "ruling yes" } else { "ruling" }>
            <Icon picture/><span><b>{word}</b>" "{text}</span>
        </p>
    }
}

/// The answer for a token that is not live: it is refused in any case, but the deciding permission is displayed.
#[component]
fn Dead(what: AnyView, because: &'static str, by: Option<String>) -> impl IntoView {
    match by {
        Some(by) => view! { "It may not "{what}" because "{because}". Otherwise "<code>{by}</code>" would permit it." }
            .into_any(),
        None => view! { "It may not "{what}" because "{because}", and it lacks the permission." }.into_any(),
    }
}

/// A permission in words: "read bucket telemetry", "write all tasks".
#[component]
fn What(required: Named) -> impl IntoView {
    let Named { permission, name, .. } = required;
    let (action, resource) = (permission.action, permission.resource);
    let words = resource.kind.words();
    match resource.id {
        Some(id) => {
            let one = words.trim_end_matches('s').to_owned();
            view! { {action.name()}" "{one}" "<code>{name.unwrap_or_else(|| id.to_string())}</code> }.into_any()
        }
        None => view! { {action.name()}" all "{words} }.into_any(),
    }
}

fn unknown(requested: &Question) -> String {
    let words = requested.kind.words();
    match requested.kind {
        ResourceType::Buckets | ResourceType::Telegrafs | ResourceType::Users | ResourceType::Orgs => {
            format!("There is no “{}” among the {words} that you can see.", requested.thing)
        }
        ResourceType::Authorizations => {
            format!("There is no ID “{}” among the {words} that you can see.", requested.thing)
        }
        _ => format!("“{}” is not an ID. Enter the ID: the names of {words} are not known here.", requested.thing),
    }
}
