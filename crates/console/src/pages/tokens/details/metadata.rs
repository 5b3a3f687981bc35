//! The metadata of an authorization.

use leptos::prelude::*;

use jeton_model::{Liveness, Status, console::tokens::Details};

use crate::{
    components::{
        CopyButton,
        text::{Avatar, Chip, Time},
    },
    pages::tokens::state::{Changed, TokensState},
    routes::Tokens,
};

use super::{limits::LimitFacts, usage::LastUsed};

/// Everything that is recorded, except the token's hash.
#[component]
pub fn Facts(details: Details, now_is: Memo<Changed>, state: TokensState) -> impl IntoView {
    let limited = details.clone();
    let now = details.now;
    let authorization = details.authorization;
    let owner = details.user_name.unwrap_or_else(|| "deleted user".into());
    let org = details.org_name.unwrap_or_else(|| "deleted organization".into());
    let creator = details.creator_name.unwrap_or_else(|| "a deleted user".into());
    let liveness = details.liveness;
    let status = move || match (liveness, now_is.get().status) {
        (Liveness::Expired, _) => "Expired: its token is refused",
        (Liveness::Leaked, _) => "Leaked: its token is permanently refused. Generate a new one",
        (Liveness::Ended, _) => "Ended: its token is permanently refused",
        (_, Status::Active) => "Active",
        (_, Status::Inactive) => "Inactive: its token is refused until it is activated",
    };
    view! {
        <dl class="facts">
            <dt>"ID"</dt>
            <dd><CopyId id=authorization.id.to_string() name="Copy ID"/></dd>
            <dt>"Status"</dt>
            <dd>{status}</dd>
            <dt>"Owner"</dt>
            <dd><Avatar name=owner.clone()/>{owner}<CopyId id=authorization.user.to_string() name="Copy the owner’s ID"/></dd>
            <dt>"Organization"</dt>
            <dd>{org}<CopyId id=authorization.org.to_string() name="Copy the organization’s ID"/></dd>
            <dt>"Token"</dt>
            <dd>
                {match authorization.token_prefix {
                    Some(prefix) => view! { "begins with "<Chip prefix/> }.into_any(),
                    None => view! { <span class="quiet">"supplied by a user, prefix not stored"</span> }.into_any(),
                }}
            </dd>
            <dt>"Created"</dt>
            <dd><Time at=authorization.created_at text=authorization.created_at.minute()/>{format!(" by {creator}")}</dd>
            {authorization.created_with.map(|parent| view! {
                <dt>"Created with"</dt>
                <dd data-testid="fact-created-with">
                    <a class="link" href=move || state.address(Tokens::Details(parent)) data-noscroll>"the token "<code>{parent.to_string()}</code></a>
                </dd>
            })}
            {authorization.leaked_at.map(|at| view! {
                <dt>"Leaked"</dt>
                <dd data-testid="fact-leaked"><Time at text=at.minute()/>" reported by someone who held it"</dd>
            })}
            <dt>"Last used"</dt>
            <dd><LastUsed last=authorization.last_use.clone() now/></dd>
            <dt>"Last modified"</dt>
            <dd><Time at=authorization.updated_at text=authorization.updated_at.minute()/></dd>
            <LimitFacts details=limited state/>
            {authorization.ended_at.map(|at| view! {
                <dt>"Ended"</dt>
                <dd><Time at text=at.minute()/>", when its owner or organization was deleted"</dd>
            })}
        </dl>
    }
}

/// An id, with a button that copies it.
#[component]
fn CopyId(id: String, name: &'static str) -> impl IntoView {
    view! { <span class="fact-id"><code>{id.clone()}</code><CopyButton text=id name class="icon-button small needs-script"/></span> }
}
