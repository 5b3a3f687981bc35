//! Badges of a gate.

use leptos::prelude::*;

use jeton_model::binding::{GateMode, UpstreamHealth};

use crate::components::{Icon, Picture};

/// The badge with the health of a gate's database.
#[component]
pub fn HealthBadge(health: UpstreamHealth) -> impl IntoView {
    let (class, picture) = match health {
        UpstreamHealth::Unknown => ("badge", Picture::Info),
        UpstreamHealth::Healthy => ("badge ok", Picture::CircleCheck),
        UpstreamHealth::Unreachable
        | UpstreamHealth::NoAnswer
        | UpstreamHealth::Unauthorized
        | UpstreamHealth::Unguarded
        | UpstreamHealth::Skewed => ("badge danger", Picture::CircleAlert),
    };
    view! { <span class=class data-testid="gate-health"><Icon picture/>{health.title()}</span> }
}

/// The badge with the effect of a gate's decisions.
#[component]
pub fn ModeBadge(mode: GateMode) -> impl IntoView {
    let class = match mode {
        GateMode::Enforce => "badge",
        GateMode::Observe => "badge observes",
    };
    view! { <span class=class>{mode.title()}</span> }
}
