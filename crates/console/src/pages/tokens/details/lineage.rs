//! The rotation chain of the token, newest first.

use leptos::prelude::*;

use jeton_model::{
    AuthorizationId, Liveness, Timestamp,
    console::{
        lineage::{Lineage, Link},
        messages,
    },
    wording,
};

use crate::{
    components::{Form, Icon, Notices, Picture, form::ActionOutcome, text::Chip},
    forms::{flash::Flash, tokens::EndOverlapForm},
    pages::tokens::state::TokensState,
    routes::Tokens,
};

use super::usage::from;

/// Seconds since the last use within which a token counts as in use.
const RECENT: i64 = 3600;

/// The chain, one token a row; nothing if the token was never rotated.
#[component]
pub fn Chain(history: Lineage, id: AuthorizationId, state: TokensState) -> impl IntoView {
    if history.chain.is_empty() {
        return ().into_any();
    }
    let now = history.now;
    let over = history.chain.iter().skip(1).filter(|link| accepted(link)).filter_map(|link| link.expires_at).max();
    let title = over.map(|end| format!("overlap ends {}", messages::ahead(end, now)));
    let shares = shares(&history);
    let mut newer: Option<Timestamp> = None;
    let rows = history.chain.into_iter().enumerate().map(|(index, link)| {
        let rotated_at = newer.replace(link.created_at);
        view! { <Row link index id rotated_at now state/> }
    });
    view! {
        <section class="rotation" data-testid="token-chain">
            <h3 class="section-title">"Rotation "<span>{title}</span></h3>
            <ol class="chain">{rows.collect_view()}</ol>
            {shares}
        </section>
    }
    .into_any()
}

const fn accepted(link: &Link) -> bool {
    matches!(link.liveness, Liveness::Live | Liveness::Inactive)
}

/// A token of the chain. `id`: the token of the drawer; `rotated_at`: when the next one replaced it.
#[component]
fn Row(
    /// The token of this row.
    link: Link,
    /// Its position in the chain, from 0 for the newest.
    index: usize,
    /// The token that the drawer displays.
    id: AuthorizationId,
    /// Time at which the next token replaced it; `None` for the newest.
    rotated_at: Option<Timestamp>,
    /// The server's present time.
    now: Timestamp,
    /// The state of the page.
    state: TokensState,
) -> impl IntoView {
    let this = link.id == id;
    let class = match (this, accepted(&link)) {
        (_, false) => "ended",
        (true, true) => "this",
        (false, true) if index == 0 => "newest",
        (false, true) => "old",
    };
    let word = match (this, index) {
        (true, _) => "This token",
        (false, 0) => "New token",
        (false, _) => "Old token",
    };
    let (at, shown) = (link.id, word);
    let name = if this {
        view! { <b>{shown}</b> }.into_any()
    } else {
        view! { <a class="link" href=move || state.address(Tokens::Details(at)) data-noscroll>{shown}</a> }.into_any()
    };
    let ends = rotated_at.is_some() && accepted(&link);
    let agent = link.last_use.as_ref().and_then(from);
    view! {
        <li class=class>
            <div>
                <p>{link.prefix.clone().map(|prefix| view! { <Chip prefix/> })}" "{name}</p>
                {match rotated_at {
                    Some(rotated_at) => view! { <Taken link=link.clone() rotated_at now/> }.into_any(),
                    None => view! { <Made link=link.clone() now/> }.into_any(),
                }}
                {agent.filter(|_| ends).map(|(address, agent)| view! { <p class="hint">"Last from "<code>{address}</code>{agent}</p> })}
            </div>
            {ends.then(|| view! { <EndOverlap link shown=id now state/> })}
        </li>
    }
}

/// The newest token: its creator, and whether it is used.
#[component]
fn Made(link: Link, now: Timestamp) -> impl IntoView {
    let creator = link.creator.unwrap_or_else(|| "a deleted user".into());
    let used = link.last_use.map_or_else(|| "not used yet".into(), |last| format!("used {}", last.at.ago(now)));
    view! { <p class="hint">{format!("Generated {} by {creator} · {used}", link.created_at.ago(now))}</p> }
}

/// A replaced token: whether it is still used, and when it ends.
#[component]
fn Taken(link: Link, rotated_at: Timestamp, now: Timestamp) -> impl IntoView {
    let ends = link.expires_at.map(|end| messages::ahead(end, now)).unwrap_or_default();
    match link.liveness {
        Liveness::Live if link.used_since(rotated_at) => {
            let last = link.last_use.map(|last| last.at.ago(now)).unwrap_or_default();
            let text = format!("still used {last}, ends {ends}");
            view! { <p class="still-used" data-testid="still-used"><Icon picture=Picture::ClockAlert/>{text}</p> }
                .into_any()
        }
        Liveness::Live => {
            view! { <p class="hint">{format!("not used since the rotation, ends {ends}")}</p> }.into_any()
        }
        Liveness::Leaked => view! { <p class="hint">"reported as leaked, permanently refused"</p> }.into_any(),
        Liveness::Inactive => view! { <p class="hint">{format!("inactive, ends {ends}")}</p> }.into_any(),
        Liveness::Expired | Liveness::Ended => {
            let ended = link.expires_at.map(|end| match now.seconds_since(end) {
                ..60 => "Ended just now".to_owned(),
                _ => format!("Ended on {}", end.minute()),
            });
            view! { <p class="hint">{ended.unwrap_or_else(|| "Ended".into())}</p> }.into_any()
        }
    }
}

/// The button that ends the overlap; if the token seems to be in use, with a confirmation. `shown`: the token of the
/// drawer.
#[component]
fn EndOverlap(link: Link, shown: AuthorizationId, now: Timestamp, state: TokensState) -> impl IntoView {
    let at = link.id;
    let recent = link.last_use.map(|last| last.at).filter(|at| now.seconds_since(*at) < RECENT);
    let notices = Notices::current();
    let on_answer = Callback::new(move |answer: ActionOutcome| match answer {
        Ok(_) => {
            notices.success(Flash::OverlapEnded.sentence(), "");
            state.reload_token();
            state.reload();
        }
        Err(error) => notices.failure("The overlap was not ended", error.sentence()),
    });
    let form = move |class: &'static str, word: &'static str| {
        view! {
            <Form action=Signal::derive(move || state.address(Tokens::Details(at))) on_answer>
                <input type="hidden" name=EndOverlapForm::SHOWN value=shown.to_string()/>
                <button class=class name=EndOverlapForm::OVERLAP value="end" data-testid="end-overlap">{word}</button>
            </Form>
        }
    };
    match recent {
        None => form("button small", "End overlap now").into_any(),
        Some(last) => view! {
            <details class="end-overlap">
                <summary class="button small">"End overlap now"</summary>
                <div>
                    <p>{format!("It was used {}. Programs that still use it are refused at once.", last.ago(now))}</p>
                    {form("button small danger", "End it now")}
                </div>
            </details>
        }
        .into_any(),
    }
}

/// The shares of today's usage of the newest token and of the one before it.
fn shares(history: &Lineage) -> Option<impl IntoView + use<>> {
    let [new, old, ..] = history.chain.as_slice() else { return None };
    let (new, old, accepted) = (new.today, old.today, accepted(old));
    let all = new + old;
    (accepted && all > 0).then(|| {
        let width = new.saturating_mul(200) / all;
        let bar = format!(
            r#"<rect class="new" x="0" y="1" width="{width}" height="4" rx="2"/><rect class="old" x="{}" y="1" width="{}" height="4" rx="2"/>"#,
            width + 2,
            200_u64.saturating_sub(width),
        );
        view! {
            <p class="shares">
                <span><b>{wording::grouped(new)}</b>" with the new"</span>
                <svg viewBox="0 0 202 6" preserveAspectRatio="none" aria-hidden="true" inner_html=bar></svg>
                <span><b>{wording::grouped(old)}</b>" with the old, today"</span>
            </p>
        }
    })
}
