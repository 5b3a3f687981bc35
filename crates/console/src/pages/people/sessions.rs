//! A user's sessions as a table with a button to sign each of them out.

use leptos::prelude::*;

use jeton_model::{
    Timestamp,
    console::{
        messages,
        session::{SessionRow, UserSessions},
    },
    wording,
};

use crate::{
    components::{
        Form, Icon, Picture,
        form::ActionOutcome,
        text::{Alert, Time},
    },
    error::ConsoleError,
    forms::session::EndSessionsForm,
};

/// The most recently used sessions. `labelled_by`: the id of the heading. `end`: the address of the form that signs a
/// session out and the handler of its outcome, or `None` if the caller may end none.
#[component]
pub fn SessionTable(
    /// The sessions and their total number.
    sessions: UserSessions,
    /// The id of the heading.
    labelled_by: &'static str,
    /// The form that signs a session out: its address, and the handler of its outcome; `None` if it is not offered.
    end: Option<(Signal<String>, Callback<ActionOutcome>)>,
) -> impl IntoView {
    let UserSessions { rows, total, now } = sessions;
    let shown = rows.len() as u64;
    let more = (total > shown).then(|| {
        let text = format!("The {shown} most recently used of {}.", wording::count(total, "session"));
        view! { <p class="hint">{text}</p> }
    });
    view! {
        <table class="grid-table sessions" role="table" aria-labelledby=labelled_by data-testid="session-list">
            <thead role="rowgroup">
                <tr role="row">
                    <th role="columnheader" scope="col" class="cell-name">"Signed in with"</th>
                    <th role="columnheader" scope="col" class="cell-began">"Began"</th>
                    <th role="columnheader" scope="col" class="cell-seen">"Last used"</th>
                    <th role="columnheader" scope="col" class="cell-ends">"Ends"</th>
                    <th role="columnheader" scope="col" class="cell-action"><span class="sr-only">"Actions"</span></th>
                </tr>
            </thead>
            <tbody role="rowgroup">{rows.into_iter().map(|row| view! { <Row row now end/> }).collect_view()}</tbody>
        </table>
        {more}
    }
}

/// A session.
#[component]
fn Row(row: SessionRow, now: Timestamp, end: Option<(Signal<String>, Callback<ActionOutcome>)>) -> impl IntoView {
    let seen = row.seen_at.ago(now);
    let name = format!("Sign out {}, last used {seen}", row.agent);
    let from = row.address.map(|address| format!(" · {address}"));
    let kind = if row.from_console { "Console" } else { "API" };
    let action = if row.is_current {
        view! { <span class="badge ok"><Icon picture=Picture::Check/>"This session"</span> }.into_any()
    } else if let Some((action, on_answer)) = end {
        view! { <SignOut key=row.key name action on_answer/> }.into_any()
    } else {
        ().into_any()
    };
    view! {
        <tr role="row" data-testid=if row.is_current { "session-card current" } else { "session-card" }>
            <td role="cell" class="cell-name"><span class="row-name">{row.agent}</span><p class="row-more">{kind}{from}</p></td>
            <td role="cell" class="cell-began" data-label="Began"><Time at=row.began_at text=row.began_at.ago(now)/></td>
            <td role="cell" class="cell-seen" data-label="Last used"><Time at=row.seen_at text=seen/></td>
            <td role="cell" class="cell-ends" data-label="Ends"><Time at=row.expires_at text=messages::ahead(row.expires_at, now)/></td>
            <td role="cell" class="cell-action">{action}</td>
        </tr>
    }
}

/// The button that signs out one session.
#[component]
fn SignOut(key: String, name: String, action: Signal<String>, on_answer: Callback<ActionOutcome>) -> impl IntoView {
    let busy = RwSignal::new(false);
    view! {
        <Form action busy on_answer>
            <button
                class="button small" name=EndSessionsForm::SESSION value=key aria-label=name aria-busy=move || busy.get().then_some("true")
                data-testid="sign-out-session"
            >
                {move || if busy.get() { "Signing out" } else { "Sign out" }}
            </button>
        </Form>
    }
}

/// The button that signs out several sessions. `value`: the form's value for their group.
#[component]
pub fn SignOutMany(
    /// The form's value for the group of sessions.
    value: &'static str,
    /// The text of the button.
    label: &'static str,
    /// The address that the form posts to.
    action: Signal<String>,
    /// Handles the outcome of the form.
    on_answer: Callback<ActionOutcome>,
) -> impl IntoView {
    let busy = RwSignal::new(false);
    view! {
        <Form action busy on_answer>
            <button
                class="button" name=EndSessionsForm::SESSION value=value aria-busy=move || busy.get().then_some("true")
                data-testid="sign-out-elsewhere--button"
            >
                <Icon picture=Picture::SignOut/>{move || if busy.get() { "Signing out" } else { label }}
            </button>
        </Form>
    }
}

/// The error in place of a list of sessions.
#[component]
pub fn SessionsFailed(error: ConsoleError) -> impl IntoView {
    view! { <Alert danger=true><b>"The sessions could not be listed."</b>" "{error.sentence()}</Alert> }
}
