//! The start page of users without an organization. All others are redirected.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::{
    components::{
        Form, Mark, Notices,
        form::{ActionOutcome, answer, refusal, to_sign_in},
        frame::AuthFrame,
        text::Alert,
    },
    error::ConsoleError,
    forms::{flash::Flash, outcome::Outcome},
    hydrate::browser,
    queries::{Start, load_start},
    routes::address_of,
    state::page_store::fetch,
};

use super::orgs::OrgFields;

/// The start page: offers to create an organization or to sign out.
#[component]
pub fn StartPage() -> impl IntoView {
    let start = fetch(|| (), |()| async move { load_start().await });
    // The flash message of deleting the last organization, for one.
    if let Some(flash) = use_query_map().read_untracked().get_str("done").and_then(Flash::from_word) {
        Notices::current().success(flash.sentence(), "");
    }
    view! {
        <Title text="No organization | Jeton"/>
        <Suspense fallback=|| ()>
            {move || Suspend::new(async move {
                match start.await {
                    // The server redirects from here; a navigation inside the console did not ask it.
                    Ok(start) if start.has_org && answer().is_none() => {
                        Effect::new(|| browser::go(&address_of("/")));
                        ().into_any()
                    }
                    Ok(start) => view! { <AuthFrame brand=true><NoOrganization start/></AuthFrame> }.into_any(),
                    Err(ConsoleError::Unauthenticated) => {
                        Effect::new(to_sign_in);
                        ().into_any()
                    }
                    Err(error) => view! { <AuthFrame brand=true><Alert danger=true>{error.sentence()}</Alert></AuthFrame> }.into_any(),
                }
            })}
        </Suspense>
    }
}

/// The message for a user without an organization.
#[component]
fn NoOrganization(start: Start) -> impl IntoView {
    let Start { user, may_create, .. } = start;
    let advice = if may_create {
        "Buckets and tokens belong to an organization. Create one to begin."
    } else {
        "Ask an owner of an organization to add you, then reload this page."
    };
    view! {
        <div class="no-org">
            <Mark large=true/>
            <h1>"You belong to no organization"</h1>
            <p>{advice}</p>
            {may_create.then(|| view! { <CreateForm/> })}
            <SignOut user/>
        </div>
    }
}

/// The form that creates an organization.
#[component]
fn CreateForm() -> impl IntoView {
    let refused = RwSignal::new(refusal());
    let busy = RwSignal::new(false);
    let on_answer = Callback::new(move |answer: ActionOutcome| match answer {
        Ok(Outcome::Done { to, .. }) => browser::go(&to),
        Ok(_) => {}
        Err(error) => refused.set(Some(error)),
    });
    view! {
        <Form action=address_of("/") class="auth-card large-fields" busy on_answer>
            <OrgFields refused/>
            <button class="button primary wide" aria-busy=move || busy.get().then_some("true") data-testid="create-org--confirm-button">
                {move || if busy.get() { "Creating" } else { "Create organization" }}
            </button>
        </Form>
    }
}

/// The button that signs out.
#[component]
fn SignOut(user: String) -> impl IntoView {
    let busy = RwSignal::new(false);
    let on_answer = Callback::new(move |answer: ActionOutcome| {
        if answer.is_ok() {
            browser::go(&address_of("/sign-in"));
        }
    });
    view! {
        <Form action=address_of("/sign-out") class="no-org-foot" busy on_answer>
            <span>"Signed in as "<b>{user}</b></span>
            <button class="button small" aria-busy=move || busy.get().then_some("true")>{move || if busy.get() { "Signing out" } else { "Sign out" }}</button>
        </Form>
    }
}
