//! The dialogs that create and edit a bucket, with the same form.

use leptos::prelude::*;

use jeton_model::{Action, Bucket, Permission, ResourceType};

use crate::{
    components::{
        Dialog, DialogHead, Form,
        form::{NotDone, refusal},
    },
    error::ConsoleError,
    routes::Buckets,
};

use super::{BucketsState, Refused, WithBucket, fields::BucketFields};

/// The route of the dialog that creates a bucket.
#[component]
pub fn CreateRoute() -> impl IntoView {
    let state = BucketsState::current();
    let may = state.page.frame.with_untracked(|frame| frame.may.create_buckets);
    if may {
        return view! { <BucketDialog before=None state/> }.into_any();
    }
    let permission = Permission::in_org(Action::Write, ResourceType::Buckets, state.page.org.get_untracked());
    view! { <Refused error=ConsoleError::Unauthorized(permission) state/> }.into_any()
}

/// The route of the dialog that edits a bucket.
#[component]
pub fn EditRoute() -> impl IntoView {
    view! { <WithBucket render=|details, state| view! { <BucketDialog before=Some(details.bucket) state/> }/> }
}

/// The form of a new or an existing bucket.
#[component]
fn BucketDialog(before: Option<Bucket>, state: BucketsState) -> impl IntoView {
    let here = before.as_ref().map_or(Buckets::Create, |bucket| Buckets::Edit(bucket.id));
    let title = before.as_ref().map_or_else(|| "Create bucket".to_owned(), |bucket| format!("Edit “{}”", bucket.name));
    let (failed, verb, doing) = if before.is_some() {
        ("The bucket was not changed", "Save changes", "Saving")
    } else {
        ("The bucket was not created", "Create bucket", "Creating")
    };
    let refused = RwSignal::new(refusal());
    let busy = RwSignal::new(false);
    let on_answer = state.on_done(failed, refused);
    let close = Signal::derive(move || state.address(Buckets::List));
    view! {
        <Dialog class="narrow" close>
            <DialogHead title close/>
            <Form action=Signal::derive(move || state.address(here)) busy on_answer>
                <div class="dialog-body bucket-form">
                    <NotDone what=failed refused/>
                    <BucketFields before refused/>
                </div>
                <footer class="dialog-foot">
                    <a class="button" href=close data-noscroll data-testid="bucket-form-cancel">"Cancel"</a>
                    <button class="button primary" aria-busy=move || busy.get().then_some("true") data-testid="bucket-form-submit">
                        {move || if busy.get() { doing } else { verb }}
                    </button>
                </footer>
            </Form>
        </Dialog>
    }
}
