//! The Telegraf page: the list, the chosen configuration beside it, and their dialogs.

mod create;
mod delete;
mod detail;
mod draft;
mod editor;
mod gutter;
mod highlight;
mod list;
mod rename;
mod state;
mod text_lines;
mod unsaved_guard;

use leptos::prelude::*;
use leptos_router::components::Outlet;

use crate::{
    components::{Icon, Page, Picture, list::Filter},
    routes::{Section, Telegrafs},
};

use detail::Shown;
use list::List;
use state::TelegrafState;

pub use create::CreateRoute;
pub use delete::DeleteRoute;
pub use rename::RenameRoute;

/// The Telegraf page; on a narrow screen, either the list or the configuration.
#[component]
pub fn TelegrafsPage() -> impl IntoView {
    let state = TelegrafState::provide();
    unsaved_guard::guard(state.unsaved);
    let class = move || if state.chosen.get().is_some() { "telegrafs one" } else { "telegrafs" };
    view! {
        <Page section=Section::Telegrafs dialog=|| view! { <Outlet/> }>
            <div class=class>
                <Toolbar state/>
                <List state/>
                <Shown state/>
            </div>
        </Page>
    }
}

/// The toolbar of the list.
#[component]
fn Toolbar(state: TelegrafState) -> impl IntoView {
    let list = state.list;
    let nothing = Signal::derive(move || list.page.frame.with(|frame| frame.counts.telegrafs) == 0);
    let may_create = move || list.page.frame.with(|frame| frame.may.create_telegrafs);
    view! {
        <div class="toolbar">
            <Filter listing=state.listing what="Configurations" disabled=nothing/>
            {move || may_create().then(|| view! { <CreateLink state/> })}
        </div>
    }
}

/// The link to the dialog that creates a configuration.
#[component]
fn CreateLink(state: TelegrafState) -> impl IntoView {
    view! {
        <a class="button create" href=move || state.address(Telegrafs::Create) data-noscroll data-testid="create-telegraf">
            <Icon picture=Picture::Plus/><span>"Create"<span class="wide-only">" configuration"</span></span>
        </a>
    }
}
