//! The Users page: everyone there is, in whichever organization.

mod edit;
mod row;

use leptos::prelude::*;
use leptos_router::components::Outlet;

use super::people::{
    Listing,
    cells::NameHead,
    leave::{Around, Deactivate, Delete},
    listing::{NotLoaded, Shown, Skeleton, or_signed_out},
    toolbar::{NameFilter, StatusMenu},
};
use crate::{
    model::{Error, UserId, people::UserPage},
    ui::{
        address::{Section, Spot, Users},
        components::{
            Icon, Page, Picture,
            form::{refusal, to_sign_in},
            text::Alert,
        },
        load::load_users,
        pages::list_state::ListState,
        words,
    },
};
use row::Row;

pub use edit::{CreateRoute, PasswordRoute, RenameRoute};

/// What the parts of the page share.
#[derive(Clone, Copy)]
pub struct UsersState {
    pub list: ListState<Users, UserPage>,
    pub listing: Listing,
    /// What the list itself was refused.
    pub refused: RwSignal<Option<Error>>,
}

impl UsersState {
    fn provide() -> Self {
        let list = ListState::provide(|_, query| load_users(query));
        let at_list = untrack(|| list.page.spot()).is_none_or(|spot| !spot.has_dialog());
        let refused = RwSignal::new(refusal().filter(|_| at_list));
        let state = Self { list, listing: Listing::of(list), refused };
        provide_context(state);
        state
    }

    pub fn current() -> Self {
        expect_context()
    }

    /// What surrounds a dialog about the user in the address. `to`: which dialog.
    fn around(self, to: fn(UserId) -> Users) -> Around {
        let user = Memo::new(move |_| match self.list.page.spot()? {
            Spot::Users(page) => page.user(),
            _ => None,
        });
        let refused = RwSignal::new(refusal());
        let action = move || self.list.address(user.get().map_or(Users::List, to));
        Around {
            user,
            action: Signal::derive(action),
            close: self.listing.here(),
            refused,
            on_answer: or_signed_out(self.list.on_done("The user was not changed", refused)),
        }
    }
}

#[component]
pub fn DeactivateRoute() -> impl IntoView {
    view! { <Deactivate around=UsersState::current().around(Users::Deactivate)/> }
}

#[component]
pub fn DeleteRoute() -> impl IntoView {
    view! { <Delete around=UsersState::current().around(Users::Delete)/> }
}

/// The list, and above it whatever the address says.
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
                <NameFilter listing what="Users"/>
                <StatusMenu listing/>
                {move || may_create().then(create)}
                <Count state/>
            </div>
            {move || refused.get().map(|error| view! { <Alert danger=true live=true>{words::sentence(&error)}</Alert> })}
            <List state/>
        </Page>
    }
}

#[component]
fn Count(state: UsersState) -> impl IntoView {
    let line = move |page: UserPage| {
        let all = words::count(page.listed.unfiltered, "user");
        let (number, rest) = if state.listing.query.with(|query| query.is_filtered()) {
            (words::grouped(page.listed.total), format!(" of {all}"))
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

/// Keeps the old rows until the new ones are there.
#[component]
fn List(state: UsersState) -> impl IntoView {
    view! {
        <Transition fallback=|| view! { <Skeleton label="Users"/> }>
            {move || Suspend::new(async move {
                match state.list.list.await {
                    Ok(page) => view! { <Loaded page state/> }.into_any(),
                    Err(Error::Unauthenticated) => {
                        Effect::new(to_sign_in);
                        ().into_any()
                    }
                    Err(error) => view! { <NotLoaded what="The users" error listing=state.listing/> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Loaded(page: UserPage, state: UsersState) -> impl IntoView {
    let UserPage { listed, now } = page;
    let listing = state.listing;
    view! {
        <Shown listing noun="users" page=listed.page total=listed.total unfiltered=listed.unfiltered>
            <table class="people users" role="table" aria-label="Users" data-testid="user-list">
                <thead role="rowgroup">
                    <tr role="row">
                        <NameHead listing/>
                        <th role="columnheader" scope="col" class="cell-orgs">"Organizations"</th>
                        <th role="columnheader" scope="col" class="cell-state">"Status"</th>
                        <th role="columnheader" scope="col" class="cell-tokens">"Live tokens"</th>
                        <th role="columnheader" scope="col" class="cell-seen">"Last sign-in"</th>
                        <th role="columnheader" scope="col" class="cell-more"><span class="sr-only">"Actions"</span></th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{listed.rows.into_iter().map(|row| view! { <Row row now state/> }).collect_view()}</tbody>
            </table>
        </Shown>
    }
}
