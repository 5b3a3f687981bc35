//! Samples of overlays.

use leptos::prelude::*;

use crate::components::{Dialog, DialogHead, Field, Icon, Notices, Picture, text::Alert};

use super::PATH;

/// The overlay of a name; nothing for an unknown name.
#[component]
pub fn Overlay(shown: String) -> impl IntoView {
    let close = Signal::stored(PATH.to_owned());
    match shown.as_str() {
        "form" => view! { <FormDialog close/> }.into_any(),
        "question" => view! { <Question close/> }.into_any(),
        "drawer" => view! { <Drawer close/> }.into_any(),
        "notifications" => {
            say();
            ().into_any()
        }
        _ => ().into_any(),
    }
}

/// A dialog with a form.
#[component]
fn FormDialog(close: Signal<String>) -> impl IntoView {
    let wrong = Signal::stored(Some("The name is taken.".to_owned()));
    view! {
        <Dialog class="narrow" close>
            <DialogHead title="Create bucket" close/>
            <div class="dialog-body">
                <Alert danger=true><b>"The bucket was not created."</b></Alert>
                <Field id="dialog-name" label="Name" value=RwSignal::new("telemetry".to_owned()) error=wrong/>
            </div>
            <footer class="dialog-foot">
                <a class="button" href=close>"Cancel"</a><button class="button primary" type="button" aria-busy="true">"Creating"</button>
            </footer>
        </Dialog>
    }
}

/// A dialog that asks for confirmation.
#[component]
fn Question(close: Signal<String>) -> impl IntoView {
    view! {
        <Dialog class="narrow" close role="alertdialog" described_by="dialog-text">
            <header class="dialog-head"><h2 id="dialog-title">"Delete “Billing export”?"</h2></header>
            <div class="dialog-body"><p id="dialog-text">"Programs that use jtn_77Hd… are refused at once. This cannot be undone."</p></div>
            <footer class="dialog-foot">
                <a class="button" href=close autofocus>"Cancel"</a><button class="button destroy" type="button">"Delete token"</button>
            </footer>
        </Dialog>
    }
}

/// A drawer.
#[component]
fn Drawer(close: Signal<String>) -> impl IntoView {
    view! {
        <Dialog class="drawer" close>
            <DialogHead title="Billing export" close/>
            <div class="dialog-body"><p><span class="badge ok"><Icon picture=Picture::CircleCheck/>"Active"</span></p></div>
        </Dialog>
    }
}

/// Shows one notification of each kind.
fn say() {
    let notices = Notices::current();
    notices.success("The bucket was created", "");
    notices.undoable("The template was replaced", Callback::new(|()| ()));
    notices.failure("The bucket was not deleted", "The server did not answer. Check the connection, then try again.");
}
