//! The Users page: all users of the instance.

mod edit;
mod row;
mod sessions;

use leptos::prelude::*;
use leptos_router::components::Outlet;

use jeton_model::{UserId, console::people::UserPage, wording};

use crate::{
    components::{
        Icon, Page, Picture,
        list::{Column, Filter, ListNav, Loads, NoMatch, Pages, Skeleton, Table},
        text::Alert,
    },
    error::ConsoleError,
    queries::load_users,
    routes::{ConsoleRoute, Section, Users},
    state::list_state::ListState,
};

use super::people::{
    callbacks::refused_in_list,
    remove_user::{Around, Deactivate, Delete},
    toolbar::StatusMenu,
};

use row::Row;

pub use edit::{CreateRoute, PasswordRoute, RenameRoute};
pub use sessions::SessionsRoute;

/// State that the parts of the page share.
#[derive(Clone, Copy)]
pub struct UsersState {
    /// The list of users.
    pub list: ListState<Users, UserPage>,
    /// The list's navigation.
    pub listing: ListNav,
    /// The error of a form in the list.
    pub refused: RwSignal<Option<ConsoleError>>,
}

impl UsersState {
    fn provide() -> Self {
        let list = ListState::provide(|_, query| load_users(query));
        let refused = refused_in_list(list.page);
        let state = Self { list, listing: list.listing, refused };
        provide_context(state);
        state
    }

    /// Returns the state that the page provided.
    pub fn current() -> Self {
        expect_context()
    }

    /// Returns the context of a dialog about the user in the URL. `to`: returns the dialog's route.
    fn around(self, to: fn(UserId) -> Users) -> Around {
        let user = Memo::new(move |_| match self.list.page.route()? {
            ConsoleRoute::Users(page) => page.user(),
            _ => None,
        });
        Around::of(self.list, user, to)
    }
}

/// The route of the dialog that deactivates a user.
#[component]
pub fn DeactivateRoute() -> impl IntoView {
    view! { <Deactivate around=UsersState::current().around(Users::Deactivate)/> }
}

/// The route of the dialog that deletes a user.
#[component]
pub fn DeleteRoute() -> impl IntoView {
    view! { <Delete around=UsersState::current().around(Users::Delete)/> }
}

/// The Users page: the list, and the dialog that the URL names.
#[component]
pub fn UsersPage() -> impl IntoView {
    let state = UsersState::provide();
    let UsersState { list, listing, refused } = state;
    let may_create = move || list.page.frame.with(|frame| frame.may.change_users);
    let create = move || {
        view! {
            <a class="button primary end" href=move || list.address(Users::Create) data-noscroll data-testid="create-user--button">
                <Icon picture=Picture::UserPlus/>"Create user"
            </a>
        }
    };
    view! {
        <Page section=Section::Users dialog=|| view! { <Outlet/> }>
            <div class="toolbar people-bar">
                <Filter listing what="Users"/>
                <StatusMenu listing/>
                {move || may_create().then(create)}
                <Count state/>
            </div>
            {move || refused.get().map(|error| view! { <Alert danger=true live=true>{error.sentence()}</Alert> })}
            <List state/>
        </Page>
    }
}

/// The number of users.
#[component]
fn Count(state: UsersState) -> impl IntoView {
    let line = move |page: UserPage| {
        let all = wording::count(page.listed.unfiltered, "user");
        let (number, rest) = if state.listing.query.with(|query| query.is_filtered()) {
            (wording::grouped(page.listed.total), format!(" of {all}"))
        } else {
            let (number, word) = all.split_once(' ').unwrap_or_default();
            (number.to_owned(), format!(" {word} in all organizations"))
        };
        view! { <p class="list-count" role="status"><b>{number}</b>{rest}</p> }
    };
    view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move { state.list.list.await.ok().map(line) })}
        </Transition>
    }
}

const CLASS: &str = "grid-table people users";
const COLUMNS: &[Column] = &[
    ("cell-name", "User"),
    ("cell-orgs", "Organizations"),
    ("cell-state", "Status"),
    ("cell-tokens", "Live tokens"),
    ("cell-seen", "Last sign-in"),
];

/// The list of users.
#[component]
fn List(state: UsersState) -> impl IntoView {
    view! {
        <Loads
            list=state.list.list here=state.listing.here() failed="The users could not be loaded."
            meanwhile=|| view! { <Skeleton class=CLASS label="Users" columns=COLUMNS/> }
            render=move |page| view! { <Loaded page state/> }.into_any()
        />
    }
}

/// The loaded list.
#[component]
fn Loaded(page: UserPage, state: UsersState) -> impl IntoView {
    let UserPage { listed, now } = page;
    let listing = state.listing;
    let part = listing.part(&listed);
    let rows = if listed.rows.is_empty() {
        view! { <NoMatch listing noun="users" hint="Check the spelling, or search all users."/> }.into_any()
    } else {
        view! {
            <Table listing class=CLASS label="Users" testid="user-list" columns=COLUMNS>
                {listed.rows.into_iter().map(|row| view! { <Row row now state/> }).collect_view()}
            </Table>
        }
        .into_any()
    };
    view! { {rows}<Pages listing part/> }
}
