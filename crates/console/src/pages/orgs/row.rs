//! A row of the list of organizations.

use leptos::prelude::*;

use jeton_model::{OrgId, org::OrgSummary, wording};

use crate::{
    components::{Icon, Menu, Picture, copy::CopyIdItem, menu::MenuLink, text::Time},
    routes::{Orgs, Section},
};

use super::OrgsState;

/// A row; on a phone, a card.
#[component]
pub fn Row(row: OrgSummary, state: OrgsState) -> impl IntoView {
    let OrgSummary { org, holds, may_change } = row;
    let id = org.id;
    let is_current = Memo::new(move |_| state.page.org.get() == id);
    view! {
        <tr role="row" id=id.to_string() data-testid=format!("org-card {}", org.name)>
            <td role="cell" class="cell-name">
                <div class="row-title">
                    <a class="row-name" href=move || state.address(Orgs::Show(id)) data-testid=format!("org-name {}", org.name)>{org.name.clone()}</a>
                    {move || is_current.get().then(|| view! { <span class="badge ok"><Icon picture=Picture::Check/>"Current"</span> })}
                </div>
                {(!org.description.is_empty()).then(|| view! { <p class="row-more">{org.description.clone()}</p> })}
            </td>
            <td role="cell" class="cell-id" data-label="ID"><code>{id.to_string()}</code></td>
            <td role="cell" class="cell-members" data-label="Members">{wording::grouped(holds.members)}</td>
            <td role="cell" class="cell-tokens" data-label="API tokens">{wording::grouped(holds.tokens)}</td>
            <td role="cell" class="cell-created" data-label="Created"><Time at=org.created_at text=org.created_at.date()/></td>
            <td role="cell" class="cell-menu"><RowMenu id name=org.name.clone() may_change is_current state/></td>
        </tr>
    }
}

/// The menu of an organization.
#[component]
fn RowMenu(id: OrgId, name: String, may_change: bool, is_current: Memo<bool>, state: OrgsState) -> impl IntoView {
    let to = move |page: fn(OrgId) -> Orgs| Signal::derive(move || state.address(page(id)));
    let switch = move || {
        (!is_current.get()).then(|| view! {
            <MenuLink href=Section::Orgs.address(id) picture=Picture::ArrowRight testid="context-switch-org">"Switch to"</MenuLink>
        })
    };
    view! {
        <Menu
            class="end" button="icon-button" label=format!("More actions for {name}") button_testid="context-menu-org"
            face=|| view! { <Icon picture=Picture::More/> }
        >
            <li>
                <a class="menu-item" href=move || state.address(Orgs::Show(id)) data-testid="context-open-org"><Icon picture=Picture::Organization/>"Open"</a>
            </li>
            {switch}
            <CopyIdItem id=id.to_string()/>
            {may_change.then(|| view! {
                <MenuLink href=to(Orgs::Delete) picture=Picture::Trash testid="context-delete-org" danger=true apart=true>"Delete"</MenuLink>
            })}
        </Menu>
    }
}
