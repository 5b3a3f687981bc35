//! Small formatted texts.

use leptos::prelude::*;

use jeton_model::{
    Liveness, Timestamp,
    console::messages,
    describe::{Sentence, Summary},
    duration::DAY,
    grant::Breadth,
};

use super::{Icon, Picture};

/// A tinted box with an icon. `live`: it appears after an action, and screen readers announce it.
#[component]
pub fn Alert(
    /// True for an error; otherwise it is a warning.
    #[prop(optional)]
    danger: bool,
    /// True for small text.
    #[prop(optional)]
    small: bool,
    /// True if the box appears after an action, so that screen readers announce it.
    #[prop(optional)]
    live: bool,
    /// The content of the box.
    children: Children,
) -> impl IntoView {
    let class = format!("alert {} {}", if danger { "danger" } else { "warn" }, if small { "small" } else { "" });
    let picture = if danger { Picture::CircleAlert } else { Picture::Warning };
    view! { <div class=class.trim_end().to_owned() role=live.then_some("alert")><Icon picture/><div>{children()}</div></div> }
}

/// Returns the first letter of a name, for its avatar.
pub fn first_letter(name: &str) -> String {
    name.trim_start_matches("svc-").chars().next().map(|letter| letter.to_string()).unwrap_or_default()
}

/// The avatar of a name: its first letter in a disc.
#[component]
pub fn Avatar(name: String, #[prop(optional)] square: bool) -> impl IntoView {
    let letter = first_letter(&name);
    view! { <span class=if square { "avatar square" } else { "avatar" } aria-hidden="true">{letter}</span> }
}

/// The prefix by which users recognise a token.
#[component]
pub fn Chip(prefix: String) -> impl IntoView {
    view! { <span class="chip">{format!("{prefix}…")}</span> }
}

/// A relative time, with the exact one in a tooltip.
#[component]
pub fn Time(at: Timestamp, text: String) -> impl IntoView {
    view! { <time datetime=at.to_string() title=at.minute()>{text}</time> }
}

/// The time until a token's expiry, or since; highlighted as a warning within the last 14 days.
#[component]
pub fn Expires(end: Timestamp, now: Timestamp) -> impl IntoView {
    let (class, picture) = match end.seconds_since(now) {
        _ if end <= now => ("expires expired", Some(Picture::CircleAlert)),
        ..=SOON => ("expires soon", Some(Picture::Hourglass)),
        _ => ("expires", None),
    };
    view! { <span class=class title=end.minute()>{picture.map(|picture| view! { <Icon picture/> })}{messages::expiry(Some(end), now)}</span> }
}

/// Remaining life, in seconds, below which a token needs attention.
const SOON: i64 = 14 * DAY;

/// The badge that displays whether a token works.
#[component]
pub fn LivenessBadge(liveness: Liveness) -> impl IntoView {
    let (class, picture, word) = match liveness {
        Liveness::Live => ("badge ok", Picture::CircleCheck, "Active"),
        Liveness::Inactive => ("badge", Picture::Pause, "Inactive"),
        Liveness::Leaked => ("badge danger", Picture::CircleAlert, "Leaked"),
        Liveness::Expired => ("badge", Picture::CircleAlert, "Expired"),
        Liveness::Ended => ("badge", Picture::CircleAlert, "Ended"),
    };
    view! { <span class=class><Icon picture/>{word}</span> }
}

/// The summary of a token's permissions: their scope, and at most two lines about the rest.
#[component]
pub fn SummaryLines(summary: Summary, org_name: String) -> impl IntoView {
    let lines = summary.lines.into_iter();
    let lines = lines.map(|(action, text)| view! { <p><span>{action.title()}</span>{format!(" {text}")}</p> });
    let lines = lines.collect_view();
    match summary.breadth {
        Breadth::Operator => view! {
            <p><span class="badge"><Icon picture=Picture::Crown/>"Operator"</span></p>
            <p class="quiet">"Everything in every organization"</p>
        }
        .into_any(),
        Breadth::AllAccess(_) => view! {
            <p><span class="badge"><Icon picture=Picture::Shield/>"All access"</span>" · "{org_name}</p>
            {lines}
        }
        .into_any(),
        Breadth::Custom => lines.into_any(),
    }
}

/// One line of the "This token can …" list.
#[component]
pub fn CanLine(sentence: Sentence) -> impl IntoView {
    let name = sentence.name.map(|name| view! { " "<code class="name">{name}</code> });
    view! { <li><Icon picture=Picture::Check/><span>{sentence.before}{name}{sentence.after}</span></li> }
}
