//! The dialog that confirms the removal of a member from this organization.

use leptos::prelude::*;

use jeton_model::{console::people::Member, wording};

use crate::{
    components::{
        Dialog, Form,
        form::{ActionOutcome, refusal},
    },
    error::ConsoleError,
    hydrate::browser,
    pages::people::{fields::Refusal, remove_user::Missing},
    queries::load_member,
    routes::{Members, address_of},
    state::org_state::page_resource,
};

use super::MembersState;

/// The route of the dialog.
#[component]
pub fn RemoveRoute() -> impl IntoView {
    let state = MembersState::current();
    let user = state.user();
    let member = page_resource(
        move || (state.list.page.org.get(), user.get()),
        |(org, user)| async move { load_member(org, user.ok_or(ConsoleError::UserNotFound)?).await },
    );
    view! {
        <Suspense fallback=|| ()>
            {move || Suspend::new(async move {
                match member.await {
                    Ok(member) if member.only_owner => view! { <Missing error=ConsoleError::LastOwner close=state.listing.here()/> }.into_any(),
                    Ok(member) => view! { <RemoveDialog member state/> }.into_any(),
                    Err(error) => view! { <Missing error close=state.listing.here()/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

/// The dialog: states what ends and what stays.
#[component]
fn RemoveDialog(member: Member, state: MembersState) -> impl IntoView {
    let frame = state.list.page.frame.get_untracked();
    let (user, org) = (member.person.user, frame.org.name);
    let is_self = frame.user_id == user.id;
    let refused = RwSignal::new(refusal());
    let busy = RwSignal::new(false);
    let done = state.list.on_done("The member was not removed", refused);
    let on_answer = Callback::new(move |answer: ActionOutcome| {
        if is_self && answer.is_ok() {
            browser::go(&address_of("/"));
        } else {
            done.run(answer);
        }
    });
    let close = state.listing.here();
    let title = if is_self { format!("Leave {org}?") } else { format!("Remove {} from {org}?", user.name) };
    let effect = if is_self {
        format!("You can no longer open {org} in this console. You stay a user and keep your other organizations.")
    } else {
        format!(
            "{0} can no longer open {org} in this console. {0} stays a user and keeps all other organizations.",
            user.name
        )
    };
    let tokens = match member.person.live_tokens {
        0 => String::new(),
        1 => format!(" 1 live token in {org} keeps working; to stop it, deactivate or delete it."),
        more => {
            format!(
                " {} live tokens in {org} keep working; to stop them, deactivate or delete them.",
                wording::grouped(more)
            )
        }
    };
    view! {
        <Dialog class="narrow" close role="alertdialog" described_by="dialog-text">
            <header class="dialog-head" data-testid="overlay--header"><h2 id="dialog-title">{title}</h2></header>
            <div class="dialog-body">
                <Refusal refused/>
                <p id="dialog-text">{effect}{tokens}</p>
            </div>
            <footer class="dialog-foot">
                <a class="button" href=close data-noscroll autofocus>"Cancel"</a>
                <Form action=Signal::derive(move || state.list.address(Members::Remove(user.id))) busy on_answer>
                    <button class="button destroy" aria-busy=move || busy.get().then_some("true") data-testid="remove-member--confirm-button">
                        {move || if busy.get() { "Removing" } else { "Remove" }}
                    </button>
                </Form>
            </footer>
        </Dialog>
    }
}
