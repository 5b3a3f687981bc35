//! The cells that rows of members and of users have in common.

use leptos::prelude::*;

use crate::{
    console::components::{
        Icon, Picture,
        text::{Avatar, LivenessBadge, Time},
    },
    model::{Liveness, Status, Timestamp},
};

/// Who did not sign in for so many days is marked.
const LONG_DAYS: i64 = 90;

/// Who it is.
#[component]
pub fn Name(name: String, you: bool) -> impl IntoView {
    view! {
        <span class="person">
            <Avatar name=name.clone()/><span class="person-name">{name}</span>{you.then(|| view! { <span class="badge">"you"</span> })}
        </span>
    }
}

#[component]
pub fn StatusBadge(status: Status) -> impl IntoView {
    let liveness = match status {
        Status::Active => Liveness::Live,
        Status::Inactive => Liveness::Inactive,
    };
    view! { <LivenessBadge liveness/> }
}

/// When someone last signed in; in amber if that is long ago.
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
