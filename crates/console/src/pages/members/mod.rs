//! The Members page: the users of the organization and their roles.

mod add;
mod remove;
mod role;
mod row;

use leptos::prelude::*;
use leptos_router::components::Outlet;

use jeton_model::{UserId, console::people::MemberPage, org::Role, wording};

use crate::{
    components::{
        Icon, Page, Picture,
        list::{Column, Filter, ListNav, Loads, NoMatch, Pages, Skeleton, Table},
        text::Alert,
    },
    error::ConsoleError,
    queries::load_members,
    routes::{ConsoleRoute, Members, Section},
    state::list_state::ListState,
};

use super::people::{
    callbacks::refused_in_list,
    remove_user::{Around, Deactivate, Delete},
    toolbar::{RoleMenu, StatusMenu},
};

use row::Row;

pub use add::{AddRoute, InviteRoute};
pub use remove::RemoveRoute;

/// State that the parts of the page share.
#[derive(Clone, Copy)]
pub struct MembersState {
    /// The list of members.
    pub list: ListState<Members, MemberPage>,
    /// The list's navigation.
    pub listing: ListNav,
    /// The member whose role was changed last, and the previous role.
    pub undo: RwSignal<Option<(UserId, Role)>>,
    /// The error of a form in the list.
    pub refused: RwSignal<Option<ConsoleError>>,
}

impl MembersState {
    fn provide() -> Self {
        let list = ListState::provide(load_members);
        let refused = refused_in_list(list.page);
        let state = Self { list, listing: list.listing, undo: RwSignal::new(None), refused };
        provide_context(state);
        state
    }

    /// Returns the state that the page provided.
    pub fn current() -> Self {
        expect_context()
    }

    /// Returns the user that the URL names.
    pub fn user(self) -> Memo<Option<UserId>> {
        Memo::new(move |_| match self.list.page.route()? {
            ConsoleRoute::Members(page) => page.user(),
            _ => None,
        })
    }

    /// Returns the context of a dialog about the user in the URL. `to`: returns the dialog's route.
    fn around(self, to: fn(UserId) -> Members) -> Around {
        Around::of(self.list, self.user(), to)
    }
}

/// The route of the dialog that deactivates a user.
#[component]
pub fn DeactivateRoute() -> impl IntoView {
    view! { <Deactivate around=MembersState::current().around(Members::Deactivate)/> }
}

/// The route of the dialog that deletes a user.
#[component]
pub fn DeleteRoute() -> impl IntoView {
    view! { <Delete around=MembersState::current().around(Members::Delete)/> }
}

/// The Members page: the list, and the dialog that the URL names.
#[component]
pub fn MembersPage() -> impl IntoView {
    let state = MembersState::provide();
    let MembersState { list, listing, refused, .. } = state;
    let may_add = move || list.page.frame.with(|frame| frame.may.change_org);
    let add = move || {
        view! {
            <a class="button primary end" href=move || list.address(Members::Add) data-noscroll data-testid="add-member--button">
                <Icon picture=Picture::UserPlus/>"Add member"
            </a>
        }
    };
    view! {
        <Page section=Section::Members dialog=|| view! { <Outlet/> }>
            <div class="toolbar people-bar">
                <Filter listing what="Members"/>
                <RoleMenu listing/>
                <StatusMenu listing/>
                {move || may_add().then(add)}
                <Count state/>
            </div>
            {move || refused.get().map(|error| view! { <Alert danger=true live=true>{error.sentence()}</Alert> })}
            <List state/>
        </Page>
    }
}

/// The number of members and of owners, with an explanation of the roles.
#[component]
fn Count(state: MembersState) -> impl IntoView {
    let line = move |page: MemberPage| {
        let org = state.list.page.frame.with(|frame| frame.org.name.clone());
        let MemberPage { listed, owners, .. } = page;
        let filtered = state.listing.query.with(|query| query.is_filtered());
        let all = wording::count(listed.unfiltered, "member");
        let count = if filtered {
            view! { <b>{wording::grouped(listed.total)}</b>{format!(" of {all} of {org}")} }.into_any()
        } else {
            let (number, word) = all.split_once(' ').unwrap_or_default();
            view! { <b>{number.to_owned()}</b>{format!(" {word} of {org}")} }.into_any()
        };
        view! {
            <p class="list-count" role="status">
                {count}<span aria-hidden="true">" · "</span>
                {format!("{}. Owners can change everything in {org}, members can read it.", wording::count(owners, "owner"))}
            </p>
        }
    };
    view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move { state.list.list.await.ok().map(line) })}
        </Transition>
    }
}

const CLASS: &str = "grid-table people members";
const COLUMNS: &[Column] = &[
    ("cell-name", "User"),
    ("cell-role", "Role"),
    ("cell-state", "Status"),
    ("cell-tokens", "Live tokens"),
    ("cell-seen", "Last sign-in"),
];

/// The list of members.
#[component]
fn List(state: MembersState) -> impl IntoView {
    view! {
        <Loads
            list=state.list.list here=state.listing.here() failed="The members could not be loaded."
            meanwhile=|| view! { <Skeleton class=CLASS label="Members" columns=COLUMNS/> }
            render=move |page| view! { <Loaded page state/> }.into_any()
        />
    }
}

/// The loaded list.
#[component]
fn Loaded(page: MemberPage, state: MembersState) -> impl IntoView {
    let MemberPage { listed, now, .. } = page;
    let listing = state.listing;
    let part = listing.part(&listed);
    let rows = if listed.rows.is_empty() {
        view! { <NoMatch listing noun="members" hint="Check the spelling, or search all members."/> }.into_any()
    } else {
        view! {
            <Table listing class=CLASS label="Members" testid="member-list" columns=COLUMNS>
                {listed.rows.into_iter().map(|member| view! { <Row member now state/> }).collect_view()}
            </Table>
        }
        .into_any()
    };
    view! { {rows}<Pages listing part/> }
}
