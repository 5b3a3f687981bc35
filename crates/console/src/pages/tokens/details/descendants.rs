//! The descendants of the token.

use leptos::prelude::*;

use jeton_model::{
    AuthorizationId, Liveness,
    console::{lineage, messages},
    wording,
};

use crate::{
    components::text::{Alert, Chip, LivenessBadge, Time},
    pages::tokens::state::TokensState,
    routes::{PageRoute as _, Tokens},
};

/// The number of descendants and the first of them, live ones first; nothing if there are none. `leaked`: whether the
/// token itself was reported as leaked.
#[component]
pub fn Descendants(
    /// The token's authorization.
    id: AuthorizationId,
    /// The number of descendants, and the first of them.
    descendants: lineage::Descendants,
    /// True if the token itself was reported as leaked.
    leaked: bool,
    /// The state of the page.
    state: TokensState,
) -> impl IntoView {
    let lineage::Descendants { total, live, rows } = descendants;
    if total == 0 {
        return ().into_any();
    }
    let shown = rows.len() as u64;
    let rows = rows.into_iter().map(|row| view! { <Row row state/> }).collect_view();
    view! {
        <section class="descendants" data-testid="token-descendants">
            <h3 class="section-title">
                "Created with this token "<span>{format!("{}, of which {} still work{}", wording::grouped(total), wording::grouped(live), if live == 1 { "s" } else { "" })}</span>
            </h3>
            {(leaked && live > 0).then(|| view! {
                <Alert danger=true small=true>"An attacker who had this token may have created them. They keep working until they are deactivated."</Alert>
            })}
            <ul class="chain">{rows}</ul>
            {(total > shown).then(|| view! { <p class="hint">{rest(total, shown)}</p> })}
            {(live > 0).then(|| view! {
                <a class="button small" href=move || state.address(Tokens::Descendants(id)) data-noscroll data-testid="deactivate-descendants">
                    {format!("Deactivate {}", match live { 1 => "it".to_owned(), _ => format!("all {}", wording::grouped(live)) })}
                </a>
            })}
        </section>
    }
    .into_any()
}

fn rest(total: u64, shown: u64) -> String {
    match shown {
        0 => "You are not allowed to see them.".into(),
        _ => {
            format!("The first {} that you may see, of {} in total.", wording::grouped(shown), wording::grouped(total))
        }
    }
}

/// A descendant.
#[component]
fn Row(row: lineage::Descendant, state: TokensState) -> impl IntoView {
    let lineage::Descendant { id, org, liveness, description, prefix, username, created_at, .. } = row;
    let class = if liveness == Liveness::Live { "old" } else { "ended" };
    let name = match username {
        // A 1.x credential has no details.
        Some(username) => view! { <span>"1.x credential "<code>{username}</code></span> }.into_any(),
        None => {
            let name = messages::name(&description, prefix.as_deref());
            let href = move || {
                if org == state.org.get() {
                    state.address(Tokens::Details(id))
                } else {
                    Tokens::Details(id).address(org, &[])
                }
            };
            view! { <a class="link" href=href data-noscroll>{name}</a> }.into_any()
        }
    };
    view! {
        <li class=class data-testid="token-descendant">
            <div>
                <p>{prefix.map(|prefix| view! { <Chip prefix/> })}" "{name}" "<LivenessBadge liveness/></p>
                <p class="hint">"Created "<Time at=created_at text=created_at.minute()/></p>
            </div>
        </li>
    }
}
