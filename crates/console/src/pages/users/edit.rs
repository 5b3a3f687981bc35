//! Dialogs that create a user, rename one, or set a password.

use leptos::prelude::*;

use jeton_model::User;

use crate::{
    components::{
        Dialog, DialogHead, Field, Form, PasswordField,
        form::{refusal, typed},
    },
    error::ConsoleError,
    forms::users::{RenameUserForm, SetPasswordForm},
    pages::people::{
        fields::{NewUserFields, Refusal, at_field},
        remove_user::Missing,
    },
    queries::load_user,
    routes::Users,
    state::org_state::page_resource,
};

use super::UsersState;

/// The frame of these dialogs: fields between title and buttons.
#[component]
fn EditDialog(
    /// The route of the dialog, to which the form posts.
    page: Users,
    /// The title of the dialog.
    #[prop(into)]
    title: String,
    /// The title of the notification about a failure.
    failed: &'static str,
    /// The error of the form.
    refused: RwSignal<Option<ConsoleError>>,
    /// The text of the submit button, and its text while the form is pending.
    button: (&'static str, &'static str),
    /// The fields.
    children: Children,
) -> impl IntoView {
    let state = UsersState::current();
    let busy = RwSignal::new(false);
    let on_answer = state.list.on_done(failed, refused);
    let close = state.listing.here();
    view! {
        <Dialog class="narrow" close>
            <DialogHead title close/>
            <Form action=Signal::derive(move || state.list.address(page)) busy on_answer>
                <div class="dialog-body"><Refusal refused/>{children()}</div>
                <footer class="dialog-foot">
                    <a class="button" href=close data-noscroll>"Cancel"</a>
                    <button class="button primary" aria-busy=move || busy.get().then_some("true") data-testid="user--save">
                        {move || if busy.get() { button.1 } else { button.0 }}
                    </button>
                </footer>
            </Form>
        </Dialog>
    }
}

/// The dialog that creates a user.
#[component]
pub fn CreateRoute() -> impl IntoView {
    let refused = RwSignal::new(refusal());
    view! {
        <EditDialog page=Users::Create title="Create a user" failed="The user was not created" refused button=("Create user", "Creating")>
            <NewUserFields refused/>
            <p class="hint">"A new user belongs to no organization. Add them on an organization's Members page."</p>
        </EditDialog>
    }
}

/// A form about the user in the URL, rendered once it is loaded.
#[component]
fn WithUser<V: IntoView + 'static>(around: super::Around, render: fn(User) -> V) -> impl IntoView {
    let user = page_resource(
        move || around.user.get(),
        |user| async move { load_user(user.ok_or(ConsoleError::UserNotFound)?).await },
    );
    view! {
        <Suspense fallback=|| ()>
            {move || Suspend::new(async move {
                match user.await {
                    Ok(user) => render(user).into_any(),
                    Err(error) => view! { <Missing error close=around.close/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

/// The dialog that renames a user.
#[component]
pub fn RenameRoute() -> impl IntoView {
    view! { <WithUser around=UsersState::current().around(Users::Edit) render=|user| view! { <RenameDialog user/> }/> }
}

/// The field of the name.
#[component]
fn RenameDialog(user: User) -> impl IntoView {
    let refused = RwSignal::new(refusal());
    // The submitted value is kept, even if it was refused for being empty.
    let typed = typed(RenameUserForm::USERNAME);
    let value = RwSignal::new(if typed.is_empty() { user.name.clone() } else { typed });
    view! {
        <EditDialog
            page=Users::Edit(user.id) title=format!("Rename {}", user.name) failed="The user was not renamed" refused button=("Rename", "Renaming")
        >
            <Field
                id=RenameUserForm::USERNAME label="Username" autofocus=true value error=at_field(refused, RenameUserForm::USERNAME)
                hint="From now on the user signs in with this name. Tokens are not affected."
            />
        </EditDialog>
    }
}

/// The dialog that sets a password.
#[component]
pub fn PasswordRoute() -> impl IntoView {
    view! { <WithUser around=UsersState::current().around(Users::Password) render=|user| view! { <PasswordDialog user/> }/> }
}

/// The field of the password.
#[component]
fn PasswordDialog(user: User) -> impl IntoView {
    let state = UsersState::current();
    if state.list.page.frame.with_untracked(|frame| frame.user_id == user.id) {
        return view! { <Missing error=ConsoleError::OldPasswordRequired close=state.listing.here()/> }.into_any();
    }
    let refused = RwSignal::new(refusal());
    let signed_out =
        format!("{} is signed out everywhere, and signs in with the new password. Tokens are not affected.", user.name);
    view! {
        <EditDialog
            page=Users::Password(user.id) title=format!("Set a password for {}", user.name) failed="The password was not set" refused
            button=("Set password", "Setting")
        >
            <p>{signed_out}</p>
            <PasswordField
                id=SetPasswordForm::PASSWORD label="New password" autocomplete="new-password" autofocus=true hint="8 to 72 characters."
                error=at_field(refused, SetPasswordForm::PASSWORD)
            />
        </EditDialog>
    }
    .into_any()
}
