//! The Organizations page: the list, the settings of an organization in its place, and their dialogs.

mod create;
mod delete;
mod fields;
mod list;
mod row;
mod rules;
mod settings;
mod toolbar;
mod violations;

use leptos::prelude::*;
use leptos_router::components::Outlet;

use jeton_model::{OrgId, console::list_query::Listed, org::OrgSummary};

use crate::{
    components::Page,
    error::ConsoleError,
    forms::orgs::NewOrgForm,
    queries::load_orgs,
    routes::{ConsoleRoute, Orgs, Section},
    state::list_state::ListState,
};

use list::List;
use settings::Settings;
use toolbar::Toolbar;

pub use create::{CreateRoute, OrgFields};
pub use delete::DeleteRoute;

/// The list of organizations, whose state is in the URL.
type OrgsState = ListState<Orgs, Listed<OrgSummary>>;

/// The organization displayed in place of the list.
#[derive(Clone, Copy)]
struct Shown(Memo<Option<OrgId>>);

/// The Organizations page: the list or an organization, and the dialog that the URL names.
#[component]
pub fn OrgsPage() -> impl IntoView {
    let state = OrgsState::provide(|_, query| async move { load_orgs(query).await });
    let shown = Memo::new(move |before: Option<&Option<OrgId>>| match state.page.route() {
        Some(ConsoleRoute::Orgs(Orgs::Show(id))) => Some(id),
        // A dialog is above the page from which it was opened.
        Some(ConsoleRoute::Orgs(Orgs::Delete(id))) => before.copied().flatten().filter(|shown| *shown == id),
        _ => None,
    });
    provide_context(Shown(shown));
    let content = move || match shown.get() {
        Some(id) => view! { <Settings id state/> }.into_any(),
        None => view! { <Toolbar state/><List state/> }.into_any(),
    };
    view! { <Page section=Section::Orgs dialog=|| view! { <Outlet/> }>{content}</Page> }
}

/// Returns the organization of the dialog in the URL.
fn asked_for(state: OrgsState) -> Option<OrgId> {
    match state.page.route()? {
        ConsoleRoute::Orgs(Orgs::Delete(id)) => Some(id),
        _ => None,
    }
}

/// Returns the error message of the name. The rules for organizations call this field `org`.
fn name_error(refused: RwSignal<Option<ConsoleError>>) -> Signal<Option<String>> {
    at_field(refused, &[NewOrgForm::NAME, "org"])
}

/// Returns the error message of one field, by any of its names.
fn at_field(refused: RwSignal<Option<ConsoleError>>, names: &'static [&'static str]) -> Signal<Option<String>> {
    Signal::derive(move || {
        let error = refused.get()?;
        names.iter().find_map(|name| error.at_field(name))
    })
}
