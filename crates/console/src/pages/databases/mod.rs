//! The Databases page: the gates of an organization, the drawer with one of them, and the dialogs that bind buckets.

mod bind;
mod binding_form;
mod bindings;
mod confirm_all;
mod details;
mod drawer;
mod empty;
mod explain;
mod health;
mod list;
mod refusals;
mod tokens;
mod toolbar;
mod unbind;
mod unknown;

use leptos::prelude::*;
use leptos_router::{components::Outlet, hooks::use_query_map};

use jeton_model::console::databases::{DatabasePage, GateDetails, GateKey};

use crate::{
    components::{Dialog, DialogHead, Page},
    error::ConsoleError,
    queries::{load_database, load_databases},
    routes::{ConsoleRoute, Databases, Section},
    state::{list_state::ListState, org_state::page_resource, page_store::PageResource},
};

use list::List;
use toolbar::Toolbar;

pub use bind::BindRoute;
pub use confirm_all::ConfirmAllRoute;
pub use details::DetailsRoute;
pub use unbind::UnbindRoute;

/// The list of gates.
type DatabasesState = ListState<Databases, DatabasePage>;

/// The Databases page: the list, and the dialog that the URL names.
#[component]
pub fn DatabasesPage() -> impl IntoView {
    let state = DatabasesState::provide(load_databases);
    view! {
        <Page section=Section::Databases dialog=ViewFn::from(|| view! { <Outlet/> })>
            <Toolbar state/>
            <List state/>
        </Page>
    }
}

/// The resource of the gate in the URL.
type GateResource = PageResource<Result<GateDetails, ConsoleError>>;

/// Returns the gate in the URL, which is loaded again when `reloads` changes.
fn gate_resource(state: DatabasesState, reloads: RwSignal<u32>) -> GateResource {
    // While the dialog closes the URL names no gate: keeps the last one.
    let key = Memo::new(move |last: Option<&Option<GateKey>>| named(state).or(last.copied().flatten()));
    page_resource(
        move || (state.page.org.get(), key.get(), reloads.get()),
        |(org, key, _)| async move {
            load_database(org, key.ok_or_else(|| ConsoleError::message("There is no such gate."))?).await
        },
    )
}

fn named(state: DatabasesState) -> Option<GateKey> {
    match state.page.route()? {
        ConsoleRoute::Databases(page) => page.gate(),
        _ => None,
    }
}

/// Returns a parameter of the URL, with which a link fills in a form.
fn asked_for(name: &'static str) -> String {
    use_query_map().with_untracked(|parameters| parameters.get_str(name).unwrap_or_default().to_owned())
}

/// The error in place of a dialog.
#[component]
fn Refused(error: ConsoleError, state: DatabasesState) -> impl IntoView {
    let close = Signal::derive(move || state.address(Databases::List));
    view! {
        <Dialog class="narrow" close>
            <DialogHead title="This can't be done" close/>
            <div class="dialog-body"><p>{error.sentence()}</p></div>
            <footer class="dialog-foot"><a class="button" href=close data-noscroll autofocus>"Back to the list"</a></footer>
        </Dialog>
    }
}
