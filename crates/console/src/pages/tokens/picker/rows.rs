//! The rows of the picker: a name, and a box for each action.

use leptos::prelude::*;

use jeton_model::{
    Action, ResourceType,
    console::{selection::Pick, tokens::Choice},
};

use crate::{pages::tokens::custom::form_state::CustomTokenForm, text::case_fold::folded};

use super::{boxes::PickBox, title};

/// A bucket or a telegraf configuration.
#[component]
pub fn ThingRow(kind: ResourceType, choice: Choice, search: String, choosing: CustomTokenForm) -> impl IntoView {
    let id = choice.id.to_string();
    let is_bucket = kind == ResourceType::Buckets;
    let label =
        if is_bucket { format!("bucket {}", choice.name) } else { format!("Telegraf configuration {}", choice.name) };
    let name = view! { <Hit name=choice.name.clone() search/> };
    let name =
        if is_bucket { view! { <code>{name}</code> }.into_any() } else { view! { <span>{name}</span> }.into_any() };
    let reason = (!choice.refused.is_empty()).then_some("You can't grant what you don't hold.");
    let boxes = Action::ALL.map(|action| {
        let refused = choice.refused.contains(&action);
        view! { <PickBox pick=Pick::one(action, kind, choice.id) id=id.clone() label=label.clone() refused choosing/> }
    });
    view! {
        <div class=if reason.is_some() { "perm-row refused" } else { "perm-row" }>
            <span class="perm-name">
                {name}
                {choice.system.then(|| view! { <span class="badge">"system"</span> })}
                <code class="perm-id" aria-hidden="true">{id.clone()}</code>
                {reason.map(|reason| view! { <span class="perm-why" id=format!("{id}-why")>{reason}</span> })}
            </span>
            {boxes.collect_view()}
        </div>
    }
}

/// A name with the matched text highlighted.
#[component]
fn Hit(name: String, search: String) -> impl IntoView {
    let folded = folded(&name);
    match folded.find(&search) {
        // Case folding may change the length in bytes; the name is then displayed without a highlight.
        Some(at)
            if !search.is_empty()
                && folded.len() == name.len()
                && name.is_char_boundary(at)
                && name.is_char_boundary(at + search.len()) =>
        {
            let (before, rest) = name.split_at(at);
            let (hit, after) = rest.split_at(search.len());
            view! { {before.to_owned()}<mark>{hit.to_owned()}</mark>{after.to_owned()} }.into_any()
        }
        _ => name.into_any(),
    }
}

/// A type whose resources can only be picked as a whole.
#[component]
pub fn TypeRow(
    /// The type of the row.
    kind: ResourceType,
    /// The folded search text, which is highlighted in the name.
    search: String,
    /// The state of the form.
    choosing: CustomTokenForm,
    /// The boxes of types that the caller cannot grant.
    refused: StoredValue<Vec<Pick>>,
) -> impl IntoView {
    let name = title(kind);
    let id = kind.name().to_owned();
    let picks = Action::ALL.map(|action| Pick::all(action, kind));
    let is_refused = move |pick: Pick| refused.with_value(|refused| refused.contains(&pick));
    let reason = picks
        .into_iter()
        .any(is_refused)
        .then(|| format!("You don't hold this permission for {}, so you can't grant it.", kind.words()));
    let whose = match kind {
        ResourceType::Orgs => Some("only this organization"),
        ResourceType::Users => Some("only your own user"),
        _ => None,
    };
    let boxes =
        picks.map(|pick| view! { <PickBox pick id=id.clone() label=name.clone() refused=is_refused(pick) choosing/> });
    let class = if reason.is_some() { "perm-row refused" } else { "perm-row" };
    view! {
        <div class=class>
            <span class="perm-name">
                <span><Hit name=name.clone() search/></span>
                {whose.map(|whose| view! { <span class="perm-why">{whose}</span> })}
                {reason.map(|reason| view! { <span class="perm-why" id=format!("{id}-why")>{reason}</span> })}
            </span>
            {boxes.collect_view()}
        </div>
    }
}
