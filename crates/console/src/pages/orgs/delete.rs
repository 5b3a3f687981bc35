//! The dialog that deletes an organization, confirmed by typing its name.

use leptos::prelude::*;

use jeton_model::{console::messages, org::OrgSummary};

use crate::{
    components::{
        Dialog, DialogHead, Form, Notices,
        field::Hint,
        form::{ActionOutcome, refusal, typed},
        text::Alert,
    },
    error::ConsoleError,
    forms::{orgs::DeleteOrgForm, outcome::Outcome},
    hydrate::{browser, hydrated::Hydrated},
    pages::layout::navigator,
    queries::load_org,
    routes::{Orgs, address_of, with_parameters},
    state::org_state::page_resource,
};

use super::{OrgsState, Shown, asked_for, name_error};

/// Returns a sentence about what is deleted with an organization.
pub fn what_goes(summary: &OrgSummary) -> String {
    let holds = summary.holds;
    let parts = [
        (holds.buckets, "bucket"),
        (holds.telegrafs, "Telegraf configuration"),
        (holds.credentials, "1.x credential"),
        (holds.tokens, "token"),
    ];
    let total: u64 = parts.iter().map(|(number, _)| number).sum();
    match total {
        0 => "It is empty.".into(),
        1 => format!("{} is deleted with it.", messages::list(&parts)),
        _ => format!("{} are deleted with it.", messages::list(&parts)),
    }
}

/// The route of the dialog.
#[component]
pub fn DeleteRoute() -> impl IntoView {
    let state = OrgsState::current();
    let id = Memo::new(move |_| asked_for(state));
    let found =
        page_resource(move || id.get(), |id| async move { load_org(id.ok_or(ConsoleError::OrgNotFound)?).await });
    let close = Signal::derive(move || state.address(Orgs::List));
    view! {
        <Suspense fallback=|| ()>
            {move || Suspend::new(async move {
                match found.await {
                    Ok(summary) if summary.may_change => view! { <DeleteDialog summary state/> }.into_any(),
                    Ok(_) => view! { <NotToDelete reason="Only its owners may delete it." close/> }.into_any(),
                    Err(error) => view! { <NotToDelete reason=error.sentence() close/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

/// The dialog for an organization that cannot be deleted.
#[component]
fn NotToDelete(#[prop(into)] reason: String, close: Signal<String>) -> impl IntoView {
    view! {
        <Dialog class="narrow" close>
            <DialogHead title="This organization can't be deleted" close/>
            <div class="dialog-body"><p>{reason}</p></div>
            <footer class="dialog-foot"><a class="button" href=close data-noscroll autofocus>"Back to the list"</a></footer>
        </Dialog>
    }
}

/// The dialog: states what is deleted; the button is enabled once the name is typed.
#[component]
fn DeleteDialog(summary: OrgSummary, state: OrgsState) -> impl IntoView {
    let id = summary.org.id;
    let name = StoredValue::new(summary.org.name.trim().to_owned());
    let refused = RwSignal::new(refusal());
    let busy = RwSignal::new(false);
    let given = RwSignal::new(typed(DeleteOrgForm::NAME));
    let hydrated = Hydrated::current();
    let mistyped =
        Memo::new(move |_| hydrated.get() && given.with(|given| name.with_value(|name| given.trim() != name)));
    let error = name_error(refused);
    let elsewhere = move || refused.get().filter(|error| error.fields().is_empty());
    let shown = expect_context::<Shown>().0;
    let close = Signal::derive(move || match shown.get() {
        Some(id) => state.address(Orgs::Show(id)),
        None => state.address(Orgs::List),
    });
    let on_answer = on_deleted(state, refused);
    let is_current = state.page.org.get_untracked() == id;
    let here = is_current.then(|| match state.page.frame.with_untracked(|frame| frame.places.len()) {
        0 | 1 => " It is the only one you have.",
        _ => " You are in it now: the console switches to another.",
    });
    view! {
        <Dialog class="narrow" close role="alertdialog" described_by="dialog-text">
            <DialogHead title=format!("Delete {}?", name.get_value()) close/>
            <Form action=Signal::derive(move || state.address(Orgs::Delete(id))) busy on_answer>
                <div class="dialog-body">
                    {move || elsewhere().map(|error| view! { <Alert danger=true live=true>{error.sentence()}</Alert> })}
                    <p id="dialog-text">{what_goes(&summary)}" Programs that use it are refused at once. This cannot be undone."{here}</p>
                    <div class="field">
                        <label for="name">"Type "<b class="typed-name">{name.get_value()}</b>" to delete it"</label>
                        <input
                            class="input" id="name" name=DeleteOrgForm::NAME value=given.get_untracked() required autofocus autocomplete="off"
                            autocapitalize="none" spellcheck="false" aria-describedby="name-hint" aria-invalid=move || error.get().map(|_| "true")
                            data-testid="delete-org--input" on:input:target=move |event| given.set(event.target().value())
                        />
                        <Hint id="name" hint="" error/>
                    </div>
                </div>
                <footer class="dialog-foot">
                    <a class="button" href=close data-noscroll>"Cancel"</a>
                    <button
                        class="button destroy" disabled=mistyped aria-busy=move || busy.get().then_some("true") data-testid="delete-org--confirm-button"
                    >
                        {move || if busy.get() { "Deleting".to_owned() } else { format!("Delete {}", name.get_value()) }}
                    </button>
                </footer>
            </Form>
        </Dialog>
    }
}

/// Handles the outcome of the deletion. The deleted organization's own pages no longer exist: the start page redirects
/// to another one.
fn on_deleted(state: OrgsState, refused: RwSignal<Option<ConsoleError>>) -> Callback<ActionOutcome> {
    let notices = Notices::current();
    let navigate = navigator();
    Callback::new(move |answer: ActionOutcome| match answer {
        Ok(Outcome::Done { flash, to }) if to == address_of("/") => {
            browser::go(&with_parameters(to, &[("done", flash.word())]));
        }
        Ok(Outcome::Done { flash, .. }) => {
            notices.success(flash.sentence(), "");
            state.reload();
            navigate(&untrack(|| state.address(Orgs::List)));
        }
        Ok(_) => {}
        Err(error) => {
            notices.failure("The organization was not deleted", error.sentence());
            refused.set(Some(error));
        }
    })
}
