//! The details of one token, in a drawer beside the list.

mod actions;
mod audit_link;
mod descendants;
mod effective;
mod gates;
mod header;
mod limits;
mod lineage;
mod matrix;
mod metadata;
mod raw;
mod simulator;
mod usage;

use leptos::prelude::*;

use jeton_model::{
    Authorization, AuthorizationId, Liveness, ResourceType, Status,
    console::{lineage::Lineage, tokens::Details},
    describe::Home,
    wording,
};

use crate::{
    components::{
        Dialog,
        form::refused_sentence,
        text::{Alert, Chip, LivenessBadge},
    },
    routes::Tokens,
};

use super::{
    confirm::{Missing, details_resource, history_resource},
    custom::{address_from, address_narrowing},
    state::{Changed, TokensState},
};

use actions::Actions;
use audit_link::AuditLink;
use descendants::Descendants;
use effective::Implied;
use gates::Gates;
use header::Head;
use lineage::Chain;
use matrix::PermissionTable;
use metadata::Facts;
use raw::AsText;
use simulator::{SimulationState, WhatIf};
use usage::Uses;

/// The route of the drawer.
#[component]
pub fn DetailsRoute() -> impl IntoView {
    view! { <Drawer editing=false/> }
}

/// The route of the drawer with the description as a field.
#[component]
pub fn EditRoute() -> impl IntoView {
    view! { <Drawer editing=true/> }
}

/// The drawer, rendered once the token is loaded.
#[component]
fn Drawer(editing: bool) -> impl IntoView {
    let state = TokensState::current();
    let (details, history) = (details_resource(state), history_resource(state));
    let requested = SimulationState::new(state);
    let close = Signal::derive(move || state.address(Tokens::List));
    view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                state.listed().await;
                match (details.await, history.await) {
                    (Ok(details), Ok(history)) => {
                        view! { <Dialog class="drawer" close><Content details history requested editing state/></Dialog> }.into_any()
                    }
                    (Err(error), _) | (_, Err(error)) => view! { <Missing error close/> }.into_any(),
                }
            })}
        </Transition>
    }
}

/// Returns the owner and the organization of a token.
fn home<'a>(details: &Details, org_name: &'a str) -> Home<'a> {
    let Authorization { user, org, .. } = details.authorization;
    Home { owner: Some(user), org, org_name }
}

/// Returns whether a token can be rotated, and has permissions of which gates see the use.
fn may_narrow(details: &Details) -> bool {
    let on_buckets = details.permissions.iter().any(|one| one.permission.resource.kind == ResourceType::Buckets);
    on_buckets && details.replaced_by.is_none() && details.liveness == Liveness::Live
}

/// The link to the dialog that rotates the token to what it used.
#[component]
fn NarrowLink(id: AuthorizationId, state: TokensState) -> impl IntoView {
    view! {
        <p class="hint">
            <a class="link" href=move || address_narrowing(state, id) data-noscroll data-testid="details-narrow">
                "Narrow to what it used"
            </a>
            " in the last 30 days: rotate it without the rest."
        </p>
    }
}

/// The content of the drawer.
#[component]
fn Content(
    details: Details,
    history: Lineage,
    requested: SimulationState,
    editing: bool,
    state: TokensState,
) -> impl IntoView {
    let authorization = details.authorization.clone();
    let id = authorization.id;
    let first = Changed { description: authorization.description.clone(), status: authorization.status };
    let now_is = Memo::new(move |_| state.change_of(id).unwrap_or_else(|| first.clone()));
    let liveness = details.liveness;
    let live = move || match liveness {
        Liveness::Live | Liveness::Inactive if now_is.get().status == Status::Active => Liveness::Live,
        Liveness::Live | Liveness::Inactive => Liveness::Inactive,
        dead => dead,
    };
    let org = details.org_name.clone().unwrap_or_else(|| "a deleted organization".into());
    let home = home(&details, &org);
    let places = home.places(&details.permissions);
    let permissions = format!("{} in {places}", wording::count(details.permissions.len() as u64, "permission"));
    let prefix = authorization.token_prefix.clone();
    // During an overlap the rotation chain comes first; afterwards it is history.
    let overlaps = history.overlaps(id);
    let chain = history.clone();
    let descendants = history.descendants.clone();
    let (gates, now) = (history.gates.clone(), history.now);
    let narrows = !gates.is_empty() && !overlaps && may_narrow(&details);
    let leaked = details.liveness == Liveness::Leaked;
    let chain = view! { <Chain history=chain id state/> };
    let (first_chain, last_chain) = if overlaps { (Some(chain), None) } else { (None, Some(chain)) };
    view! {
        <div class="details-head">
            <Head details=details.clone() now_is editing state/>
            <p>
                {move || view! { <LivenessBadge liveness=live()/> }}
                {prefix.map(|prefix| view! { <Chip prefix/> })}
                <span>{permissions}</span>
            </p>
        </div>
        <div class="dialog-body">
            {refused_sentence().map(|sentence| view! { <Alert danger=true live=true>{sentence}</Alert> })}
            {first_chain}
            <Descendants id descendants leaked state/>
            <Facts details=details.clone() now_is state/>
            <Uses history/>
            <Gates uses=gates now/>
            {narrows.then(|| view! { <NarrowLink id state/> })}
            <WhatIf id requested state/>
            <h3 class="section-title">"Permissions "<span>"fixed when the token was generated"</span></h3>
            <PermissionTable details=details.clone() org_name=org.clone()/>
            <p class="hint">
                "Permissions cannot be changed. For others: "
                <a class="link" href=move || address_from(state, "from", id.to_string()) data-noscroll data-testid="details-clone-with-changes">
                    "clone with changes"
                </a>
            </p>
            {last_chain}
            <AsText details=details.clone()/>
            <Implied details=details.clone() org_name=org/>
            <AuditLink id/>
        </div>
        <footer class="dialog-foot"><Actions details now_is overlaps state/></footer>
    }
}
