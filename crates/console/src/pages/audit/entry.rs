//! An audit entry: a sentence, and its details when expanded.

use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};

use jeton_model::{
    AuthorizationId, Id, Timestamp,
    audit::{AuditRow, Fact, facts, sentence},
    wording,
};

use crate::{
    components::{
        CopyButton, Icon, Picture,
        text::{Avatar, Chip},
    },
    routes::{PageRoute as _, Tokens, Users, without_scrolling},
};

use super::AuditState;

/// One entry of the log.
#[component]
pub fn Entry(row: AuditRow, now: Timestamp, state: AuditState) -> impl IntoView {
    let text = sentence(&row);
    let at = row.at;
    let refused = text.refused;
    let picture = picture(&row.action, refused);
    let seq = row.seq;
    let navigate = use_navigate();
    let on_toggle = move |is_open: bool| {
        if is_open != state.open.with_untracked(|open| open.holds(seq)) {
            let options = NavigateOptions { replace: true, ..without_scrolling() };
            navigate(&state.with_open(seq, is_open), options);
        }
    };
    let name = text.name.clone().map(|name| view! { " "<b>{format!("“{name}”")}</b> });
    view! {
        <li class=if refused { "audit-entry refused" } else { "audit-entry" } data-testid="audit-entry">
            <details open=move || state.open.with(|open| open.holds(seq)) on:toggle:target=move |event| on_toggle(event.target().open())>
                <summary>
                    <time class="audit-time" datetime=at.to_string()>{day(at, now)}" "<b>{clock(at)}</b></time>
                    <span class="audit-who"><Who row=row.clone()/></span>
                    <span class="audit-from"><code>{row.address.clone()}</code></span>
                    <span class="audit-what"><Icon picture/><span>{text.before}{name}{text.after}</span></span>
                    <Icon picture=Picture::ChevronDown class="chevron"/>
                </summary>
                <Detail row state/>
            </details>
        </li>
    }
}

/// Formats a date as "23 Nov", with its year if that is not the current one.
fn day(at: Timestamp, now: Timestamp) -> String {
    let (day, today) = (at.date(), now.date());
    let year = |date: &str| date.rsplit_once(' ').map(|(_, year)| year.to_owned());
    if year(&day) == year(&today) { day.rsplit_once(' ').map_or(day.clone(), |(day, _)| day.to_owned()) } else { day }
}

/// Formats a time of day as "21:04:11".
fn clock(at: Timestamp) -> String {
    at.second().rsplit_once(' ').map(|(_, clock)| clock.to_owned()).unwrap_or_default()
}

fn picture(action: &str, refused: bool) -> Picture {
    if refused {
        return Picture::Ban;
    }
    match action {
        "signed in" => Picture::SignIn,
        "signed out" | "sessions ended" => Picture::SignOut,
        _ if action.ends_with("exported") => Picture::Download,
        _ if action.ends_with("deleted") || action.ends_with("removed") => Picture::Trash,
        _ if action.starts_with("authorization") || action.starts_with("1.x") => Picture::Key,
        _ if action.starts_with("bucket") || action.starts_with("DBRP") => Picture::Bucket,
        _ if action.starts_with("telegraf") => Picture::Antenna,
        _ if action.starts_with("member") || action.starts_with("role") => Picture::Users,
        _ if action.starts_with("user") || action.starts_with("password") => Picture::UserCog,
        _ if action.starts_with("organization") || action == "set up" => Picture::Organization,
        _ => Picture::Scroll,
    }
}

/// The actor: a token by its prefix or name, else the user.
#[component]
fn Who(row: AuditRow) -> impl IntoView {
    let user = row.actor.user.map(|user| user.name.unwrap_or_else(|| "deleted user".into()));
    match (row.actor.token, user) {
        (Some(token), user) => match (token.prefix, token.description) {
            (Some(prefix), _) => view! { <Chip prefix/> }.into_any(),
            (None, Some(description)) => view! { <span>{description}</span> }.into_any(),
            (None, None) => {
                view! { <span>{user.map_or_else(|| "deleted token".into(), |user| format!("token of {user}"))}</span> }
                    .into_any()
            }
        },
        (None, Some(user)) => view! { <Avatar name=user.clone()/><span>{user}</span> }.into_any(),
        (None, None) if row.target.kind == "audit" => view! { <span>"Jeton"</span> }.into_any(),
        (None, None) => view! { <span class="quiet">"unknown"</span> }.into_any(),
    }
}

/// The details of an expanded entry.
#[component]
fn Detail(row: AuditRow, state: AuditState) -> impl IntoView {
    let json = serde_json::to_string_pretty(&row).unwrap_or_default();
    let facts = facts(&row.detail);
    let hash = format!("{}…{}", row.hash.get(..6).unwrap_or_default(), row.hash.get(62..).unwrap_or_default());
    view! {
        <div class="audit-detail">
            {(!facts.is_empty()).then(|| view! { <Facts facts/> })}
            <p class="audit-meta">
                <span>{format!("Entry {}", wording::grouped(row.seq.unsigned_abs()))}</span>
                <span title=row.hash.clone()>"Hash "<code>{hash}</code></span>
                {row.address.clone().map(|address| view! { <span class="audit-origin">"From "<code>{address}</code></span> })}
                <By row=row.clone()/>
                <Links row state/>
                <CopyButton text=json label="Copy as JSON" class="link-button needs-script"/>
            </p>
        </div>
    }
}

/// A list of facts.
#[component]
fn Facts(facts: Vec<Fact>) -> impl IntoView {
    let changed = facts.iter().any(|fact| fact.before.is_some());
    let row = move |fact: Fact| {
        let after = fact.after.unwrap_or_else(|| "–".into());
        view! {
            <tr>
                <th scope="row">{fact.what}</th>
                {changed.then(|| view! { <td>{fact.before.map(|before| view! { <s>{before}</s> })}</td> })}
                <td>{if changed { view! { <b>{after}</b> }.into_any() } else { after.into_any() }}</td>
            </tr>
        }
    };
    view! {
        <table class="audit-facts">
            <thead>
                <tr>
                    <th scope="col">"What"</th>
                    {changed.then(|| view! { <th scope="col">"Before"</th> })}
                    <th scope="col">{if changed { "After" } else { "Value" }}</th>
                </tr>
            </thead>
            <tbody>{facts.into_iter().map(row).collect_view()}</tbody>
        </table>
    }
}

/// The token or session with which the action was done.
#[component]
fn By(row: AuditRow) -> impl IntoView {
    let user = row.actor.user.map(|user| user.name.unwrap_or_else(|| format!("deleted user {}", user.id)));
    let of = user.map(|user| format!(" of {user}")).unwrap_or_default();
    match (row.actor.token, row.actor.session) {
        (Some(token), _) => {
            let name = token.description.map(|description| format!(" “{description}”")).unwrap_or_default();
            view! { <span>"Token"{name}{of}</span> }.into_any()
        }
        (None, Some(session)) => view! { <span>"Session "<code>{session}</code>{of}</span> }.into_any(),
        (None, None) => ().into_any(),
    }
}

/// Links to the subjects of the entry.
#[component]
fn Links(row: AuditRow, state: AuditState) -> impl IntoView {
    let is_gone = row.target.name.is_none() || row.action.ends_with("deleted");
    let id = row.target.id.filter(|_| !is_gone);
    let token = row.org.zip(id.filter(|_| row.target.kind == "authorizations" && !row.action.starts_with("1.x")));
    let token = token.map(|(org, id)| (Tokens::Details(AuthorizationId(id)).address(org, &[]), "Show the token"));
    let sees_users = move || state.page.frame.with_untracked(|frame| frame.may.read_users);
    let user = row.target.name.filter(|_| row.target.kind == "users" && sees_users());
    let user = user
        .map(|name| (Users::List.address(state.page.org.get_untracked(), &[("searchTerm", name)]), "Show the user"));
    let link = |(href, text): (String, &'static str)| view! { <a class="link" href=href>{text}</a> };
    let about = row
        .target
        .id
        .map(|id: Id| (untrack(|| state.with(|query| query.about = id.to_string())), "All entries about it"));
    [token, user, about].into_iter().flatten().map(link).collect_view()
}
