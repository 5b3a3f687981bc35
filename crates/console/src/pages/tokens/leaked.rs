//! The dialog that reports leaked tokens.

use leptos::prelude::*;

use jeton_model::{
    AuthorizationId,
    leaked::{Finding, LeakOutcome},
    wording,
};

use crate::{
    components::{
        Dialog, DialogHead, Form, Icon, Notices, Picture,
        form::{ActionOutcome, answer, refusal},
        text::{Alert, Chip},
    },
    error::ConsoleError,
    forms::{outcome::Outcome, tokens::LeakedForm},
    hydrate::browser,
    routes::Tokens,
};

use super::state::TokensState;

/// The form for any text that contains leaked tokens. The text is sent once and never displayed again.
#[component]
pub fn LeakedRoute() -> impl IntoView {
    let state = TokensState::current();
    let (findings, refused) = (RwSignal::new(answered()), RwSignal::new(refusal()));
    let busy = RwSignal::new(false);
    let on_answer = on_reported(state, findings, refused);
    let close = Signal::derive(move || state.address(Tokens::List));
    view! {
        <Dialog class="leaked" close>
            <DialogHead title="Report leaked tokens" close/>
            <Form action=Signal::derive(move || state.address(Tokens::Leaked)) id=FORM busy on_answer>
                <div class="dialog-body">
                    {move || refused.get().map(|error| view! {
                        <Alert danger=true live=true><b>"Nothing was reported."</b>" "{error.sentence()}</Alert>
                    })}
                    <div role="status" data-testid="leaked--result">{move || findings.get().map(|findings| view! { <Result findings state/> })}</div>
                    <div class="field">
                        <label for="leaked">"Tokens, or text that contains tokens"</label>
                        <textarea
                            class="input" id="leaked" name=LeakedForm::LEAKED rows="8" required autofocus autocomplete="off" autocapitalize="none"
                            spellcheck="false" aria-describedby="leaked-hint" data-testid="leaked--input"
                        ></textarea>
                        <p class="hint" id="leaked-hint">
                            "Paste a token, a list, a log or a file. Live tokens are deactivated at once, even those of other users. "
                            "The text is searched for tokens and not stored."
                        </p>
                    </div>
                </div>
                <footer class="dialog-foot">
                    <a class="button" href=close data-noscroll data-testid="button--cancel">
                        {move || if findings.with(Option::is_some) { "Close" } else { "Cancel" }}
                    </a>
                    <button class="button primary" aria-busy=move || busy.get().then_some("true") data-testid="leaked--report">
                        {move || if busy.get() { "Reporting" } else { "Report" }}
                    </button>
                </footer>
            </Form>
        </Dialog>
    }
}

const FORM: &str = "report-leaked";

/// Returns the findings of a form submitted without JavaScript.
fn answered() -> Option<Vec<Finding>> {
    match answer()?.result {
        Ok(Outcome::Reported(findings)) => Some(findings),
        _ => None,
    }
}

fn on_reported(
    state: TokensState,
    findings: RwSignal<Option<Vec<Finding>>>,
    refused: RwSignal<Option<ConsoleError>>,
) -> Callback<ActionOutcome> {
    let notices = Notices::current();
    Callback::new(move |answer: ActionOutcome| match answer {
        Ok(Outcome::Reported(found)) => {
            browser::empty_form(&format!("#{FORM}"));
            if count(&found, LeakOutcome::Deactivated) > 0 {
                notices.success(headline(&found), "");
                state.reload();
            }
            let _ = refused.try_set(None);
            let _ = findings.try_set(Some(found));
        }
        Ok(_) => {}
        Err(error) => {
            let _ = findings.try_set(None);
            let _ = refused.try_set(Some(error));
        }
    })
}

fn count(findings: &[Finding], fate: LeakOutcome) -> u64 {
    findings.iter().filter(|finding| finding.fate == fate).count() as u64
}

fn headline(findings: &[Finding]) -> String {
    match count(findings, LeakOutcome::Deactivated) {
        0 if findings.is_empty() => "No token was found".into(),
        0 => "No token had to be deactivated".into(),
        1 => "1 token was deactivated".into(),
        number => format!("{} were deactivated", wording::count(number, "token")),
    }
}

/// The outcome for each token, in their order.
#[component]
fn Result(findings: Vec<Finding>, state: TokensState) -> impl IntoView {
    let title = format!("{}.", headline(&findings));
    let rows = findings.into_iter().map(|finding| view! { <Row finding state/> }).collect_view();
    view! {
        <section class="leaked-result">
            <h3>{title}</h3>
            <ul>{rows}</ul>
        </section>
    }
}

/// The warning that descendants of the token keep working.
#[component]
fn StillWork(number: u64, id: Option<AuthorizationId>, state: TokensState) -> impl IntoView {
    let (subject, verb) = (wording::count(number, "token"), if number == 1 { "works" } else { "work" });
    let what = id.map(|id| {
        view! { " "<a class="link" href=move || state.address(Tokens::Details(id)) data-noscroll>"See which"</a> }
    });
    view! {
        <span class="leaked-children" data-testid="leaked--descendants">
            <Icon picture=Picture::Warning/>
            {format!("{subject} created with it still {verb}.")}
            {what}
            {id.is_none().then_some(" Inform its owner.")}
        </span>
    }
}

/// One finding.
#[component]
fn Row(finding: Finding, state: TokensState) -> impl IntoView {
    let Finding { position, line, prefix, fate, id, live_descendants, .. } = finding;
    let name = if prefix.is_empty() {
        view! { <span class="quiet">{format!("String {}", position + 1)}</span> }.into_any()
    } else {
        view! { <Chip prefix/> }.into_any()
    };
    let (picture, class, words) = match fate {
        LeakOutcome::Deactivated => (Picture::CircleCheck, "ok", "deactivated"),
        LeakOutcome::AlreadyDead => (Picture::Pause, "", "was already refused"),
        LeakOutcome::Unknown => (Picture::SearchNone, "", "not a token of this server"),
        LeakOutcome::Damaged => (Picture::CircleAlert, "warn", "damaged: a part of it was changed or lost"),
    };
    view! {
        <li data-testid=format!("leaked--{}", fate.name())>
            <span class=format!("leaked-fate {class}").trim_end().to_owned()><Icon picture/>{words}</span>
            {name}
            {line.map(|line| view! { <span class="quiet">{format!("line {}", wording::grouped(line))}</span> })}
            {(live_descendants > 0).then(|| view! { <StillWork number=live_descendants id state/> })}
        </li>
    }
}
