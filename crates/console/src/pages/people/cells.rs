//! Cells that the rows of members and of users share.

use leptos::prelude::*;

use jeton_model::{Liveness, Status, Timestamp};

use crate::components::{
    Icon, Picture,
    text::{Avatar, LivenessBadge, Time},
};

/// Number of days without a sign-in after which a user is highlighted.
const LONG_DAYS: i64 = 90;

/// The name of a user.
#[component]
pub fn Name(name: String, you: bool) -> impl IntoView {
    view! {
        <span class="person">
            <Avatar name=name.clone()/><span class="person-name">{name}</span>{you.then(|| view! { <span class="badge">"you"</span> })}
        </span>
    }
}

/// The status of a user.
#[component]
pub fn StatusBadge(status: Status) -> impl IntoView {
    let liveness = match status {
        Status::Active => Liveness::Live,
        Status::Inactive => Liveness::Inactive,
    };
    view! { <LivenessBadge liveness/> }
}

/// The time of the last sign-in, highlighted in amber if it is long ago.
#[component]
pub fn LastSignIn(at: Option<Timestamp>, now: Timestamp) -> impl IntoView {
    match at {
        None => view! { <span class="quiet">"never"</span> }.into_any(),
        Some(at) if now.seconds_since(at) >= LONG_DAYS * 86_400 => view! {
            <span class="long-ago"><Icon picture=Picture::ClockAlert/><span class="sr-only">"Long ago: "</span><Time at text=at.ago(now)/></span>
        }
        .into_any(),
        Some(at) => view! { <Time at text=at.ago(now)/> }.into_any(),
    }
}
