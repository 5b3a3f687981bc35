//! The dialog with the sessions of a user, and the buttons that sign them out.

use leptos::prelude::*;

use jeton_model::console::session::{SessionRow, SessionsOf};

use crate::{
    components::{
        Dialog, DialogHead, Notices,
        form::{ActionOutcome, refusal},
    },
    error::ConsoleError,
    forms::outcome::Outcome,
    pages::people::{
        fields::Refusal,
        remove_user::Around,
        sessions::{SessionTable, SessionsFailed, SignOutMany},
    },
    queries::load_user_sessions,
    routes::Users,
    state::org_state::page_resource,
};

use super::UsersState;

/// State that the parts of the dialog share.
#[derive(Clone, Copy)]
struct Shared {
    around: Around,
    reloads: RwSignal<u32>,
    refused: RwSignal<Option<ConsoleError>>,
}

impl Shared {
    /// Handles the outcome of a form: the dialog stays, and lists the remaining sessions.
    fn on_done(self) -> Callback<ActionOutcome> {
        let notices = Notices::current();
        Callback::new(move |answer: ActionOutcome| match answer {
            Ok(Outcome::Done { flash, .. }) => {
                notices.success(flash.sentence(), "");
                let _ = self.refused.try_set(None);
                let _ = self.reloads.try_update(|reloads| *reloads += 1);
            }
            Ok(_) => {}
            Err(error) => {
                notices.failure("The sign-out failed", error.sentence());
                let _ = self.refused.try_set(Some(error));
            }
        })
    }
}

/// The route of the dialog.
#[component]
pub fn SessionsRoute() -> impl IntoView {
    let around = UsersState::current().around(Users::Sessions);
    let reloads = RwSignal::new(0);
    let shared = Shared { around, reloads, refused: RwSignal::new(refusal()) };
    let found = page_resource(
        move || (around.user.get(), reloads.get()),
        |(user, _)| async move { load_user_sessions(user.ok_or(ConsoleError::UserNotFound)?).await },
    );
    view! {
        <Dialog class="medium user-sessions" close=around.close>
            <DialogHead title="Sessions" close=around.close/>
            <Transition fallback=|| ()>
                {move || Suspend::new(async move {
                    match found.await {
                        Ok(found) => view! { <Sessions found shared/> }.into_any(),
                        Err(error) => view! { <div class="dialog-body"><SessionsFailed error/></div> }.into_any(),
                    }
                })}
            </Transition>
        </Dialog>
    }
}

/// The loaded sessions.
#[component]
fn Sessions(found: SessionsOf, shared: Shared) -> impl IntoView {
    let SessionsOf { user, sessions, may_end } = found;
    let Shared { around, refused, .. } = shared;
    let action = around.action;
    let on_answer = shared.on_done();
    let end = may_end.then_some((action, on_answer));
    let is_current = |row: &SessionRow| row.is_current;
    let others = sessions.total.saturating_sub(u64::from(sessions.rows.iter().any(is_current)));
    let (sentence, table) = if sessions.rows.is_empty() {
        (format!("{} has no sessions.", user.name), None)
    } else {
        let table = view! { <SessionTable sessions labelled_by="dialog-title" end/> };
        (format!("Sessions of {} in this console and through the API.", user.name), Some(table))
    };
    view! {
        <div class="dialog-body"><Refusal refused/><p>{sentence}</p>{table}</div>
        <footer class="dialog-foot">
            {(may_end && others > 0).then(|| view! { <SignOutMany value="all" label="Sign out everywhere" action on_answer/> })}
            <a class="button" href=around.close data-noscroll>"Close"</a>
        </footer>
    }
}
