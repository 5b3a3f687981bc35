//! The Members page: who belongs to the organization, and as what.

mod add;
mod remove;
mod role;
mod row;

use leptos::prelude::*;
use leptos_router::components::Outlet;

use super::people::{
    Listing,
    cells::NameHead,
    leave::{Around, Deactivate, Delete},
    listing::{NotLoaded, Shown, Skeleton, or_signed_out},
    toolbar::{NameFilter, RoleMenu, StatusMenu},
};
use crate::{
    model::{Error, UserId, org::Role, people::MemberPage},
    ui::{
        address::{Members, Section, Spot},
        components::{
            Icon, Page, Picture,
            form::{refusal, to_sign_in},
            text::Alert,
        },
        load::load_members,
        pages::list_state::ListState,
        words,
    },
};
use row::Row;

pub use add::{AddRoute, InviteRoute};
pub use remove::RemoveRoute;

/// What the parts of the page share.
#[derive(Clone, Copy)]
pub struct MembersState {
    pub list: ListState<Members, MemberPage>,
    pub listing: Listing,
    /// Whose role was changed last, and what it was before.
    pub undo: RwSignal<Option<(UserId, Role)>>,
    /// What the list itself was refused.
    pub refused: RwSignal<Option<Error>>,
}

impl MembersState {
    fn provide() -> Self {
        let list = ListState::provide(load_members);
        let at_list = untrack(|| list.page.spot()).is_none_or(|spot| !spot.has_dialog());
        let refused = RwSignal::new(refusal().filter(|_| at_list));
        let state = Self { list, listing: Listing::of(list), undo: RwSignal::new(None), refused };
        provide_context(state);
        state
    }

    pub fn current() -> Self {
        expect_context()
    }

    /// The user that the address names.
    pub fn user(self) -> Memo<Option<UserId>> {
        Memo::new(move |_| match self.list.page.spot()? {
            Spot::Members(page) => page.user(),
            _ => None,
        })
    }

    /// What surrounds a dialog about the user in the address. `to`: which dialog.
    fn around(self, to: fn(UserId) -> Members) -> Around {
        let user = self.user();
        let refused = RwSignal::new(refusal());
        let action = move || self.list.address(user.get().map_or(Members::List, to));
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
    view! { <Deactivate around=MembersState::current().around(Members::Deactivate)/> }
}

#[component]
pub fn DeleteRoute() -> impl IntoView {
    view! { <Delete around=MembersState::current().around(Members::Delete)/> }
}

/// The list, and above it whatever the address says.
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
                <NameFilter listing what="Members"/>
                <RoleMenu listing/>
                <StatusMenu listing/>
                {move || may_add().then(add)}
                <Count state/>
            </div>
            {move || refused.get().map(|error| view! { <Alert danger=true live=true>{words::sentence(&error)}</Alert> })}
            <List state/>
        </Page>
    }
}

/// How many there are, how many of them own the organization, and what that means.
#[component]
fn Count(state: MembersState) -> impl IntoView {
    let line = move |page: MemberPage| {
        let org = state.list.page.frame.with(|frame| frame.org.name.clone());
        let MemberPage { listed, owners, .. } = page;
        let filtered = state.listing.query.with(|query| query.is_filtered());
        let all = words::count(listed.unfiltered, "member");
        let count = if filtered {
            view! { <b>{words::grouped(listed.total)}</b>{format!(" of {all} of {org}")} }.into_any()
        } else {
            let (number, word) = all.split_once(' ').unwrap_or_default();
            view! { <b>{number.to_owned()}</b>{format!(" {word} of {org}")} }.into_any()
        };
        view! {
            <p class="list-count" role="status">
                {count}<span aria-hidden="true">" · "</span>
                {format!("{}. Owners can change everything in {org}, members can read it.", words::count(owners, "owner"))}
            </p>
        }
    };
    view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move { state.list.list.await.ok().map(line) })}
        </Transition>
    }
}

/// Keeps the old rows until the new ones are there.
#[component]
fn List(state: MembersState) -> impl IntoView {
    view! {
        <Transition fallback=|| view! { <Skeleton label="Members"/> }>
            {move || Suspend::new(async move {
                match state.list.list.await {
                    Ok(page) => view! { <Loaded page state/> }.into_any(),
                    Err(Error::Unauthenticated) => {
                        Effect::new(to_sign_in);
                        ().into_any()
                    }
                    Err(error) => view! { <NotLoaded what="The members" error listing=state.listing/> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Loaded(page: MemberPage, state: MembersState) -> impl IntoView {
    let MemberPage { listed, now, .. } = page;
    let listing = state.listing;
    view! {
        <Shown listing noun="members" page=listed.page total=listed.total unfiltered=listed.unfiltered>
            <table class="people members" role="table" aria-label="Members" data-testid="member-list">
                <thead role="rowgroup">
                    <tr role="row">
                        <NameHead listing/>
                        <th role="columnheader" scope="col" class="cell-role">"Role"</th>
                        <th role="columnheader" scope="col" class="cell-state">"Status"</th>
                        <th role="columnheader" scope="col" class="cell-tokens">"Live tokens"</th>
                        <th role="columnheader" scope="col" class="cell-seen">"Last sign-in"</th>
                        <th role="columnheader" scope="col" class="cell-more"><span class="sr-only">"Actions"</span></th>
                    </tr>
                </thead>
                <tbody role="rowgroup">
                    {listed.rows.into_iter().map(|member| view! { <Row member now state/> }).collect_view()}
                </tbody>
            </table>
        </Shown>
    }
}
