//! The set-up page: creates the first user, organization, bucket and operator token.

use leptos::prelude::*;
use leptos_meta::Title;

use jeton_model::wording;

use crate::{
    components::{
        Field, Form, Icon, PasswordField, Picture,
        form::{ActionOutcome, answer, refusal},
        frame::AuthFrame,
        text::Alert,
    },
    error::ConsoleError,
    forms::{
        outcome::{CreatedToken, Outcome},
        session::SetupForm,
    },
    routes::{PageRoute as _, Tokens, address_of},
};

use super::tokens::{created::CreatedDialog, state::CreatedBy};

/// The set-up page. On success it displays the operator token.
#[component]
pub fn SetupPage() -> impl IntoView {
    let refused = RwSignal::new(refusal());
    let created = RwSignal::new(first_token());
    let busy = RwSignal::new(false);
    let [username, password, confirm, org, bucket] = [(); 5].map(|()| RwSignal::new(String::new()));
    let on_answer = Callback::new(move |answer: ActionOutcome| match answer {
        Ok(Outcome::SetUp(token)) => created.set(Some(token)),
        Ok(_) => {}
        Err(error) => refused.set(Some(error)),
    });
    let at = move |field: &'static str| Signal::derive(move || at_field(refused.get().as_ref(), field));
    let matches = move || !password.get().is_empty() && password.get() == confirm.get();
    let confirm_hint =
        Signal::derive(move || if matches() { "Both passwords match.".to_owned() } else { String::new() });
    view! {
        <Title text="Set up Jeton"/>
        <div inert=move || created.get().is_some()>
            <AuthFrame brand=true>
                <div class="setup">
                    <Form action=address_of("/setup") class="setup-form large-fields" busy on_answer>
                        <div class="setup-intro">
                            <h1>"Welcome to Jeton"</h1>
                            <p>"Set up the first user, organization and bucket. You do this once."</p>
                        </div>
                        {move || refused.get().map(|error| view! { <Refused error/> })}
                        <Field
                            id=SetupForm::USERNAME label="Username" class="full" autocomplete="username" autofocus=true
                            error=at(SetupForm::USERNAME) value=username
                        />
                        <PasswordField
                            id=SetupForm::PASSWORD label="Password" hint="8 to 72 characters." autocomplete="new-password"
                            error=at(SetupForm::PASSWORD) value=password
                        />
                        <PasswordField
                            id=SetupForm::CONFIRM label="Confirm password" hint=confirm_hint autocomplete="new-password"
                            error=at(SetupForm::CONFIRM) value=confirm
                        />
                        <Field id=SetupForm::ORG label="Organization name" hint="Owns buckets and tokens." error=at(SetupForm::ORG) value=org/>
                        <Field
                            id=SetupForm::BUCKET label="Bucket name" hint="Must not start with an underscore." error=at(SetupForm::BUCKET)
                            value=bucket
                        />
                        <button class="button primary wide" aria-busy=move || busy.get().then_some("true")>
                            {move || if busy.get() { "Setting up" } else { "Continue" }}<Icon picture=Picture::ArrowRight/>
                        </button>
                    </Form>
                    <WhatHappens username org bucket/>
                </div>
            </AuthFrame>
        </div>
        {move || {
            created.get().map(|token| {
                let close = Tokens::List.address(token.org, &[]);
                view! { <CreatedDialog token how=CreatedBy::Created close/> }
            })
        }}
    }
}

fn first_token() -> Option<CreatedToken> {
    match answer()?.result {
        Ok(Outcome::SetUp(token)) => Some(token),
        _ => None,
    }
}

fn at_field(error: Option<&ConsoleError>, field: &str) -> Option<String> {
    error?.at_field(field)
}

/// The error above the form.
#[component]
fn Refused(error: ConsoleError) -> impl IntoView {
    let more = match error.fields().len() {
        0 => error.sentence(),
        1 => "One field needs a change.".into(),
        count => format!("{count} fields need a change."),
    };
    view! { <Alert danger=true live=true><b>"Nothing was set up."</b>" "{more}</Alert> }
}

/// A live summary of what set-up will create.
#[component]
fn WhatHappens(username: RwSignal<String>, org: RwSignal<String>, bucket: RwSignal<String>) -> impl IntoView {
    let or = |typed: RwSignal<String>, usual: &'static str| {
        move || Some(typed.get()).filter(|text| !text.is_empty()).unwrap_or_else(|| usual.into())
    };
    let named = |kind: &'static str, typed: RwSignal<String>| {
        move || match typed.get() {
            text if text.is_empty() => format!("The {kind} is created"),
            text => format!("{} {text} is created", wording::capitalized(kind)),
        }
    };
    view! {
        <aside class="setup-side" aria-label="What happens when you continue">
            <h2>"What happens when you continue"</h2>
            <ol class="setup-steps">
                <li><span class="step-icon"><Icon picture=Picture::User/></span><p><b>{named("user", username)}</b>" and signed in to this console."</p></li>
                <li>
                    <span class="step-icon"><Icon picture=Picture::Organization/></span>
                    <p>
                        <b>{named("organization", org)}</b>" with "{or(username, "you")}" as its owner. It also gets the system buckets "
                        <code class="name">"_monitoring"</code>" and "<code class="name">"_tasks"</code>"."
                    </p>
                </li>
                <li>
                    <span class="step-icon"><Icon picture=Picture::Bucket/></span>
                    <p><b>{named("bucket", bucket)}</b>" and keeps data forever, until you set a retention period."</p>
                </li>
                <li>
                    <span class="step-icon"><Icon picture=Picture::Key/></span>
                    <p><b>"You get an operator token"</b>" It can do everything in every organization. You see it once, right after this page."</p>
                </li>
            </ol>
            <div class="setup-terminal">
                <p>"Prefer a terminal? This does the same:"</p>
                <pre>
                    {move || {
                        format!(
                            "influx setup --username {} \\\n  --org {} --bucket {}",
                            or(username, "USERNAME")(), or(org, "ORGANIZATION")(), or(bucket, "BUCKET")(),
                        )
                    }}
                </pre>
            </div>
        </aside>
    }
}
