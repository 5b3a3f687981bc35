//! The dialog that confirms the deletion of a bucket.

use leptos::prelude::*;

use jeton_model::{bucket::BucketKind, console::buckets::BucketDetails, wording};

use crate::{
    components::{
        Dialog, Form,
        form::{NotDone, refusal},
    },
    error::ConsoleError,
    routes::{Buckets, PageRoute as _, Tokens},
};

use super::{BucketsState, Refused, WithBucket};

/// The route of the dialog.
#[component]
pub fn DeleteRoute() -> impl IntoView {
    view! {
        <WithBucket render=|details, state| match details.bucket.kind {
            BucketKind::System => view! { <Refused error=ConsoleError::SystemBucket state/> }.into_any(),
            BucketKind::User => view! { <DeleteDialog details state/> }.into_any(),
        }/>
    }
}

/// The dialog: lists the tokens and mappings that are affected.
#[component]
fn DeleteDialog(details: BucketDetails, state: BucketsState) -> impl IntoView {
    let BucketDetails { bucket, tokens, mappings, mapping_count } = details;
    let id = bucket.id;
    let failed = "The bucket was not deleted";
    let refused = RwSignal::new(refusal());
    let busy = RwSignal::new(false);
    let on_answer = state.on_done(failed, refused);
    let close = Signal::derive(move || state.address(Buckets::List));
    let losers =
        move || Tokens::List.address(state.page.org.get(), &[("bucket", id.to_string()), ("status", "live".into())]);
    let losing = if tokens == 0 {
        view! { "No live token has access to it." }.into_any()
    } else {
        let verb = if tokens == 1 { " loses access to it. " } else { " lose access to it. " };
        view! { <b>{wording::count(tokens, "live token")}</b>{verb}<a class="link" href=losers>{if tokens == 1 { "Show it" } else { "Show them" }}</a> }
            .into_any()
    };
    view! {
        <Dialog class="narrow" close role="alertdialog" described_by="dialog-text">
            <header class="dialog-head" data-testid="overlay--header"><h2 id="dialog-title">{format!("Delete “{}”?", bucket.name)}</h2></header>
            <div class="dialog-body">
                <NotDone what=failed refused/>
                <div id="dialog-text" class="bucket-losses">
                    <p>{losing}</p>
                    {(mapping_count > 0).then(|| view! { <Mappings mappings count=mapping_count/> })}
                    <p>"This cannot be undone."</p>
                </div>
            </div>
            <footer class="dialog-foot">
                <a class="button" href=close data-noscroll autofocus>"Cancel"</a>
                <Form action=Signal::derive(move || state.address(Buckets::Delete(id))) busy on_answer>
                    <button
                        class="button destroy" aria-busy=move || busy.get().then_some("true") data-testid="context-delete-menu--confirm-button"
                    >
                        {move || if busy.get() { "Deleting" } else { "Delete bucket" }}
                    </button>
                </Form>
            </footer>
        </Dialog>
    }
}

/// The mappings that are deleted with it: the first few by name.
#[component]
fn Mappings(mappings: Vec<String>, count: u64) -> impl IntoView {
    let rest = count.saturating_sub(mappings.len() as u64);
    let verb = if count == 1 { " is deleted with it:" } else { " are deleted with it:" };
    view! {
        <p><b>{wording::count(count, "DBRP mapping")}</b>{verb}</p>
        <ul class="mappings">
            {mappings.into_iter().map(|mapping| view! { <li><code>{mapping}</code></li> }).collect_view()}
            {(rest > 0).then(|| view! { <li>"and "{wording::grouped(rest)}" more"</li> })}
        </ul>
    }
}
