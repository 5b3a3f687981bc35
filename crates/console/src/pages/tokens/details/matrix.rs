//! The permissions as a table.

use std::collections::BTreeMap;

use leptos::prelude::*;

use jeton_model::{Action, Id, OrgId, ResourceType, console::tokens::Details, describe::Named, grant::Breadth};

use crate::components::{Icon, Picture};

/// The subject of a row: a type, an optional resource of it, and its organization.
type Line = (ResourceType, Option<Id>, Option<OrgId>);

/// The table: one resource a row, with its actions.
#[component]
pub fn PermissionTable(details: Details, org_name: String) -> impl IntoView {
    let breadth = Breadth::of(&details.authorization.permissions, details.authorization.org);
    let summary = match breadth {
        Breadth::Operator => Some("Operator: everything in every organization.".to_owned()),
        Breadth::AllAccess(_) => Some(format!("All access: everything in {org_name}, also what is added later.")),
        Breadth::Custom => None,
    };
    let own = details.authorization.org;
    let mut lines: BTreeMap<Line, (Named, [bool; 2])> = BTreeMap::new();
    for named in details.permissions {
        let resource = named.permission.resource;
        let write = named.permission.action == Action::Write;
        let line = lines.entry((resource.kind, resource.id, resource.org)).or_insert_with(|| (named, [false; 2]));
        line.1[usize::from(write)] = true;
    }
    view! {
        {summary.map(|summary| view! { <p>{summary}</p> })}
        <table class="perm-table">
            <thead><tr><th scope="col">"Resource"</th><th scope="col">"Read"</th><th scope="col">"Write"</th></tr></thead>
            <tbody>
                {lines.into_values().map(|(named, [read, write])| view! { <tr><Resource named own/><YesNo yes=read/><YesNo yes=write/></tr> }).collect_view()}
            </tbody>
        </table>
    }
}

/// The name of a resource.
#[component]
fn Resource(named: Named, own: OrgId) -> impl IntoView {
    let resource = named.permission.resource;
    let words = resource.kind.words();
    let elsewhere = resource.org.filter(|org| *org != own);
    let elsewhere = elsewhere.map(|org| named.org_name.clone().unwrap_or_else(|| org.to_string()));
    let elsewhere = elsewhere.map(|name| view! { " "<span class="quiet">{format!("in {name}")}</span> });
    let system = named.system.then(|| view! { <span class="badge">"system"</span> });
    match (resource.id, resource.org) {
        (Some(id), _) => {
            let mut one = words.trim_end_matches('s').to_owned();
            one[..1].make_ascii_uppercase();
            let label = named.name.unwrap_or_else(|| id.to_string());
            view! { <th scope="row"><span class="quiet">{one}</span>" "<code>{label}</code>{system}{elsewhere}</th> }
                .into_any()
        }
        (None, Some(_)) => view! { <th scope="row">"All "{words}{elsewhere}</th> }.into_any(),
        (None, None) => {
            // Users and organizations belong to no organization.
            let in_orgs = !matches!(resource.kind, ResourceType::Users | ResourceType::Orgs);
            let everywhere = in_orgs.then(|| view! { " "<span class="quiet">"in every organization"</span> });
            view! { <th scope="row">"All "{words}{everywhere}</th> }.into_any()
        }
    }
}

/// The mark of an allowed or denied action.
#[component]
fn YesNo(yes: bool) -> impl IntoView {
    if yes {
        view! { <td><Icon picture=Picture::Check/><span class="sr-only">"yes"</span></td> }.into_any()
    } else {
        view! { <td><span aria-hidden="true">"–"</span><span class="sr-only">"no"</span></td> }.into_any()
    }
}
