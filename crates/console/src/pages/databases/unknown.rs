//! The comparison of a gate with its database.

use leptos::prelude::*;

use jeton_model::{
    Timestamp,
    binding::GateKind,
    console::databases::{Compared, GateDetails, GateKey},
    wording,
};

use crate::{
    components::{Form, text::Time},
    forms::databases::BindForm,
    routes::{Databases, with_parameters},
};

use super::{DatabasesState, drawer::Drawer};

/// The databases without a bucket, or the buckets of InfluxDB 2 that Jeton does not have, as the last comparison found
/// them, and the form that compares again. Only operators see it.
#[component]
pub fn Unknown(details: GateDetails, drawer: Drawer) -> impl IntoView {
    let GateDetails { gate, compared, is_operator, now, .. } = details;
    let (key, kind) = (gate.key, gate.kind);
    if !is_operator {
        return ().into_any();
    }
    let (heading, what, hint) = texts(kind);
    let state = drawer.state;
    let busy = RwSignal::new(false);
    let action = Signal::derive(move || state.address(Databases::Sync(key)));
    let found = match compared {
        None => view! { <p class="quiet">"It was not compared since the start of the server."</p> }.into_any(),
        Some(compared) => view! { <Found compared gate=key kind now state/> }.into_any(),
    };
    view! {
        <h3 class="section-title">{heading}<span>{what}</span></h3>
        {found}
        <Form action busy on_answer=drawer.on_done("The gate was not compared")>
            <button class="button" aria-busy=move || busy.get().then_some("true") aria-describedby="compare-hint" data-testid="compare-gate">
                "Compare with the database"
            </button>
            <p class="hint" id="compare-hint">{hint}</p>
        </Form>
    }
    .into_any()
}

/// Returns the heading, what is listed below it, and the effect of a comparison.
fn texts(kind: GateKind) -> (&'static str, &'static str, &'static str) {
    if kind.has_bindings() {
        ("Unknown databases ", "that no bucket stands for", "Suspends the buckets whose database vanished.")
    } else {
        ("Unknown buckets ", "that Jeton does not have", "Suspends the buckets that InfluxDB deleted or renamed.")
    }
}

/// The databases that were found, each with a link to the form that binds it. InfluxDB 2 has no bindings: its buckets
/// are adopted.
#[component]
fn Found(
    /// The comparison.
    compared: Compared,
    /// The name of the gate.
    gate: GateKey,
    /// The kind of the database.
    kind: GateKind,
    /// The time at which the page was read.
    now: Timestamp,
    /// The state of the page.
    state: DatabasesState,
) -> impl IntoView {
    let Compared { at, unknown, total } = compared;
    let more = total.saturating_sub(unknown.len() as u64);
    let is_bound = kind.has_bindings();
    let place = move |place: String| {
        let bind = is_bound.then(|| {
            let (database, policy) = split(&place, kind == GateKind::Influxdb1);
            let parameters = [(BindForm::DATABASE, database), (BindForm::POLICY, policy)];
            let href = move || with_parameters(state.address(Databases::Bind(gate)), &parameters);
            let label = format!("Bind a bucket to {place}");
            view! { <a class="link" href=href data-noscroll aria-label=label>"Bind"</a> }
        });
        view! { <li><code class="gate-row-text">{place}</code>{bind}</li> }
    };
    let adopt = (total > 0 && !is_bound).then(|| {
        view! { <p class="hint">"Adopt them with "<code>"jeton gate adopt"</code>"."</p> }
    });
    let none = if is_bound {
        "A bucket stands for everything that the gate guards."
    } else {
        "Jeton has every bucket that the gate guards."
    };
    let list = (!unknown.is_empty()).then(|| {
        view! {
            <ul class="gate-rows" data-testid="gate-unknown">{unknown.into_iter().map(place).collect_view()}</ul>
        }
    });
    view! {
        {list}
        {(more > 0).then(|| view! { <p class="quiet">{format!("and {} more", wording::grouped(more))}</p> })}
        {adopt}
        {(total == 0).then(|| view! { <p class="quiet">{none}</p> })}
        <p class="hint">"Compared "<Time at text=at.ago(now)/>"."</p>
    }
}

/// Splits `db/rp` into database and retention policy; the policy is empty if there is none.
fn split(place: &str, has_policies: bool) -> (String, String) {
    let (database, policy) = place.split_once('/').filter(|_| has_policies).unwrap_or((place, ""));
    (database.to_owned(), policy.to_owned())
}
