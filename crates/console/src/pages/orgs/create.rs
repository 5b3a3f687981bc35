//! The dialog that creates an organization.

use leptos::prelude::*;

use crate::{
    components::{
        Dialog, DialogHead, Field, Form,
        field::Hint,
        form::{refusal, typed},
        text::Alert,
    },
    error::ConsoleError,
    forms::orgs::NewOrgForm,
    routes::Orgs,
};

use super::{OrgsState, at_field, name_error};

/// The dialog with a name and a description; on success it navigates to the new organization.
#[component]
pub fn CreateRoute() -> impl IntoView {
    let state = OrgsState::current();
    let refused = RwSignal::new(refusal());
    let busy = RwSignal::new(false);
    let on_answer = state.on_done("The organization was not created", refused);
    let close = Signal::derive(move || state.address(Orgs::List));
    view! {
        <Dialog class="narrow" close>
            <DialogHead title="Create organization" close/>
            <Form action=Signal::derive(move || state.address(Orgs::Create)) busy on_answer>
                <div class="dialog-body">
                    <p>"An organization has its own buckets, members and tokens. You will be its owner."</p>
                    <OrgFields refused/>
                </div>
                <footer class="dialog-foot">
                    <a class="button" href=close data-noscroll>"Cancel"</a>
                    <button class="button primary" aria-busy=move || busy.get().then_some("true") data-testid="create-org--confirm-button">
                        {move || if busy.get() { "Creating" } else { "Create organization" }}
                    </button>
                </footer>
            </Form>
        </Dialog>
    }
}

/// The fields of a new organization, below the errors that belong to no field.
#[component]
pub fn OrgFields(refused: RwSignal<Option<ConsoleError>>) -> impl IntoView {
    let (name, description) = (name_error(refused), at_field(refused, &[NewOrgForm::DESCRIPTION]));
    let elsewhere = move || refused.get().filter(|error| error.fields().is_empty());
    view! {
        {move || elsewhere().map(|error| view! { <Alert danger=true live=true><b>"The organization was not created."</b>" "{error.sentence()}</Alert> })}
        <Field id=NewOrgForm::NAME label="Name" hint="Programs use the name in their settings." autofocus=true error=name/>
        <div class="field">
            <label for="description">"Description "<span class="optional">"optional"</span></label>
            <input
                class="input" id="description" name=NewOrgForm::DESCRIPTION value=typed(NewOrgForm::DESCRIPTION) autocomplete="off"
                aria-describedby="description-hint" aria-invalid=move || description.get().map(|_| "true")
            />
            <Hint id="description" hint="What the organization is for." error=description/>
        </div>
    }
}
