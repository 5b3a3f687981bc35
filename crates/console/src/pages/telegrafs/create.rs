//! The dialog that creates a configuration.

use leptos::prelude::*;

use crate::{
    components::{
        Dialog, DialogHead, Field, Form,
        field::{Hint, at_field},
        form::{FormId, refusal, typed},
        text::Alert,
    },
    forms::telegrafs::{NewTelegrafForm, TelegrafNameForm},
    queries::load_bucket_names,
    routes::Telegrafs,
    state::org_state::page_resource,
};

use super::state::TelegrafState;

/// The dialog: a name and an initial text, either pasted or generated to write to a bucket.
#[component]
pub fn CreateRoute() -> impl IntoView {
    let state = TelegrafState::current();
    let refused = RwSignal::new(refusal());
    let busy = RwSignal::new(false);
    let on_answer = state.on_done("The configuration was not created", refused, None);
    let close = Signal::derive(move || state.address(Telegrafs::List));
    let above = move || {
        let fields = [TelegrafNameForm::NAME, TelegrafNameForm::DESCRIPTION, NewTelegrafForm::CONFIG];
        let error = refused.get().filter(|error| !error.about().is_some_and(|about| fields.contains(&about)));
        error.map(|error| view! { <Alert danger=true live=true><b>"The configuration was not created."</b>" "{error.sentence()}</Alert> })
    };
    view! {
        <Dialog close>
            <DialogHead title="Create configuration" close/>
            <Form action=Signal::derive(move || state.address(Telegrafs::Create)) busy on_answer>
                <FormId/>
                <div class="dialog-body">
                    {above}
                    <Field
                        id=TelegrafNameForm::NAME label="Name" autofocus=true hint="What the agents have in common, such as their location."
                        error=at_field(refused, TelegrafNameForm::NAME)
                    />
                    <Description value=typed(TelegrafNameForm::DESCRIPTION) error=at_field(refused, TelegrafNameForm::DESCRIPTION)/>
                    <BucketField state/>
                    <TextField error=at_field(refused, NewTelegrafForm::CONFIG)/>
                </div>
                <footer class="dialog-foot">
                    <a class="button" href=close data-noscroll>"Cancel"</a>
                    <button class="button primary" aria-busy=move || busy.get().then_some("true") data-testid="create-telegraf--save">
                        {move || if busy.get() { "Creating" } else { "Create configuration" }}
                    </button>
                </footer>
            </Form>
        </Dialog>
    }
}

/// The field of the description.
#[component]
pub fn Description(value: String, error: Signal<Option<String>>) -> impl IntoView {
    view! {
        <div class="field">
            <label for="description">"Description"</label>
            <input
                class="input" id="description" name=TelegrafNameForm::DESCRIPTION value=value autocomplete="off"
                aria-describedby="description-hint" aria-invalid=move || error.get().map(|_| "true")
            />
            <Hint id="description" hint="May be empty." error/>
        </div>
    }
}

/// The field of the bucket, with suggestions; any name can be typed.
#[component]
fn BucketField(state: TelegrafState) -> impl IntoView {
    let names = page_resource(move || state.list.page.org.get(), load_bucket_names);
    let options = move || {
        Suspend::new(async move {
            names
                .await
                .unwrap_or_default()
                .into_iter()
                .map(|name| view! { <option value=name></option> })
                .collect_view()
        })
    };
    view! {
        <div class="field">
            <label for="bucket">"Bucket"</label>
            <input
                class="input" id="bucket" name=NewTelegrafForm::BUCKET list="bucket-names" value=typed(NewTelegrafForm::BUCKET) autocomplete="off"
                aria-describedby="bucket-hint"
            />
            <datalist id="bucket-names"><Suspense fallback=|| ()>{options}</Suspense></datalist>
            <p class="hint" id="bucket-hint">"The agents write to this bucket."</p>
        </div>
    }
}

/// The field of the text.
#[component]
fn TextField(error: Signal<Option<String>>) -> impl IntoView {
    let text = typed(NewTelegrafForm::CONFIG);
    view! {
        <details class="own-text" open=!text.is_empty()>
            <summary class="link">"Start with your own text"</summary>
            <div class="field">
                <label for="config">"Text"</label>
                <textarea
                    class="input" id="config" name=NewTelegrafForm::CONFIG rows="8" wrap="off" spellcheck="false" autocomplete="off"
                    aria-describedby="config-hint" aria-invalid=move || error.get().map(|_| "true")
                    inner_html=super::editor::content(&text)
                ></textarea>
                <Hint id="config" hint="TOML. If you leave it empty, the agents report CPU, memory, disks and uptime to the bucket." error/>
            </div>
        </details>
    }
}
