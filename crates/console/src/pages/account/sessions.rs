//! The user's own sessions, and signing them out.

use leptos::prelude::*;

use jeton_model::console::session::UserSessions;

use crate::{
    components::text::Alert,
    error::ConsoleError,
    pages::people::sessions::{SessionTable, SessionsFailed, SignOutMany},
};

use super::{AccountState, refusal_of};

/// The sessions of the console and of API clients.
#[component]
pub fn SessionsSection(state: AccountState) -> impl IntoView {
    let refused = RwSignal::new(refusal_of(true));
    view! {
        <section class="settings-section" aria-labelledby="account-sessions">
            <header>
                <h2 id="account-sessions">"Sessions"</h2>
                <p>"Your sessions in this console and through the API. A session ends after 1 hour without use, and after 12 hours at the latest."</p>
            </header>
            <div class="sessions-box">
                {move || refused.get().map(|error| view! {
                    <Alert danger=true live=true><b>"The sign-out failed."</b>" "{error.sentence()}</Alert>
                })}
                <Transition fallback=|| ()>
                    {move || Suspend::new(async move {
                        match state.sessions.await {
                            Ok(sessions) => view! { <Sessions sessions state refused/> }.into_any(),
                            Err(error) => view! { <SessionsFailed error/> }.into_any(),
                        }
                    })}
                </Transition>
            </div>
        </section>
    }
}

/// The table of sessions, and the button that signs out all others.
#[component]
fn Sessions(sessions: UserSessions, state: AccountState, refused: RwSignal<Option<ConsoleError>>) -> impl IntoView {
    let is_alone = sessions.total < 2;
    let on_answer = state.on_done("The session was not signed out", refused, || ());
    let others = state.on_done("The other sessions were not signed out", refused, || ());
    view! {
        <SessionTable sessions labelled_by="account-sessions" end=Some((state.address(), on_answer))/>
        {if is_alone {
            view! { <p class="hint">"You have no other sessions."</p> }.into_any()
        } else {
            view! { <SignOutMany value="others" label="Sign out other sessions" action=state.address() on_answer=others/> }.into_any()
        }}
    }
}
