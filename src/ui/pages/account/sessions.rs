//! Where one is signed in, and signing out there.

use leptos::prelude::*;

use super::{AccountState, refusal_of};
use crate::{
    model::{
        Error, Timestamp,
        session::{OwnSessions, SessionRow},
    },
    ui::{
        components::{
            Form, Icon, Picture,
            text::{Alert, Time},
        },
        words,
    },
};

/// The sessions of the console and of programs.
#[component]
pub fn SessionsSection(state: AccountState) -> impl IntoView {
    let refused = RwSignal::new(refusal_of(true));
    view! {
        <section class="settings-section" aria-labelledby="account-sessions">
            <header>
                <h2 id="account-sessions">"Sessions"</h2>
                <p>"Where you are signed in, in this console or with a program. A session ends after an hour without use, and after twelve hours at the latest."</p>
            </header>
            <div class="sessions-box">
                {move || refused.get().map(|error| view! {
                    <Alert danger=true live=true><b>"Nobody was signed out."</b>" "{words::sentence(&error)}</Alert>
                })}
                <Transition fallback=|| ()>
                    {move || Suspend::new(async move {
                        match state.sessions.await {
                            Ok(sessions) => view! { <Sessions sessions state refused/> }.into_any(),
                            Err(error) => view! { <Failed error/> }.into_any(),
                        }
                    })}
                </Transition>
            </div>
        </section>
    }
}

#[component]
fn Failed(error: Error) -> impl IntoView {
    view! { <Alert danger=true><b>"The sessions could not be listed."</b>" "{words::sentence(&error)}</Alert> }
}

#[component]
fn Sessions(sessions: OwnSessions, state: AccountState, refused: RwSignal<Option<Error>>) -> impl IntoView {
    let OwnSessions { rows, total, now } = sessions;
    let shown = rows.len() as u64;
    let more = (total > shown).then(|| {
        let text = format!("The {shown} used last of {}.", words::count(total, "session"));
        view! { <p class="hint">{text}</p> }
    });
    let is_alone = total < 2;
    view! {
        <table class="grid-table sessions" role="table" aria-labelledby="account-sessions" data-testid="session-list">
            <thead role="rowgroup">
                <tr role="row">
                    <th role="columnheader" scope="col" class="cell-name">"Signed in with"</th>
                    <th role="columnheader" scope="col" class="cell-began">"Began"</th>
                    <th role="columnheader" scope="col" class="cell-seen">"Last used"</th>
                    <th role="columnheader" scope="col" class="cell-ends">"Ends"</th>
                    <th role="columnheader" scope="col" class="cell-action"><span class="sr-only">"Actions"</span></th>
                </tr>
            </thead>
            <tbody role="rowgroup">{rows.into_iter().map(|row| view! { <Row row now state refused/> }).collect_view()}</tbody>
        </table>
        {more}
        {if is_alone {
            view! { <p class="hint">"You are signed in nowhere else."</p> }.into_any()
        } else {
            view! { <Elsewhere state refused/> }.into_any()
        }}
    }
}

#[component]
fn Elsewhere(state: AccountState, refused: RwSignal<Option<Error>>) -> impl IntoView {
    let busy = RwSignal::new(false);
    let on_answer = state.on_done("You are still signed in elsewhere", refused, || ());
    view! {
        <Form action=state.address() busy on_answer>
            <button
                class="button" name="session" value="others" aria-busy=move || busy.get().then_some("true") data-testid="sign-out-elsewhere--button"
            >
                <Icon picture=Picture::SignOut/>{move || if busy.get() { "Signing out" } else { "Sign out elsewhere" }}
            </button>
        </Form>
    }
}

#[component]
fn Row(row: SessionRow, now: Timestamp, state: AccountState, refused: RwSignal<Option<Error>>) -> impl IntoView {
    let seen = row.seen_at.ago(now);
    let name = format!("Sign out {}, last used {seen}", row.agent);
    let from = row.address.map(|address| format!(" · {address}"));
    let kind = if row.from_console { "Console" } else { "API" };
    let action = if row.is_current {
        view! { <span class="badge ok"><Icon picture=Picture::Check/>"This session"</span> }.into_any()
    } else {
        view! { <SignOut key=row.key name state refused/> }.into_any()
    };
    view! {
        <tr role="row" data-testid=if row.is_current { "session-card current" } else { "session-card" }>
            <td role="cell" class="cell-name"><span class="row-name">{row.agent}</span><p class="row-more">{kind}{from}</p></td>
            <td role="cell" class="cell-began" data-label="Began"><Time at=row.began_at text=row.began_at.ago(now)/></td>
            <td role="cell" class="cell-seen" data-label="Last used"><Time at=row.seen_at text=seen/></td>
            <td role="cell" class="cell-ends" data-label="Ends"><Time at=row.expires_at text=words::ahead(row.expires_at, now)/></td>
            <td role="cell" class="cell-action">{action}</td>
        </tr>
    }
}

#[component]
fn SignOut(key: String, name: String, state: AccountState, refused: RwSignal<Option<Error>>) -> impl IntoView {
    let busy = RwSignal::new(false);
    let on_answer = state.on_done("The session was not signed out", refused, || ());
    view! {
        <Form action=state.address() busy on_answer>
            <button
                class="button small" name="session" value=key aria-label=name aria-busy=move || busy.get().then_some("true") data-testid="sign-out-session"
            >
                {move || if busy.get() { "Signing out" } else { "Sign out" }}
            </button>
        </Form>
    }
}
