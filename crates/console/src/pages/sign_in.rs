//! The sign-in page.

use std::time::Duration;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use crate::{
    components::{
        Field, Form, Mark, PasswordField,
        form::{ActionOutcome, refusal},
        frame::AuthFrame,
        text::Alert,
    },
    error::ConsoleError,
    forms::{outcome::Outcome, session::SignInForm},
    hydrate::browser,
    routes::address_of,
};

/// The sign-in form; it redirects to the requested address.
#[component]
pub fn SignInPage() -> impl IntoView {
    let refused = RwSignal::new(refusal());
    let waits = RwSignal::new(0u64);
    let busy = RwSignal::new(false);
    let username = RwSignal::new(String::new());
    let location = use_location();
    let action = Signal::derive(move || address_of("/sign-in") + &with_question_mark(&location.search.get()));
    let on_answer = Callback::new(move |answer: ActionOutcome| match answer {
        Ok(Outcome::SignedIn { to }) => browser::go(&to),
        Ok(_) => {}
        Err(error) => {
            if let ConsoleError::TooManyAttempts { seconds } = error {
                count_down(waits, seconds);
            }
            refused.set(Some(error));
            browser::focus("#password");
        }
    });
    let command = move || format!("influx user password --name {}", shown_name(&username.get()));
    view! {
        <Title text="Sign in | Jeton"/>
        <AuthFrame>
            <h1 class="auth-title"><Mark large=true/>"Sign in to Jeton"</h1>
            <Form action class="auth-card large-fields" busy on_answer>
                {move || refused.get().map(|error| view! { <Alert danger=true live=true><Why error waits/></Alert> })}
                <Field
                    id=SignInForm::USERNAME label="Username" autocomplete="username" autofocus=true error=Signal::stored(None::<String>)
                    value=username
                />
                <PasswordField
                    id=SignInForm::PASSWORD label="Password" autocomplete="current-password" error=Signal::stored(None::<String>)
                />
                <button class="button primary wide" disabled=move || waits.get() != 0 aria-busy=move || busy.get().then_some("true")>
                    {move || if busy.get() { "Signing in" } else { "Sign in" }}
                </button>
            </Form>
            <p class="auth-note">"Forgot your password? An administrator can set a new one with "<code class="nowrap">{command}</code></p>
        </AuthFrame>
    }
}

/// One message for both fields, which does not reveal which of them was wrong.
#[component]
fn Why(error: ConsoleError, waits: RwSignal<u64>) -> impl IntoView {
    match error {
        ConsoleError::Unauthenticated => {
            view! { <b>"Username or password is wrong."</b><br/>"Check both, then try again." }.into_any()
        }
        ConsoleError::TooManyAttempts { seconds } => {
            let left = move || if waits.get() == 0 { seconds } else { waits.get() };
            view! { <b>"Too many attempts."</b><br/>{move || format!("Try again in {} seconds.", left())} }.into_any()
        }
        ConsoleError::UserInactive => {
            view! { <b>"This user is inactive."</b><br/>"Ask an administrator to activate it." }.into_any()
        }
        other => other.sentence().into_any(),
    }
}

fn count_down(waits: RwSignal<u64>, seconds: u64) {
    let _ = waits.try_set(seconds);
    if seconds > 0 {
        set_timeout(move || count_down(waits, seconds - 1), Duration::from_secs(1));
    }
}

fn shown_name(typed: &str) -> String {
    let plain = !typed.is_empty()
        && typed.chars().all(|letter| !letter.is_ascii() || letter.is_ascii_alphanumeric() || "-_.@".contains(letter));
    if plain { typed.to_owned() } else { "USERNAME".to_owned() }
}

fn with_question_mark(search: &str) -> String {
    match search.trim_start_matches('?') {
        "" => String::new(),
        search => format!("?{search}"),
    }
}
