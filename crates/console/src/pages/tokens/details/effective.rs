//! The effective permissions, and those that others make redundant.

use leptos::prelude::*;

use jeton_model::{
    Authorization,
    console::tokens::Details,
    describe::{Home, Named, cautions, sentence},
    grant::covered,
    wording,
};

use crate::components::{
    Icon, Picture,
    text::{Alert, CanLine},
};

/// Maximum number of permissions that are listed individually.
const SHOWN: usize = 50;

/// The permissions in sentences, their implications, and the redundant ones.
#[component]
pub fn Implied(details: Details, org_name: String) -> impl IntoView {
    let Authorization { user, org, .. } = details.authorization;
    let home = Home { owner: Some(user), org, org_name: &org_name };
    let permissions = details.permissions;
    let covered = covered(&details.authorization.permissions);
    let adds = |at: &usize| covered.iter().all(|(other, _)| other != at);
    let own: Vec<&Named> = (0..permissions.len()).filter(adds).filter_map(|at| permissions.get(at)).collect();
    let can: Vec<_> = own.iter().take(SHOWN).map(|named| view! { <CanLine sentence=sentence(named, home)/> }).collect();
    let more = own.len().saturating_sub(SHOWN);
    let warnings = cautions(&permissions, home)
        .into_iter()
        .map(|(bold, rest)| view! { <Alert small=true><b>{bold}</b>" "{rest}</Alert> })
        .collect_view();
    let needless: Vec<(String, String)> = covered
        .iter()
        .take(SHOWN)
        .filter_map(|(at, by)| Some((permissions.get(*at)?.permission, permissions.get(*by)?.permission)))
        .map(|(one, by)| (one.to_string(), by.to_string()))
        .collect();
    let needless_more = covered.len().saturating_sub(SHOWN);
    view! {
        <details class="more disclosure" data-testid="permissions-implied">
            <summary>"What it can do"</summary>
            <ul class="can-list">
                {can}
                {(more > 0).then(|| view! { <li><span></span><span>{format!("And {} more.", wording::grouped(more as u64))}</span></li> })}
            </ul>
            <p class="can-rest">"Everything else is refused."</p>
            {warnings}
            {(!needless.is_empty()).then(|| view! { <Needless needless more=needless_more/> })}
        </details>
    }
}

/// The redundant permissions.
#[component]
fn Needless(needless: Vec<(String, String)>, more: usize) -> impl IntoView {
    let line = |(one, by): (String, String)| {
        view! { <li><Icon picture=Picture::Info/><span><code>{one}</code>" is covered by "<code>{by}</code></span></li> }
    };
    view! {
        <h4>"Redundant permissions"</h4>
        <ul class="can-list covered">
            {needless.into_iter().map(line).collect_view()}
            {(more > 0).then(|| view! { <li><span></span><span>{format!("And {} more.", wording::grouped(more as u64))}</span></li> })}
        </ul>
    }
}
