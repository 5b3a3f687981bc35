//! Dialogs that confirm the deletion of a user, or a deactivation that locks someone out.

use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};

use jeton_model::{Status, UserId, console::people::Leaving, wording};

use crate::{
    components::{
        Dialog, Form,
        form::{ActionOutcome, refusal},
        text::{Alert, Chip},
    },
    error::ConsoleError,
    forms::users::UserStatusForm,
    queries::load_leaving,
    routes::PageRoute,
    state::{list_state::ListState, org_state::page_resource},
};

use super::{callbacks::or_signed_out, fields::Refusal};

/// The context of a dialog about a user.
#[derive(Clone, Copy)]
pub struct Around {
    /// The user that the URL names.
    pub user: Memo<Option<UserId>>,
    /// The address to which its forms post.
    pub action: Signal<String>,
    /// The address to navigate to on closing.
    pub close: Signal<String>,
    /// The error of the dialog's form.
    pub refused: RwSignal<Option<ConsoleError>>,
    /// Handles the outcome of the dialog's form.
    pub on_answer: Callback<ActionOutcome>,
}

impl Around {
    /// Returns the context of a dialog about the user in the URL. `to`: returns the dialog's route.
    pub fn of<P, T>(list: ListState<P, T>, user: Memo<Option<UserId>>, to: fn(UserId) -> P) -> Self
    where
        P: PageRoute + Send + Sync + 'static,
        T: Clone + Send + Sync + Serialize + DeserializeOwned + 'static,
    {
        let refused = RwSignal::new(refusal());
        let action = move || list.address(user.get().map_or(P::LIST, to));
        Self {
            user,
            action: Signal::derive(action),
            close: list.listing.here(),
            refused,
            on_answer: or_signed_out(list.on_done("The user was not changed", refused)),
        }
    }
}

/// The dialog for a user who does not exist, or whom the caller may not change.
#[component]
pub fn Missing(error: ConsoleError, close: Signal<String>) -> impl IntoView {
    view! {
        <Dialog class="narrow" close>
            <header class="dialog-head"><h2 id="dialog-title">"This cannot be done"</h2></header>
            <div class="dialog-body"><p>{error.sentence()}</p></div>
            <footer class="dialog-foot"><a class="button" href=close data-noscroll autofocus>"Back to the list"</a></footer>
        </Dialog>
    }
}

/// A dialog with the effects of the user's removal, loaded from the server.
#[component]
fn WithLeaving<V: IntoView + 'static>(around: Around, render: fn(Leaving, Around) -> V) -> impl IntoView {
    let leaving = page_resource(
        move || around.user.get(),
        |user| async move { load_leaving(user.ok_or(ConsoleError::UserNotFound)?).await },
    );
    view! {
        <Suspense fallback=|| ()>
            {move || Suspend::new(async move {
                match leaving.await {
                    Ok(leaving) => render(leaving, around).into_any(),
                    Err(error) => view! { <Missing error close=around.close/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

/// The dialog that confirms the deletion of a user.
#[component]
pub fn Delete(around: Around) -> impl IntoView {
    view! { <WithLeaving around render=|leaving, around| view! { <DeleteDialog leaving around/> }/> }
}

/// Its content: states what stops working, and offers deactivation, which can be undone.
#[component]
fn DeleteDialog(leaving: Leaving, around: Around) -> impl IntoView {
    let Around { action, close, refused, on_answer, .. } = around;
    let busy = RwSignal::new(false);
    let name = leaving.user.name.clone();
    let whom = if leaving.is_self { "yourself".to_owned() } else { name.clone() };
    let title = match leaving.live_tokens {
        0 => format!("Delete {whom}?"),
        1 => format!("Delete {whom}? 1 token stops working at once."),
        more => format!("Delete {whom}? {} tokens stop working at once.", wording::grouped(more)),
    };
    let effect = if leaving.is_self {
        "You are signed out at once, cannot sign in again, and leave every organization. This cannot be undone.".into()
    } else {
        format!("{name} is signed out everywhere and leaves every organization. This cannot be undone.")
    };
    let is_active = leaving.user.status == Status::Active;
    let way_back = is_active.then(|| format!(" Deactivating {whom} can be undone."));
    view! {
        <Dialog class="narrow" close role="alertdialog" described_by="dialog-text">
            <header class="dialog-head" data-testid="overlay--header"><h2 id="dialog-title">{title}</h2></header>
            <div class="dialog-body">
                <Refusal refused/>
                <p id="dialog-text">{effect}{way_back}</p>
                <Losses leaving=leaving.clone()/>
                <TokenList leaving/>
            </div>
            <footer class="dialog-foot">
                {is_active.then(|| view! {
                    <Form action class="start" on_answer>
                        <button class="button" name=UserStatusForm::STATUS value="inactive" data-testid="deactivate-instead--button">
                            "Deactivate instead"
                        </button>
                    </Form>
                })}
                <a class="button" href=close data-noscroll autofocus>"Cancel"</a>
                <Form action busy on_answer>
                    <button class="button destroy" aria-busy=move || busy.get().then_some("true") data-testid="delete-user--confirm-button">
                        {move || if busy.get() { "Deleting" } else { "Delete user" }}
                    </button>
                </Form>
            </footer>
        </Dialog>
    }
}

/// The tokens that stop working: those that the caller may see, and the number of others.
#[component]
fn TokenList(leaving: Leaving) -> impl IntoView {
    let listed = leaving.tokens.len() as u64;
    let more = leaving.live_tokens.saturating_sub(listed);
    let items = leaving.tokens.into_iter().map(|token| {
        let name = if token.description.is_empty() { "Without description".to_owned() } else { token.description };
        view! { <li><span class="lost-name">{name}</span>{token.prefix.map(|prefix| view! { <Chip prefix/> })}</li> }
    });
    let rest = match (listed, more) {
        (_, 0) => None,
        (0, _) => Some(format!("{} that you cannot see", wording::count(more, "token"))),
        _ => Some(format!("and {} more", wording::grouped(more))),
    };
    (leaving.live_tokens > 0).then(|| view! {
        <ul class="lost" aria-label="Tokens that stop working">{items.collect_view()}{rest.map(|rest| view! { <li class="quiet">{rest}</li> })}</ul>
    })
}

/// The permissions that no other user would hold.
#[component]
fn Losses(leaving: Leaving) -> impl IntoView {
    let who = if leaving.is_self { "You are".to_owned() } else { format!("{} is", leaving.user.name) };
    let operator = leaving.only_operator.then(|| {
        let sentence = format!(
            "{who} the only operator of this server. Without one, users and organizations can only be managed with an operator token."
        );
        view! { <Alert danger=true small=true>{sentence}</Alert> }
    });
    let orgs = (!leaving.only_owner_of.is_empty()).then(|| {
        let more = if leaving.and_more { " and others" } else { "" };
        let names = leaving.only_owner_of.join(", ");
        view! { <Alert small=true>{format!("{who} the only owner of {names}{more}. Afterwards, only an operator can make changes there.")}</Alert> }
    });
    view! { {operator}{orgs} }
}

/// The dialog that confirms the deactivation of oneself or of the only operator.
#[component]
pub fn Deactivate(around: Around) -> impl IntoView {
    view! { <WithLeaving around render=|leaving, around| view! { <DeactivateDialog leaving around/> }/> }
}

/// The content of the dialog.
#[component]
fn DeactivateDialog(leaving: Leaving, around: Around) -> impl IntoView {
    let Around { action, close, refused, on_answer, .. } = around;
    let busy = RwSignal::new(false);
    let name = leaving.user.name.clone();
    let tokens = match leaving.live_tokens {
        0 => String::new(),
        1 => " 1 token is refused until then.".to_owned(),
        more => format!(" {} tokens are refused until then.", wording::grouped(more)),
    };
    let (title, effect) = if leaving.is_self {
        let effect = "You are signed out at once, and cannot sign in until someone else activates you again.";
        ("Deactivate yourself?".to_owned(), effect.to_owned())
    } else {
        (
            format!("Deactivate {name}?"),
            format!("{name} is signed out everywhere until someone activates {name} again."),
        )
    };
    view! {
        <Dialog class="narrow" close role="alertdialog" described_by="dialog-text">
            <header class="dialog-head" data-testid="overlay--header"><h2 id="dialog-title">{title}</h2></header>
            <div class="dialog-body">
                <Refusal refused/>
                <p id="dialog-text">{effect}{tokens}</p>
                <Losses leaving/>
            </div>
            <footer class="dialog-foot">
                <a class="button" href=close data-noscroll autofocus>"Cancel"</a>
                <Form action busy on_answer>
                    <button
                        class="button danger" name=UserStatusForm::STATUS value="inactive" aria-busy=move || busy.get().then_some("true")
                        data-testid="deactivate-user--confirm-button"
                    >
                        {move || if busy.get() { "Deactivating" } else { "Deactivate" }}
                    </button>
                </Form>
            </footer>
        </Dialog>
    }
}
