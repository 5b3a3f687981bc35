//! The fields of a bucket: name, description and retention.

use leptos::prelude::*;

use jeton_model::{
    Bucket,
    bucket::{BucketKind, USUAL_RETENTION, words as retention_words},
};

use crate::{
    components::{
        Field, Icon, Picture,
        field::{FieldError, Hint, at_field},
        form::typed_fields,
    },
    error::ConsoleError,
    forms::buckets::BucketForm,
};

/// The value of the radio button for a number and a unit.
const CUSTOM: &str = "custom";

/// The fields with the bucket's present values, or with the submitted ones after an error.
#[component]
pub fn BucketFields(before: Option<Bucket>, refused: RwSignal<Option<ConsoleError>>) -> impl IntoView {
    let system = before.as_ref().is_some_and(|bucket| bucket.kind == BucketKind::System);
    let every = before.as_ref().map(|bucket| bucket.retention.every);
    let (name, description) = before.map(|bucket| (bucket.name, bucket.description)).unwrap_or_default();
    let sent = typed_fields();
    let name = sent.get(BucketForm::NAME).map_or(name, str::to_owned);
    let description = sent.get(BucketForm::DESCRIPTION).map_or(description, str::to_owned);
    let error = at_field(refused, BucketForm::DESCRIPTION);
    view! {
        {if system {
            view! { <p class="system-name"><code>{name}</code>" is a system bucket and keeps its name."</p> }.into_any()
        } else {
            view! { <Name name is_new=every.is_none() refused/> }.into_any()
        }}
        <div class="field">
            <label for="description">"Description"</label>
            <input
                class="input" id="description" name=BucketForm::DESCRIPTION value=description placeholder="What is in it" autocomplete="off"
                aria-describedby="description-hint" aria-invalid=move || error.get().map(|_| "true") autofocus=system
                data-testid="bucket-form-description"
            />
            <Hint id="description" hint="May be left empty." error/>
        </div>
        <Retention every refused/>
    }
}

/// The field of the name.
#[component]
fn Name(name: String, is_new: bool, refused: RwSignal<Option<ConsoleError>>) -> impl IntoView {
    // The service's rules for set-up call this field "bucket".
    let (own, rule) = (at_field(refused, BucketForm::NAME), at_field(refused, "bucket"));
    let error = Signal::derive(move || own.get().or_else(|| rule.get()));
    let hint = if is_new {
        "Programs refer to the bucket by name. No quotation marks, no underscore at the start."
    } else {
        "Tokens keep their access. Programs must be changed to use the new name."
    };
    view! { <Field id=BucketForm::NAME label="Name" class="bucket-name-field" hint autofocus=true error value=RwSignal::new(name)/> }
}

/// The choice of the retention: common periods, the present one, or a custom one. `every`: the present period in
/// seconds, if the bucket exists.
#[component]
fn Retention(every: Option<i64>, refused: RwSignal<Option<ConsoleError>>) -> impl IntoView {
    let sent = typed_fields();
    let chosen = sent.get(BucketForm::RETENTION).map_or_else(|| value(every.unwrap_or(0)), str::to_owned);
    let amount = sent.get(BucketForm::AMOUNT).unwrap_or_default().to_owned();
    let hours = sent.get(BucketForm::UNIT) == Some("hours");
    let mut offered: Vec<i64> = std::iter::once(0).chain(USUAL_RETENTION).chain(every).collect();
    offered.sort_unstable();
    offered.dedup();
    let is_custom = chosen == CUSTOM;
    let option = move |seconds: i64| {
        let value = value(seconds);
        let words = if seconds == 0 { "Forever".to_owned() } else { retention_words(seconds) };
        view! { <option value=value.clone() selected=value == chosen>{words}</option> }
    };
    let (of_choice, of_amount) = (at_field(refused, BucketForm::RETENTION), at_field(refused, BucketForm::AMOUNT));
    let error: FieldError = Signal::derive(move || of_choice.get().or_else(|| of_amount.get()));
    view! {
        <div class="field retention">
            <label for="retention">"Keep data for"</label>
            <div class="input-box">
                <select
                    class="input" id="retention" name=BucketForm::RETENTION aria-describedby="retention-hint"
                    aria-invalid=move || of_choice.get().map(|_| "true") data-testid="bucket-form-retention"
                >
                    {offered.into_iter().map(option).collect_view()}
                    <option value=CUSTOM selected=is_custom>"Another length of time…"</option>
                </select>
                <Icon picture=Picture::ChevronDown/>
            </div>
            <div class="retention-custom">
                <input
                    class="input" name=BucketForm::AMOUNT type="number" min="1" step="1" inputmode="numeric" value=amount aria-label="Number of days or hours"
                    placeholder="36" autocomplete="off" aria-describedby="retention-hint" aria-invalid=move || of_amount.get().map(|_| "true")
                    data-testid="bucket-form-amount"
                />
                <div class="input-box">
                    <select class="input" name=BucketForm::UNIT aria-label="Unit" data-testid="bucket-form-unit">
                        <option value="days" selected=!hours>"days"</option>
                        <option value="hours" selected=hours>"hours"</option>
                    </select>
                    <Icon picture=Picture::ChevronDown/>
                </div>
            </div>
            <Hint id="retention" hint="At least 1 hour. Older data is deleted." error/>
            {every.map(|every| view! { <input type="hidden" name=BucketForm::SHOWN value=every.to_string()/> })}
        </div>
    }
}

/// Formats a period as the form's value.
fn value(seconds: i64) -> String {
    if seconds == 0 { "forever".into() } else { seconds.to_string() }
}
