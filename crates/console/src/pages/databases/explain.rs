//! "Explain a request": a GET form, so that nothing changes and each answer has an address.

use leptos::{ev::SubmitEvent, prelude::*};
use leptos_router::hooks::use_query_map;

use jeton_model::{
    AuthorizationId,
    binding::{Explanation, NotExplained},
    console::{
        databases::{GateDetails, GateKey, GateToken},
        gate_question::GateQuestion,
        list_query::ListQuery,
    },
    wording::capitalized,
};

use crate::{
    components::{Icon, Picture},
    error::ConsoleError,
    hydrate::browser,
    pages::layout::navigator,
    queries::load_explanation,
    routes::{self, Databases, PageRoute as _},
    state::{org_state::page_resource, page_store::PageResource},
};

use super::{DatabasesState, named};

/// The answer to the question in the URL; `None` without a question.
type Answered = Option<Result<Result<Explanation, NotExplained>, ConsoleError>>;

/// The question in the URL and its answer, which loads in parallel with the gate.
#[derive(Clone, Copy)]
pub struct ExplainState {
    question: Memo<Option<GateQuestion>>,
    answer: PageResource<Answered>,
}

impl ExplainState {
    /// Creates the question about the gate in the URL.
    pub fn new(state: DatabasesState) -> Self {
        let parameters = use_query_map();
        let question = Memo::new(move |_| {
            let parameters = parameters.read();
            GateQuestion::from_parameters(|name| parameters.get_str(name))
        });
        let answer = page_resource(
            move || (state.page.org.get(), named(state).zip(question.get())),
            |(org, requested)| async move {
                match requested {
                    Some((gate, question)) => Some(load_explanation(org, gate, question).await),
                    None => None,
                }
            },
        );
        Self { question, answer }
    }
}

/// The form and the answer.
#[component]
pub fn Explain(details: GateDetails, requested: ExplainState, state: DatabasesState) -> impl IntoView {
    let ExplainState { question, answer } = requested;
    let answered = move || Suspend::new(async move { answer.await.map(|answer| view! { <Answer answer/> }) });
    let open = question.get_untracked().is_some();
    let GateDetails { gate, choices, more_choices, .. } = details;
    view! {
        <details class="more disclosure gate-explain" open=open data-testid="gate-explain">
            <summary>"Explain a request…"</summary>
            <p class="hint" id="explain-hint">
                "What the gate would decide about a request without a body. Nothing is sent to the database, and the networks of the token are not \
                 checked. Leave credentials out of the request."
            </p>
            <Ask gate=gate.key choices more=more_choices question state/>
            <div role="status" data-testid="gate-explanation"><Transition fallback=|| ()>{answered}</Transition></div>
        </details>
    }
}

/// The form of the question.
#[component]
fn Ask(
    /// The name of the gate.
    gate: GateKey,
    /// The tokens to choose from.
    choices: Vec<GateToken>,
    /// True if there are more.
    more: bool,
    /// The question in the URL.
    question: Memo<Option<GateQuestion>>,
    /// The state of the page.
    state: DatabasesState,
) -> impl IntoView {
    let first = question.get_untracked();
    let chosen = first.as_ref().and_then(|question| question.token);
    let request = RwSignal::new(first.map(|question| question.request).unwrap_or_default());
    // Back and forward change the URL: the field follows.
    Effect::new(move |_| {
        if let Some(requested) = question.get() {
            request.set(requested.request);
        }
    });
    let navigate = navigator();
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        let fields = browser::fields(&event);
        if let Some(question) = GateQuestion::from_parameters(|name| fields.get(name)) {
            let mut parameters = state.query.with_untracked(ListQuery::parameters);
            parameters.extend(question.parameters());
            navigate(&Databases::Show(gate).address(state.page.org.get_untracked(), &parameters));
        }
    };
    // Submitting a GET form replaces the query string of its address, so the other parameters are hidden fields.
    let plain = move || routes::split(&state.address(Databases::Show(gate))).0.to_owned();
    let hidden = move || {
        let parameters = state.query.with(ListQuery::parameters).into_iter();
        parameters.map(|(name, value)| view! { <input type="hidden" name=name value=value/> }).collect_view()
    };
    view! {
        <form class="explain-form" method="get" action=plain aria-label="Explain a request" on:submit=on_submit>
            {hidden}
            <div class="field">
                <label for="explain-request">"Method and address"</label>
                <input
                    class="input" id="explain-request" name=GateQuestion::REQUEST required maxlength="2000" placeholder="GET /query?db=…&q=…"
                    value=request.get_untracked() prop:value=request aria-describedby="explain-hint" autocomplete="off" autocapitalize="none" spellcheck="false"
                    on:input:target=move |event| request.set(event.target().value())
                />
            </div>
            <TokenField choices more chosen/>
            <button class="button" data-testid="gate-explain-ask">"Explain"</button>
        </form>
    }
}

/// The choice of the token.
#[component]
fn TokenField(choices: Vec<GateToken>, more: bool, chosen: Option<AuthorizationId>) -> impl IntoView {
    let is_among = |id: AuthorizationId| choices.iter().any(|token| token.id == id);
    // A link names any token that the caller may see.
    let other = chosen
        .filter(|id| !is_among(*id))
        .map(|id| view! { <option value=id.to_string() selected=true>{id.to_string()}</option> });
    let option = move |token: GateToken| {
        let selected = chosen == Some(token.id);
        view! { <option value=token.id.to_string() selected=selected>{token.title()}</option> }
    };
    let hint = more.then(|| view! { <p class="hint">"The first ones by description."</p> });
    view! {
        <div class="field">
            <label for="explain-token">"Token"</label>
            <span class="select-box">
                <select class="input" id="explain-token" name=GateQuestion::TOKEN data-testid="gate-explain-token">
                    <option value="">"No token"</option>
                    {other}
                    {choices.into_iter().map(option).collect_view()}
                </select>
                <Icon picture=Picture::ChevronDown/>
            </span>
            {hint}
        </div>
    }
}

/// The answer to a question.
#[component]
fn Answer(answer: Result<Result<Explanation, NotExplained>, ConsoleError>) -> impl IntoView {
    let explanation = match answer {
        Ok(Ok(explanation)) => explanation,
        Ok(Err(reason)) => {
            return view! { <Unknown sentence=format!("{}.", capitalized(&reason.to_string()))/> }.into_any();
        }
        Err(error) => return view! { <Unknown sentence=error.sentence()/> }.into_any(),
    };
    let Explanation { demand, decision, is_allowed, permissions } = explanation;
    let (class, picture) =
        if is_allowed { ("ruling yes", Picture::CircleCheck) } else { ("ruling", Picture::CircleAlert) };
    let by = if permissions.is_empty() {
        view! { <dd class="quiet">"No permission of a token decides."</dd> }.into_any()
    } else {
        let each = permissions.into_iter().map(|one| view! { <code>{one}</code> });
        view! { <dd>{each.collect_view()}</dd> }.into_any()
    };
    view! {
        <div class=class>
            <Icon picture/>
            <dl class="facts">
                <dt>"Needs"</dt><dd>{demand}</dd>
                <dt>"Decision"</dt><dd><b>{capitalized(&decision)}</b></dd>
                <dt>"By"</dt>{by}
            </dl>
        </div>
    }
    .into_any()
}

/// The sentence in place of an explanation.
#[component]
fn Unknown(sentence: String) -> impl IntoView {
    view! { <p class="ruling"><Icon picture=Picture::CircleAlert/><span>{sentence}</span></p> }
}
