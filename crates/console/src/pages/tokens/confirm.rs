//! Dialogs that confirm cloning and deleting a token.

use leptos::prelude::*;

use jeton_model::{
    Authorization, AuthorizationId,
    console::{
        lineage::{Descendants, Lineage},
        messages,
        tokens::Details,
    },
    duration::length,
    wording,
};

use crate::{
    components::{
        Dialog, DialogHead, Form, Notices,
        form::{ActionOutcome, FormId, refusal},
        text::{Alert, Chip},
    },
    error::ConsoleError,
    forms::{outcome::Outcome, tokens::TokenForm},
    pages::layout::navigator,
    queries::{load_details, load_history},
    routes::Tokens,
    state::{org_state::page_resource, page_store::PageResource},
};

use super::{
    all_access::{NotCreated, on_created},
    custom::address_from,
    row_update::on_update,
    state::TokensState,
};

/// Loads the token in the URL, with the names of its resources.
pub fn details_resource(state: TokensState) -> PageResource<Result<Details, ConsoleError>> {
    let token = Memo::new(move |_| state.token_now());
    page_resource(
        move || token.get(),
        |(id, _)| async move { load_details(id.ok_or(ConsoleError::TokenNotFound)?).await },
    )
}

/// Loads the lineage of the token in the URL.
pub fn history_resource(state: TokensState) -> PageResource<Result<Lineage, ConsoleError>> {
    let token = Memo::new(move |_| state.token_now());
    page_resource(
        move || token.get(),
        |(id, _)| async move { load_history(id.ok_or(ConsoleError::TokenNotFound)?).await },
    )
}

/// The dialog for a token that does not exist, or that the caller may not see.
#[component]
pub fn Missing(error: ConsoleError, close: Signal<String>) -> impl IntoView {
    let sentence = error.sentence();
    view! {
        <Dialog class="narrow" close>
            <DialogHead title="There is no such token" close/>
            <div class="dialog-body"><p>{sentence}</p></div>
            <footer class="dialog-foot"><a class="button" href=close data-noscroll autofocus>"Back to the list"</a></footer>
        </Dialog>
    }
}

/// A dialog about the token in the URL, rendered once it is loaded.
#[component]
fn WithDetails<V: IntoView + 'static>(render: fn(Details, TokensState) -> V) -> impl IntoView {
    let state = TokensState::current();
    let details = details_resource(state);
    let close = Signal::derive(move || state.address(Tokens::List));
    view! {
        <Suspense fallback=|| ()>
            {move || Suspend::new(async move {
                match details.await {
                    Ok(details) => render(details, state).into_any(),
                    Err(error) => view! { <Missing error close/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

/// A dialog about the token in the URL, rendered once it is loaded with its lineage.
#[component]
pub fn WithLineage<V: IntoView + 'static>(render: fn(Details, Descendants, TokensState) -> V) -> impl IntoView {
    let state = TokensState::current();
    let (details, history) = (details_resource(state), history_resource(state));
    let close = Signal::derive(move || state.address(Tokens::List));
    view! {
        <Suspense fallback=|| ()>
            {move || Suspend::new(async move {
                match (details.await, history.await) {
                    (Ok(details), Ok(history)) => render(details, history.descendants, state).into_any(),
                    (Err(error), _) | (_, Err(error)) => view! { <Missing error close/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

/// Returns the name of a token in questions.
pub fn name_of(details: &Details) -> String {
    messages::name(&details.authorization.description, details.authorization.token_prefix.as_deref())
}

/// The route of the dialog that clones a token.
#[component]
pub fn CloneRoute() -> impl IntoView {
    view! { <WithDetails render=|details, state| view! { <CloneDialog details state/> }/> }
}

/// The dialog: states what is cloned, and who will own the clone.
#[component]
fn CloneDialog(details: Details, state: TokensState) -> impl IntoView {
    let id = details.authorization.id;
    let refused = RwSignal::new(refusal());
    let busy = RwSignal::new(false);
    let on_answer = on_created(state, refused);
    let close = Signal::derive(move || state.address(Tokens::List));
    let prefix = details.authorization.token_prefix.clone();
    let changed = move || address_from(state, "from", id.to_string());
    let life = life_of_clone(&details.authorization);
    let original = prefix.map(|prefix| view! { ", like "<Chip prefix/>"," });
    view! {
        <Dialog class="narrow" close>
            <DialogHead title=format!("Clone “{}”?", name_of(&details)) close/>
            <Form action=Signal::derive(move || state.address(Tokens::Clone(id))) busy on_answer>
                <FormId/>
                <div class="dialog-body">
                    <NotCreated refused/>
                    <p>
                        "You get a new token with the same permissions. It belongs to "<b>{details.user_name.clone().unwrap_or_default()}</b>
                        {original}" and is active at once."{life}
                    </p>
                </div>
                <footer class="dialog-foot">
                    <a class="link start" href=changed data-noscroll data-testid="clone-with-changes">"Clone with changes"</a>
                    <a class="button" href=close data-noscroll>"Cancel"</a>
                    <button
                        class="button primary" autofocus aria-busy=move || busy.get().then_some("true") data-testid="clone-token--confirm-button"
                    >
                        {move || if busy.get() { "Cloning" } else { "Clone" }}
                    </button>
                </footer>
            </Form>
        </Dialog>
    }
}

/// Describes the expiry of a clone, and its networks if they are limited.
fn life_of_clone(original: &Authorization) -> String {
    let mut text = String::new();
    if let Some(end) = original.expires_at {
        text.push_str(&format!(" It expires after {}.", length(end.seconds_since(original.created_at))));
    }
    if !original.networks.is_everywhere() {
        text.push_str(&format!(" It is accepted from {}.", original.networks.texts().join(", ")));
    }
    text
}

/// The route of the dialog that deletes a token.
#[component]
pub fn DeleteRoute() -> impl IntoView {
    view! {
        <WithLineage render=|details, descendants, state| view! { <DeleteDialog details live=descendants.live state/> }/>
    }
}

/// The warning that descendants of the token keep working, and are harder to find afterwards.
#[component]
fn Remaining(id: AuthorizationId, live: u64, state: TokensState) -> impl IntoView {
    let (tokens, keep) = (wording::count(live, "token"), if live == 1 { "keeps" } else { "keep" });
    view! {
        <Alert small=true>
            {format!("{tokens} created with it {keep} working. ")}
            <a class="link" href=move || state.address(Tokens::Descendants(id)) data-noscroll>"Deactivate first"</a>
        </Alert>
    }
}

/// The dialog: states what stops working, and offers deactivation, which can be undone. `live`: number of live
/// descendants.
#[component]
fn DeleteDialog(details: Details, live: u64, state: TokensState) -> impl IntoView {
    let id = details.authorization.id;
    let name = name_of(&details);
    let busy = RwSignal::new(false);
    let refused = RwSignal::new(refusal());
    let close = Signal::derive(move || state.address(Tokens::List));
    let action = Signal::derive(move || state.address(Tokens::Delete(id)));
    let on_deleted = on_deleted(state, name.clone(), refused);
    let navigate = navigator();
    let on_deactivated = on_update(id, name.clone(), state, move || navigate(&close.get_untracked()));
    let is_active = details.liveness == jeton_model::Liveness::Live;
    let prefix = details.authorization.token_prefix.clone();
    let which = match prefix {
        Some(prefix) => view! { <Chip prefix/> }.into_any(),
        None => "it".into_any(),
    };
    view! {
        <Dialog class="narrow" close role="alertdialog" described_by="dialog-text">
            <header class="dialog-head" data-testid="overlay--header"><h2 id="dialog-title">{format!("Delete “{name}”?")}</h2></header>
            <div class="dialog-body">
                {move || refused.get().map(|error| view! { <Alert danger=true live=true>{error.sentence()}</Alert> })}
                <p id="dialog-text" data-testid="context-delete-menu--confirmation-label">
                    "Programs that use "{which}" are refused at once. This cannot be undone. "
                    {is_active.then_some("Deactivating it can be undone.")}
                </p>
                {(live > 0).then(|| view! { <Remaining id live state/> })}
            </div>
            <footer class="dialog-foot">
                {is_active.then(|| view! {
                    <Form action class="start" on_answer=on_deactivated>
                        <button class="button" name=TokenForm::STATUS value="inactive">"Deactivate instead"</button>
                    </Form>
                })}
                <a class="button" href=close data-noscroll autofocus>"Cancel"</a>
                <Form action busy on_answer=on_deleted>
                    <button
                        class="button destroy" aria-busy=move || busy.get().then_some("true") data-testid="context-delete-menu--confirm-button"
                    >
                        {move || if busy.get() { "Deleting" } else { "Delete token" }}
                    </button>
                </Form>
            </footer>
        </Dialog>
    }
}

fn on_deleted(state: TokensState, name: String, refused: RwSignal<Option<ConsoleError>>) -> Callback<ActionOutcome> {
    let notices = Notices::current();
    let navigate = navigator();
    Callback::new(move |answer: ActionOutcome| match answer {
        Ok(Outcome::Deleted) => {
            notices.success("API token was deleted successfully", "");
            state.reload();
            navigate(&state.list_now());
        }
        Ok(_) => {}
        Err(error) => {
            notices.failure(format!("Failed to delete API token: \"{name}\""), error.sentence());
            refused.set(Some(error));
        }
    })
}
