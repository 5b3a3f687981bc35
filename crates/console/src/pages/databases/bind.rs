//! The dialog that binds a bucket to a database.

use leptos::prelude::*;

use jeton_model::{binding::GateKind, console::databases::GateDetails};

use crate::{
    components::{
        Dialog, Field,
        field::{Hint, at_field},
        form::{refusal, typed_fields},
    },
    error::ConsoleError,
    forms::databases::BindForm,
    routes::Databases,
};

use super::{
    DatabasesState, asked_for,
    binding_form::{BindingForm, BindingRoute, Submit},
};

const SUBMIT: Submit =
    Submit { class: "button primary", text: ("Bind bucket", "Binding"), testid: "bind-bucket-submit" };

/// The route of the dialog.
#[component]
pub fn BindRoute() -> impl IntoView {
    view! {
        <BindingRoute
            allows=|details| details.may_bind
            denial="Who may write all buckets of the organization binds them."
            render=|details, state| view! { <BindDialog details state/> }.into_any()
        />
    }
}

/// The dialog.
#[component]
fn BindDialog(details: GateDetails, state: DatabasesState) -> impl IntoView {
    let GateDetails { gate, is_operator, .. } = details;
    let key = gate.key;
    let refused = RwSignal::new(refusal());
    let close = Signal::derive(move || state.address(Databases::Show(key)));
    view! {
        <Dialog class="narrow" close>
            <BindingForm
                page=Databases::Bind(key) gate=key title=format!("Bind a bucket at {key}") failed="The bucket was not bound"
                refused submit=SUBMIT
            >
                <p>{rule(gate.kind, is_operator)}</p>
                <BindFields kind=gate.kind refused/>
            </BindingForm>
        </Dialog>
    }
}

/// Returns the explanation of the required permissions and of the effect.
fn rule(kind: GateKind, is_operator: bool) -> &'static str {
    match (is_operator, kind) {
        (true, _) => "The tokens of the bucket then have access to what the database holds, now and later.",
        (false, GateKind::Victoriametrics) => "Only operators bind buckets of VictoriaMetrics.",
        (false, _) => "The database must be new. Only operators bind a bucket to one that may hold data.",
    }
}

/// The fields: bucket, database and, for InfluxDB 1.x, the retention policy.
#[component]
fn BindFields(kind: GateKind, refused: RwSignal<Option<ConsoleError>>) -> impl IntoView {
    let database = RwSignal::new(
        typed_fields().get(BindForm::DATABASE).map_or_else(|| asked_for(BindForm::DATABASE), str::to_owned),
    );
    let hint = match kind {
        GateKind::Victoriametrics => "The value of the label db that its rows carry.",
        _ => "As the database calls it.",
    };
    let has_policies = kind == GateKind::Influxdb1;
    view! {
        <Field
            id=BindForm::BUCKET label="Bucket" hint="Name or id of a bucket of this organization." autofocus=true
            error=at_field(refused, BindForm::BUCKET)
        />
        <Field id=BindForm::DATABASE label="Database" hint error=at_field(refused, BindForm::DATABASE) value=database/>
        {has_policies.then(|| view! { <Policy refused/> })}
    }
}

/// The retention policy, which may be left out.
#[component]
fn Policy(refused: RwSignal<Option<ConsoleError>>) -> impl IntoView {
    let error = at_field(refused, BindForm::POLICY);
    let value = typed_fields().get(BindForm::POLICY).map_or_else(|| asked_for(BindForm::POLICY), str::to_owned);
    view! {
        <div class="field">
            <label for="policy">"Retention policy "<span class="optional">"optional"</span></label>
            <input
                class="input" id="policy" name=BindForm::POLICY value=value autocomplete="off" autocapitalize="none" spellcheck="false"
                aria-describedby="policy-hint" aria-invalid=move || error.get().map(|_| "true")
            />
            <Hint id="policy" hint="Without one, all that have no bucket of their own." error/>
        </div>
    }
}
