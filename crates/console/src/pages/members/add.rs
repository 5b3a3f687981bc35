//! The dialogs that add a member: an existing user, or a new one.

use std::time::Duration;

use leptos::{leptos_dom::helpers::debounce, prelude::*};

use crate::{
    components::{
        Dialog, DialogHead, Form,
        field::Hint,
        form::{refusal, typed},
    },
    error::ConsoleError,
    forms::members::AddMemberForm,
    pages::people::fields::{NewUserFields, Refusal, RoleField, at_field},
    queries::load_addable,
    routes::Members,
    state::org_state::page_resource,
};

use super::MembersState;

/// Debounce: delay between the last keystroke and the request for suggestions.
const SEARCH_AFTER: Duration = Duration::from_millis(150);

/// The frame that both dialogs share: title, fields, and a link to the other dialog.
#[component]
fn AddDialog(
    /// The route of the dialog, to which the form posts.
    page: Members,
    /// The title, before the organization's name.
    title: &'static str,
    /// The title of the notification about a failure.
    failed: &'static str,
    /// The other dialog, and the text of its link.
    other: Option<(Members, &'static str)>,
    /// The text of the submit button, and its text while the form is pending.
    button: (&'static str, &'static str),
    /// Renders the fields, which display the form's error.
    fields: fn(MembersState, RwSignal<Option<ConsoleError>>) -> AnyView,
) -> impl IntoView {
    let state = MembersState::current();
    let org = state.list.page.frame.with_untracked(|frame| frame.org.name.clone());
    let refused = RwSignal::new(refusal());
    let busy = RwSignal::new(false);
    let on_answer = state.list.on_done(failed, refused);
    let close = state.listing.here();
    view! {
        <Dialog class="narrow" close>
            <DialogHead title=format!("{title} {org}") close/>
            <Form action=Signal::derive(move || state.list.address(page)) busy on_answer>
                <div class="dialog-body">
                    <Refusal refused/>
                    {fields(state, refused)}
                    <RoleField org_name=org/>
                </div>
                <footer class="dialog-foot">
                    {other.map(|(page, text)| view! {
                        <a class="link start" href=move || state.list.address(page) data-noscroll>{text}</a>
                    })}
                    <a class="button" href=close data-noscroll>"Cancel"</a>
                    <button class="button primary" aria-busy=move || busy.get().then_some("true") data-testid="add-member--save">
                        {move || if busy.get() { button.1 } else { button.0 }}
                    </button>
                </footer>
            </Form>
        </Dialog>
    }
}

/// The dialog that makes an existing user a member.
#[component]
pub fn AddRoute() -> impl IntoView {
    let state = MembersState::current();
    let may_invite = state.list.page.frame.with_untracked(|frame| frame.may.change_users);
    view! {
        <AddDialog
            page=Members::Add title="Add a member to" failed="The member was not added" button=("Add member", "Adding")
            other=may_invite.then_some((Members::Invite, "Create a new user instead"))
            fields=|state, refused| view! { <UserField state refused/> }.into_any()
        />
    }
}

/// The dialog that creates a user as a member.
#[component]
pub fn InviteRoute() -> impl IntoView {
    view! {
        <AddDialog
            page=Members::Invite title="Create a user in" failed="The user was not created" button=("Create user", "Creating")
            other=Some((Members::Add, "Add an existing user instead"))
            fields=|_, refused| view! { <NewUserFields refused/> }.into_any()
        />
    }
}

/// The field for a user: a name with suggestions, or an id where the caller may not list users.
#[component]
fn UserField(state: MembersState, refused: RwSignal<Option<ConsoleError>>) -> impl IntoView {
    let (by_name, org_name) =
        state.list.page.frame.with_untracked(|frame| (frame.may.read_users, frame.org.name.clone()));
    let error = at_field(refused, AddMemberForm::USER);
    let (part, more) = (RwSignal::new(String::new()), RwSignal::new(false));
    let offered = page_resource(move || (state.list.page.org.get(), part.get()), |(org, part)| load_addable(org, part));
    let mut search = debounce(SEARCH_AFTER, move |typed: String| {
        // Once all users are suggested, the browser filters them itself.
        if more.get_untracked() {
            let _ = part.try_set(typed);
        }
    });
    let (label, hint) = if by_name {
        ("User", format!("Choose a user, or type the name. Members of {org_name} are not listed."))
    } else {
        ("User ID", "16 digits and letters, shown on the user's Account page.".to_owned())
    };
    view! {
        <div class="field">
            <label for="user">{label}</label>
            <input
                class="input" id="user" name=AddMemberForm::USER list="addable" value=typed(AddMemberForm::USER) autocomplete="off"
                autocapitalize="none" spellcheck="false" required autofocus aria-describedby="user-hint" aria-invalid=move || error.get().map(|_| "true")
                on:input:target=move |event| search(event.target().value())
            />
            <datalist id="addable">
                <Transition fallback=|| ()>
                    {move || Suspend::new(async move {
                        let offered = offered.await.unwrap_or_default();
                        more.set(offered.more || more.get_untracked());
                        offered.names.into_iter().map(|name| view! { <option value=name></option> }).collect_view()
                    })}
                </Transition>
            </datalist>
            <Hint id="user" hint error/>
        </div>
    }
}
