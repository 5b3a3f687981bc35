//! A row of the list of users.

use leptos::prelude::*;

use jeton_model::{
    Status, Timestamp, UserId,
    console::people::{Person, UserRow},
    wording,
};

use crate::{
    components::{Icon, Menu, Picture, copy::CopyIdItem, menu::MenuLink},
    pages::people::{
        callbacks::on_changed,
        cells::{LastSignIn, Name, StatusBadge},
        row_menu::StatusItem,
    },
    routes::{Section, Users},
};

use super::UsersState;

/// A row; on a phone, a card.
#[component]
pub fn Row(row: UserRow, now: Timestamp, state: UsersState) -> impl IntoView {
    let UserRow { person, orgs, org_count } = row;
    let is_self = state.list.page.frame.with_untracked(|frame| frame.user_id == person.user.id);
    let class = (person.user.status == Status::Inactive).then_some("inactive");
    view! {
        <tr role="row" class=class data-testid=format!("user-card {}", person.user.name)>
            <td role="cell" class="cell-name"><Name name=person.user.name.clone() you=is_self/></td>
            <td role="cell" class="cell-orgs"><span class=(org_count == 0).then_some("quiet")>{named(&orgs, org_count)}</span></td>
            <td role="cell" class="cell-state"><StatusBadge status=person.user.status/></td>
            <td role="cell" class="cell-tokens" data-label="Live tokens"><span>{wording::grouped(person.live_tokens)}</span></td>
            <td role="cell" class="cell-seen" data-label="Last sign-in"><LastSignIn at=person.last_sign_in now/></td>
            <td role="cell" class="cell-menu"><RowMenu person=person.clone() is_self state/></td>
        </tr>
    }
}

/// Lists organizations: "my-org, plant-b and 3 more"; only their number where the caller may not see the names.
fn named(orgs: &[String], count: u64) -> String {
    match (orgs, count.saturating_sub(orgs.len() as u64)) {
        (_, _) if count == 0 => "none".to_owned(),
        ([], _) => wording::count(count, "organization"),
        (orgs, 0) => orgs.join(", "),
        (orgs, more) => format!("{} and {} more", orgs.join(", "), wording::grouped(more)),
    }
}

/// The menu of a user.
#[component]
fn RowMenu(person: Person, is_self: bool, state: UsersState) -> impl IntoView {
    let id = person.user.id;
    let (may_change, name) = (person.may_change, person.user.name.clone());
    let to = move |page: fn(UserId) -> Users| Signal::derive(move || state.list.address(page(id)));
    let on_answer = on_changed(state.list, "The user was not changed", state.refused);
    let password = move || {
        // Changing one's own password requires the old one, on the Account page.
        if is_self {
            Section::Account.address(state.list.page.org.get())
        } else {
            state.list.address(Users::Password(id))
        }
    };
    // One's own sessions are on the Account page.
    let sessions = move || {
        if is_self {
            Section::Account.address(state.list.page.org.get())
        } else {
            state.list.address(Users::Sessions(id))
        }
    };
    let face = || view! { <Icon picture=Picture::More/> };
    view! {
        <Menu class="end" button="icon-button" label=format!("More actions for {name}") button_testid="context-menu-user" face=face>
            {may_change.then(|| view! {
                <MenuLink href=to(Users::Edit) picture=Picture::Pencil testid="context-rename-user">"Rename…"</MenuLink>
                <MenuLink href=Signal::derive(password) picture=Picture::Lock testid="context-password-user">
                    {if is_self { "Change password…" } else { "Set password…" }}
                </MenuLink>
            })}
            <MenuLink href=Signal::derive(sessions) picture=Picture::Monitor testid="context-sessions-user">"Sessions…"</MenuLink>
            <CopyIdItem id=id.to_string()/>
            {may_change.then(|| view! {
                <StatusItem person is_self action=state.listing.here() ask=to(Users::Deactivate) on_answer/>
                <MenuLink href=to(Users::Delete) picture=Picture::Trash testid="context-delete-user" danger=true>"Delete…"</MenuLink>
            })}
        </Menu>
    }
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn two_organizations_are_named_and_the_others_counted() {
        let orgs = ["my-org".to_owned(), "plant-b".to_owned()];
        assert_eq!(named(&[], 0), "none");
        assert_eq!(named(&orgs, 2), "my-org, plant-b");
        assert_eq!(named(&orgs, 5), "my-org, plant-b and 3 more");
        assert_eq!(named(&[], 1), "1 organization");
    }
}
