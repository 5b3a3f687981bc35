//! The API Tokens page and its dialogs, each with an address of its own.

mod all_access;
mod attention;
mod bulk_bar;
mod bulk_delete;
mod bulk_remedy;
mod confirm;
pub mod created;
mod custom;
mod descendants;
mod details;
mod filter_chips;
mod filters;
mod leaked;
mod limits;
mod list;
mod overlap;
mod picker;
mod rename;
mod rotate;
mod row;
mod row_menu;
mod row_selection;
pub(crate) mod row_update;
pub(crate) mod selected_ids;
pub mod state;
mod summary;
mod toolbar;
mod view_options;

use leptos::prelude::*;
use leptos_router::components::Outlet;

use jeton_model::console::token_query::TokenQuery;

use crate::{
    components::Page,
    routes::{PageRoute as _, Section, Tokens},
};

use created::CreatedDialog;
use list::List;
use state::TokensState;
use toolbar::Toolbar;

pub use all_access::AllAccessRoute;
pub use bulk_delete::SelectedRoute;
pub use bulk_remedy::RemedyRoute;
pub use confirm::{CloneRoute, DeleteRoute};
pub use custom::CustomRoute;
pub use descendants::DescendantsRoute;
pub use details::{DetailsRoute, EditRoute};
pub use filters::FilterRoute;
pub use leaked::LeakedRoute;
pub use limits::LimitsRoute;
pub use rotate::RotateRoute;
pub use view_options::LookRoute;

/// The API Tokens page: the list, and the dialog that the URL names.
#[component]
pub fn TokensPage() -> impl IntoView {
    let state = TokensState::provide();
    let dialog = move || match state.created.get() {
        Some((token, how)) => {
            let shown = TokenQuery { show: Some(token.id), ..TokenQuery::default() };
            let shown = TokenQuery { sort: state.query.get_untracked().sort, ..shown };
            view! { <CreatedDialog close=Tokens::List.address(token.org, &shown.parameters()) token how/> }.into_any()
        }
        None => view! { <Outlet/> }.into_any(),
    };
    view! {
        <Page section=Section::Tokens dialog=ViewFn::from(move || dialog)>
            <Toolbar state/>
            <List state/>
        </Page>
    }
}
