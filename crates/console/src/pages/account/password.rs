//! Changing one's own password.

use leptos::prelude::*;

use crate::{
    components::{Form, PasswordField, field::FieldError, text::Alert},
    error::ConsoleError,
    forms::account::ChangePasswordForm,
    hydrate::browser,
};

use super::{AccountState, refusal_of};

/// The form for the old and the new password. Its fields are emptied after success.
#[component]
pub fn PasswordSection(state: AccountState) -> impl IntoView {
    view! {
        <section class="settings-section" aria-labelledby="account-password">
            <header>
                <h2 id="account-password">"Password"</h2>
                <p>"Changing it signs you out everywhere else. Your tokens keep working."</p>
            </header>
            <PasswordForm state/>
        </section>
    }
}

/// The form of the section.
#[component]
fn PasswordForm(state: AccountState) -> impl IntoView {
    let refused = RwSignal::new(refusal_of(false));
    let busy = RwSignal::new(false);
    let on_answer = state.on_done("The password was not changed", refused, || browser::empty_form("form:has(#old)"));
    let at =
        move |field: &'static str| -> FieldError { Signal::derive(move || at_field(refused.get().as_ref(), field)) };
    let elsewhere = move || refused.get().filter(|error| error.fields().is_empty());
    let user = state.page.frame.with_untracked(|frame| frame.user.clone());
    view! {
        <Form action=state.address() class="settings-form" busy on_answer>
            {move || elsewhere().map(|error| view! {
                <Alert danger=true live=true><b>"The password was not changed."</b>" "{error.sentence()}</Alert>
            })}
            // Associates the password with the user in a password manager.
            <input type="text" autocomplete="username" value=user hidden readonly/>
            <PasswordField
                id=ChangePasswordForm::OLD label="Current password" autocomplete="current-password" error=at(ChangePasswordForm::OLD)
            />
            <PasswordField
                id=ChangePasswordForm::NEW label="New password" hint="8 to 72 characters." autocomplete="new-password"
                error=at(ChangePasswordForm::NEW)
            />
            <PasswordField
                id=ChangePasswordForm::CONFIRM label="Confirm new password" autocomplete="new-password" error=at(ChangePasswordForm::CONFIRM)
            />
            <div>
                <button class="button primary" aria-busy=move || busy.get().then_some("true") data-testid="change-password--button">
                    {move || if busy.get() { "Changing" } else { "Change password" }}
                </button>
            </div>
        </Form>
    }
}

fn at_field(error: Option<&ConsoleError>, field: &str) -> Option<String> {
    error?.at_field(field)
}
