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

/// The databases without a bucket, as the last comparison found them, and the form that compares again. Only operators
/// see it.
#[component]
pub fn Unknown(details: GateDetails, drawer: Drawer) -> impl IntoView {
    let GateDetails { gate, compared, is_operator, now, .. } = details;
    let key = gate.key;
    if !is_operator || !gate.kind.has_bindings() {
        return ().into_any();
    }
    let has_policies = gate.kind == GateKind::Influxdb1;
    let state = drawer.state;
    let busy = RwSignal::new(false);
    let action = Signal::derive(move || state.address(Databases::Sync(key)));
    let found = match compared {
        None => view! { <p class="quiet">"It was not compared since the start of the server."</p> }.into_any(),
        Some(compared) => view! { <Found compared gate=key has_policies now state/> }.into_any(),
    };
    view! {
        <h3 class="section-title">"Unknown databases "<span>"that no bucket stands for"</span></h3>
        {found}
        <Form action busy on_answer=drawer.on_done("The gate was not compared")>
            <button class="button" aria-busy=move || busy.get().then_some("true") aria-describedby="compare-hint" data-testid="compare-gate">
                "Compare with the database"
            </button>
            <p class="hint" id="compare-hint">"Suspends the buckets whose database vanished."</p>
        </Form>
    }
    .into_any()
}

/// The databases that were found, each with a link to the form that binds it.
#[component]
fn Found(
    /// The comparison.
    compared: Compared,
    /// The name of the gate.
    gate: GateKey,
    /// True if the kind of database has retention policies.
    has_policies: bool,
    /// The time at which the page was read.
    now: Timestamp,
    /// The state of the page.
    state: DatabasesState,
) -> impl IntoView {
    let Compared { at, unknown, total } = compared;
    let more = total.saturating_sub(unknown.len() as u64);
    let place = move |place: String| {
        let (database, policy) = split(&place, has_policies);
        let parameters = [(BindForm::DATABASE, database), (BindForm::POLICY, policy)];
        let href = move || with_parameters(state.address(Databases::Bind(gate)), &parameters);
        let label = format!("Bind a bucket to {place}");
        view! { <li><code class="gate-row-text">{place}</code><a class="link" href=href data-noscroll aria-label=label>"Bind"</a></li> }
    };
    let list = (!unknown.is_empty()).then(|| {
        view! {
            <ul class="gate-rows" data-testid="gate-unknown">{unknown.into_iter().map(place).collect_view()}</ul>
        }
    });
    view! {
        {list}
        {(more > 0).then(|| view! { <p class="quiet">{format!("and {} more", wording::grouped(more))}</p> })}
        {(total == 0).then(|| view! { <p class="quiet">"A bucket stands for everything that the gate guards."</p> })}
        <p class="hint">"Compared "<Time at text=at.ago(now)/>"."</p>
    }
}

/// Splits `db/rp` into database and retention policy; the policy is empty if there is none.
fn split(place: &str, has_policies: bool) -> (String, String) {
    let (database, policy) = place.split_once('/').filter(|_| has_policies).unwrap_or((place, ""));
    (database.to_owned(), policy.to_owned())
}
