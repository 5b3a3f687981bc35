//! A row of the list of members.

use leptos::prelude::*;

use jeton_model::{
    Status, Timestamp,
    console::people::{Member, Person},
    wording,
};

use crate::{
    components::{Icon, Menu, Picture, copy::CopyIdItem, menu::MenuLink},
    pages::people::{
        callbacks::on_changed,
        cells::{LastSignIn, Name, StatusBadge},
        row_menu::StatusItem,
    },
    routes::{Members, PageRoute as _, Tokens},
};

use super::{MembersState, role::RoleCell};

/// A row; on a phone, a card.
#[component]
pub fn Row(member: Member, now: Timestamp, state: MembersState) -> impl IntoView {
    let person = member.person.clone();
    let frame = state.list.page.frame;
    let is_self = frame.with_untracked(|frame| frame.user_id == person.user.id);
    let class = (person.user.status == Status::Inactive).then_some("inactive");
    view! {
        <tr role="row" class=class data-testid=format!("member-card {}", person.user.name)>
            <td role="cell" class="cell-name"><Name name=person.user.name.clone() you=is_self/></td>
            <td role="cell" class="cell-role"><RoleCell member=member.clone() state/></td>
            <td role="cell" class="cell-state"><StatusBadge status=person.user.status/></td>
            <td role="cell" class="cell-tokens" data-label="Live tokens"><LiveTokens person=person.clone() state/></td>
            <td role="cell" class="cell-seen" data-label="Last sign-in"><LastSignIn at=person.last_sign_in now/></td>
            <td role="cell" class="cell-menu"><RowMenu member is_self state/></td>
        </tr>
    }
}

/// The number of the user's live tokens, as a link to them if the caller may see them.
#[component]
fn LiveTokens(person: Person, state: MembersState) -> impl IntoView {
    let count = wording::grouped(person.live_tokens);
    if person.live_tokens == 0 || !person.tokens_listed {
        return view! { <span>{count}</span> }.into_any();
    }
    let id = person.user.id;
    let href = move || {
        let parameters = [("owner", id.to_string()), ("status", "live".to_owned())];
        Tokens::List.address(state.list.page.org.get(), &parameters)
    };
    let label = format!("{} of {}", wording::count(person.live_tokens, "live token"), person.user.name);
    view! { <a class="count-link" href=href aria-label=label>{count}</a> }.into_any()
}

/// The menu of a member.
#[component]
fn RowMenu(member: Member, is_self: bool, state: MembersState) -> impl IntoView {
    let Member { person, only_owner, .. } = member;
    let id = person.user.id;
    let (may_change, name) = (person.may_change, person.user.name.clone());
    let frame = state.list.page.frame;
    let to = move |page: fn(jeton_model::UserId) -> Members| Signal::derive(move || state.list.address(page(id)));
    let on_answer = on_changed(state.list, "The user was not changed", state.refused);
    let remove = move || {
        let org = frame.with(|frame| frame.org.name.clone());
        view! {
            <MenuLink href=to(Members::Remove) picture=Picture::SignOut testid="context-remove-member">"Remove from "{org}</MenuLink>
        }
    };
    let may_remove = move || !only_owner && frame.with(|frame| frame.may.change_org);
    let face = || view! { <Icon picture=Picture::More/> };
    view! {
        <Menu class="end" button="icon-button" label=format!("More actions for {name}") button_testid="context-menu-member" face=face>
            <CopyIdItem id=id.to_string()/>
            {may_change.then(|| view! {
                <StatusItem person is_self action=state.listing.here() ask=to(Members::Deactivate) on_answer/>
            })}
            {move || may_remove().then(remove)}
            {may_change.then(|| view! {
                <MenuLink href=to(Members::Delete) picture=Picture::Trash testid="context-delete-user" danger=true>"Delete…"</MenuLink>
            })}
        </Menu>
    }
}
