//! The Account page of the signed-in user: identity, password and sessions.

mod password;
mod sessions;

use leptos::prelude::*;

use jeton_model::console::session::UserSessions;

use crate::{
    components::{
        CopyButton, Notices, Page,
        form::{ActionOutcome, refusal, typed_fields},
    },
    error::ConsoleError,
    forms::{outcome::Outcome, session::EndSessionsForm},
    queries::load_own_sessions,
    routes::{Account, PageRoute as _, Section},
    state::{
        org_state::{OrgState, page_resource},
        page_store::PageResource,
    },
};

use password::PasswordSection;
use sessions::SessionsSection;

/// State that the sections of the page share.
#[derive(Clone, Copy)]
struct AccountState {
    page: OrgState,
    sessions: PageResource<Result<UserSessions, ConsoleError>>,
    reloads: RwSignal<u32>,
}

impl AccountState {
    fn new() -> Self {
        let reloads = RwSignal::new(0);
        let sessions = page_resource(move || reloads.get(), |_| async move { load_own_sessions().await });
        Self { page: OrgState::current(), sessions, reloads }
    }

    /// Returns the address to which the forms of this page post.
    fn address(self) -> Signal<String> {
        Signal::derive(move || Account.address(self.page.org.get(), &[]))
    }

    /// Handles the outcome of a form; `done` runs after its notification. `failed`: what did not happen, for the error
    /// message.
    fn on_done(
        self,
        failed: &'static str,
        refused: RwSignal<Option<ConsoleError>>,
        done: impl Fn() + Send + Sync + 'static,
    ) -> Callback<ActionOutcome> {
        let notices = Notices::current();
        Callback::new(move |answer: ActionOutcome| match answer {
            Ok(Outcome::Done { flash, .. }) => {
                notices.success(flash.sentence(), "");
                refused.set(None);
                self.reloads.update(|reloads| *reloads += 1);
                done();
            }
            Ok(_) => {}
            Err(error) => {
                notices.failure(failed, error.sentence());
                refused.set(Some(error));
            }
        })
    }
}

/// Returns the error of a form submitted without JavaScript, if it belongs to the sessions or, otherwise, to the
/// password.
fn refusal_of(sessions: bool) -> Option<ConsoleError> {
    refusal().filter(|_| typed_fields().get(EndSessionsForm::SESSION).is_some() == sessions)
}

/// The Account page: user, password and sessions.
#[component]
pub fn AccountPage() -> impl IntoView {
    let state = AccountState::new();
    view! {
        <Page section=Section::Account dialog=|| ()>
            <div class="settings">
                <UserSection state/>
                <PasswordSection state/>
                <SessionsSection state/>
            </div>
        </Page>
    }
}

/// Facts about the user.
#[component]
fn UserSection(state: AccountState) -> impl IntoView {
    let name = move || state.page.frame.with(|frame| frame.user.clone());
    let id = Memo::new(move |_| state.page.frame.with(|frame| frame.user_id.to_string()));
    view! {
        <section class="settings-section" aria-labelledby="account-user">
            <header><h2 id="account-user">"User"</h2><p>"An administrator can rename you."</p></header>
            <dl class="fact-list">
                <div><dt>"Name"</dt><dd data-testid="account-name">{name}</dd></div>
                <div><dt>"ID"</dt><dd><code>{id}</code><CopyButton text=id name="Copy the ID"/></dd></div>
            </dl>
        </section>
    }
}
