//! The fields of a token's limits.

use leptos::prelude::*;

use jeton_model::{
    duration::DAY,
    expiry::{KEEP, NEVER, ON_A_DAY, offer_title},
};

use crate::{
    components::field::{Hint, at_field},
    error::ConsoleError,
    forms::tokens::LimitsForm,
};

use super::Limits;

/// The choice of the expiry: a period, a date, or never. Choices that the rules forbid are disabled.
#[component]
pub fn ExpiryField(
    /// The chosen limits.
    limits: Limits,
    /// The error of the form.
    refused: RwSignal<Option<ConsoleError>>,
    /// The legend above the choices.
    #[prop(default = "Expires after")]
    legend: &'static str,
) -> impl IntoView {
    let error = at_field(refused, LimitsForm::EXPIRES);
    let facts = limits.facts.get_value();
    let never = facts.rules.broken_by_life(facts.created_at, None).is_none();
    let current = facts.current.map(|_| (KEEP.to_owned(), "Unchanged".to_owned(), true));
    let lives = facts.offers.iter().map(|(life, allowed)| (life.to_string(), offer_title(*life), *allowed));
    let words = [(ON_A_DAY.to_owned(), "Custom".to_owned(), true), (NEVER.to_owned(), "Never".to_owned(), never)];
    let choices = current.into_iter().chain(lives).chain(words).map(|(word, title, allowed)| {
        let checked = limits.expires.get_untracked() == word;
        let (value, is) = (word.clone(), word.clone());
        view! {
            <label>
                <input
                    type="radio" name=LimitsForm::EXPIRES value=value checked=checked disabled=!allowed
                    prop:checked=move || limits.expires.get() == is on:change=move |_| limits.expires.set(word.clone())
                />
                <span>{title}</span>
            </label>
        }
    });
    let first_day = facts.now.plus_seconds(DAY).iso_day();
    view! {
        <fieldset class="field expiry" aria-describedby="expires-hint" data-testid="expiry">
            <legend class="label">{legend}</legend>
            <div class="choice-bar">{choices.collect_view()}</div>
            <input
                class="input expiry-day" type="date" name=LimitsForm::EXPIRES_DAY aria-label="Expiry date" min=first_day
                value=limits.day.get_untracked() prop:value=limits.day
                on:input:target=move |event| limits.day.set(event.target().value())
            />
            {move || view! { <Hint id="expires" hint=limits.effect() error/> }}
        </fieldset>
    }
}

/// The field of the allowed networks.
#[component]
pub fn NetworksField(limits: Limits, refused: RwSignal<Option<ConsoleError>>) -> impl IntoView {
    let error = at_field(refused, LimitsForm::NETWORKS);
    view! {
        <div class="field">
            <label for="networks">"Allowed networks"</label>
            <input
                class="input mono" id="networks" name=LimitsForm::NETWORKS placeholder="10.40.0.0/16, 2001:db8:40::/48" maxlength="4096"
                autocomplete="off" autocapitalize="none" spellcheck="false" value=limits.networks.get_untracked()
                prop:value=limits.networks on:input:target=move |event| limits.networks.set(event.target().value())
                aria-describedby="networks-hint" aria-invalid=move || error.get().map(|_| "true") data-testid="networks-input"
            />
            <Hint id="networks" hint="Empty allows every network. Separate networks with commas." error/>
        </div>
    }
}

/// Both fields, collapsed below a line that states their values; expanded where a rule or an error concerns them.
#[component]
pub fn LimitsSection(limits: Limits, refused: RwSignal<Option<ConsoleError>>) -> impl IntoView {
    let wrong = move || {
        let errors = [LimitsForm::EXPIRES, LimitsForm::NETWORKS].map(|field| at_field(refused, field));
        errors.iter().any(|error| error.with(Option::is_some))
    };
    let ruled = limits.is_ruled();
    view! {
        <details class="limits disclosure" open=move || ruled || wrong() data-testid="limits">
            <summary><b>"Limits"</b>" "<span class="hint">{move || limits.in_words()}</span></summary>
            <div class="limits-fields"><ExpiryField limits refused/><NetworksField limits refused/></div>
        </details>
    }
}
