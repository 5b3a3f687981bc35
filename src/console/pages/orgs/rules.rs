//! What an organization demands of its tokens: for its owners to set, for others to read.

use crate::{
    console::{
        components::{Icon, Picture, field::Hint, form::typed_fields, unsaved::ChangedMark},
        forms::{org_rules::rules_of, outcome::FormFields},
    },
    model::{
        Error,
        duration::length,
        org_rules::{OperatorTokens, OrgRules, days},
    },
};

use super::at_field;
use leptos::prelude::*;

/// One rule as its field has it: as it is saved, and as it is typed. An unticked box is nothing.
#[derive(Clone, Copy)]
struct Setting {
    name: &'static str,
    saved: RwSignal<String>,
    given: RwSignal<String>,
}

impl Setting {
    /// A form that was sent without script and refused keeps what was typed.
    fn new(name: &'static str, saved: String, before: &FormFields) -> Self {
        let given = match before.get("rules") {
            Some(_) => before.get(name).unwrap_or_default().to_owned(),
            None => saved.clone(),
        };
        Self { name, saved: RwSignal::new(saved), given: RwSignal::new(given) }
    }

    /// What a reset of the form leads to: what is saved, or, where no script comes, what was typed.
    fn initial(self) -> impl Fn() -> String + Copy + Send + Sync + 'static {
        let typed = StoredValue::new(Some(self.given.get_untracked()).filter(|_| untrack(|| self.is_changed())));
        move || typed.get_value().unwrap_or_else(|| self.saved.get())
    }

    fn is_changed(self) -> bool {
        self.given.get() != self.saved.get()
    }
}

/// All of them.
#[derive(Clone, Copy)]
pub struct RulesForm {
    longest: Setting,
    usual: Setting,
    expiry: Setting,
    description: Setting,
    operators: Setting,
}

impl RulesForm {
    pub fn new(rules: &OrgRules) -> Self {
        let before = typed_fields();
        let life = |life: Option<i64>| life.map(days).unwrap_or_default();
        let ticked = |on: bool| if on { "yes".to_owned() } else { String::new() };
        Self {
            longest: Setting::new("longest-life", life(rules.longest_life), &before),
            usual: Setting::new("default-life", life(rules.default_life), &before),
            expiry: Setting::new("expiry-required", ticked(rules.expiry_required), &before),
            description: Setting::new("description-required", ticked(rules.description_required), &before),
            operators: Setting::new("operator-tokens", rules.operator_tokens.name().into(), &before),
        }
    }

    const fn all(self) -> [Setting; 5] {
        [self.longest, self.usual, self.expiry, self.description, self.operators]
    }

    /// As they are typed; nothing if that makes no rules.
    pub fn given(self) -> Option<OrgRules> {
        let given = |name: &str| self.all().into_iter().find(|one| one.name == name).map(|one| one.given.get());
        rules_of(given).ok().filter(|rules| rules.check().is_ok())
    }

    /// How many differ from what is saved.
    pub fn changes(self) -> u64 {
        self.all().into_iter().map(|one| u64::from(one.is_changed())).sum()
    }

    pub fn discard(self) {
        for one in self.all() {
            one.given.set(one.saved.get_untracked());
        }
    }

    /// What was typed is what there is now.
    pub fn saved(self) {
        for one in self.all() {
            one.saved.set(one.given.get_untracked());
        }
    }
}

/// The fields, and below them what stands out.
#[component]
pub fn RuleFields(rules: RulesForm, refused: RwSignal<Option<Error>>, children: Children) -> impl IntoView {
    let longest = at_field(refused, &["longestLife"]);
    let usual = at_field(refused, &["defaultLife"]);
    view! {
        <section class="settings-section" aria-labelledby="settings-rules" data-testid="org-rules">
            <header>
                <h3 id="settings-rules">"Token rules"</h3>
                <p>"They hold for every token generated, rotated or changed from now on. Existing tokens keep working."</p>
            </header>
            <div class="rules">
                <input type="hidden" name="rules" value="1"/>
                <Life setting=rules.longest label="Longest life" hint="No token may live longer. The dialogs disable what is beyond." error=longest/>
                <Life setting=rules.usual label="Default life" hint="What the dialogs propose, and what a token gets that asks for nothing." error=usual/>
                <Switch setting=rules.expiry label="Expiry required" hint="“Never” cannot be chosen."/>
                <Switch setting=rules.description label="Description required" hint="A token must say what it is for."/>
                <Operators setting=rules.operators/>
                {children()}
            </div>
        </section>
    }
}

/// A number of days; nothing is no limit.
#[component]
fn Life(setting: Setting, label: &'static str, hint: &'static str, error: Signal<Option<String>>) -> impl IntoView {
    let Setting { name, given, .. } = setting;
    let initial = setting.initial();
    view! {
        <div class="rule">
            <div>
                <label for=name>{label}<ChangedMark changed=Signal::derive(move || setting.is_changed())/></label>
                <Hint id=name hint error/>
            </div>
            <span class="rule-days">
                <input
                    class="input" id=name name=name inputmode="decimal" autocomplete="off" value=initial
                    prop:value=given aria-describedby=format!("{name}-hint") aria-invalid=move || error.get().map(|_| "true")
                    on:input:target=move |event| given.set(event.target().value())
                />
                " days"
            </span>
        </div>
    }
}

#[component]
fn Switch(setting: Setting, label: &'static str, hint: &'static str) -> impl IntoView {
    let Setting { name, given, .. } = setting;
    let initial = setting.initial();
    let set = move |on: bool| given.set(if on { "yes".into() } else { String::new() });
    view! {
        <div class="rule">
            <div>
                <label for=name>{label}<ChangedMark changed=Signal::derive(move || setting.is_changed())/></label>
                <p class="hint" id=format!("{name}-hint")>{hint}</p>
            </div>
            <input
                class="switch" type="checkbox" role="switch" id=name name=name value="yes" checked=move || !initial().is_empty()
                prop:checked=move || !given.get().is_empty() aria-describedby=format!("{name}-hint")
                on:change:target=move |event| set(event.target().checked())
            />
        </div>
    }
}

#[component]
fn Operators(setting: Setting) -> impl IntoView {
    let Setting { name, given, .. } = setting;
    let initial = setting.initial();
    let options = OperatorTokens::ALL.map(|one| {
        view! { <option value=one.name() selected=move || initial() == one.name()>{title(one)}</option> }
    });
    view! {
        <div class="rule">
            <div>
                <label for=name>
                    "Who may create operator tokens"<ChangedMark changed=Signal::derive(move || setting.is_changed())/>
                </label>
                <p class="hint" id=format!("{name}-hint")>"Operator tokens reach every organization."</p>
            </div>
            <span class="select-box">
                <select
                    class="input" id=name name=name prop:value=given aria-describedby=format!("{name}-hint")
                    on:change:target=move |event| given.set(event.target().value())
                >
                    {options.collect_view()}
                </select>
                <Icon picture=Picture::ChevronDown/>
            </span>
        </div>
    }
}

const fn title(who: OperatorTokens) -> &'static str {
    match who {
        OperatorTokens::Anyone => "Anyone who holds them",
        OperatorTokens::Operators => "Operators only",
    }
}

/// For whoever may only read them.
#[component]
pub fn RuleFacts(rules: OrgRules, children: Children) -> impl IntoView {
    let life = |life: Option<i64>, none: &str| life.map_or_else(|| none.to_owned(), length);
    let required = |on: bool| if on { "Required" } else { "Optional" };
    view! {
        <section class="settings-section" aria-labelledby="settings-rules" data-testid="org-rules">
            <header>
                <h3 id="settings-rules">"Token rules"</h3>
                <p>"They hold for every token generated, rotated or changed from now on."</p>
            </header>
            <div>
            <dl class="fact-list">
                <div><dt>"Longest life"</dt><dd>{life(rules.longest_life, "No limit")}</dd></div>
                <div><dt>"Default life"</dt><dd>{life(rules.default_life, "None")}</dd></div>
                <div><dt>"Expiry"</dt><dd>{required(rules.expiry_required)}</dd></div>
                <div><dt>"Description"</dt><dd>{required(rules.description_required)}</dd></div>
                <div><dt>"Operator tokens"</dt><dd>{title(rules.operator_tokens)}</dd></div>
            </dl>
            {children()}
            </div>
        </section>
    }
}
