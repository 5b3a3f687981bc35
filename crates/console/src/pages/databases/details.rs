//! The drawer with a gate: its settings, its buckets, and its last refusals.

use leptos::prelude::*;

use jeton_model::{
    binding::{GateMode, GateTraffic},
    console::databases::{GateDetails, GateRow},
    wording,
};

use crate::{
    components::{CopyButton, Dialog, DialogHead, form::refused_sentence, text::Alert},
    routes::Databases,
};

use super::{
    DatabasesState,
    bindings::Buckets,
    drawer::Drawer,
    explain::{Explain, ExplainState},
    gate_resource,
    health::{HealthBadge, ModeBadge},
    named,
    refusals::Refusals,
    tokens::{InUse, V1InUse},
    unknown::Unknown,
};

/// The route of the drawer, and of the forms in it.
#[component]
pub fn DetailsRoute() -> impl IntoView {
    let state = DatabasesState::current();
    let reloads = RwSignal::new(0);
    let found = gate_resource(state, reloads);
    let requested = ExplainState::new(state);
    let drawer = Drawer::new(state, reloads);
    let close = Signal::derive(move || state.address(Databases::List));
    let title = untrack(|| named(state)).map_or_else(|| "Gate".to_owned(), |key| key.to_string());
    view! {
        <Dialog class="drawer gate" close>
            <DialogHead title close/>
            <Transition fallback=|| ()>
                {move || Suspend::new(async move {
                    match found.await {
                        Ok(details) => view! { <Content details requested drawer/> }.into_any(),
                        Err(error) => view! {
                            <div class="dialog-body"><Alert danger=true live=true>{error.sentence()}</Alert></div>
                        }
                        .into_any(),
                    }
                })}
            </Transition>
        </Dialog>
    }
}

/// The content of the drawer.
#[component]
fn Content(details: GateDetails, requested: ExplainState, drawer: Drawer) -> impl IntoView {
    let gate = details.gate.clone();
    let key = gate.key;
    let state = drawer.state;
    let findings = details.findings.clone();
    let is_bound = !details.bindings.is_empty();
    let bind = details.may_bind.then(|| view! {
        <a class="button primary" href=move || state.address(Databases::Bind(key)) data-noscroll data-testid="bind-bucket">"Bind a bucket"</a>
    });
    let unbind = (details.may_bind && is_bound).then(|| view! {
        <a class="button" href=move || state.address(Databases::Unbind(key)) data-noscroll data-testid="unbind-bucket">"End a binding"</a>
    });
    let foot = details.may_bind.then(|| view! { <footer class="dialog-foot">{unbind}{bind}</footer> });
    view! {
        <div class="dialog-body">
            {refused_sentence().map(|sentence| view! { <Alert danger=true live=true>{sentence}</Alert> })}
            <p class="gate-badges">
                <ModeBadge mode=gate.mode/><HealthBadge health=gate.health/>
                <span>{format!("{} for {}", gate.kind.title(), details.org_name)}</span>
            </p>
            {findings.into_iter().map(|finding| view! { <Alert>{finding}</Alert> }).collect_view()}
            <Facts details=details.clone()/>
            <Buckets details=details.clone() drawer/>
            <Unknown details=details.clone() drawer/>
            <InUse tokens=details.tokens.clone() total=gate.tokens now=details.now state/>
            <V1InUse credentials=details.v1_credentials.clone() now=details.now/>
            <Refusals
                refusals=details.refusals.clone()
                v1_credentials=details.refused_v1_credentials.clone()
                now=details.now
                state
            />
            <Explain details requested state/>
        </div>
        {foot}
    }
}

/// The settings of the gate and its numbers.
#[component]
fn Facts(details: GateDetails) -> impl IntoView {
    let bound = details.gate.kind.has_bindings().then(|| view! { <dt>"Buckets"</dt><dd>{buckets(&details)}</dd> });
    let gate = details.gate;
    let counts = gate.counts;
    let shows_would = gate.mode == GateMode::Observe || counts.would_refuse > 0;
    let would = would_refuse(shows_would, counts.would_refuse);
    let requests = format!(
        "{}{would} · {} refused · {} without a token that works · {} failed in the database",
        wording::count(counts.requests(), "request"),
        wording::grouped(counts.refused),
        wording::grouped(counts.unauthenticated),
        wording::grouped(counts.failed)
    );
    // A gate that only answers reverse proxies has no address.
    let used = (!gate.address.is_empty()).then(|| {
        view! {
            <dt>"Clients use"</dt>
            <dd><code>{gate.address.clone()}</code><CopyButton text=gate.address.clone() name="Copy the address"/></dd>
        }
    });
    view! {
        <dl class="facts" data-testid="gate-facts">
            {used}
            <dt>"Upstream"</dt><dd><code>{gate.upstream}</code></dd>
            <dt>"Databases"</dt><dd><code>{details.databases.join(", ")}</code></dd>
            {bound}
            <dt>"Last minute"</dt><dd>{traffic(gate.rates.minute)}</dd>
            <dt>"Last hour"</dt><dd>{traffic(gate.rates.hour)}</dd>
            <dt>"Since the start"</dt><dd>{requests}</dd>
        </dl>
    }
}

/// Describes the requests that a gate in observe mode would have refused; empty if they are not shown.
fn would_refuse(is_shown: bool, number: u64) -> String {
    if is_shown { format!(" · {} would be refused", wording::grouped(number)) } else { String::new() }
}

/// Describes the requests of a span of time: "1,284 requests · 3 refused · 0 failed in the database".
fn traffic(traffic: GateTraffic) -> String {
    format!(
        "{}{} · {} refused · {} failed in the database",
        wording::count(traffic.requests, "request"),
        would_refuse(traffic.would_refuse > 0, traffic.would_refuse),
        wording::grouped(traffic.refused),
        wording::grouped(traffic.failed)
    )
}

/// Describes the bindings of the gate: "6 bound · 1 suspended · 1 database unknown here".
fn buckets(details: &GateDetails) -> String {
    let GateRow { bound, suspended, .. } = &details.gate;
    let unknown = details.compared.as_ref().map_or(0, |compared| compared.total);
    let mut text = format!("{} bound", wording::grouped(*bound));
    if *suspended > 0 {
        text.push_str(&format!(" · {} suspended", wording::grouped(*suspended)));
    }
    if unknown > 0 {
        text.push_str(&format!(" · {} unknown here", wording::count(unknown, "database")));
    }
    text
}
