//! Everything about one token, in a drawer beside the list.

use std::collections::BTreeMap;

use leptos::prelude::*;

use super::{
    confirm::{Missing, details_resource},
    row::on_update,
    state::{Changed, TokensState},
};
use crate::{
    model::{Action, Liveness, ResourceType, Status, describe::Named, grant::Breadth, listing::Details},
    ui::{
        address::Tokens,
        components::{
            CopyButton, Dialog, Form, Icon, Picture,
            text::{Avatar, Chip, LivenessBadge, Time},
        },
        pages::layout::navigator,
        words,
    },
};

#[component]
pub fn DetailsRoute() -> impl IntoView {
    view! { <Drawer editing=false/> }
}

#[component]
pub fn EditRoute() -> impl IntoView {
    view! { <Drawer editing=true/> }
}

#[component]
fn Drawer(editing: bool) -> impl IntoView {
    let state = TokensState::current();
    let details = details_resource(state);
    let close = Signal::derive(move || state.address(Tokens::List));
    view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                match details.await {
                    Ok(details) => view! { <Dialog class="drawer" close><Content details editing state/></Dialog> }.into_any(),
                    Err(error) => view! { <Missing error close/> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Content(details: Details, editing: bool, state: TokensState) -> impl IntoView {
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
    let permissions = format!("{} in {org}", words::count(details.permissions.len() as u64, "permission"));
    let prefix = authorization.token_prefix.clone();
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
            <Facts details=details.clone()/>
            <h3 class="section-title">"Permissions "<span>"fixed when the token was generated"</span></h3>
            <PermissionTable details=details.clone() org_name=state.frame().org.name/>
            <p class="hint">"To change permissions, clone this token and pick new ones."</p>
        </div>
        <footer class="dialog-foot"><Actions details now_is state/></footer>
    }
}

#[component]
fn Head(details: Details, now_is: Memo<Changed>, editing: bool, state: TokensState) -> impl IntoView {
    let id = details.authorization.id;
    let prefix = details.authorization.token_prefix.clone();
    let name = Memo::new(move |_| words::name(&now_is.get().description, prefix.as_deref()));
    let navigate = navigator();
    let back = move || navigate(&untrack(|| state.address(Tokens::Details(id))));
    let on_answer = on_update(id, name.get_untracked(), state, back);
    let title = move || {
        if editing {
            view! {
            <h2 id="dialog-title" class="sr-only">{name}</h2>
            <Form action=Signal::derive(move || state.address(Tokens::Edit(id))) class="rename" on_answer>
                <input
                    class="input" name="description" value=now_is.get_untracked().description placeholder="Describe this token"
                    aria-label="Description" maxlength="1024" autofocus data-testid="custom-api-token-input"
                />
                <button class="button small primary" data-testid="token-save-btn">"Save"</button>
                <a class="button small" href=move || state.address(Tokens::Details(id)) data-noscroll data-testid="token-cancel-btn">"Cancel"</a>
            </Form>
        }
        .into_any()
        } else {
            view! {
            <h2 id="dialog-title">{name}</h2>
            <a class="icon-button" href=move || state.address(Tokens::Edit(id)) data-noscroll aria-label=move || format!("Rename {}", name.get())>
                <Icon picture=Picture::Pencil/>
            </a>
        }
        .into_any()
        }
    };
    let near = move |step: isize| {
        let rows = state.rows.get();
        let at = rows.iter().position(|row| *row == id)?.checked_add_signed(step)?;
        rows.get(at).map(|id| state.address(Tokens::Details(*id)))
    };
    view! {
        <header class="dialog-head" data-testid="overlay--header">
            {title()}
            {move || near(-1).map(|href| view! {
                <a class="icon-button push" href=href data-noscroll rel="prev" aria-label="Previous token"><Icon picture=Picture::ChevronUp/></a>
            })}
            {move || near(1).map(|href| view! {
                <a class="icon-button" href=href data-noscroll rel="next" aria-label="Next token"><Icon picture=Picture::ChevronDown/></a>
            })}
            <a class="icon-button" href=move || state.address(Tokens::List) data-noscroll autofocus=!editing aria-label="Close">
                <Icon picture=Picture::Close/>
            </a>
        </header>
    }
}

#[component]
fn Facts(details: Details) -> impl IntoView {
    let authorization = details.authorization;
    let id = authorization.id.to_string();
    let owner = details.user_name.unwrap_or_else(|| "deleted user".into());
    let creator = details.creator_name.map(|name| format!(" by {name}"));
    view! {
        <dl class="facts">
            <dt>"ID"</dt>
            <dd><code>{id.clone()}</code><CopyButton text=id name="Copy ID" class="icon-button small needs-script"/></dd>
            <dt>"Owner"</dt>
            <dd><Avatar name=owner.clone()/>{owner}</dd>
            <dt>"Created"</dt>
            <dd><Time at=authorization.created_at text=authorization.created_at.minute()/>{creator}</dd>
            <dt>"Last modified"</dt>
            <dd><Time at=authorization.updated_at text=authorization.updated_at.minute()/></dd>
            {authorization.ended_at.map(|at| view! {
                <dt>"Ended"</dt>
                <dd><Time at text=at.minute()/>", with its owner or organization"</dd>
            })}
        </dl>
    }
}

/// What one line of the table is about: a type, perhaps one thing of it, and whether in one organization.
type Line = (ResourceType, Option<crate::model::Id>, bool);

/// A line a resource: what may be read, what written.
#[component]
fn PermissionTable(details: Details, org_name: String) -> impl IntoView {
    let breadth = Breadth::of(&details.authorization.permissions, details.authorization.org);
    let summary = match breadth {
        Breadth::Operator => Some("Operator: everything in every organization.".to_owned()),
        Breadth::AllAccess(_) => Some(format!("All access: everything in {org_name}, also what is added later.")),
        Breadth::Custom => None,
    };
    let mut lines: BTreeMap<Line, (Named, [bool; 2])> = BTreeMap::new();
    for named in details.permissions {
        let resource = named.permission.resource;
        let write = named.permission.action == Action::Write;
        let line =
            lines.entry((resource.kind, resource.id, resource.org.is_some())).or_insert_with(|| (named, [false; 2]));
        line.1[usize::from(write)] = true;
    }
    view! {
        {summary.map(|summary| view! { <p>{summary}</p> })}
        <table class="perm-table">
            <thead><tr><th scope="col">"Resource"</th><th scope="col">"Read"</th><th scope="col">"Write"</th></tr></thead>
            <tbody>
                {lines.into_values().map(|(named, [read, write])| view! { <tr><Resource named/><YesNo yes=read/><YesNo yes=write/></tr> }).collect_view()}
            </tbody>
        </table>
    }
}

#[component]
fn Resource(named: Named) -> impl IntoView {
    let resource = named.permission.resource;
    let words = resource.kind.words();
    let system = named.system.then(|| view! { <span class="badge">"system"</span> });
    match (resource.id, resource.org) {
        (Some(id), _) => {
            let mut one = words.trim_end_matches('s').to_owned();
            one[..1].make_ascii_uppercase();
            let label = named.name.unwrap_or_else(|| id.to_string());
            view! { <th scope="row"><span class="quiet">{one}</span>" "<code>{label}</code>{system}</th> }.into_any()
        }
        (None, Some(_)) => view! { <th scope="row">"All "{words}</th> }.into_any(),
        (None, None) => {
            view! { <th scope="row">"All "{words}" "<span class="quiet">"in every organization"</span></th> }.into_any()
        }
    }
}

#[component]
fn YesNo(yes: bool) -> impl IntoView {
    if yes {
        view! { <td><Icon picture=Picture::Check/><span class="sr-only">"yes"</span></td> }.into_any()
    } else {
        view! { <td><span aria-hidden="true">"–"</span><span class="sr-only">"no"</span></td> }.into_any()
    }
}

#[component]
fn Actions(details: Details, now_is: Memo<Changed>, state: TokensState) -> impl IntoView {
    let id = details.authorization.id;
    let alive = matches!(details.liveness, Liveness::Live | Liveness::Inactive);
    let name = words::name(&details.authorization.description, details.authorization.token_prefix.as_deref());
    let on_answer = on_update(id, name, state, || {});
    let toggle = move || match now_is.get().status {
        Status::Active => view! { <Icon picture=Picture::Pause/>"Deactivate" }.into_any(),
        Status::Inactive => view! { <Icon picture=Picture::Play/>"Activate" }.into_any(),
    };
    view! {
        <div class="start actions">
            {alive.then(|| view! {
                <a class="button" href=move || state.address(Tokens::Clone(id)) data-noscroll data-testid="context-clone-token">
                    <Icon picture=Picture::Clone/>"Clone"
                </a>
                <Form action=Signal::derive(move || state.address(Tokens::Details(id))) on_answer>
                    <button class="button" name="status" value=move || now_is.get().status.toggled().name() data-testid="custom-api-token-toggle">{toggle}</button>
                </Form>
            })}
        </div>
        <a class="button danger" href=move || state.address(Tokens::Delete(id)) data-noscroll data-testid="context-delete-menu--button">
            <Icon picture=Picture::Trash/>"Delete"
        </a>
    }
}
