//! The rules of an organization for its tokens: editable by its owners, read only for others.

use leptos::prelude::*;

use jeton_model::{
    duration::length,
    org_rules::{OperatorTokens, OrgRules, days},
    supplied_token::SuppliedTokens,
};

use crate::{
    components::{Icon, Picture, field::Hint, form::typed_fields, unsaved::ChangedMark},
    error::ConsoleError,
    forms::{
        orgs::{OrgRulesForm, OrgSettingsForm},
        outcome::FormFields,
    },
};

use super::at_field;

/// The saved and the typed value of one rule's field. An unticked box is empty.
#[derive(Clone, Copy)]
struct Setting {
    name: &'static str,
    saved: RwSignal<String>,
    given: RwSignal<String>,
}

impl Setting {
    /// Creates a setting; after a form refused without JavaScript, with the submitted value.
    fn new(name: &'static str, saved: String, before: &FormFields) -> Self {
        let given = match before.get(OrgSettingsForm::RULES) {
            Some(_) => before.get(name).unwrap_or_default().to_owned(),
            None => saved.clone(),
        };
        Self { name, saved: RwSignal::new(saved), given: RwSignal::new(given) }
    }

    /// Returns the value that a form reset restores: the saved one, or, without JavaScript, the submitted one.
    fn initial(self) -> impl Fn() -> String + Copy + Send + Sync + 'static {
        let typed = StoredValue::new(Some(self.given.get_untracked()).filter(|_| untrack(|| self.is_changed())));
        move || typed.get_value().unwrap_or_else(|| self.saved.get())
    }

    fn is_changed(self) -> bool {
        self.given.get() != self.saved.get()
    }
}

/// The settings of all rules.
#[derive(Clone, Copy)]
pub struct RulesForm {
    longest: Setting,
    usual: Setting,
    expiry: Setting,
    description: Setting,
    operators: Setting,
    self_rotation: Setting,
    supplied: Setting,
}

impl RulesForm {
    /// Creates the settings from the saved rules; after a form refused without JavaScript, with the submitted values.
    pub fn new(rules: &OrgRules) -> Self {
        let before = typed_fields();
        let life = |life: Option<i64>| life.map(days).unwrap_or_default();
        let ticked = |on: bool| if on { "yes".to_owned() } else { String::new() };
        Self {
            longest: Setting::new(OrgRulesForm::LONGEST_LIFE, life(rules.longest_life), &before),
            usual: Setting::new(OrgRulesForm::DEFAULT_LIFE, life(rules.default_life), &before),
            expiry: Setting::new(OrgRulesForm::EXPIRY_REQUIRED, ticked(rules.expiry_required), &before),
            description: Setting::new(OrgRulesForm::DESCRIPTION_REQUIRED, ticked(rules.description_required), &before),
            operators: Setting::new(OrgRulesForm::OPERATOR_TOKENS, rules.operator_tokens.name().into(), &before),
            self_rotation: Setting::new(OrgRulesForm::SELF_ROTATION, ticked(rules.self_rotation), &before),
            supplied: Setting::new(OrgRulesForm::SUPPLIED_TOKENS, rules.supplied_tokens.name().into(), &before),
        }
    }

    const fn all(self) -> [Setting; 7] {
        let Self { longest, usual, expiry, description, operators, self_rotation, supplied } = self;
        [longest, usual, expiry, description, operators, self_rotation, supplied]
    }

    /// Returns the typed rules, or `None` if they are invalid.
    pub fn given(self) -> Option<OrgRules> {
        let form = OrgRulesForm {
            longest_life: self.longest.given.get(),
            default_life: self.usual.given.get(),
            expiry_required: self.expiry.given.get(),
            description_required: self.description.given.get(),
            operator_tokens: self.operators.given.get(),
            self_rotation: self.self_rotation.given.get(),
            supplied_tokens: self.supplied.given.get(),
        };
        form.rules().ok().filter(|rules| rules.check().is_ok())
    }

    /// Returns the number of settings that differ from the saved ones.
    pub fn changes(self) -> u64 {
        self.all().into_iter().map(|one| u64::from(one.is_changed())).sum()
    }

    /// Restores the saved values.
    pub fn discard(self) {
        for one in self.all() {
            one.given.set(one.saved.get_untracked());
        }
    }

    /// Marks the typed values as saved.
    pub fn saved(self) {
        for one in self.all() {
            one.saved.set(one.given.get_untracked());
        }
    }
}

/// The fields of the rules, and below them `children`.
#[component]
pub fn RuleFields(rules: RulesForm, refused: RwSignal<Option<ConsoleError>>, children: Children) -> impl IntoView {
    let longest = at_field(refused, &["longestLife"]);
    let usual = at_field(refused, &["defaultLife"]);
    view! {
        <section class="settings-section" aria-labelledby="settings-rules" data-testid="org-rules">
            <header>
                <h3 id="settings-rules">"Token rules"</h3>
                <p>"They apply to every token generated, rotated or changed from now on. Existing tokens keep working."</p>
            </header>
            <div class="rules">
                <input type="hidden" name=OrgSettingsForm::RULES value="1"/>
                <Life setting=rules.longest label="Maximum lifetime" hint="No token may be valid for longer. The dialogs disable longer choices." error=longest/>
                <Life setting=rules.usual label="Default lifetime" hint="Preselected in the dialogs, and used when a request gives no expiry." error=usual/>
                <Switch setting=rules.expiry label="Expiry required" hint="“Never” cannot be chosen."/>
                <Switch setting=rules.description label="Description required" hint="A token must say what it is for."/>
                <Choice
                    setting=rules.operators label="Who may create operator tokens" hint="Operator tokens have access to every organization."
                    choices=OperatorTokens::ALL.map(|one| (one.name(), title(one))).into()
                />
                <Switch setting=rules.self_rotation label="Self-rotation" hint="A token may replace itself without any permission. The new one gets the same lifetime, from then on."/>
                <Choice
                    setting=rules.supplied label="Who may supply tokens" hint="A supplied token has a value that its creator chose. Others are generated."
                    choices=SuppliedTokens::ALL.map(|one| (one.name(), supplied_title(one))).into()
                />
                {children()}
            </div>
        </section>
    }
}

/// A field for a number of days; empty means no limit.
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

/// A rule that is on or off.
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

/// A rule with a few choices, each with the value of the form and its title.
#[component]
fn Choice(
    /// The saved and the typed value.
    setting: Setting,
    /// The label of the field.
    label: &'static str,
    /// The hint below the label.
    hint: &'static str,
    /// The choices, in their order.
    choices: Vec<(&'static str, &'static str)>,
) -> impl IntoView {
    let Setting { name, given, .. } = setting;
    let initial = setting.initial();
    let options = choices.into_iter().map(|(value, title)| {
        view! { <option value=value selected=move || initial() == value>{title}</option> }
    });
    view! {
        <div class="rule">
            <div>
                <label for=name>{label}<ChangedMark changed=Signal::derive(move || setting.is_changed())/></label>
                <p class="hint" id=format!("{name}-hint")>{hint}</p>
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
        OperatorTokens::Anyone => "Anyone with the permissions",
        OperatorTokens::Operators => "Operators only",
    }
}

const fn supplied_title(who: SuppliedTokens) -> &'static str {
    match who {
        SuppliedTokens::Nobody => "Nobody",
        SuppliedTokens::Operators => "Operators only",
        SuppliedTokens::Anyone => "Anyone with the permissions",
    }
}

/// The rules as text, for users who may not change them.
#[component]
pub fn RuleFacts(rules: OrgRules, children: Children) -> impl IntoView {
    let life = |life: Option<i64>, none: &str| life.map_or_else(|| none.to_owned(), length);
    let required = |on: bool| if on { "Required" } else { "Optional" };
    view! {
        <section class="settings-section" aria-labelledby="settings-rules" data-testid="org-rules">
            <header>
                <h3 id="settings-rules">"Token rules"</h3>
                <p>"They apply to every token generated, rotated or changed from now on."</p>
            </header>
            <div>
            <dl class="fact-list">
                <div><dt>"Maximum lifetime"</dt><dd>{life(rules.longest_life, "No limit")}</dd></div>
                <div><dt>"Default lifetime"</dt><dd>{life(rules.default_life, "None")}</dd></div>
                <div><dt>"Expiry"</dt><dd>{required(rules.expiry_required)}</dd></div>
                <div><dt>"Description"</dt><dd>{required(rules.description_required)}</dd></div>
                <div><dt>"Operator tokens"</dt><dd>{title(rules.operator_tokens)}</dd></div>
                <div><dt>"Self-rotation"</dt><dd>{if rules.self_rotation { "Allowed" } else { "Not allowed" }}</dd></div>
                <div><dt>"Supplied tokens"</dt><dd>{supplied_title(rules.supplied_tokens)}</dd></div>
            </dl>
            {children()}
            </div>
        </section>
    }
}
