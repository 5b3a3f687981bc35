//! The buckets of a gate.

use leptos::prelude::*;

use jeton_model::{
    BucketId,
    console::databases::{BoundRow, GateDetails, GateKey},
};

use crate::{
    components::{Form, text::Alert},
    forms::databases::BoundForm,
    routes::{Databases, with_parameters},
};

use super::drawer::Drawer;

/// The bound buckets, suspended ones first. Of InfluxDB 2, which has no bindings, the suspended ones.
#[component]
pub fn Buckets(details: GateDetails, drawer: Drawer) -> impl IntoView {
    let GateDetails { gate, mut bindings, may_bind, is_operator, .. } = details;
    let key = gate.key;
    let is_bound = gate.kind.has_bindings();
    if !is_bound && bindings.is_empty() {
        return ().into_any();
    }
    bindings.sort_by_key(|row| !row.suspended);
    let waits = bindings.iter().any(|row| row.suspended);
    let list = if bindings.is_empty() {
        view! { <p class="quiet">"No bucket is bound yet, so that no request for data is allowed."</p> }.into_any()
    } else {
        let row = |row: BoundRow| view! { <Bucket row gate=key may_unbind=may_bind may_confirm=is_operator drawer/> };
        view! { <ul class="gate-rows" data-testid="gate-buckets">{bindings.into_iter().map(row).collect_view()}</ul> }
            .into_any()
    };
    let heading = if is_bound { "and the databases that hold their data" } else { "that are suspended, and their ids" };
    let alert = if is_bound { VANISHED } else { CHANGED };
    view! {
        <h3 class="section-title">"Buckets "<span>{heading}</span></h3>
        {waits.then(|| view! { <Alert>{alert}</Alert> })}
        {(waits && is_operator).then(|| view! { <ConfirmAll gate=key drawer/> })}
        {list}
    }
    .into_any()
}

/// The explanation of suspended buckets.
const VANISHED: &str = "A bucket is suspended when its database vanishes or changes: requests are answered with 503. \
                        Look at the database before you confirm. The tokens of the bucket then have access to what it \
                        holds now.";
/// The explanation of suspended buckets of InfluxDB 2.
const CHANGED: &str = "A bucket is suspended when InfluxDB deletes it or gives it another name or id: requests are \
                       answered with 503. Look at InfluxDB before you confirm. The bucket then has the name that it \
                       has there.";

/// The link to the dialog that confirms all suspended buckets.
#[component]
fn ConfirmAll(gate: GateKey, drawer: Drawer) -> impl IntoView {
    let state = drawer.state;
    let dialog = move || state.address(Databases::ConfirmAll(gate));
    view! {
        <p>
            <a class="button small" href=dialog data-noscroll aria-label="Confirm all suspended buckets" data-testid="confirm-all">
                "Confirm all"
            </a>
        </p>
    }
}

/// A bound bucket, or a suspended one of InfluxDB 2.
#[component]
fn Bucket(row: BoundRow, gate: GateKey, may_unbind: bool, may_confirm: bool, drawer: Drawer) -> impl IntoView {
    let BoundRow { bucket, name, place, suspended } = row;
    let state = drawer.state;
    let unbind =
        move || with_parameters(state.address(Databases::Unbind(gate)), &[(BoundForm::BUCKET, bucket.to_string())]);
    let badge = suspended.then(|| view! { <span class="badge danger">"Suspended"</span> });
    let confirm = (suspended && may_confirm).then(|| view! { <Confirm bucket name=name.clone() gate drawer/> });
    let end = may_unbind.then(|| {
        view! {
            <a class="link" href=unbind data-noscroll aria-label=format!("End the binding of {name}")>"Unbind"</a>
        }
    });
    view! {
        <li data-testid=format!("gate-bucket {name}")>
            <span class="gate-row-text"><b>{name.clone()}</b>" "<code>{place}</code>" "{badge}</span>
            {confirm}{end}
        </li>
    }
}

/// The form that makes a suspended bucket available again.
#[component]
fn Confirm(bucket: BucketId, name: String, gate: GateKey, drawer: Drawer) -> impl IntoView {
    let state = drawer.state;
    let busy = RwSignal::new(false);
    let action = Signal::derive(move || state.address(Databases::Confirm(gate)));
    view! {
        <Form action busy on_answer=drawer.on_done("The bucket was not confirmed")>
            <input type="hidden" name=BoundForm::BUCKET value=bucket.to_string()/>
            <button
                class="button small" aria-label=format!("Confirm {name}") aria-busy=move || busy.get().then_some("true")
                data-testid="confirm-bucket"
            >"Confirm"</button>
        </Form>
    }
}
